import TonoCore
import TonoFiles
import TonoNetwork

/// The same numbers under the layouts that layers want.
extension ONNXNetwork {
  /// A value under another layout of as many numbers: with a node in front if need be.
  mutating func laidOut(
    _ value: ONNXValue, as layout: Shape, for call: ONNXCall
  ) throws -> ONNXValue {
    if value.layout == layout { return value }
    guard case .node(let name) = value.content else {
      return ONNXValue(value.content, shape: value.shape, layout: layout)
    }
    let key = "\(name) \(layout)"
    if let known = laidOut[key] { return known }
    let result = try add(
      Reshape(shape: layout), part: "_reshape", for: call, reading: [value], shape: value.shape)
    laidOut[key] = result
    return result
  }

  /// A value in the file's own order of axes, without the first one unless `keepsAll`.
  mutating func plain(
    _ value: ONNXValue, keepsAll: Bool, for call: ONNXCall
  ) throws -> ONNXValue {
    try laidOut(
      value, as: keepsAll ? Shape(value.shape) : ONNXValue.sample(value.shape), for: call)
  }
}

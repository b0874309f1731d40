import Foundation
import TonoCore
import TonoFiles

/// The extents of a graph's input, for one sample.
struct ONNXInputShape {
  /// The extents, as the file has them, with 1 for a batch axis that is open.
  let extents: [Int]

  /// Reads the extents; `given` are those that a person says, for axes that the file leaves open.
  ///
  /// - Throws: `ModelError` if one but the first is neither fixed nor given, what is given does not fit,
  ///   or they are absurd; `ONNXUnsupported` if the input is none that can be excited.
  init(_ input: Onnx_ValueInfoProto, given: [Int]?, url: URL) throws {
    let place = "input '\(input.name)'"
    guard case .tensorType(let tensor)? = input.type.value else {
      throw ONNXUnsupported("\(place) is no tensor")
    }
    guard let kind = ONNXNumberKind(rawValue: tensor.elemType), kind.isFloatingPoint else {
      throw ONNXUnsupported(
        "\(place) takes elements of the kind \(tensor.elemType), no floating-point numbers")
    }
    guard tensor.hasShape else {
      throw ModelError(
        url, "\(place) has no shape; export the model with an input of fixed extents")
    }
    let rank = tensor.shape.dim.count
    guard given == nil || given?.count == rank else {
      throw ModelError(
        url, "\(place) has \(rank) axes, but \(given?.count ?? 0) extents are given for it")
    }
    var (extents, count) = ([Int](), 1)
    for (axis, dimension) in tensor.shape.dim.enumerated() {
      switch dimension.value {
      case .dimValue(let extent) where extent > 0 && extent <= ONNXTensorReader.largestCount:
        extents.append(Int(extent))
      case .dimValue(let extent) where extent > 0:
        throw ModelError(url, "\(place) has an axis of \(extent) elements; the file is damaged")
      case .dimValue(let extent) where extent < -1:
        throw ModelError(url, "\(place) has an axis of \(extent) elements; the file is damaged")
      default:
        // Exporters write an open axis as a name, as 0, as −1 or as nothing.
        guard let extent = given?[axis] ?? (axis == 0 ? 1 : nil) else {
          throw ModelError(
            url,
            "\(place) has an axis (\(axis)) without a fixed extent",
            remedy: .fixShape("\(input.name)=\(Self.example(tensor))"))
        }
        guard extent > 0, extent <= ONNXTensorReader.largestCount else {
          throw ModelError(url, "\(place) cannot have an axis of \(extent) elements")
        }
        extents.append(extent)
      }
      guard given == nil || given?[axis] == extents[axis] else {
        throw ModelError(
          url,
          "\(place) has \(extents[axis]) elements along axis \(axis), but \(given?[axis] ?? 0) are"
            + " given; only open axes can be fixed")
      }
      count *= extents[axis]
      guard count <= ONNXTensorReader.largestCount else {
        throw ModelError(url, "\(place) has more than 2^30 elements; the file is damaged")
      }
    }
    self.extents = extents
  }

  /// Extents with a made-up number for each that is open.
  private static func example(_ tensor: Onnx_TypeProto.Tensor) -> String {
    tensor.shape.dim.enumerated().map { axis, dimension in
      if case .dimValue(let extent) = dimension.value, extent > 0 { return "\(extent)" }
      return axis == 0 ? "1" : "100"
    }.joined(separator: ",")
  }
}

import Foundation
import TonoCore
import TonoFiles

/// Reads the arrays of an ONNX file, whatever they are stored as.
struct ONNXTensorReader {
  /// The model's file, beside which external arrays lie.
  let url: URL

  /// The most elements that an array may have: more is a damaged file.
  static let largestCount = 1 << 30

  /// The numbers and their shape; `place` says in messages what the array is: `initializer 'W'`.
  ///
  /// - Throws: `ModelError` if the array is not what it says, `ONNXUnsupported` if it holds what is
  ///   not read.
  func read(_ tensor: Onnx_TensorProto, at place: String) throws -> ONNXConstant {
    let shape = try shape(of: tensor, at: place)
    let count = shape.reduce(1, *)
    guard let kind = ONNXNumberKind(rawValue: tensor.dataType) else {
      throw ONNXUnsupported(
        "\(place) holds elements of the kind \(tensor.dataType), which are not read")
    }
    guard !tensor.hasSegment else {
      throw ONNXUnsupported("\(place) is stored in segments, which are not read")
    }
    if tensor.dataLocation == .external {
      let length = count * kind.size
      let data = try ONNXExternalData(tensor, beside: url, at: place).read(length)
      return try decode(data, kind, shape, at: place)
    }
    if tensor.hasRawData { return try decode(tensor.rawData, kind, shape, at: place) }
    return try typed(tensor, kind, shape, at: place)
  }

  /// How many numbers a tensor says it has.
  ///
  /// - Throws: `ModelError` if they are absurdly many.
  func count(of tensor: Onnx_TensorProto, at place: String) throws -> Int {
    try shape(of: tensor, at: place).reduce(1, *)
  }

  private func shape(of tensor: Onnx_TensorProto, at place: String) throws -> [Int] {
    var count = 1
    for extent in tensor.dims {
      guard extent >= 0, extent <= Self.largestCount else {
        throw ModelError(url, "\(place) has an axis of \(extent) elements; the file is damaged")
      }
      count *= max(1, Int(extent))
      guard count <= Self.largestCount else {
        throw ModelError(
          url, "\(place) claims more than 2^30 elements; the file is damaged")
      }
    }
    return tensor.dims.map(Int.init)
  }

  /// Numbers in little-endian bytes.
  private func decode(
    _ data: Data, _ kind: ONNXNumberKind, _ shape: [Int], at place: String
  ) throws -> ONNXConstant {
    let count = shape.reduce(1, *)
    guard data.count == count * kind.size else {
      throw sizeError(place, got: data.count, shape, "bytes", expected: count * kind.size)
    }
    return ONNXConstant(shape: shape, numbers: kind.decode(data))
  }

  /// Numbers in a field of their kind, where half precision and small integers are kept as integers.
  private func typed(
    _ tensor: Onnx_TensorProto, _ kind: ONNXNumberKind, _ shape: [Int], at place: String
  ) throws -> ONNXConstant {
    let numbers: ONNXConstant.Numbers
    switch kind {
    case .float: numbers = .floats(tensor.floatData)
    case .double: numbers = .floats(tensor.doubleData.map { Float($0) })
    case .half:
      numbers = .floats(tensor.int32Data.map { Float(half: UInt16(truncatingIfNeeded: $0)) })
    case .brainFloat:
      numbers = .floats(
        tensor.int32Data.map { Float(brainFloat: UInt16(truncatingIfNeeded: $0)) })
    case .int64: numbers = .integers(tensor.int64Data.map { Int($0) })
    case .uint32, .uint64:
      numbers = .integers(tensor.uint64Data.map { Int(clamping: $0) })
    case .uint8, .int8, .uint16, .int16, .int32, .bool:
      numbers = .integers(tensor.int32Data.map { Int($0) })
    }
    let count = shape.reduce(1, *)
    guard numbers.count == count else {
      throw sizeError(place, got: numbers.count, shape, "numbers", expected: count)
    }
    return ONNXConstant(shape: shape, numbers: numbers)
  }

  private func sizeError(
    _ place: String, got: Int, _ shape: [Int], _ unit: String, expected: Int
  ) -> ModelError {
    let shape = shape.map(String.init).joined(separator: "×")
    return ModelError(
      url,
      "\(place) (\(shape)) holds \(got) \(unit); expected \(expected): the file is truncated or"
        + " damaged")
  }
}

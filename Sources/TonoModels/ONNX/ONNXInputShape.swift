import Foundation

/// The extents of a graph's input, for one sample.
struct ONNXInputShape {
  /// The extents, as the file has them, with 1 for a batch axis that is open.
  let extents: [Int]

  /// Reads the extents.
  ///
  /// - Throws: `ModelError` if one but the first is not fixed, or they are absurd; `ONNXUnsupported`
  ///   if the input is none that can be excited.
  init(_ input: Onnx_ValueInfoProto, url: URL) throws {
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
        guard axis == 0 else {
          throw ModelError(
            url,
            "\(place) has an axis (\(axis)) without a fixed extent; export the model with fixed"
              + " extents but for the batch axis")
        }
        extents.append(1)
      }
      count *= extents[axis]
      guard count <= ONNXTensorReader.largestCount else {
        throw ModelError(url, "\(place) has more than 2^30 elements; the file is damaged")
      }
    }
    self.extents = extents
  }
}

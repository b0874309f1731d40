import TonoCore
import TonoFiles
import TonoNetwork

/// Numbers that stand in the file, or follow from such.
struct ONNXConstant {
  /// Numbers of one kind, in row-major order.
  enum Numbers {
    case floats([Float])
    case integers([Int])

    /// How many there are.
    var count: Int {
      switch self {
      case .floats(let values): values.count
      case .integers(let values): values.count
      }
    }
  }

  /// The extents, as the file has them.
  let shape: [Int]

  /// As many numbers as the shape holds.
  let numbers: Numbers

  /// The numbers as floats.
  var floats: [Float] {
    switch numbers {
    case .floats(let values): values
    case .integers(let values): values.map { Float($0) }
    }
  }

  /// The numbers, if they are integers.
  var integers: [Int]? {
    if case .integers(let values) = numbers { values } else { nil }
  }
}

/// A tensor on its way through an ONNX graph.
///
/// The file counts axes with the batch axis as the first, of which there is one sample here. The
/// network keeps the same numbers in the same order under a shape of its own, its `layout`: mostly
/// without that axis, and with a single row for a map that has columns alone.
struct ONNXValue {
  /// What is known of the numbers.
  enum Content {
    /// They are those of an input or node of the network.
    case node(String)
    /// They do not depend on any input.
    case constant(ONNXConstant.Numbers)
    /// They cannot be computed, for this reason.
    case missing(String)
  }

  /// The extents, as the file has them.
  let shape: [Int]

  /// The extents, as the network has them: of the same product.
  let layout: Shape

  /// What is known of the numbers.
  let content: Content

  /// A tensor of these extents, under another layout than the usual if one is given.
  init(_ content: Content, shape: [Int], layout: Shape? = nil) {
    self.content = content
    self.shape = shape
    self.layout = layout ?? Self.sample(shape)
  }

  /// A tensor of constant numbers.
  init(_ constant: ONNXConstant) {
    self.init(.constant(constant.numbers), shape: constant.shape)
  }

  /// The constant numbers, if they are.
  var constant: ONNXConstant? {
    if case .constant(let numbers) = content {
      ONNXConstant(shape: shape, numbers: numbers)
    } else {
      nil
    }
  }

  /// Why the numbers cannot be computed, if so.
  var reason: String? { if case .missing(let reason) = content { reason } else { nil } }

  /// How many numbers there are.
  var count: Int { layout.count }

  /// Whether the first axis holds one sample, so that the network may leave it out.
  var hasSampleAxis: Bool { shape.count > 1 && shape[0] == 1 }

  /// The usual layout: without a first axis of extent 1, if there are others.
  static func sample(_ shape: [Int]) -> Shape {
    if shape.isEmpty { return [1] }
    return Shape(shape.count > 1 && shape[0] == 1 ? Array(shape.dropFirst()) : shape)
  }
}

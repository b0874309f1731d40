import TonoCore

/// How the weights of a kernel are drawn before training, as Keras draws them.
///
/// With f inputs and g outputs of a cell (for a convolution each times the cells of its kernel):
public enum WeightInitializer: String, Sendable, Codable, CaseIterable {
  /// Uniform in ±√(6 ÷ (f + g)) (Glorot & Bengio 2010): Keras' default.
  case glorotUniform = "glorot-uniform"
  /// Normal, cut off at two deviations, with a deviation of √(2 ÷ (f + g)).
  case glorotNormal = "glorot-normal"
  /// Uniform in ±√(6 ÷ f) (He et al. 2015).
  case heUniform = "he-uniform"
  /// Normal, cut off at two deviations, with a deviation of √(2 ÷ f).
  case heNormal = "he-normal"

  /// The deviation of a standard normal distribution that is cut off at ±2.
  private static let truncatedDeviation: Float = 0.879_625_66

  /// A kernel for `inputs` and `outputs` of a cell.
  func kernel(
    _ shape: Shape, inputs: Int, outputs: Int, using random: inout RandomSource
  ) -> Tensor {
    let (f, g) = (Float(inputs), Float(outputs))
    return switch self {
    case .glorotUniform: Self.uniform(shape, (6 / (f + g)).squareRoot(), using: &random)
    case .glorotNormal: Self.normal(shape, (2 / (f + g)).squareRoot(), using: &random)
    case .heUniform: Self.uniform(shape, (6 / f).squareRoot(), using: &random)
    case .heNormal: Self.normal(shape, (2 / f).squareRoot(), using: &random)
    }
  }

  private static func uniform(
    _ shape: Shape, _ limit: Float, using random: inout RandomSource
  ) -> Tensor {
    Tensor(
      shape: shape,
      values: (0..<shape.count).map { _ in Float.random(in: -limit..<limit, using: &random) })
  }

  private static func normal(
    _ shape: Shape, _ deviation: Float, using random: inout RandomSource
  ) -> Tensor {
    let scale = deviation / truncatedDeviation
    return Tensor(
      shape: shape,
      values: (0..<shape.count).map { _ in
        var x = random.normal()
        while abs(x) > 2 { x = random.normal() }
        return scale * x
      })
  }
}

/// Batch normalization with frozen statistics: y = gamma·(x − mean) ÷ √(variance + epsilon) + beta,
/// one set of numbers per channel (the outermost axis of a sample).
///
/// Source: Ioffe & Szegedy, "Batch Normalization", 2015, algorithm 2 (inference).
public struct BatchNormalization: UnaryLayer {
  /// gamma ÷ √(variance + epsilon), per channel.
  public let scale: [Double]
  /// beta − mean·scale, per channel.
  ///
  /// Both are in double precision, and so is the sum: a shift much larger than the result would
  /// round cells of a map together, and a later max-pool could not tell them apart.
  public let shift: [Double]
  /// The trained numbers as they stand in the file: gamma, beta, mean, variance.
  public let parameterCount: Int

  /// A normalization with these statistics, one number per channel in each array.
  public init(
    gamma: [Float], beta: [Float], mean: [Float], variance: [Float], epsilon: Float
  ) {
    let count = mean.count
    precondition(
      [gamma.count, beta.count, variance.count].allSatisfy { $0 == count },
      "one number per channel in each array")
    let scale = zip(gamma, variance).map { gamma, variance in
      Double(gamma) / (Double(variance) + Double(epsilon)).squareRoot()
    }
    shift = (0..<count).map { Double(beta[$0]) - Double(mean[$0]) * scale[$0] }
    self.scale = scale
    parameterCount = 4 * count
  }

  /// `BatchNormalization`, in Keras' terms.
  public var kind: String { "BatchNormalization" }

  /// The input's own shape.
  public func outputShape(_ input: Shape) throws -> Shape {
    guard input.rank > 0, input[0] == scale.count else {
      throw ShapeError("BatchNormalization expects \(scale.count) channels, got \(input)")
    }
    return input
  }

  /// scale·x + shift.
  public func forward(_ input: Tensor) -> Tensor { affine(input, shift: shift) }

  /// scale·dy.
  public func backward(_ dOutput: Tensor, input: Tensor, output: Tensor) -> Tensor {
    affine(dOutput, shift: nil)
  }

  /// The same cells.
  public func inputRegion(of output: Region, input: Shape) -> Region { output }

  private func affine(_ input: Tensor, shift: [Double]?) -> Tensor {
    let planes = input.shape[0] * scale.count
    let cells = input.count / max(1, planes)
    return Tensor(shape: input.shape) { output in
      input.withPointer { input in
        for plane in 0..<planes {
          let (scale, shift) = (scale[plane % scale.count], shift?[plane % scale.count] ?? 0)
          for index in plane * cells..<(plane + 1) * cells {
            output[index] = Float(scale * Double(input[index]) + shift)
          }
        }
      }
    }
  }
}

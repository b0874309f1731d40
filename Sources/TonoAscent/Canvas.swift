import TonoNetwork

/// What is really optimized, and how it becomes the network's input.
///
/// Tensors carry a batch axis `N`; samples do not depend on each other.
public protocol Canvas: Sendable {
  /// The network input that the parameters paint.
  func paint(_ parameters: Tensor) -> Tensor

  /// The gradient with respect to the parameters, given the one with respect to the painted input.
  func adjoint(_ dInput: Tensor, parameters: Tensor) -> Tensor
}

/// The spectrogram's own cells; where the front end normalizes each example to zero mean and unit
/// variance, so does the canvas, inside the gradient.
///
/// y = (x − mean) ÷ deviation, so that the network never sees anything off that sphere. A canvas
/// without any deviation (silence) paints zeros, and hands its gradient on with the mean taken out.
/// A canvas that does not normalize paints y = level + spread·x, so that noise and steps of unit
/// size fit inputs in any unit, such as decibels.
public struct SpectrogramCanvas: Canvas, Hashable, Codable {
  /// Whether each example is brought to zero mean and unit variance.
  public let normalizes: Bool
  /// What a cell at 0 paints where the canvas does not normalize.
  public let level: Float
  /// What a step of 1 adds to it.
  public let spread: Float

  /// A canvas of cells that are normalized, or moved to a level and spread.
  public init(normalizes: Bool, level: Float = 0, spread: Float = 1) {
    self.normalizes = normalizes
    self.level = level
    self.spread = spread
  }

  /// The normalized cells, or the cells moved to their level and spread.
  public func paint(_ parameters: Tensor) -> Tensor {
    guard normalizes else {
      return Tensor(shape: parameters.shape, values: parameters.values.map { level + spread * $0 })
    }
    var input = parameters
    for range in parameters.samples {
      let (mean, deviation) = parameters.moments(of: range)
      for index in range {
        input.values[index] = Float((Double(parameters.values[index]) - mean) / deviation)
      }
    }
    return input
  }

  /// Cells that paint an input; where the canvas normalizes, its normalized form.
  func cells(of input: Tensor) -> Tensor {
    guard !normalizes else { return input }
    return Tensor(shape: input.shape, values: input.values.map { ($0 - level) / spread })
  }

  /// (dy − mean(dy) − y·mean(y·dy)) ÷ deviation, or spread·dy.
  public func adjoint(_ dInput: Tensor, parameters: Tensor) -> Tensor {
    guard normalizes else {
      return Tensor(shape: dInput.shape, values: dInput.values.map { spread * $0 })
    }
    var dParameters = dInput
    for range in parameters.samples {
      let (mean, deviation) = parameters.moments(of: range)
      var (sum, projection) = (0.0, 0.0)
      for index in range {
        let gradient = Double(dInput.values[index])
        sum += gradient
        projection += gradient * (Double(parameters.values[index]) - mean) / deviation
      }
      let count = Double(range.count)
      for index in range {
        let y = (Double(parameters.values[index]) - mean) / deviation
        let tangent = Double(dInput.values[index]) - sum / count - y * projection / count
        dParameters.values[index] = Float(tangent / deviation)
      }
    }
    return dParameters
  }
}

extension Tensor {
  /// The run of elements of each sample of a batch.
  var samples: [Range<Int>] {
    let size = shape.sample.count
    return (0..<shape[0]).map { $0 * size..<($0 + 1) * size }
  }

  /// The mean and the population deviation of a run of elements; a deviation that rounding alone
  /// makes is 1.
  fileprivate func moments(of range: Range<Int>) -> (mean: Double, deviation: Double) {
    let count = Double(range.count)
    let mean = range.reduce(0.0) { $0 + Double(values[$1]) } / count
    let variance = range.reduce(0.0) {
      let difference = Double(values[$1]) - mean
      return $0 + difference * difference
    }
    let deviation = (variance / count).squareRoot()
    return (mean, deviation > 1e-6 * max(1, mean.magnitude) ? deviation : 1)
  }
}

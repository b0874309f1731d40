/// Arithmetic of tensors, element by element, by channels and by runs.
extension Tensor {
  /// Adds a tensor of the same shape.
  package mutating func add(_ other: Tensor) {
    for index in values.indices { values[index] += other.values[index] }
  }

  /// Adds a smaller tensor's elements to those from an offset on.
  package mutating func add(_ part: Tensor, at offset: Int) {
    for index in part.values.indices { values[offset + index] += part.values[index] }
  }

  /// The products of the elements of two tensors of one shape.
  package func times(_ other: Tensor) -> Tensor {
    Tensor(shape: shape, values: zip(values, other.values).map { $0 * $1 })
  }

  /// scale·x + shift with numbers for each channel of a batch `[N, C, …]`, in double precision.
  package func affine(scale: [Double], shift: [Double]?) -> Tensor {
    Tensor(shape: shape) { output in
      forEachChannel { channel, elements in
        let (scale, shift) = (scale[channel], shift?[channel] ?? 0)
        for index in elements { output[index] = Float(scale * Double(values[index]) + shift) }
      }
    }
  }

  /// The root of the mean square of the differences from a tensor of the same shape.
  package func rootMeanSquareDistance(from other: Tensor) -> Float {
    let squares = zip(values, other.values).reduce(0.0) {
      $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1)
    }
    return Float((squares / Double(max(1, count))).squareRoot())
  }
}

// MARK: - Standardization

extension Tensor {
  /// The elements of each channel of a sample of a batch `[N, C, …]`.
  package var mapCells: Int { shape.extents.dropFirst(2).reduce(1, *) }

  /// Runs of so many elements, each brought to zero mean and unit variance.
  package func standardized(runs length: Int, epsilon: Float) -> Tensor {
    var output = self
    for start in stride(from: 0, to: count, by: length) {
      let statistics = statistics(start..<start + length, epsilon: epsilon)
      for index in start..<start + length {
        output.values[index] = Float(
          (Double(values[index]) - statistics.mean) / statistics.deviation)
      }
    }
    return output
  }

  /// The gradient before a standardization of `input`, given this one behind it:
  /// (dy − mean(dy) − x̂·mean(dy·x̂)) ÷ deviation.
  package func throughStandardization(
    of input: Tensor, runs length: Int, epsilon: Float
  ) -> Tensor {
    var dInput = self
    for start in stride(from: 0, to: count, by: length) {
      let run = start..<start + length
      let (mean, deviation) = input.statistics(run, epsilon: epsilon)
      var (sum, product) = (0.0, 0.0)
      for index in run {
        sum += Double(values[index])
        product += Double(values[index]) * (Double(input.values[index]) - mean) / deviation
      }
      for index in run {
        let x = (Double(input.values[index]) - mean) / deviation
        dInput.values[index] = Float(
          (Double(values[index]) - (sum + x * product) / Double(length)) / deviation)
      }
    }
    return dInput
  }

  /// The mean of some elements, and √(their variance + epsilon).
  package func statistics(
    _ run: Range<Int>, epsilon: Float
  ) -> (mean: Double, deviation: Double) {
    let count = Double(run.count)
    let mean = values[run].reduce(0) { $0 + Double($1) } / count
    let variance =
      values[run].reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
    return (mean, (variance + Double(epsilon)).squareRoot())
  }
}

import TonoNetwork

/// What keeps a pattern plain: penalties that are taken off the objective, and a blur between steps.
///
/// Penalties are means over the painted input in network units, so that a weight means the same for
/// every size of spectrogram.
public struct Regularizer: Hashable, Sendable, Codable {
  /// The weight of mean(x²).
  public var l2: Float
  /// The weight of mean(|x|).
  public var l1: Float
  /// The weight of the mean absolute difference between neighbouring frames.
  public var timeVariation: Float
  /// The weight of the mean absolute difference between neighbouring bands.
  public var bandVariation: Float
  /// The deviation of the Gaussian blur, in bands and in frames alike; 0 for none.
  public var blur: Float
  /// How many steps lie between two blurs.
  public var blurInterval: Int

  /// Penalties and blur; everything is off unless it is given.
  public init(
    l2: Float = 0, l1: Float = 0, timeVariation: Float = 0, bandVariation: Float = 0,
    blur: Float = 0, blurInterval: Int = 8
  ) {
    self.l2 = l2
    self.l1 = l1
    self.timeVariation = timeVariation
    self.bandVariation = bandVariation
    self.blur = blur
    self.blurInterval = blurInterval
  }

  /// Whether any penalty counts.
  public var penalizes: Bool { [l2, l1, timeVariation, bandVariation].contains { $0 != 0 } }

  /// The penalty of one input `[…, rows, columns]`, and its gradient.
  ///
  /// |d| is taken as √(d² + 1e-6), so that it has a slope at 0.
  public func penalty(_ input: Tensor) -> (value: Float, gradient: Tensor) {
    var gradient = Tensor(shape: input.shape)
    guard penalizes, input.count > 0 else { return (0, gradient) }
    var total = 0.0
    let share = 1 / Float(input.count)
    for index in input.values.indices {
      let x = input.values[index]
      let size = smoothMagnitude(x)
      total += Double(l2 * x * x + l1 * size)
      gradient.values[index] += share * (2 * l2 * x + l1 * x / size)
    }
    let columns = input.shape.extents.last ?? 1
    let plane = columns * (input.shape.extents.dropLast().last ?? 1)
    func vary(_ index: Int, _ neighbour: Int, _ weight: Float) {
      let difference = input.values[neighbour] - input.values[index]
      let size = smoothMagnitude(difference)
      total += Double(weight * size)
      let slope = share * weight * difference / size
      gradient.values[neighbour] += slope
      gradient.values[index] -= slope
    }
    if timeVariation != 0 || bandVariation != 0 {
      for index in input.values.indices {
        if (index + 1) % columns != 0 { vary(index, index + 1, timeVariation) }
        if index % plane + columns < plane { vary(index, index + columns, bandVariation) }
      }
    }
    return (Float(total) * share, gradient)
  }

  /// The canvas blurred along rows and columns, its edges continued outwards.
  public func blurred(_ canvas: Tensor) -> Tensor {
    guard blur > 0 else { return canvas }
    let columns = canvas.shape.extents.last ?? 1
    let rows = canvas.shape.extents.dropLast().last ?? 1
    return canvas.smoothed(lines: columns, step: 1, deviation: blur)
      .smoothed(lines: rows, step: columns, deviation: blur)
  }
}

private func smoothMagnitude(_ x: Float) -> Float { (x * x + 1e-6).squareRoot() }

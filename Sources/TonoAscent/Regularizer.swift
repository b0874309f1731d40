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

  /// The penalty of an input; takes its gradient off `gradient`.
  ///
  /// |d| is taken as √(d² + 1e-6), so that it has a slope at 0.
  func penalize(
    _ input: UnsafePointer<Float>, _ maps: Maps, gradient: UnsafeMutablePointer<Float>
  ) -> Float {
    let (rows, columns) = (maps.rows, maps.columns)
    let share = 1 / Float(maps.count * rows * columns)
    var total = 0.0
    if l2 != 0 || l1 != 0 {
      for index in 0..<maps.count * rows * columns {
        let x = input[index]
        let size = smoothMagnitude(x)
        total += Double(l2 * x * x + l1 * size)
        gradient[index] -= share * (2 * l2 * x + l1 * x / size)
      }
    }
    func vary(_ index: Int, _ neighbour: Int, _ weight: Float) {
      let difference = input[neighbour] - input[index]
      let size = smoothMagnitude(difference)
      total += Double(weight * size)
      let slope = share * weight * difference / size
      gradient[neighbour] -= slope
      gradient[index] += slope
    }
    if timeVariation != 0 {
      for start in stride(from: 0, to: maps.count * rows * columns, by: columns) {
        for index in start..<start + columns - 1 { vary(index, index + 1, timeVariation) }
      }
    }
    if bandVariation != 0 {
      for map in 0..<maps.count {
        let start = map * rows * columns
        for index in start..<start + (rows - 1) * columns {
          vary(index, index + columns, bandVariation)
        }
      }
    }
    return Float(total) * share
  }
}

private func smoothMagnitude(_ x: Float) -> Float { (x * x + 1e-6).squareRoot() }

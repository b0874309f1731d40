/// A direction among the channels of a layer, and how far its cells lie along it.
///
/// Cells lie as `[C, …]`: the values of channel c at all places are one after another.
struct Direction {
  private let direction: [Double]
  private let length: Double
  private let power: Int

  /// The least cosine that counts: else nothing could turn towards the direction from behind.
  private static let leastCosine = 0.1

  /// A direction with a number for each channel.
  init(_ direction: [Float], _ power: Int) {
    self.direction = direction.map(Double.init)
    length = self.direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
    self.power = power
  }

  /// The mean over all places.
  func value(of cells: UnsafePointer<Float>, count: Int) -> Double {
    let places = count / direction.count
    return (0..<places).reduce(0.0) { total, place in
      let (projection, cosine, _) = angle(cells + place, places)
      return total + projection * factor(cosine, power)
    } / Double(places)
  }

  /// Adds the gradient of the mean, times a weight.
  func seed(
    _ seed: UnsafeMutablePointer<Float>, at cells: UnsafePointer<Float>, count: Int, weight: Float
  ) {
    let places = count / direction.count
    let share = Double(weight) / Double(places)
    for place in 0..<places {
      let (projection, cosine, size) = angle(cells + place, places)
      let along = factor(cosine, power)
      // d(projection·cosineᵏ) where the cosine counts, with ∂cosine = v ÷ (|v|·|a|) − cosine·a ÷ |a|².
      let turning =
        power > 0 && cosine > Self.leastCosine
        ? Double(power) * projection * factor(cosine, power - 1) : 0
      for channel in direction.indices {
        let value = Double(cells[channel * places + place])
        let turn =
          turning == 0
          ? 0 : turning * (direction[channel] / (length * size) - cosine * value / (size * size))
        seed[channel * places + place] += Float(share * (along * direction[channel] + turn))
      }
    }
  }

  private func factor(_ cosine: Double, _ power: Int) -> Double {
    var factor = 1.0
    for _ in 0..<power { factor *= max(cosine, Self.leastCosine) }
    return factor
  }

  /// The projection v·a at one place, the cosine of the angle, and |a|.
  private func angle(
    _ cells: UnsafePointer<Float>, _ places: Int
  ) -> (projection: Double, cosine: Double, size: Double) {
    var (projection, squares) = (0.0, 0.0)
    for channel in direction.indices {
      let value = Double(cells[channel * places])
      projection += direction[channel] * value
      squares += value * value
    }
    let size = squares.squareRoot()
    return (projection, size > 0 ? projection / (length * size) : 0, size)
  }
}

import TonoAudio
import TonoCore
import TonoNetwork

/// A penalty on the distance between an input and what the front end can produce.
///
/// weight · mean((x − p)²), p the nearest producible pattern (`FrontEnd.producible(nearestTo:)`), found
/// anew every few steps and fixed in between.
final class Playability {
  private let weight: Float
  private let frontEnd: FrontEnd
  private var nearest: [Float]?
  private var age = 0

  /// How many steps a nearest pattern is used.
  private static let interval = 5

  init(weight: Float, of frontEnd: FrontEnd) {
    self.weight = weight
    self.frontEnd = frontEnd
  }

  /// The penalty of an input; takes its gradient off `gradient`.
  func penalize(_ input: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>) -> Float {
    let count = frontEnd.inputShape.count
    if age % Self.interval == 0 || nearest == nil {
      let pattern = Tensor(
        shape: frontEnd.inputShape,
        values: Array(UnsafeBufferPointer(start: input, count: count)))
      if pattern.values.allSatisfy(\.isFinite) {
        nearest = frontEnd.producible(nearestTo: pattern).values
      }
    }
    age += 1
    guard let nearest else { return 0 }
    var squares = 0.0
    for i in 0..<count {
      let difference = input[i] - nearest[i]
      squares += Double(difference) * Double(difference)
      gradient[i] -= 2 * weight / Float(count) * difference
    }
    return weight * Float(squares / Double(count))
  }
}

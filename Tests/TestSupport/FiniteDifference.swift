import TonoCore
import TonoNetwork

/// A reproducible stream of test numbers: Knuth's MMIX linear congruential generator.
public struct TestRandom: RandomNumberGenerator {
  private var state: UInt64

  /// The stream of a seed.
  public init(_ seed: UInt64 = 1) { state = seed }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 33)
  }
}

extension Tensor {
  /// Uniform numbers in −1..<1.
  public static func random(_ shape: Shape, using random: inout TestRandom) -> Tensor {
    Tensor(shape: shape, values: (0..<shape.count).map { _ in .random(in: -1..<1, using: &random) })
  }

  /// Numbers 1/16 apart in random order, none nearer to zero than 1/32: small steps cross no kink
  /// of a rectifier or a maximum.
  public static func apart(_ shape: Shape, using random: inout TestRandom) -> Tensor {
    let numbers = (0..<shape.count).map { (Float($0 - shape.count / 2) + 0.5) / 16 }
    return Tensor(shape: shape, values: numbers.shuffled(using: &random))
  }
}

/// The slope of a scalar along a direction, by central differences.
///
/// - Parameters:
///   - scalar: the function.
///   - inputs: where its slope is wanted.
///   - directions: the direction, a tensor for each input.
///   - step: half the distance between the two values; the sums are taken in double.
/// - Returns: the slope for a step of the directions' own length.
public func finiteDifference(
  of scalar: ([Tensor]) -> Double, at inputs: [Tensor], along directions: [Tensor],
  step: Float = 1 / 128
) -> Double {
  func moved(_ step: Float) -> [Tensor] {
    zip(inputs, directions).map { input, direction in
      Tensor(
        shape: input.shape, values: zip(input.values, direction.values).map { $0 + step * $1 })
    }
  }
  return (scalar(moved(step)) - scalar(moved(-step))) / Double(2 * step)
}

/// Σ a·b over all elements, in double.
public func dot(_ a: Tensor, _ b: Tensor) -> Double {
  zip(a.values, b.values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
}

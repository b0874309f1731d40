import TonoCore
import TonoNetwork

/// How far numbers are from the expected ones, and where they are farthest.
///
/// Prints as a failure text: `2.1e-03 of the largest value at element 17 [0, 3, 2]: got …`.
public struct Deviation: Sendable, CustomStringConvertible {
  /// The largest error, over the largest expected magnitude; NaN counts as infinite.
  public let relative: Double

  private let place: String

  /// A deviation of this size, found at `place`.
  init(relative: Double, place: String) {
    self.relative = relative.isNaN ? .infinity : relative
    self.place = place
  }

  /// The deviation of one number, relative to `scale`.
  init(_ value: Double, _ expected: Double, over scale: Double, place: String) {
    let error = abs(value - expected)
    self.init(
      relative: error == 0 ? 0 : error / scale, place: "\(place): got \(value), not \(expected)")
  }

  /// The relative error of a tensor: max|tensor − expected| / max|expected|.
  public init(of tensor: Tensor, from expected: Tensor) {
    guard tensor.shape == expected.shape else {
      self.init(relative: .infinity, place: "shape \(tensor.shape), not \(expected.shape)")
      return
    }
    let pairs = zip(tensor.values, expected.values)
    let errors = pairs.map { $0.0.isNaN ? .infinity : abs($0.0 - $0.1) }
    guard let worst = errors.indices.max(by: { errors[$0] < errors[$1] }) else {
      self.init(relative: 0, place: "nowhere: both are empty")
      return
    }
    let scale = expected.values.reduce(0) { max($0, abs($1)) }
    self.init(
      Double(tensor.values[worst]), Double(expected.values[worst]), over: Double(scale),
      place: "element \(worst) \(expected.shape.indices(of: worst))")
  }

  /// The relative Euclidean error of a tensor as a whole: ‖tensor − expected‖ / ‖expected‖.
  ///
  /// Infinite if the shapes differ or a number is NaN; of two tensors of zeros it is zero.
  public static func euclidean(of tensor: Tensor, from expected: Tensor) -> Double {
    guard tensor.shape == expected.shape else { return .infinity }
    var (error, norm) = (0.0, 0.0)
    for (value, expected) in zip(tensor.values, expected.values) {
      error += (Double(value) - Double(expected)) * (Double(value) - Double(expected))
      norm += Double(expected) * Double(expected)
    }
    if error == 0 { return 0 }
    let relative = (error / norm).squareRoot()
    return relative.isNaN ? .infinity : relative
  }

  /// The size, the place, and what was there.
  public var description: String { "\(relative) of the largest value at \(place)" }
}

extension [Deviation] {
  /// The largest of them; of none, a deviation of zero.
  var worst: Deviation {
    self.max { $0.relative < $1.relative } ?? Deviation(relative: 0, place: "nowhere")
  }
}

extension Shape {
  /// The index along each axis of a row-major offset.
  fileprivate func indices(of offset: Int) -> [Int] {
    var (indices, rest) = ([Int](), offset)
    for extent in extents.reversed() {
      indices.append(rest % extent)
      rest /= extent
    }
    return indices.reversed()
  }
}

import TonoAscent
import TonoCore
import TonoNetwork

/// A layer's backward pass beside central differences of its forward pass.
///
/// At a point x the layer is moved by ±h·d along a random direction d of all cells. Where the output's
/// second difference is a small part of its first, it is smooth there; the others (kinks of rectifiers,
/// windows whose maximum changes) get no weight, so that they cannot raise a false alarm. The smooth ones
/// get random weights w in −1…1, and Σ w·(y₊ − y₋) is compared with the backward pass of w along x₊ − x₋,
/// in double precision, relative to the root of Σ w²·(y₊ − y₋)²: an error in a share p of the cells then
/// shows as about √p. Of several draws of weights the largest deviation counts, of several h the smallest.
struct GradientCheck {
  /// What a comparison came to.
  enum Outcome: Equatable {
    /// The deviation, relative to the slopes.
    case deviation(Double)
    /// The output hardly moves at any point tried, and the backward pass agrees that it does not.
    case flat
    /// The backward pass gives NaN or infinity where the forward pass is smooth.
    case notFinite
  }

  /// The largest deviation of a right gradient.
  ///
  /// Layers compute in single precision: sums of some thousand products are off by 10⁻⁶ of their size,
  /// and a step moves them by a hundredth, which makes 10⁻⁴; curvature adds as much. One wrong cell in
  /// a thousand makes 3·10⁻².
  static let tolerance = 0.01

  /// What single precision leaves uncertain of an output, relative to its root mean square.
  private static let rounding = 1e-6

  /// Half the distance between the two values, in standard deviations of each input.
  private static let steps: [Float] = [0x1p-7, 0x1p-4, 0x1p-10, 0x1p-13]

  /// How many draws of weights are compared: one alone may cancel an error by chance.
  private static let draws = 4

  /// The largest second difference of a smooth output, as a share of the first.
  private static let curvature = 0.005

  /// The layer.
  let layer: any Layer

  /// Compares at what the layer reads, at the same numbers in other places, and where both tell nothing,
  /// at noise.
  ///
  /// - Parameters:
  ///   - inputs: what the layer reads in a forward pass, each `[1] + shape`: the point's domain.
  ///   - random: directions and places are drawn from it.
  /// - Returns: the largest deviation at these points, or why there is none; nil if the layer reads
  ///   nothing, or its values are not finite at any point.
  func outcome(at inputs: [Tensor], using random: inout RandomSource) -> Outcome? {
    guard layer.role != .constant, inputs.contains(where: { $0.count > 0 }) else { return nil }
    // Behind what is broken there is noise alone to look at.
    let isFinite = inputs.allSatisfy { $0.values.allSatisfy(\.isFinite) }
    var outcomes = (isFinite ? [inputs, inputs.map { elsewhere($0, using: &random) }] : [])
      .compactMap { outcome(nearby: $0, using: &random) }
    if !outcomes.contains(where: \.isDecided) {
      let noise = inputs.map { input in
        Tensor(shape: input.shape, values: input.values.map { _ in random.normal() })
      }
      outcomes += [outcome(nearby: noise, using: &random)].compactMap { $0 }
    }
    let deviations = outcomes.compactMap { outcome in
      if case .deviation(let deviation) = outcome { deviation } else { nil }
    }
    if let worst = deviations.max() { return .deviation(worst) }
    return outcomes.contains(.notFinite) ? .notFinite : outcomes.first
  }

  /// Compares at one point, with a shorter or longer step where the first one tells too little.
  private func outcome(nearby point: [Tensor], using random: inout RandomSource) -> Outcome? {
    let directions = point.map { input in
      // The common part keeps sums over many cells from cancelling.
      let length = Self.spread(of: input)
      return input.values.map { _ in length * (random.normal() + 0.5) }
    }
    let middle = layer.forward(point)
    let seed = random.next()
    var best: Outcome?
    for step in Self.steps {
      // The same weights for each step: else a wrong gradient would get another chance.
      var weights = RandomSource(seed: seed, text: "weights")
      let outcome = compare(at: point, middle, along: directions, step: step, &weights)
      guard let outcome else { continue }
      if case .deviation(let deviation) = outcome {
        if deviation < Self.tolerance / 10 { return outcome }
        if case .deviation(let other)? = best, other <= deviation { continue }
        best = outcome
      } else {
        best = best ?? outcome
      }
    }
    return best
  }

  /// One comparison; nil if the values are not finite.
  private func compare(
    at point: [Tensor], _ middle: Tensor, along directions: [[Float]], step: Float,
    _ random: inout RandomSource
  ) -> Outcome? {
    func moved(_ step: Float) -> [Tensor] {
      zip(point, directions).map { input, direction in
        Tensor(
          shape: input.shape, values: zip(input.values, direction).map { $0 + step * $1 })
      }
    }
    let (ahead, behind) = (moved(step), moved(-step))
    let (high, low) = (layer.forward(ahead), layer.forward(behind))

    let squares = middle.values.reduce(0.0) { $0 + ($1.isFinite ? Double($1) * Double($1) : 0) }
    let noise = Self.rounding * (squares / Double(max(1, middle.count))).squareRoot()
    // What smooth elements move by; none of the others.
    var (moves, lengths, count) = ([Double?](repeating: nil, count: middle.count), 0.0, 0)
    for index in middle.values.indices {
      let (up, at, down) = (
        Double(high.values[index]), Double(middle.values[index]), Double(low.values[index])
      )
      let first = up - down
      guard (up - 2 * at + down).magnitude <= Self.curvature * first.magnitude + noise else {
        continue
      }
      moves[index] = first
      lengths += first * first
      count += 1
    }
    guard count > 0 else { return middle.values.allSatisfy(\.isFinite) ? .flat : nil }
    // What rounding alone may do is no more than the tolerance.
    let least = noise / Self.tolerance
    var deviation = 0.0
    for _ in 0..<Self.draws {
      var weights = Tensor(shape: middle.shape)
      var (slope, slopes, squares) = (0.0, 0.0, 0.0)
      for (index, move) in moves.enumerated() {
        guard let move else { continue }
        let weight = Float(Int32(truncatingIfNeeded: random.next())) * 0x1p-31
        weights.values[index] = weight
        let part = Double(weight) * move
        slope += part
        slopes += part * part
        squares += Double(weight) * Double(weight)
      }
      var predicted = 0.0
      for (gradient, (ahead, behind)) in zip(
        layer.backward(weights, inputs: point, output: middle), zip(ahead, behind))
      {
        for index in gradient.values.indices {
          let distance = Double(ahead.values[index]) - Double(behind.values[index])
          predicted += Double(gradient.values[index]) * distance
        }
      }
      guard predicted.isFinite else { return .notFinite }
      let scale = max(slopes.squareRoot(), least * squares.squareRoot(), 1e-30)
      deviation = max(deviation, (slope - predicted).magnitude / scale)
    }
    return lengths.squareRoot() <= least * Double(count).squareRoot() && deviation <= Self.tolerance
      ? .flat : .deviation(deviation)
  }

  /// The numbers of a tensor in other places and a little apart, no further than they reach.
  private func elsewhere(_ tensor: Tensor, using random: inout RandomSource) -> Tensor {
    let (low, high) = (tensor.values.min() ?? 0, tensor.values.max() ?? 0)
    let spread = Self.spread(of: tensor) / 16
    return Tensor(
      shape: tensor.shape,
      values: tensor.values.shuffled(using: &random).map { value in
        let moved = value + spread * random.normal()
        // Mirrored at the ends, so that what must be positive stays so.
        let inside = moved < low ? 2 * low - moved : moved > high ? 2 * high - moved : moved
        return low < high ? min(max(inside, low), high) : moved
      })
  }

  /// The standard deviation of a tensor's numbers, or where they are all the same, their size or 1.
  private static func spread(of tensor: Tensor) -> Float {
    let count = Double(max(1, tensor.count))
    let mean = tensor.values.reduce(0.0) { $0 + Double($1) } / count
    let squares = tensor.values.reduce(0.0) {
      $0 + (Double($1) - mean) * (Double($1) - mean)
    }
    let deviation = (squares / count).squareRoot()
    if deviation > 1e-6 * mean.magnitude { return Float(deviation) }
    return mean == 0 || !mean.isFinite ? 1 : Float(mean.magnitude)
  }
}

extension GradientCheck.Outcome {
  /// Whether the layer's slopes were seen.
  fileprivate var isDecided: Bool { if case .deviation = self { true } else { false } }
}

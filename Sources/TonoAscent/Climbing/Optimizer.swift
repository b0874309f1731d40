import TonoCore
import TonoNetwork

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How a gradient becomes a step of the canvas, uphill.
public struct Optimizer: Hashable, Sendable, Codable {
  /// The rule of the step.
  public enum Rule: String, Hashable, Sendable, Codable, CaseIterable {
    /// x ← x + rate·g.
    case gradient
    /// v ← 0.9·v + g, x ← x + rate·v (Polyak 1964).
    case momentum
    /// Kingma & Ba 2015, algorithm 1, uphill: beta 0.9 and 0.999, epsilon 1e-8.
    ///
    /// It divides by the gradient's own size, so that normalizing changes nothing but epsilon's part.
    case adam
  }

  /// The rule of the step.
  public var rule: Rule
  /// The length of a step: in network units per cell for `adam` and for normalized gradients.
  ///
  /// A canvas may stretch it, as a sound's samples do (`Painter.stepScale`).
  public var rate: Float
  /// Whether the gradient is divided by the root of its mean square before it is used, so that a
  /// rate means the same for every neuron, layer and network.
  public var normalizesGradient: Bool

  /// A rule with its rate.
  public init(rule: Rule = .adam, rate: Float = 0.05, normalizesGradient: Bool = true) {
    self.rule = rule
    self.rate = rate
    self.normalizesGradient = normalizesGradient
  }

  /// What the rule remembers of the steps before.
  struct State {
    private let first: AlignedFloats
    private let second: AlignedFloats
    private var steps: Float = 0

    init(count: Int) {
      first = AlignedFloats(count: count)
      second = AlignedFloats(count: count)
    }

    /// Forgets the steps before.
    mutating func reset() {
      first.clear(0..<first.count)
      second.clear(0..<second.count)
      steps = 0
    }

    /// Moves the cells one step up the gradient, `stretch` times as long as the rate says; `scale` is
    /// the root of the mean square of the gradient of all that moves together.
    ///
    /// The moved cells are written to `moved`, or in place of the cells.
    mutating func step(
      _ cells: UnsafeMutablePointer<Float>, into moved: UnsafeMutablePointer<Float>? = nil,
      gradient: UnsafePointer<Float>, scale: Float, _ optimizer: Optimizer, stretch: Float = 1
    ) {
      let factor = optimizer.normalizesGradient && scale > 0 ? 1 / scale : 1
      let (rate, count) = (optimizer.rate * stretch, first.count)
      let (first, moved) = (first.start, moved ?? cells)
      steps += 1
      switch optimizer.rule {
      case .gradient:
        let length = rate * factor
        for index in 0..<count { moved[index] = cells[index] + length * gradient[index] }
      case .momentum:
        for index in 0..<count {
          first[index] = 0.9 * first[index] + factor * gradient[index]
          moved[index] = cells[index] + rate * first[index]
        }
      case .adam:
        let step = AdamStep(
          rate: rate, slope: factor, decays: (0.9, 0.999), shares: (0.1, 0.001),
          corrections: (1 - powf(0.9, steps), 1 - powf(0.999, steps)), epsilon: 1e-8)
        KernelSet.current.adam(
          step, gradient: gradient, first: first, second: second.start, cells: cells,
          into: moved, count: count)
      }
    }
  }
}

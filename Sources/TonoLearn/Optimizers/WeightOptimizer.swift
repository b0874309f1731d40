import Foundation
import TonoCore
import TonoNetwork

/// The state of a rule: what it keeps of the steps before.
public struct WeightOptimizer: Sendable, Equatable {
  /// The rule.
  public let rule: OptimizerRule
  /// The multiple of each weight that is added to its gradient (a penalty of ½·weightDecay·w² each).
  public let weightDecay: Double
  /// How many steps were made.
  public private(set) var steps = 0
  /// By slot what the rule keeps of each trained array.
  public private(set) var slots: [String: [ParameterName: Tensor]]

  /// A rule before its first step.
  public init(_ rule: OptimizerRule, weightDecay: Double = 0) {
    self.rule = rule
    self.weightDecay = weightDecay
    slots = Dictionary(uniqueKeysWithValues: rule.slots.map { ($0, [:]) })
  }

  /// A rule after some steps, with what it kept of them.
  init(
    _ rule: OptimizerRule, weightDecay: Double, steps: Int,
    slots: [String: [ParameterName: Tensor]]
  ) {
    self.rule = rule
    self.weightDecay = weightDecay
    self.steps = steps
    self.slots = slots
  }

  /// Makes a step: changes every trained array that has a gradient.
  ///
  /// - Parameters:
  ///   - parameters: the trained arrays.
  ///   - gradients: the loss's gradients with respect to them, in the same shapes.
  ///   - learningRate: η.
  public mutating func step(
    _ parameters: inout [ParameterName: Tensor], gradients: [ParameterName: Tensor],
    learningRate: Double
  ) {
    steps += 1
    for (name, gradient) in gradients {
      guard var weights = parameters.removeValue(forKey: name) else { continue }
      precondition(weights.shape == gradient.shape, "\(name) and its gradient have one shape")
      var state = rule.slots.map { slot in
        // Taken out, not copied: it is changed in place.
        slots[slot]?.removeValue(forKey: name) ?? Tensor(shape: gradient.shape)
      }
      change(&weights, by: gradient, &state, rate: learningRate)
      for (slot, tensor) in zip(rule.slots, state) { slots[slot]?[name] = tensor }
      parameters[name] = weights
    }
  }

  private func change(
    _ weights: inout Tensor, by gradient: Tensor, _ state: inout [Tensor], rate: Double
  ) {
    let count = weights.count
    let decay = Float(weightDecay)
    switch rule {
    case .descent(let momentum, let nesterov):
      let (rate, momentum) = (Float(rate), Float(momentum))
      weights.withMutablePointer { w in
        gradient.withPointer { g in
          guard !state.isEmpty else {
            for i in 0..<count { w[i] -= rate * (g[i] + decay * w[i]) }
            return
          }
          state[0].withMutablePointer { v in
            for i in 0..<count {
              let step = rate * (g[i] + decay * w[i])
              v[i] = momentum * v[i] - step
              w[i] += nesterov ? momentum * v[i] - step : v[i]
            }
          }
        }
      }
    case .adam(let beta1, let beta2, let epsilon):
      let scale = Float(
        rate * (1 - pow(beta2, Double(steps))).squareRoot() / (1 - pow(beta1, Double(steps))))
      let (beta1, beta2, epsilon) = (Float(beta1), Float(beta2), Float(epsilon))
      var (mean, square) = (state[0], state[1])
      state = []
      weights.withMutablePointer { w in
        gradient.withPointer { g in
          mean.withMutablePointer { m in
            square.withMutablePointer { v in
              for i in 0..<count {
                let slope = g[i] + decay * w[i]
                m[i] += (1 - beta1) * (slope - m[i])
                v[i] += (1 - beta2) * (slope * slope - v[i])
                w[i] -= scale * m[i] / (v[i].squareRoot() + epsilon)
              }
            }
          }
        }
      }
      state = [mean, square]
    }
  }
}

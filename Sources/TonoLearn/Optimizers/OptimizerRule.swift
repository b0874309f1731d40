/// How the gradient of a loss changes the weights.
///
/// In the formulas g is the gradient, plus `weightDecay`·w where that is set; η is the learning rate of
/// the step; all in single precision, as Keras and PyTorch compute.
public enum OptimizerRule: Sendable, Hashable, Codable {
  /// Stochastic gradient descent: v ← momentum·v − η·g; w ← w + v, or with Nesterov's momentum
  /// w ← w + momentum·v − η·g (Sutskever et al. 2013, in the form of Keras).
  case descent(momentum: Double, nesterov: Bool)
  /// m ← β₁m + (1 − β₁)g; v ← β₂v + (1 − β₂)g²; w ← w − η·√(1 − β₂ᵗ) ÷ (1 − β₁ᵗ) · m ÷ (√v + ε)
  /// (Kingma & Ba 2015, the form before section 2.1, as in Keras; PyTorch's ε is this one ÷ √(1 − β₂ᵗ)).
  case adam(beta1: Double, beta2: Double, epsilon: Double)

  /// Descent with Nesterov's momentum of 0.9: the papers' rule.
  public static let nesterov = OptimizerRule.descent(momentum: 0.9, nesterov: true)
  /// Adam with the numbers of its paper and Keras' ε of 1e-7.
  public static let adam = OptimizerRule.adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-7)

  /// The names of the arrays that the rule keeps for each trained one.
  var slots: [String] {
    switch self {
    case .descent(let momentum, _): momentum == 0 ? [] : ["velocity"]
    case .adam: ["mean", "square"]
    }
  }
}

import TonoCore
import TonoFiles
import TonoNetwork

/// The operators that map each element by itself.
extension ONNXNetwork {
  /// The function of a node, or nil if its operator is none.
  func activation(_ call: ONNXCall) throws -> (any Activation)? {
    switch call.kind {
    case "LeakyRelu": return LeakyReLU(slope: try call.number("alpha", default: 0.01))
    case "Elu": return ELU(alpha: try call.number("alpha", default: 1))
    case "Selu":
      let usual = SELU()
      return SELU(
        alpha: try call.number("alpha", default: usual.alpha),
        scale: try call.number("gamma", default: usual.scale))
    case "Celu":
      let alpha = try call.number("alpha", default: 1)
      guard alpha != 0 else { throw call.failure("has an attribute 'alpha' of 0") }
      return CELU(alpha: alpha)
    case "Gelu":
      return try call.text("approximate", default: "none") == "tanh" ? ApproximateGELU() : GELU()
    case "HardSigmoid":
      return HardSigmoid(
        scale: try call.number("alpha", default: 0.2), shift: try call.number("beta", default: 0.5))
    case "Clip": return try clip(call)
    default: return Self.functions[call.kind]
    }
  }

  /// The functions without settings.
  private static let functions: [String: any Activation] = [
    "Relu": ReLU(), "Sigmoid": Sigmoid(), "HardSwish": HardSwish(), "Mish": Mish(),
    "Tanh": Tanh(), "Softplus": Softplus(), "Softsign": Softsign(), "Sqrt": SquareRoot(),
    "Exp": Exponential(), "Log": Logarithm(), "Abs": AbsoluteValue(), "Neg": Affine(scale: -1),
    "Identity": Identity(), "Reciprocal": Reciprocal(), "Erf": ErrorFunction(),
  ]

  /// Bounds are attributes before version 11, inputs since.
  private func clip(_ call: ONNXCall) throws -> any Activation {
    let minimum =
      try call.number(1, "minimum") ?? call.number("min", default: -.infinity)
    let maximum = try call.number(2, "maximum") ?? call.number("max", default: .infinity)
    if minimum == 0 && maximum > 0 { return ReLU(maximum: maximum) }
    return Clip(minimum: minimum, maximum: maximum)
  }
}

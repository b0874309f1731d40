import TestSupport
import Testing
import TonoCore
import TonoLearn
import TonoNetwork

/// Six steps of each rule against Keras' (`Scripts/reference/optimizer_values.py`) and PyTorch's.
@Suite struct WeightOptimizerTests {
  private static let rules: [(String, OptimizerRule, LearningRatePlan)] = [
    ("plain", .descent(momentum: 0, nesterov: false), .constant),
    ("momentum", .descent(momentum: 0.9, nesterov: false), .decay(0.05)),
    ("nesterov", .nesterov, .decay(0.05)),
    ("adam", .adam, .decay(0.05)),
  ]

  private func expectSteps(
    _ name: String, of file: String, _ rule: OptimizerRule, _ plan: LearningRatePlan,
    weightDecay: Double = 0
  ) throws {
    let reference = try ReferenceValues("training/\(file)")
    let gradients = try reference.tensor("gradients")
    let expected = try reference.tensor(name)
    let parameter = ParameterName(node: "layer", parameter: "kernel")
    let untouched = ParameterName(node: "other", parameter: "kernel")
    var weights = [parameter: try reference.tensor("start"), untouched: Tensor(shape: [1])]
    var optimizer = WeightOptimizer(rule, weightDecay: weightDecay)
    for step in 0..<6 {
      optimizer.step(
        &weights, gradients: [parameter: gradients.sample(step)],
        learningRate: 0.1 * plan.factor(step: step, stepsPerEpoch: 2, epochs: 3))
      let found = try #require(weights[parameter])
      let deviation = Deviation(of: found, from: expected.sample(step))
      #expect(deviation.relative < Tolerance.untiedGradient, "step \(step): \(deviation)")
    }
    #expect(optimizer.steps == 6 && weights[untouched] == Tensor(shape: [1]))
  }

  @Test("rules are Keras'", arguments: rules)
  func keras(_ name: String, _ rule: OptimizerRule, _ plan: LearningRatePlan) throws {
    try expectSteps(name, of: "optimizers", rule, plan)
  }

  @Test("weight decay is PyTorch's")
  func weightDecay() throws {
    try expectSteps("nesterov", of: "weight_decay", .nesterov, .constant, weightDecay: 0.2)
  }
}

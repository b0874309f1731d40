import Foundation
import TestSupport
import TonoCore
import TonoNetwork

/// The small siamese network of `Scripts/reference/training_step.py`, with its numbers.
struct SmallSiamese {
  let network: Network
  let reference: ReferenceValues
  /// Three samples for each of the inputs `a` and `b`.
  let batch: [String: Tensor]
  let labels: [Float]

  init() throws {
    let reference = try ReferenceValues("training/siamese")
    func numbers(_ name: String) throws -> [Float] { try reference.tensor(name).values }
    var nodes: [Network.Node] = []
    func add(_ name: String, _ layer: any Layer, _ inputs: String...) {
      nodes.append(.init(name: name, layer: layer, inputs: inputs))
    }
    func conv(_ name: String, reading input: String) throws {
      add(
        name,
        Conv2D(kernel: try reference.tensor(name + "/kernel"), bias: try numbers(name + "/bias")),
        input)
    }
    func norm(_ name: String, reading input: String) throws {
      let gamma = try numbers(name + "/gamma")
      add(
        name,
        BatchNormalization(
          gamma: gamma, beta: try numbers(name + "/beta"), mean: gamma.map { _ in 0 },
          variance: gamma.map { _ in 1 }, epsilon: 1e-3), input)
    }
    for (tower, pool) in [("a", Pair(rows: 2, columns: 2)), ("b", Pair(rows: 2, columns: 4))] {
      try conv("\(tower)_conv_1", reading: tower)
      try norm("\(tower)_norm_1", reading: "\(tower)_conv_1")
      add("\(tower)_relu_1", ReLU(), "\(tower)_norm_1")
      add("\(tower)_pool_1", MaxPooling2D(window: pool, strides: pool), "\(tower)_relu_1")
      try conv("\(tower)_conv_2", reading: "\(tower)_pool_1")
      try norm("\(tower)_norm_2", reading: "\(tower)_conv_2")
      add("\(tower)_relu_2", ReLU(), "\(tower)_norm_2")
      add("\(tower)_flat", Flatten(), "\(tower)_relu_2")
    }
    add("joint", Concatenate(axis: 0), "a_flat", "b_flat")
    func dense(_ name: String) throws -> Dense {
      Dense(
        weights: try reference.tensor(name + "/kernel"), bias: try numbers(name + "/bias"))
    }
    add("hidden", try dense("hidden"), "joint")
    add("hidden_relu", ReLU(), "hidden")
    add("logit", try dense("logit"), "hidden_relu")

    self.reference = reference
    network = try Network(
      inputs: [.init(name: "a", shape: [1, 12, 15]), .init(name: "b", shape: [1, 9, 14])],
      nodes: nodes, outputs: ["logit"])
    batch = ["a": try reference.tensor("a"), "b": try reference.tensor("b")]
    labels = try numbers("labels")
  }
}

/// The mean binary cross-entropy of logits, and its gradient with respect to each.
func crossEntropy(of logits: Tensor, labels: [Float]) -> (loss: Double, gradient: Tensor) {
  var (loss, gradient) = (0.0, Tensor(shape: logits.shape))
  let count = Double(labels.count)
  for (index, (logit, label)) in zip(logits.values, labels).enumerated() {
    let (x, y) = (Double(logit), Double(label))
    loss += (log1p(exp(-abs(x))) + max(x, 0) - x * y) / count
    gradient.values[index] = Float((1 / (1 + exp(-x)) - y) / count)
  }
  return (loss, gradient)
}

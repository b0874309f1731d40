import TestSupport
import TonoCore
import TonoNetwork

/// Two small towers of odd shapes under one head, and what can go wrong with neurons.
enum SmallNetworks {
  /// Inputs `a` 1×9×14 and `b` 1×8×7; `conv_a` → `relu_a` → `pool_a`, `conv_b` → `tanh_b`, head
  /// `fc_pre` → `fc` → `score`.
  static func siamese() throws -> Network {
    var random = TestRandom(21)
    func weights(_ shape: Shape) -> Tensor { .random(shape, using: &random) }
    let two = Pair(rows: 2, columns: 2)
    return try Network(
      inputs: [.init(name: "a", shape: [1, 9, 14]), .init(name: "b", shape: [1, 8, 7])],
      nodes: [
        .init(
          name: "conv_a", layer: Conv2D(kernel: weights([4, 1, 3, 4]), bias: [0.1, -0.2, 0, 0.3]),
          inputs: ["a"]),
        .init(name: "relu_a", layer: ReLU(), inputs: ["conv_a"]),
        .init(name: "pool_a", layer: MaxPooling2D(window: two, strides: two), inputs: ["relu_a"]),
        .init(name: "flat_a", layer: Flatten(), inputs: ["pool_a"]),
        .init(
          name: "conv_b", layer: Conv2D(kernel: weights([3, 1, 3, 3]), bias: nil), inputs: ["b"]),
        .init(name: "tanh_b", layer: Tanh(), inputs: ["conv_b"]),
        .init(name: "flat_b", layer: Flatten(), inputs: ["tanh_b"]),
        .init(name: "joint", layer: Concatenate(axis: 0), inputs: ["flat_a", "flat_b"]),
        .init(
          name: "fc_pre", layer: Dense(weights: weights([150, 5]), bias: [0, 0, 0, 0, -9]),
          inputs: ["joint"]),
        .init(name: "fc", layer: ReLU(), inputs: ["fc_pre"]),
        .init(name: "logit", layer: Dense(weights: weights([5, 1]), bias: nil), inputs: ["fc"]),
        .init(name: "score", layer: Sigmoid(), inputs: ["logit"]),
      ], outputs: ["score"])
  }

  /// One 3×3 convolution with a rectifier on a 1×8×11 input, its channels differing in their biases
  /// only.
  static func rectified(
    biases: [Float], scale: Float = 1, by rectifier: any Activation = ReLU()
  ) throws -> Network {
    var random = TestRandom(22)
    let kernel = Tensor.random([1, 1, 3, 3], using: &random)
    return try Network(
      inputs: [.init(name: "x", shape: [1, 8, 11])],
      nodes: [
        .init(
          name: "conv",
          layer: Conv2D(
            kernel: Tensor(
              shape: [biases.count, 1, 3, 3],
              values: biases.flatMap { _ in kernel.values.map { scale * $0 } }), bias: biases),
          inputs: ["x"]),
        .init(name: "relu", layer: rectifier, inputs: ["conv"]),
        .init(
          name: "pool",
          layer: MaxPooling2D(
            window: Pair(rows: 2, columns: 3), strides: Pair(rows: 2, columns: 3)),
          inputs: ["relu"]),
        .init(name: "flat", layer: Flatten(), inputs: ["pool"]),
      ], outputs: ["flat"])
  }
}

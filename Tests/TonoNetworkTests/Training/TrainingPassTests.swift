import TestSupport
import Testing
import TonoCore
import TonoNetwork

/// The reference of training, layer after layer.
@Suite struct TrainingPassTests {
  static let trainable = LayerCase.all.filter { $0.layer is any TrainableLayer }

  @Test("parameter gradients agree with finite differences", arguments: trainable)
  func parameterGradients(_ test: LayerCase) throws {
    let layer = try #require(test.layer as? any TrainableLayer)
    try expectSlopes(of: layer, at: test.batch(of: 2)) { layer, inputs in layer.forward(inputs) }
  }

  /// Compares the parameter gradients of a layer with the slopes of a random scalar of its output.
  private func expectSlopes<L: TrainableLayer>(
    of layer: L, at inputs: [Tensor], forward: (L, [Tensor]) -> Tensor
  ) throws {
    var random = TestRandom(9)
    let output = forward(layer, inputs)
    let dOutput = Tensor.random(output.shape, using: &random)
    let gradients = layer.parameterGradients(dOutput, inputs: inputs, output: output)
    #expect(Set(gradients.keys) == Set(layer.parameters.keys) && !gradients.isEmpty)
    for (name, parameter) in layer.parameters {
      let gradient = try #require(gradients[name])
      #expect(gradient.shape == parameter.shape)
      for _ in 0..<4 {
        let direction = Tensor.random(parameter.shape, using: &random)
        let slope = finiteDifference(
          of: { dot(forward(layer.replacing([name: $0[0]]), inputs), dOutput) }, at: [parameter],
          along: [direction])
        let scale = max(1, abs(slope))
        #expect(
          abs(slope - dot(gradient, direction)) / scale < Tolerance.finiteDifference, "\(name)")
      }
    }
  }

  @Test(
    "gradients flow through the statistics of the batch", arguments: [[3, 4, 5], [6]] as [Shape])
  func batchStatistics(_ shape: Shape) throws {
    var random = TestRandom(4)
    func numbers() -> [Float] { Tensor.random([shape[0]], using: &random).values }
    let zeros = [Float](repeating: 0, count: shape[0])
    let layer = BatchNormalization(
      gamma: numbers(), beta: numbers(), mean: zeros, variance: zeros, epsilon: 1e-2)
    func forward(_ layer: BatchNormalization, _ x: Tensor) -> Tensor {
      layer.forward(x, normalizedBy: ChannelStatistics(of: x))
    }
    let input = Tensor.random(shape.batched(4), using: &random)
    let dOutput = Tensor.random(input.shape, using: &random)
    let (dInput, parameters) = layer.backward(
      dOutput, input: input, normalizedBy: ChannelStatistics(of: input))
    for _ in 0..<6 {
      let direction = Tensor.random(input.shape, using: &random)
      let slope = finiteDifference(
        of: { dot(forward(layer, $0[0]), dOutput) }, at: [input], along: [direction],
        step: 1 / 512)
      #expect(abs(slope - dot(dInput, direction)) < Tolerance.finiteDifference * max(1, abs(slope)))
      for (name, parameter) in layer.parameters {
        let direction = Tensor.random(parameter.shape, using: &random)
        let slope = finiteDifference(
          of: { dot(forward(layer.replacing([name: $0[0]]), input), dOutput) }, at: [parameter],
          along: [direction])
        let predicted = dot(try #require(parameters[name]), direction)
        #expect(abs(slope - predicted) < Tolerance.finiteDifference * max(1, abs(slope)))
      }
    }
  }

  @Test("a batch leaves its normalization with mean beta and deviation gamma")
  func normalized() {
    var random = TestRandom(8)
    let layer = BatchNormalization(
      gamma: [2, 0.5], beta: [-1, 3], mean: [7, 7], variance: [7, 7], epsilon: 0)
    let input = Tensor.random([3, 2, 5, 7], using: &random)
    let output = ChannelStatistics(
      of: layer.forward(input, normalizedBy: ChannelStatistics(of: input)))
    for channel in 0..<2 {
      #expect(abs(output.mean[channel] - Double(layer.beta[channel])) < Tolerance.sum)
      #expect(
        abs(output.variance[channel].squareRoot() - Double(layer.gamma[channel])) < Tolerance.sum)
    }
  }

  @Test("one training step is PyTorch's, in double precision")
  func golden() throws {
    let small = try SmallSiamese()
    var random = TestRandom()
    let pass = try small.network.trainingPass(small.batch, to: ["logit"], using: &random)
    let (loss, seed) = crossEntropy(of: pass["logit"], labels: small.labels)
    let gradients = small.network.parameterGradients(["logit": seed], through: pass)
    try expectReference(
      small, loss: loss, logits: pass["logit"], gradients: gradients, statistics: pass.statistics,
      tolerance: Tolerance.untiedGradient)
  }

  @Test("the loss falls, step by step")
  func descent() throws {
    let small = try SmallSiamese()
    var network = small.network
    var losses: [Double] = []
    var random = TestRandom()
    for _ in 0..<40 {
      let pass = try network.trainingPass(small.batch, to: ["logit"], using: &random)
      let (loss, seed) = crossEntropy(of: pass["logit"], labels: small.labels)
      losses.append(loss)
      let gradients = network.parameterGradients(["logit": seed], through: pass)
      let parameters = network.parameters
      network = try network.replacing(
        gradients.mapKeyedValues { name, gradient in
          Tensor(
            shape: gradient.shape,
            values: zip(parameters[name]?.values ?? [], gradient.values).map { $0 - 0.1 * $1 })
        })
    }
    #expect(zip(losses, losses.dropFirst()).allSatisfy { $0 > $1 }, "\(losses)")
    #expect(losses[39] < 0.5 * losses[0])
  }

  @Test("with all momentum gone, inference repeats what training saw")
  func adopting() throws {
    let small = try SmallSiamese()
    var random = TestRandom()
    let pass = try small.network.trainingPass(small.batch, to: ["logit"], using: &random)
    let same = try small.network.adopting(pass.statistics, momentum: 0)
      .forward(small.batch, to: ["logit"])
    #expect(
      Deviation(of: same["logit"], from: pass["logit"]).relative < Double(Tolerance.reordered))
    let halfway = try small.network.adopting(pass.statistics, momentum: 0.75)
    let layer = try #require(halfway.node("a_norm_1").layer as? BatchNormalization)
    let ofBatch = try #require(pass.statistics["a_norm_1"])
    #expect(abs(Double(layer.mean[1]) - 0.25 * ofBatch.mean[1]) < Tolerance.sum)
    #expect(abs(Double(layer.variance[1]) - (0.75 + 0.25 * ofBatch.variance[1])) < Tolerance.sum)
  }

  @Test("dropout drops its share in training, scales the rest, and hands back what it kept")
  func dropout() throws {
    let network = try Network(
      inputs: [.init(name: "x", shape: [1000])],
      nodes: [
        .init(name: "drop", layer: Dropout(rate: 0.25), inputs: ["x"]),
        .init(
          name: "sum", layer: Dense(weights: Tensor(shape: [1000, 1], repeating: 1), bias: nil),
          inputs: ["drop"]),
      ], outputs: ["sum"])
    var random = TestRandom(3)
    let x = Tensor.random([4, 1000], using: &random)
    let pass = try network.trainingPass(["x": x], to: ["sum"], using: &random)
    let dropped = pass["drop"].values.count { $0 == 0 }
    #expect((900...1100).contains(dropped))
    for (kept, element) in zip(pass["drop"].values, x.values) where kept != 0 {
      #expect(kept == element * Float(1 / 0.75))
    }
    let gradients = network.parameterGradients(
      ["sum": Tensor(shape: [4, 1], repeating: 1)], through: pass)
    let kernel = try #require(gradients[ParameterName(node: "sum", parameter: "kernel")])
    let sums = (0..<1000).map { cell in
      (0..<4).reduce(Float(0)) { $0 + pass["drop"].values[$1 * 1000 + cell] }
    }
    #expect(
      Deviation(of: kernel, from: Tensor(shape: [1000, 1], values: sums)).relative
        < Double(Tolerance.reordered))
  }

  @Test("unknown parameters and wrong shapes are refused by name")
  func errors() throws {
    let network = try SmallSiamese().network
    let weight = ParameterName(node: "hidden", parameter: "weight")
    #expect(throws: NetworkError.unknownParameter(weight)) {
      try network.replacing([weight: Tensor(shape: [1])])
    }
    let bias = ParameterName(node: "hidden", parameter: "bias")
    #expect(throws: NetworkError.parameterShape(bias, got: [6], expected: [5])) {
      try network.replacing([bias: Tensor(shape: [6])])
    }
  }
}

/// Compares a training step of the small siamese network with PyTorch's.
func expectReference(
  _ small: SmallSiamese, loss: Double, logits: Tensor, gradients: [ParameterName: Tensor],
  statistics: [String: ChannelStatistics], tolerance: Double
) throws {
  let expectedLoss = try small.reference.tensor("loss").values[0]
  #expect(abs(loss - Double(expectedLoss)) < Tolerance.activation)
  #expect(try small.reference.deviation(of: logits, from: "logits").relative < Tolerance.activation)
  let names = small.reference.arrays.map(\.name).filter { $0.hasPrefix("gradient/") }
  #expect(Set(gradients.keys.map { "gradient/\($0)" }) == Set(names))
  for (name, gradient) in gradients {
    if name.parameter == "bias", name.node.contains("conv") {
      // Batch normalization takes a convolution's bias away: the gradient is zero but for rounding.
      #expect(gradient.values.allSatisfy { abs($0) < Float(Tolerance.untiedGradient) }, "\(name)")
      continue
    }
    let deviation = try small.reference.deviation(of: gradient, from: "gradient/\(name)")
    #expect(deviation.relative < tolerance, "\(name): \(deviation)")
  }
  for (name, ofBatch) in statistics {
    for (role, values) in [("mean", ofBatch.mean), ("variance", ofBatch.variance)] {
      let found = Tensor(shape: [values.count], values: values.map(Float.init))
      #expect(
        try small.reference.deviation(of: found, from: "\(role)/\(name)").relative
          < Tolerance.untiedGradient, "\(role) of \(name)")
    }
  }
}

extension Dictionary {
  /// The same keys with other values, made from both.
  func mapKeyedValues<Other>(_ transform: (Key, Value) -> Other) -> [Key: Other] {
    Dictionary<Key, Other>(uniqueKeysWithValues: map { ($0.key, transform($0.key, $0.value)) })
  }
}

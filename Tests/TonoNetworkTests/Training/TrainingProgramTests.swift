import TestSupport
import Testing
import TonoCore
import TonoNetwork

/// The compiled training program against the readable reference.
@Suite struct TrainingProgramTests {
  @Test("one training step is PyTorch's, in double precision")
  func golden() throws {
    let small = try SmallSiamese()
    let program = try TrainingProgram(small.network, outputs: ["logit"], batch: 3, threads: 2)
    var random = TestRandom()
    let logits = try #require(try program.forward(small.batch, using: &random)["logit"])
    let (loss, seed) = crossEntropy(of: logits, labels: small.labels)
    let gradients = program.backward(["logit": seed])
    try expectReference(
      small, loss: loss, logits: logits, gradients: gradients, statistics: program.statistics,
      tolerance: Tolerance.filteredGradient)
  }

  /// Networks of blocks and of what is not one; all read an input `x`, and end in `end`.
  static let networks: [TrainingCase] = {
    var random = TestRandom(11)
    func conv(
      _ shape: Shape, bias: Bool = true, strides: Pair = .one, padding: Padding = .valid
    ) -> Conv2D {
      var kernel = Tensor.random(shape, using: &random)
      let spread = (3 / Float(shape.count / shape[0])).squareRoot()
      kernel.values = kernel.values.map { $0 * spread }
      return Conv2D(
        kernel: kernel, bias: bias ? Tensor.random([shape[0]], using: &random).values : nil,
        strides: strides, padding: padding)
    }
    func norm(_ count: Int) -> BatchNormalization {
      BatchNormalization(
        gamma: Tensor.random([count], using: &random).values,
        beta: Tensor.random([count], using: &random).values,
        mean: Array(repeating: 0, count: count), variance: Array(repeating: 1, count: count),
        epsilon: 1e-3)
    }
    func pool(_ rows: Int, _ columns: Int) -> MaxPooling2D {
      let window = Pair(rows: rows, columns: columns)
      return MaxPooling2D(window: window, strides: window)
    }
    return [
      TrainingCase("one block", [1, 9, 13], [conv([5, 1, 3, 4]), norm(5), ReLU(), pool(2, 3)]),
      TrainingCase(
        "two blocks, wide maps", [1, 23, 60],
        [
          conv([9, 1, 6, 6], bias: false), norm(9), ReLU(), pool(2, 2), conv([17, 9, 6, 6]),
          norm(17), ReLU(), pool(1, 2),
        ]),
      TrainingCase(
        "three blocks of 5×5", [1, 40, 46],
        [
          conv([8, 1, 5, 5]), norm(8), ReLU(), pool(2, 2), conv([16, 8, 5, 5]), norm(16), ReLU(),
          pool(2, 4), conv([10, 16, 5, 4]), norm(10), ReLU(),
        ]),
      TrainingCase(
        "without normalization", [1, 12, 14],
        [conv([4, 1, 2, 3]), ReLU(), pool(3, 2), conv([3, 4, 2, 2]), pool(2, 2)]),
      TrainingCase(
        "without rectifiers and pooling", [1, 9, 17],
        [conv([4, 1, 7, 7]), norm(4), conv([3, 4, 3, 7])]),
      TrainingCase(
        "an input of three channels", [3, 11, 15],
        [conv([6, 3, 4, 4]), norm(6), ReLU(), pool(2, 2)]),
      TrainingCase(
        "layers between blocks", [1, 14, 17],
        [
          conv([4, 1, 3, 3]), norm(4), Tanh(),
          conv([5, 4, 3, 3], strides: Pair(rows: 2, columns: 1)),
          norm(5), conv([6, 5, 2, 3]), norm(6), ReLU(), conv([3, 6, 3, 3], padding: .same),
          Dropout(rate: 0.3),
        ]),
    ]
  }()

  @Test("values, statistics and gradients are the reference's", arguments: networks)
  func reference(_ test: TrainingCase) throws {
    let network = try test.network()
    for count in [5, 2] {
      var random = TestRandom(21)
      let batch = ["x": Tensor.random(test.input.batched(count), using: &random)]
      let seed = Tensor.random(try network.shape(of: "end").batched(count), using: &random)
      var (again, same) = (random, random)
      let pass = try network.trainingPass(batch, to: ["end"], using: &again)
      let expected = network.parameterGradients(["end": seed], through: pass)
      let program = try TrainingProgram(network, outputs: ["end"], batch: 5, threads: 2)
      let values = try program.forward(batch, using: &same)
      let gradients = program.backward(["end": seed])
      let end = try #require(values["end"])
      #expect(Deviation(of: end, from: pass["end"]).relative < Tolerance.filtered)
      #expect(Set(program.statistics.keys) == Set(pass.statistics.keys))
      for (name, ofBatch) in pass.statistics {
        let found = try #require(program.statistics[name])
        for (a, b) in zip(found.mean + found.variance, ofBatch.mean + ofBatch.variance) {
          #expect(abs(a - b) < Tolerance.filtered, "\(name)")
        }
      }
      #expect(Set(gradients.keys) == Set(expected.keys))
      let scale = expected.values.flatMap(\.values).reduce(0) { max($0, abs($1)) }
      for (name, gradient) in expected {
        let found = try #require(gradients[name])
        // Biases before a normalization have no gradient but rounding.
        let largest = gradient.values.reduce(0) { max($0, abs($1)) }
        if largest < 1e-5 * scale {
          #expect(found.values.allSatisfy { abs($0) < 1e-5 * scale }, "\(name)")
        } else {
          let deviation = Deviation(of: found, from: gradient)
          #expect(deviation.relative < Tolerance.filteredGradient, "\(name): \(deviation)")
        }
      }
    }
  }

  @Test(
    "every kernel set gives what the scalar one gives", arguments: KernelSet.available.dropFirst(),
    networks)
  func kernelSets(_ set: KernelSet, _ test: TrainingCase) throws {
    let network = try test.network()
    var random = TestRandom(23)
    let batch = ["x": Tensor.random(test.input.batched(3), using: &random)]
    let seed = Tensor.random(try network.shape(of: "end").batched(3), using: &random)
    func run(_ set: KernelSet) throws -> (Tensor?, [ParameterName: Tensor]) {
      let program = try TrainingProgram(
        network, outputs: ["end"], batch: 3, threads: 1, kernels: set)
      var random = TestRandom(1)
      let end = try program.forward(batch, using: &random)["end"]
      return (end, program.backward(["end": seed]))
    }
    let (end, gradients) = try run(set)
    let (plainEnd, plain) = try run(KernelSet.available[0])
    #expect(
      Deviation(of: try #require(end), from: try #require(plainEnd)).relative < Tolerance.filtered)
    let scale = plain.values.flatMap(\.values).reduce(0) { max($0, abs($1)) }
    for (name, expected) in plain {
      let found = try #require(gradients[name])
      let error = zip(found.values, expected.values).reduce(0) { max($0, abs($1.0 - $1.1)) }
      #expect(Double(error) < Tolerance.filtered * Double(scale), "\(name)")
    }
  }

  @Test("no bit depends on the threads, nor on what ran before", arguments: networks)
  func threads(_ test: TrainingCase) throws {
    let network = try test.network()
    var random = TestRandom(22)
    let batch = ["x": Tensor.random(test.input.batched(7), using: &random)]
    let seed = Tensor.random(try network.shape(of: "end").batched(7), using: &random)
    let other = ["x": Tensor.random(test.input.batched(9), using: &random)]
    func run(threads: Int, after first: [String: Tensor]?) throws -> [ParameterName: Tensor] {
      let program = try TrainingProgram(network, outputs: ["end"], batch: 9, threads: threads)
      var random = TestRandom(1)
      if let first {
        let seed = try program.forward(first, using: &random)
        _ = program.backward(seed)
      }
      random = TestRandom(1)
      _ = try program.forward(batch, using: &random)
      return program.backward(["end": seed])
    }
    let alone = try run(threads: 1, after: nil)
    #expect(try run(threads: 2, after: nil) == alone)
    #expect(try run(threads: 3, after: other) == alone)
  }

  @Test("adopting other parameters is compiling anew")
  func adopting() throws {
    let small = try SmallSiamese()
    let program = try TrainingProgram(small.network, outputs: ["logit"], batch: 3, threads: 1)
    let moved = try small.network.replacing(
      small.network.parameters.mapKeyedValues { _, tensor in
        Tensor(shape: tensor.shape, values: tensor.values.map { 0.1 - $0 })
      })
    program.adopt(moved)
    let anew = try TrainingProgram(moved, outputs: ["logit"], batch: 3, threads: 1)
    var random = TestRandom()
    #expect(
      try program.forward(small.batch, using: &random) == anew.forward(small.batch, using: &random))
    let seed = ["logit": Tensor(shape: [3, 1], repeating: 1)]
    #expect(program.backward(seed) == anew.backward(seed))
  }

  @Test("nodes that no seed depends on get no gradient")
  func unreached() throws {
    let small = try SmallSiamese()
    let program = try TrainingProgram(
      small.network, outputs: ["a_flat", "b_flat"], batch: 3, threads: 1)
    var random = TestRandom()
    let values = try program.forward(small.batch, using: &random)
    let gradients = program.backward(["a_flat": try #require(values["a_flat"])])
    #expect(!gradients.isEmpty && gradients.keys.allSatisfy { $0.node.hasPrefix("a_") })
  }
}

/// A chain of layers behind an input `x`.
struct TrainingCase: Sendable, CustomStringConvertible {
  let description: String
  let input: Shape
  let layers: [any Layer]

  init(_ description: String, _ input: Shape, _ layers: [any Layer]) {
    self.description = description
    self.input = input
    self.layers = layers
  }

  func network() throws -> Network {
    var nodes: [Network.Node] = []
    for (index, layer) in layers.enumerated() {
      nodes.append(
        .init(
          name: index == layers.count - 1 ? "end" : "\(index)", layer: layer,
          inputs: [index == 0 ? "x" : "\(index - 1)"]))
    }
    return try Network(inputs: [.init(name: "x", shape: input)], nodes: nodes, outputs: ["end"])
  }
}

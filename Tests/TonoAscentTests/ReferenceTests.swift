import Foundation
import TestSupport
import Testing
import TonoAscent
import TonoCore
import TonoModels
import TonoNetwork

/// Trained towers against numbers that Keras and PyTorch computed in double precision.
///
/// Real spectrograms are flat at their floor, so that maxima tie and gradients behind a pooling
/// layer are a matter of rounding: those are compared whole. Where nothing ties, every cell is.
@Suite struct ReferenceTests {
  /// One model file with the values that it should give.
  struct Case: Sendable, CustomStringConvertible {
    let weights: URL
    let architecture: URL?
    let values: String

    var description: String { weights.lastPathComponent }

    init(_ weights: URL, architecture: URL? = nil, _ values: String) {
      self.weights = weights
      self.architecture = architecture
      self.values = values
    }

    func load(
      _ folder: String = "values"
    ) throws -> (network: Network, values: ReferenceValues) {
      (
        try ModelFile.load(weights, architecture: architecture).network,
        try ReferenceValues("reference/\(folder)/\(values)")
      )
    }
  }

  /// The files whose gradients and ascents are known.
  static let climbed = [
    Case(
      Fixture.url("reference/models/recording_tower_weights.h5"),
      architecture: Fixture.url("reference/models/recording_tower_architecture.json"),
      "recording_tower"),
    Case(Fixture.url("reference/models/recording_tower_channels_last.h5"), "recording_tower"),
    Case(Fixture.url("reference/models/imitation_tower.h5"), "imitation_tower"),
    Case(Fixture.seed("siamese_pretrained.h5"), "siamese_pretrained"),
  ]

  /// The same networks in other formats, where the folder of reference models is there.
  static let shared: [Case] = [
    ("recording_tower.pt", "recording_tower"), ("recording_tower.safetensors", "recording_tower"),
    ("recording_tower.keras", "recording_tower"), ("siamese_pretrained.pt", "siamese_pretrained"),
    ("siamese_pretrained.keras", "siamese_pretrained"),
  ].compactMap { file, values in
    Fixture.shared("reference/models/\(file)").map { Case($0, values) }
  }

  static let cases =
    climbed + shared + [
      Case(
        Fixture.seed("siamese_scratch_weights.h5"),
        architecture: Fixture.seed("siamese_scratch_architecture.json"), "siamese_scratch")
    ]

  private func batch(
    _ index: Int, _ network: Network, _ values: ReferenceValues
  ) throws -> [String: Tensor] {
    try Dictionary(
      uniqueKeysWithValues: network.inputs.map { input in
        (input.name, Tensor(batch: [try values.tensor("input\(index)/\(input.name)")]))
      })
  }

  /// The node that a reference layer is: `output` is the last one.
  private func node(_ layer: String, _ network: Network) -> String {
    layer == "output" ? network.outputs[0] : layer
  }

  @Test("the activation of every layer", arguments: cases)
  func activations(_ test: Case) throws {
    let (network, values) = try test.load()
    let prefix = "/activation/"
    var compared = 0
    for index in 0..<4 {
      let batch = try batch(index, network, values)
      let arrays = values.arrays.filter { $0.name.hasPrefix("input\(index)\(prefix)") }
      let layers = arrays.map { String($0.name.split(separator: "/")[2]) }
      let activations = try network.forward(batch, to: layers.map { node($0, network) })
      for (array, layer) in zip(arrays, layers) {
        let deviation = try values.deviation(
          of: activations[node(layer, network)].sample(0), from: array.name)
        #expect(deviation.relative <= Tolerance.activation, "\(array.name): \(deviation)")
        compared += 1
      }
    }
    #expect(compared >= 4 * 12)
  }

  /// Compares the objective of every known gradient of an input, and hands its gradient on.
  private func compareGradients(
    _ index: Int, _ network: Network, _ values: ReferenceValues,
    _ compare: (_ gradient: Tensor, _ name: String) throws -> Void
  ) throws {
    let batch = try batch(index, network, values)
    let arrays = values.arrays.filter { $0.name.hasPrefix("input\(index)/gradient/") }
    try #require(!arrays.isEmpty)
    for array in arrays {
      let parts = array.name.split(separator: "/").map(String.init)
      let neuron = try NeuronReference("\(node(parts[2], network)):\(parts[3])")
      let bound = try BoundObjective(Objective(neuron), in: network)
      let activations = try network.forward(batch, to: bound.nodes)
      let objective = try #require(array.objective)
      let value = Double(bound.values(of: activations)[0])
      #expect(
        abs(value - objective) <= Tolerance.activation * max(1, abs(objective)), "\(array.name)")
      let gradients = network.backward(bound.seeds(for: activations), through: activations)
      try compare(try #require(gradients[parts[4]]).sample(0), array.name)
    }
  }

  /// Whether no pooling layer, and so no tie, is between a layer and the input.
  private func isBeforePooling(_ layer: String) -> Bool {
    ["_conv_1", "_conv_1_BN", "_conv_1_AC"].contains { layer.hasSuffix($0) }
  }

  @Test("every cell of the gradients where nothing ties", arguments: climbed + shared)
  func untiedGradients(_ test: Case) throws {
    let (network, values) = try test.load("untied")
    try compareGradients(0, network, values) { gradient, name in
      let deviation = try values.deviation(of: gradient, from: name)
      #expect(deviation.relative <= Tolerance.untiedGradient, "\(name): \(deviation)")
    }
  }

  @Test("the gradients on real spectrograms", arguments: climbed + shared)
  func gradients(_ test: Case) throws {
    let (network, values) = try test.load()
    for index in 0..<4 {
      try compareGradients(index, network, values) { gradient, name in
        let error = try values.euclideanError(of: gradient, from: name)
        #expect(error <= Tolerance.brokenTies, "\(name): \(error)")
        let layer = String(name.split(separator: "/")[2])
        if isBeforePooling(layer) {
          let deviation = try values.deviation(of: gradient, from: name)
          #expect(deviation.relative <= Tolerance.untiedGradient, "\(name): \(deviation)")
        }
      }
    }
  }

  @Test(
    "fifty steps of plain ascent, from the same start", arguments: climbed, [false, true])
  func trajectories(_ test: Case, exactConvolution: Bool) throws {
    let (network, values) = try test.load()
    for run in values.ascents {
      let starts = Dictionary(
        uniqueKeysWithValues: network.inputs.map { input in
          // The recording input of a siamese network has a seed of its own.
          let isSecond = network.inputs.count > 1 && input.name == network.inputs[1].name
          return (input.name, start(input.shape, seed: isSecond ? 54_321 : 12_345))
        })
      let ascent = try Ascent(
        network: network,
        settings: AscentSettings(
          steps: run.steps,
          optimizer: Optimizer(
            rule: .gradient, rate: Float(run.rate), normalizesGradient: false),
          start: .spectrogram, plateau: nil, exactConvolution: exactConvolution),
        spectrograms: starts)
      let neuron = NeuronReference(layer: node(run.layer, network), channel: run.neuron)
      let pattern = try ascent.climb(Objective(neuron))
      let scale = run.loss.map(abs).max() ?? 1
      #expect(pattern.activations.count == run.loss.count)
      for (step, (value, loss)) in zip(pattern.activations, run.loss).enumerated() {
        #expect(
          abs(Double(value) - loss) <= Tolerance.gradient * scale,
          "\(neuron) step \(step): \(value), not \(loss)")
      }
      #expect(pattern.inputs.keys.sorted() == run.moves.sorted())
      for input in run.moves {
        let name = "ascent/\(run.layer)/\(run.neuron)/final/\(input)"
        let spectrogram = try #require(pattern.inputs[input])
        let error = try values.euclideanError(of: spectrogram, from: name)
        #expect(error <= Tolerance.nearTies, "\(name): \(error)")
        if isBeforePooling(run.layer) {
          let deviation = try values.deviation(of: spectrogram, from: name)
          #expect(deviation.relative <= Tolerance.untiedGradient, "\(name): \(deviation)")
        }
      }
    }
  }

  @Test(
    "a program's gradients along an ascent are the layers', but where a maximum nearly ties",
    arguments: climbed, [false, true])
  func programs(_ test: Case, exactConvolution: Bool) throws {
    let (network, values) = try test.load()
    for run in values.ascents where run.moves.count == 1 {
      let input = try #require(network.inputs.first { $0.name == run.moves[0] })
      let neuron = NeuronReference(layer: node(run.layer, network), channel: run.neuron)
      let bound = try BoundObjective(Objective(neuron), in: network)
      let region = try neuron.region(in: network)
      let program = try Program(
        network, targets: [neuron.layer: region], exact: exactConvolution)
      let workspace = program.makeWorkspace()
      workspace.seed(neuron.layer).update(
        repeating: 1 / Float(region.ranges.map(\.count).reduce(1, *)))
      var x = start(input.shape, seed: 12_345)
      var errors: [Double] = []
      for _ in 0..<20 {
        let activations = try network.forward([input.name: Tensor(batch: [x])], to: bound.nodes)
        let gradients = network.backward(bound.seeds(for: activations), through: activations)
        let gradient = try #require(gradients[input.name]).sample(0)
        _ = workspace.input(input.name).update(from: x.values)
        program.forward(workspace)
        program.backward(workspace)
        errors.append(
          Deviation.euclidean(
            of: Tensor(shape: x.shape, values: Array(workspace.gradient(input.name))),
            from: gradient))
        for (index, slope) in gradient.values.enumerated() {
          x.values[index] += Float(run.rate) * slope
        }
      }
      let untied = errors.filter { $0 <= Tolerance.untiedGradient }
      #expect(untied.count >= 15 && errors.allSatisfy { $0 < 0.2 }, "\(neuron): \(errors)")
    }
  }

  /// s ← (1664525·s + 1013904223) mod 2³², value = (s ÷ 2³² − ½)·0.2, as the reference's own start.
  private func start(_ shape: Shape, seed: UInt32) -> Tensor {
    var state = seed
    return Tensor(
      shape: shape,
      values: (0..<shape.count).map { _ in
        state = 1_664_525 &* state &+ 1_013_904_223
        return Float((Double(state) / 4_294_967_296 - 0.5) * 0.2)
      })
  }
}

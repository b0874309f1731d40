import TestSupport
import Testing
import TonoCore

@testable import TonoNetwork

/// Compiled networks against the layers they are made of.
@Suite struct ProgramTests {
  @Test("every layer gives the same compiled as it is", arguments: LayerCase.all)
  func layers(_ layerCase: LayerCase) throws {
    let names = layerCase.inputs.indices.map { "x\($0)" }
    let network = try Network(
      inputs: zip(names, layerCase.inputs).map { .init(name: $0, shape: $1) },
      nodes: [.init(name: "y", layer: layerCase.layer, inputs: names)], outputs: ["y"])
    let inputs = Dictionary(
      uniqueKeysWithValues: zip(names, layerCase.batch(of: 1).map { $0.sample(0) }))
    try expectAgreement(network, inputs, ["y": Region(whole: try network.shape(of: "y"))])
  }

  @Test("blocks of convolutions agree with their layers", arguments: BlockCase.all)
  func blocks(_ block: BlockCase) throws {
    let network = try block.network()
    let inputs = block.inputs()
    for node in network.nodes {
      let whole = Region(whole: try network.shape(of: node.name))
      let channels = whole.ranges[0].count
      let middle = whole.ranges.map { $0.count / 2..<$0.count / 2 + 1 }
      let corner = whole.ranges.map { $0.count - 1..<$0.count }
      for region in [
        whole, Region([channels - 1..<channels] + whole.ranges.dropFirst()), Region(middle),
        Region(corner),
        Region([0..<1] + whole.ranges.dropFirst().map { 0..<min(2, $0.count) }),
        Region([channels / 2..<channels] + middle.dropFirst()),
      ] {
        for exact in [false, true] {
          try expectAgreement(network, inputs, [node.name: region], exact: exact)
        }
      }
    }
  }

  @Test("several targets at once, one on the way to another")
  func severalTargets() throws {
    let network = try BlockCase.tower.network()
    try expectAgreement(
      network, BlockCase.tower.inputs(),
      [
        "norm1": Region([3..<5, 2..<6, 0..<9]), "relu2": Region([0..<1, 1..<2, 0..<3]),
        "pool2": Region(whole: try network.shape(of: "pool2")), "x": Region([0..<1, 3..<9, 4..<8]),
      ])
  }

  @Test("a sample is the same to the bit on any number of threads", arguments: [true, false])
  func threads(_ exact: Bool) throws {
    let network = try BlockCase.tower.network()
    let target = ["relu3": Region(whole: try network.shape(of: "relu3"))]
    let program = try Program(network, targets: target, exact: exact)
    let alone = run(program, BlockCase.tower.inputs(), target, threads: 1)
    for threads in 2...5 {
      #expect(run(program, BlockCase.tower.inputs(), target, threads: threads) == alone)
    }
  }

  @Test("a workspace carries nothing from one sample to the next")
  func reuse() throws {
    let network = try BlockCase.tower.network()
    let target = ["relu3": Region([0..<1, 0..<1, 0..<2])]
    let program = try Program(network, targets: target)
    let first = BlockCase.tower.inputs()
    let second = first.mapValues { Tensor(shape: $0.shape, values: $0.values.reversed()) }
    let workspace = program.makeWorkspace()
    _ = run(program, second, target, in: workspace)
    #expect(run(program, first, target, in: workspace) == run(program, first, target, threads: 1))
  }

  @Test("equal patches give equal cells, so that windows tie where the input is flat")
  func equalPatches() throws {
    let network = try BlockCase.tower.network()
    let whole = Region(whole: try network.shape(of: "norm2"))
    let program = try Program(network, targets: ["norm2": whole], exact: true)
    let flat = ["x": Tensor(shape: network.inputs[0].shape, repeating: 0.37)]
    let output = run(program, flat, ["norm2": whole], threads: 1).outputs["norm2"] ?? []
    let cells = whole.ranges[1].count * whole.ranges[2].count
    for channel in 0..<whole.ranges[0].count {
      #expect(Set(output[channel * cells..<(channel + 1) * cells]).count == 1)
    }
  }

  @Test("what depends on held inputs alone is computed once")
  func held() throws {
    var random = TestRandom(3)
    func weights(_ shape: Shape) -> Tensor { .random(shape, using: &random) }
    let network = try Network(
      inputs: [.init(name: "a", shape: [1, 9, 14]), .init(name: "b", shape: [2, 8, 7])],
      nodes: [
        .init(
          name: "conv_a", layer: Conv2D(kernel: weights([4, 1, 3, 4]), bias: nil), inputs: ["a"]),
        .init(name: "relu_a", layer: ReLU(), inputs: ["conv_a"]),
        .init(name: "flat_a", layer: Flatten(), inputs: ["relu_a"]),
        .init(
          name: "conv_b", layer: Conv2D(kernel: weights([3, 2, 3, 3]), bias: nil), inputs: ["b"]),
        .init(name: "flat_b", layer: Flatten(), inputs: ["conv_b"]),
        .init(name: "joint", layer: Concatenate(axis: 0), inputs: ["flat_a", "flat_b"]),
        .init(name: "fc", layer: Dense(weights: weights([398, 5]), bias: nil), inputs: ["joint"]),
      ], outputs: ["fc"])
    let inputs = ["a": weights([1, 9, 14]), "b": weights([2, 8, 7])]
    let target = ["fc": Region([2..<3])]
    try expectAgreement(network, inputs, target)

    let program = try Program(network, targets: target, held: ["b"])
    let workspace = program.makeWorkspace()
    fill(workspace, inputs)
    program.hold(workspace)
    let result = run(program, inputs, target, in: workspace)
    let free = run(try Program(network, targets: target), inputs, target, threads: 1)
    #expect(result.outputs == free.outputs && result.gradients["a"] == free.gradients["a"])
    // The held side is not looked at again.
    workspace.input("b").update(repeating: 9)
    #expect(
      run(program, ["a": inputs["a"]].compactMapValues { $0 }, target, in: workspace).outputs
        == free.outputs)
  }

  @Test("only the cells asked are computed, each convolution in its own way")
  func lowering() throws {
    let network = try BlockCase.tower.network()
    func summary(_ name: String, _ region: Region? = nil, exact: Bool = false) throws -> [String] {
      let region = try region ?? Region(whole: try network.shape(of: name))
      return try Program(network, targets: [name: region], exact: exact).summary
    }
    // A channel: of the last map nothing else, of those before what pooling leaves over is left out.
    let channel = try summary("relu3", Region([4..<5, 0..<5, 0..<11]))
    #expect(
      channel == [
        "channels last, 1×40×68",
        "convolution 1×40×68 → 10×18×16, direct, table",
        "convolution 10×18×16 → 12×7×13, Winograd F(4×5, 5×4), scatter",
        "one channel, 12×7×13 → 1×5×11",
        "channels first, 1×5×11",
      ])
    // A unit: its receptive field.
    let unit = try summary("relu3", Region([4..<5, 2..<3, 5..<6]), exact: true)
    #expect(
      unit == [
        "channels last, 1×24×28",
        "convolution 1×24×28 → 10×10×6, direct, table",
        "convolution 10×10×6 → 12×3×3, direct, scatter",
        "one channel, 12×3×3 → 1×1×1",
        "channels first, 1×1×1",
      ])
    // Nodes past the target do not run.
    #expect(try summary("norm1").count == 3)
  }

  @Test("a program needs its target")
  func unknown() throws {
    let network = try BlockCase.tower.network()
    #expect(throws: NetworkError.self) {
      try Program(network, targets: ["relu9": Region([0..<1])])
    }
  }

  // MARK: - Agreement

  /// What a pass leaves in a workspace.
  struct Result: Equatable {
    var outputs: [String: [Float]] = [:]
    var gradients: [String: [Float]] = [:]
  }

  private func fill(_ workspace: Workspace, _ inputs: [String: Tensor]) {
    for (name, tensor) in inputs { _ = workspace.input(name).update(from: tensor.values) }
  }

  /// Seeds for a target's cells, the same each time.
  private func seeds(_ region: Region) -> [Float] {
    var random = TestRandom(5)
    return Tensor.random(Shape([region.ranges.map(\.count).reduce(1, *)]), using: &random).values
  }

  private func run(
    _ program: Program, _ inputs: [String: Tensor], _ targets: [String: Region], threads: Int
  ) -> Result {
    run(program, inputs, targets, in: program.makeWorkspace(threads: threads))
  }

  private func run(
    _ program: Program, _ inputs: [String: Tensor], _ targets: [String: Region],
    in workspace: Workspace
  ) -> Result {
    fill(workspace, inputs)
    program.forward(workspace)
    for (name, region) in targets { _ = workspace.seed(name).update(from: seeds(region)) }
    program.backward(workspace)
    return Result(
      outputs: targets.reduce(into: [:]) { $0[$1.key] = Array(workspace.output($1.key)) },
      gradients: inputs.reduce(into: [:]) { $0[$1.key] = Array(workspace.gradient($1.key)) })
  }

  /// The same by the layers themselves, against which a program is compared.
  private func expectAgreement(
    _ network: Network, _ inputs: [String: Tensor], _ targets: [String: Region],
    exact: Bool = false
  ) throws {
    let needed = Set(try network.inputs(of: Array(targets.keys)).map(\.name))
    let inputs = inputs.filter { needed.contains($0.key) }
    let result = run(
      try Program(network, targets: targets, exact: exact), inputs, targets, threads: 2)

    let activations = try network.forward(
      inputs.mapValues { $0.reshaped($0.shape.batched(1)) }, to: Array(targets.keys))
    var dTargets: [String: Tensor] = [:]
    for (name, region) in targets {
      let shape = try network.shape(of: name)
      var seed = Tensor(shape: shape.batched(1))
      let offsets = region.offsets(in: shape)
      for (offset, value) in zip(offsets, seeds(region)) { seed.values[offset] = value }
      dTargets[name] = seed
      let expected = offsets.map { activations[name].values[$0] }
      let deviation = Deviation(
        of: Tensor(shape: [offsets.count], values: result.outputs[name] ?? []),
        from: Tensor(shape: [offsets.count], values: expected))
      let scale = activations[name].values.reduce(0) { max($0, abs($1)) }
      let largest = expected.reduce(0) { max($0, abs($1)) }
      #expect(
        deviation.relative * Double(largest) <= Tolerance.program * Double(max(scale, 1e-3)),
        "\(name) \(region), exact \(exact): \(deviation)")
    }
    for (name, gradient) in network.backward(dTargets, through: activations) {
      let deviation = Deviation(
        of: Tensor(shape: gradient.shape, values: result.gradients[name] ?? []), from: gradient)
      #expect(
        deviation.relative <= Tolerance.program,
        "gradient of \(targets) to \(name), exact \(exact): \(deviation)")
    }
  }
}

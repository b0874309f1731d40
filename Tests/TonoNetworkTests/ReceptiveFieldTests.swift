import TestSupport
import Testing
import TonoCore
import TonoNetwork

@Suite struct ReceptiveFieldTests {
  /// The recording tower's geometry: 5×5 windows and pools of 2×4, 'valid'.
  static func tower() throws -> Network {
    let pool = Pair(rows: 2, columns: 4)
    func conv(_ channels: Int, _ filters: Int) -> Conv2D {
      Conv2D(kernel: Tensor(shape: [filters, channels, 5, 5], repeating: 0.01), bias: nil)
    }
    return try Network(
      inputs: [.init(name: "x", shape: [1, 128, 128])],
      nodes: [
        .init(name: "conv_1", layer: conv(1, 2), inputs: ["x"]),
        .init(
          name: "pool_1", layer: AveragePooling2D(window: pool, strides: pool), inputs: ["conv_1"]),
        .init(name: "conv_2", layer: conv(2, 2), inputs: ["pool_1"]),
        .init(
          name: "pool_2", layer: AveragePooling2D(window: pool, strides: pool), inputs: ["conv_2"]),
        .init(name: "conv_3", layer: conv(2, 3), inputs: ["pool_2"]),
        .init(name: "flat", layer: Flatten(), inputs: ["conv_3"]),
        .init(
          name: "fc", layer: Dense(weights: Tensor(shape: [150, 2], repeating: 1), bias: nil),
          inputs: ["flat"]),
      ], outputs: ["fc"])
  }

  @Test(
    "a unit of a layer sees the window that stacked windows add up to",
    arguments: [
      ("conv_1", [5, 5]), ("pool_1", [6, 8]), ("conv_2", [14, 24]), ("conv_3", [32, 100]),
    ])
  func sizes(_ node: String, _ extents: [Int]) throws {
    #expect(try ReceptiveField.size(ofUnitsIn: node, of: Self.tower()) == ["x": Shape(extents)])
  }

  @Test(
    "the field is exactly where the gradient is",
    arguments: [
      ("conv_3", [1, 12, 0]), ("conv_3", [0, 0, 1]), ("flat", [149]), ("flat", [0]), ("fc", [1]),
      ("conv_2", [1, 57, 26]),
    ])
  func gradient(_ node: String, _ unit: [Int]) throws {
    let network = try Self.tower()
    let shape = try network.shape(of: node)
    let region = Region(unit.map { $0..<$0 + 1 })
    let field = try ReceptiveField(of: region, in: node, of: network)
    let input = Tensor(shape: [1, 1, 128, 128], repeating: 1)
    let activations = try network.forward(["x": input], to: [node])
    var seed = Tensor(shape: shape.batched(1))
    seed.values[region.offsets(in: shape)[0]] = 1
    let gradient = network.backward([node: seed], through: activations)["x"]
    let reached = (gradient?.values ?? []).enumerated().filter { $0.element != 0 }.map(\.offset)
    let rows = reached.map { $0 / 128 }
    let columns = reached.map { $0 % 128 }
    #expect(
      field.regions["x"]
        == Region([
          0..<1, (rows.min() ?? 0)..<(rows.max() ?? 0) + 1,
          (columns.min() ?? 0)..<(columns.max() ?? 0) + 1,
        ]))
  }

  @Test("a joint head sees what both towers see, a tower's unit only its own input")
  func siamese() throws {
    let network = try NetworkTests.siamese()
    #expect(
      try ReceptiveField(of: Region([0..<1]), in: "fc", of: network).regions
        == ["a": Region([0..<1, 0..<7, 0..<9]), "b": Region([0..<1, 0..<6, 0..<5])])
    #expect(
      try ReceptiveField(of: Region([20..<21]), in: "joint", of: network).regions.keys.sorted()
        == ["b"])
  }
}

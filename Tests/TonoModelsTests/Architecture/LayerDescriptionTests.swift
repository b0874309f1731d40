import Foundation
import TestSupport
import Testing
import TonoCore
import TonoNetwork

@testable import TonoModels

/// Layers that say what they are, and are built back from it.
struct LayerDescriptionTests {
  /// Layers with settings at and off their defaults, and a shape that each takes.
  static let layers: [(any Layer, Shape)] = {
    func tensor(_ shape: Shape) -> Tensor {
      Tensor(shape: shape, values: (0..<shape.count).map { Float(sin(Double($0 * $0))) })
    }
    let numbers: [Float] = [0.5, 1, 2]
    let maps: Shape = [3, 8, 9]
    return [
      (Conv2D(kernel: tensor([2, 3, 3, 2]), bias: nil), maps),
      (
        Conv2D(
          kernel: tensor([6, 1, 2, 3]), bias: tensor([6]).values,
          strides: Pair(rows: 2, columns: 1),
          dilation: Pair(rows: 1, columns: 2), groups: 3, padding: .same), maps
      ),
      (
        Conv2D(
          kernel: tensor([1, 3, 2, 2]), bias: [3],
          padding: .explicit(top: 1, bottom: 0, left: 0, right: 2)), maps
      ),
      (Dense(weights: tensor([4, 3]), bias: nil), [4]),
      (Dense(weights: tensor([4, 3]), bias: numbers), [4]),
      (
        BatchNormalization(
          gamma: numbers, beta: numbers, mean: numbers, variance: numbers, epsilon: 1e-3), maps
      ),
      (MaxPooling2D(window: Pair(rows: 2, columns: 3), strides: Pair(rows: 2, columns: 3)), maps),
      (MaxPooling2D(window: Pair(rows: 3, columns: 3), strides: .one, padding: .same), maps),
      (
        AveragePooling2D(
          window: Pair(rows: 2, columns: 2), strides: Pair(rows: 1, columns: 2),
          padding: .explicit(top: 1, bottom: 1, left: 0, right: 0)), maps
      ),
      (GlobalMaxPooling2D(), maps), (GlobalMaxPooling2D(keepsAxes: true), maps),
      (GlobalAveragePooling2D(), maps), (GlobalAveragePooling2D(keepsAxes: true), maps),
      (ZeroPadding2D(top: 1, bottom: 0, left: 3, right: 2), maps), (Flatten(), maps),
      (Reshape(shape: [6, 36]), maps), (Permute(axes: [1, 2, 0]), maps),
      (Concatenate(axis: 0), maps), (Concatenate(axis: 2), maps), (Add(), maps), (Multiply(), maps),
      (Dropout(rate: 0.25), maps), (ReLU(), maps),
      (ReLU(negativeSlope: 0.1, threshold: 0.2, maximum: 6), maps), (LeakyReLU(slope: 0.3), maps),
      (ELU(alpha: 1), maps), (ELU(alpha: 0.7), maps), (SELU(), maps), (Sigmoid(), maps),
      (Tanh(), maps), (HardSigmoid(), maps), (HardSigmoid(scale: 1 / 6), maps), (Softsign(), maps),
      (Softplus(), maps), (Swish(), maps), (GELU(), maps), (Mish(), maps), (Exponential(), maps),
      (Softmax(axis: 0), maps), (Softmax(axis: 2), maps),
    ]
  }()

  @Test func settingsComeBackAsTheyWere() throws {
    for (layer, shape) in Self.layers {
      try Self.expectSame(layer, reading: [shape], batch: [Self.numbers(shape.batched(1))])
    }
  }

  @Test(arguments: LayerCase.all)
  func everyLayerComesBackAsItWas(_ test: LayerCase) throws {
    try Self.expectSame(test.layer, reading: test.inputs, batch: test.batch(of: 2))
  }

  /// A layer that is new in the sources fails here until it is described and tested.
  @Test func everyLayerOfTheSourcesIsDescribed() throws {
    let folder = Fixture.repository.appending(path: "Sources/TonoNetwork/Layers")
    let declaration = /public struct (\w+): (?:Activation|BinaryLayer|UnaryLayer|Layer)\b/
    var declared: Set<String> = []
    for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
      declared.formUnion(text.matches(of: declaration).map { String($0.1) })
    }
    let described = Set(LayerDescription.kinds.values.map { "\($0)" })
    let wrappers: Set = ["TimeDistributed", "WithConstants"]
    #expect(declared == described.union(wrappers))
    let cases = LayerCase.all.flatMap { test in
      [test.layer, (test.layer as? WithConstants)?.layer].compactMap(\.self)
    }
    #expect(declared == Set(cases.map { "\(type(of: $0))" }))
  }

  @Test func everyKindIsDocumented() throws {
    let text = try String(
      contentsOf: Fixture.repository.appending(path: "docs/architecture.md"), encoding: .utf8)
    for kind in LayerDescription.kinds.keys {
      #expect(text.contains("`\(kind)`"), "\(kind)")
    }
  }

  @Test func numbersThatJSONDoesNotHaveComeBack() throws {
    for layer: any Layer in [
      Clip(minimum: -.infinity, maximum: .nan), Affine(scale: .infinity, shift: -0),
      Selection(kind: "Pad", places: [[-1, 0, -1]], fill: -.infinity), LeakyReLU(slope: .nan),
      ReLU(threshold: -.infinity, maximum: .nan), ConstantPower(exponent: .infinity),
    ] {
      try Self.expectSame(layer, reading: [[1]], batch: [Self.numbers([1, 1])])
    }
  }

  @Test func wrappedLayersComeBack() throws {
    let dense = Dense(weights: Self.numbers([3, 2]), bias: [1, 2])
    try Self.expectSame(
      TimeDistributed(TimeDistributed(dense)), reading: [[2, 4, 3]],
      batch: [Self.numbers([1, 2, 4, 3])])
    try Self.expectSame(
      WithConstants(
        TimeDistributed(Concatenate(axis: 0)),
        [0: Self.numbers([2, 1, 3]), 2: Self.numbers([2, 2, 3])]),
      reading: [[2, 4, 3]], batch: [Self.numbers([1, 2, 4, 3])])
    let hidden = TimeDistributed(WithConstants(Add(), [1: Self.numbers([3])]))
    #expect(DescribedNode.describing(hidden) == nil)
  }

  @Test func placesAreListedInRuns() throws {
    let places = [
      Array(0..<40), [-1, -1, 0, 1, 2, 1, 0], [5, 9], [-1, -1, -1, 0], [9, 7, 5, 4],
    ]
    let selection = Selection(kind: "Slice", places: places + [nil])
    #expect(
      selection.layerDescription.settings["places"]?.text
        == "[[[0, 40, 1]], [-1, -1, [0, 3, 1], 1, 0], [5, 9], [[-1, 3, 0], 0], [[9, 3, -2], 4], null]"
    )
  }

  private static func numbers(_ shape: Shape) -> Tensor {
    Tensor(
      shape: shape, values: (0..<shape.count).map { Float(cos(Double($0 * $0))) * 3 })
  }

  /// Expects a layer that was written and read to compute the same activations and gradients, to the bit.
  private static func expectSame(
    _ layer: any Layer, reading shapes: [Shape], batch: [Tensor]
  ) throws {
    let inputs = shapes.enumerated().map { Network.Input(name: "x\($0)", shape: $1) }
    let network = try Network(
      inputs: inputs,
      nodes: [Network.Node(name: "y", layer: layer, inputs: inputs.map(\.name))], outputs: ["y"])
    let model = Model(network, name: "m")
    let folder = try TemporaryFolder()
    let bytes = try ModelFile.encode(model, frontEnds: [:])
    try bytes.write(to: folder["m.safetensors"])
    let other = try ModelFile.load(folder["m.safetensors"])
    let read = try other.network.node("y").layer
    #expect(type(of: read) == type(of: layer) && read.kind == layer.kind)
    #expect(read.parameterCount == layer.parameterCount)
    #expect(try ModelFile.encode(other, frontEnds: [:]) == bytes)
    let output = layer.forward(batch)
    expectSameBits(read.forward(batch), output, "\(layer)")
    let dOutput = numbers(output.shape)
    let gradients = zip(
      read.backward(dOutput, inputs: batch, output: output),
      layer.backward(dOutput, inputs: batch, output: output))
    for (one, two) in gradients { expectSameBits(one, two, "gradient of \(layer)") }
  }
}

/// Expects two tensors of one shape whose numbers are of the same bits, any NaN being one.
func expectSameBits(_ one: Tensor, _ other: Tensor, _ place: String) {
  func bits(_ tensor: Tensor) -> [UInt32] {
    tensor.values.map { $0.isNaN ? Float.nan.bitPattern : $0.bitPattern }
  }
  #expect(one.shape == other.shape, "\(place)")
  #expect(bits(one) == bits(other), "\(place)")
}

/// Arrays in memory.
struct Arrays: NamedArrays {
  let url = URL(filePath: "weights")
  let tensors: [String: Tensor]

  init(_ tensors: [String: Tensor]) { self.tensors = tensors }

  var names: Set<String> { Set(tensors.keys) }

  func tensor(_ name: String) throws -> Tensor { tensors[name] ?? Tensor(shape: []) }
}

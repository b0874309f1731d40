import Foundation
import Testing
import TestSupport
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

  @Test func everyLayerComesBackAsItWas() throws {
    for (layer, shape) in Self.layers {
      let network = try Network(
        inputs: [Network.Input(name: "x", shape: shape)],
        nodes: [Network.Node(name: "y", layer: layer, inputs: ["x"])], outputs: ["y"])
      let url = URL(filePath: "m")
      let (architecture, arrays) = try Architecture.describing(network, url: url)
      let read = try Architecture(parsing: Data(architecture.text.utf8), of: url)
      let weights = Arrays(Dictionary(arrays.map { ($0.name, $0.tensor) }) { $1 })
      let other = try read.network(with: weights, url: url).network
      let x = Tensor(
        shape: shape.batched(1), values: (0..<shape.count).map { Float(cos(Double($0 * $0))) * 3 })
      #expect(other.nodes[0].layer.kind == layer.kind)
      #expect(
        try network.forward(["x": x], to: ["y"])["y"] == other.forward(["x": x], to: ["y"])["y"],
        "\(layer)")
      #expect(try Architecture.describing(other, url: url).architecture.text == architecture.text)
    }
  }

  @Test func everyKindIsAmongTheLayers() {
    #expect(Set(Self.layers.map(\.0.kind)) == Set(LayerDescription.kinds.keys))
  }
}

/// Arrays in memory.
struct Arrays: NamedArrays {
  let url = URL(filePath: "weights")
  let tensors: [String: Tensor]

  init(_ tensors: [String: Tensor]) { self.tensors = tensors }

  var names: Set<String> { Set(tensors.keys) }

  func tensor(_ name: String) throws -> Tensor { tensors[name] ?? Tensor(shape: []) }
}

import TonoCore
import TonoNetwork

/// Puts layers with initial weights one behind another: kernels as an initializer draws them, biases
/// and shifts 0, factors 1, statistics of mean 0 and variance 1.
struct NetworkBuilder {
  private(set) var inputs: [Network.Input] = []
  private(set) var nodes: [Network.Node] = []
  /// The name of the input or node that was added last.
  private(set) var last = ""

  private let initializer: WeightInitializer
  private let seed: UInt64

  /// A builder whose weights a seed determines: each layer's by its name, whatever stands beside it.
  init(_ initializer: WeightInitializer, seed: UInt64) {
    self.initializer = initializer
    self.seed = seed
  }

  /// Adds an input, behind which the next layer comes.
  mutating func input(_ name: String, _ shape: Shape) {
    inputs.append(Network.Input(name: name, shape: shape))
    last = name
  }

  /// Adds a layer behind the last one, or behind some others.
  mutating func add(_ name: String, _ layer: any Layer, reading others: [String]? = nil) {
    nodes.append(Network.Node(name: name, layer: layer, inputs: others ?? [last]))
    last = name
  }

  /// Adds a 'valid' convolution with a bias.
  mutating func convolution(_ name: String, filters: Int, size: Pair, channels: Int) {
    var random = RandomSource(seed: seed, text: name)
    let cells = size.rows * size.columns
    let kernel = initializer.kernel(
      [filters, channels, size.rows, size.columns], inputs: channels * cells,
      outputs: filters * cells, using: &random)
    add(name, Conv2D(kernel: kernel, bias: Array(repeating: 0, count: filters)))
  }

  /// Adds a batch normalization, which does nothing yet.
  mutating func normalization(_ name: String, channels: Int) {
    let (zeros, ones) = (
      [Float](repeating: 0, count: channels), [Float](repeating: 1, count: channels)
    )
    add(
      name,
      BatchNormalization(gamma: ones, beta: zeros, mean: zeros, variance: ones, epsilon: 1e-3))
  }

  /// Adds a fully connected layer NAME_pre and its activation NAME.
  mutating func dense(_ name: String, from inputs: Int, to outputs: Int, _ activation: any Layer) {
    var random = RandomSource(seed: seed, text: name)
    let weights = initializer.kernel(
      [inputs, outputs], inputs: inputs, outputs: outputs, using: &random)
    add(name + "_pre", Dense(weights: weights, bias: Array(repeating: 0, count: outputs)))
    add(name, activation)
  }

  /// Adds a dropout, unless it drops nothing.
  mutating func dropout(_ name: String, rate: Double) {
    if rate > 0 { add(name, Dropout(rate: Float(rate))) }
  }

  /// The network, whose output is the last node.
  ///
  /// - Throws: `NetworkError` if a layer does not fit what it reads.
  func network() throws -> Network {
    try Network(inputs: inputs, nodes: nodes, outputs: [last])
  }
}

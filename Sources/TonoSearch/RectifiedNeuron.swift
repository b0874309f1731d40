import TonoCore
import TonoNetwork

/// A rectifier and one fully connected neuron behind it, for many vectors at once: the head of TL-IMINET.
struct RectifiedNeuron: Sendable {
  private let weights: [Float]
  private let bias: Float

  /// The neuron, if it and a rectifier (with any `Dropout`) are all that a network of one input computes.
  init?(_ network: Network) {
    let layers = network.nodes.map(\.layer).filter { !($0 is Dropout) }
    guard network.inputs.count == 1, network.inputs[0].shape.rank == 1, layers.count == 2,
      let rectifier = layers[0] as? ReLU, rectifier.isPlain, let neuron = layers[1] as? Dense,
      neuron.weights.shape[1] == 1,
      network.nodes.allSatisfy({ $0.inputs.count == 1 })
    else { return nil }
    weights = neuron.weights.values
    bias = neuron.bias?[0] ?? 0
  }

  /// bias + Σ weights · max(0, one + other) for each of the `others`, which stand one after another.
  func answers(
    to one: [Float], plus others: UnsafeBufferPointer<Float>,
    into answers: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(one.count == weights.count && others.count == answers.count * one.count)
    guard let vectors = others.baseAddress, let start = answers.baseAddress else { return }
    KernelSet.current.rectifiedSums(
      one, vectors, weights, bias: bias, width: weights.count, count: answers.count, into: start)
  }
}

extension ReLU {
  /// Whether it is max(0, x) and nothing else.
  fileprivate var isPlain: Bool { negativeSlope == 0 && threshold == 0 && maximum == .infinity }
}

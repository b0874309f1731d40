import TonoAscent
import TonoCore
import TonoFiles
import TonoNetwork

/// Questions to a network about given inputs: what a node answers, and which way a neuron rises.
///
/// Inputs are arrays of one sample or of a batch; answers have a batch axis where the inputs have.
/// Samples run one by one, so that memory does not grow with the batch but for the answers.
public struct Probe: Sendable {
  private let network: Network
  private let samples: [[String: Tensor]]
  private let isBatch: Bool

  /// A probe with per input name one array: of the input's own shape, or with a batch axis in front.
  ///
  /// Axes of one element may be left out or stand elsewhere: `[H, W]` and `[H, W, 1]` will do for
  /// an input `1×H×W`.
  ///
  /// - Throws: `NetworkError` for an unknown input or one that does not fit, `InputError` for batches
  ///   of different lengths.
  public init(_ network: Network, inputs: [String: Tensor]) throws {
    self.network = network
    var batches: [String: (tensor: Tensor, isBatch: Bool)] = [:]
    for (name, tensor) in inputs {
      guard let input = network.inputs.first(where: { $0.name == name }) else {
        throw InputError(
          """
          the network has no input '\(name)'; its inputs are \
          \(network.inputs.map { "\($0.name) (\($0.shape))" }.joined(separator: ", "))
          """)
      }
      batches[name] = try Self.batch(tensor, for: input)
    }
    let counts = Set(batches.values.map { $0.tensor.shape[0] })
    guard counts.count <= 1 else {
      throw InputError(
        "the inputs have batches of \(counts.sorted().map(String.init).joined(separator: " and ")) "
          + "samples; give as many of each")
    }
    isBatch = batches.values.contains { $0.isBatch }
    samples = (0..<(counts.first ?? 0)).map { index in
      batches.mapValues { Tensor(batch: [$0.tensor.sample(index)]) }
    }
  }

  /// The activations of nodes, per name `[shape]` or `[N] + shape`, channels-first.
  ///
  /// - Throws: `NetworkError` for an unknown node or a missing input.
  public func activations(of nodes: [String], threads: Int) throws -> [String: Tensor] {
    for input in try network.inputs(of: nodes) where samples.first?[input.name] == nil {
      throw NetworkError.missingInput(input)
    }
    let answers = try each(threads) { sample in
      let activations = try network.forward(sample, to: nodes)
      return Dictionary(nodes.map { ($0, activations[$0].sample(0)) }) { $1 }
    }
    return gather(answers)
  }

  /// The objective's value for each sample, and its gradient with respect to each input given.
  ///
  /// - Throws: `NeuronError` or `NetworkError` if the network has no such neuron, or an input that
  ///   it depends on is missing.
  public func gradient(
    of objective: Objective, threads: Int
  ) throws -> (values: [Float], gradients: [String: Tensor]) {
    let bound = try BoundObjective(objective, in: network)
    for input in try network.inputs(of: bound.nodes) where samples.first?[input.name] == nil {
      throw NetworkError.missingInput(input)
    }
    let answers = try each(threads) { sample in
      let activations = try network.forward(sample, to: bound.nodes)
      let gradients = network.backward(bound.seeds(for: activations), through: activations)
      let all = sample.map { name, input in
        (name, (gradients[name] ?? Tensor(shape: input.shape)).sample(0))
      }
      return (bound.values(of: activations)[0], Dictionary(uniqueKeysWithValues: all))
    }
    return (answers.map(\.0), gather(answers.map(\.1)))
  }

  private func each<Answer: Sendable>(
    _ threads: Int, _ body: @Sendable ([String: Tensor]) throws -> Answer
  ) throws -> [Answer] {
    let answers = Collected<Answer>()
    try concurrently(samples.count, threads: threads) { index, _ in
      answers.store(try body(samples[index]), at: index)
    }
    return answers.inOrder
  }

  private func gather(_ answers: [[String: Tensor]]) -> [String: Tensor] {
    guard let first = answers.first else { return [:] }
    guard isBatch else { return first }
    return Dictionary(
      uniqueKeysWithValues: first.keys.map { name in
        (name, Tensor(batch: answers.compactMap { $0[name] }))
      })
  }

  /// An array as one sample of an input, in the input's shape.
  ///
  /// - Throws: `NetworkError.inputShape` if it does not fit.
  public static func sample(_ tensor: Tensor, for input: Network.Input) throws -> Tensor {
    let batch = try batch(tensor, for: input).tensor
    guard batch.shape[0] == 1 else { throw NetworkError.inputShape(input, got: tensor.shape) }
    return batch.sample(0)
  }

  private static func batch(
    _ tensor: Tensor, for input: Network.Input
  ) throws -> (tensor: Tensor, isBatch: Bool) {
    let (shape, expected) = (tensor.shape, input.shape)
    func cells(_ extents: some Sequence<Int>) -> [Int] { extents.filter { $0 != 1 } }
    if shape == expected { return (tensor.reshaped(expected.batched(1)), false) }
    if shape.rank > 0, shape[0] > 0, shape.sample == expected { return (tensor, true) }
    if cells(shape.extents) == cells(expected.extents) {
      return (tensor.reshaped(expected.batched(1)), shape.rank > expected.rank)
    }
    if shape.rank > 0, shape[0] > 0, cells(shape.extents.dropFirst()) == cells(expected.extents) {
      return (tensor.reshaped(expected.batched(shape[0])), true)
    }
    throw NetworkError.inputShape(input, got: shape)
  }
}

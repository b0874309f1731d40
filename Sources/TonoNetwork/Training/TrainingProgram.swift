import TonoCore

/// A network compiled for training: the same as ``Network/trainingPass(_:to:using:)`` and
/// ``Network/parameterGradients(_:through:)`` on whole batches, up to rounding, and fast.
///
/// A convolution, its batch normalization, rectifier and max-pooling are one step that works on one
/// sample after another, channels last; convolutions of more than one channel and their gradients run
/// by Winograd's minimal filtering (see ``ConvolutionTraining`` for what is computed how). Every other
/// layer runs by its own code. Threads share the samples; sums over the batch are taken in an order
/// that does not depend on them, and so no bit of a result does.
///
/// Buffers are planned for a largest batch when the program is made, and used by every pass: about
/// 4 MB for each pair of samples of the siamese network. Not to be shared by several threads.
public final class TrainingProgram {
  /// The network with the parameters that the next pass uses.
  public private(set) var network: Network

  private let outputs: [String]
  private let batch: Int
  private let state: TrainingState
  private let steps: [any TrainingStep]
  private let path: [Network.Node]

  /// A program that computes some nodes of a network.
  ///
  /// - Parameters:
  ///   - network: the graph, and the parameters to begin with.
  ///   - outputs: names of the nodes whose values are asked, and gradients given.
  ///   - batch: the most samples of a batch.
  ///   - threads: how many threads work on a batch.
  ///   - kernels: the instruction set.
  /// - Throws: `NetworkError.unknownName` if there is no node of such a name.
  public init(
    _ network: Network, outputs: [String], batch: Int, threads: Int, kernels: KernelSet = .current
  ) throws {
    precondition(batch > 0 && threads > 0, "a batch and threads of at least one")
    self.network = network
    self.outputs = outputs
    self.batch = batch
    state = TrainingState(threads: threads)
    path = try network.path(to: outputs)
    steps = Self.steps(of: path, network, outputs: Set(outputs), kernels)
    for step in steps {
      (step as? ConvolutionTraining)?.allocate(batch: batch, threads: threads)
      step.adopt(network, state.threads)
    }
  }

  /// Runs a batch in training mode.
  ///
  /// - Parameters:
  ///   - batch: per input name a tensor `[N] + input shape`; N may be less than the program's batch.
  ///   - random: where the masks of dropout layers are drawn, in the order of the nodes.
  /// - Returns: the values of the program's outputs, `[N] + shape`.
  /// - Throws: `NetworkError` if an input is missing or has another shape.
  public func forward(
    _ batch: [String: Tensor], using random: inout some RandomNumberGenerator
  ) throws -> [String: Tensor] {
    let inputs = try network.checked(batch, for: outputs)
    state.count = inputs.values.first?.shape[0] ?? 0
    precondition(state.count <= self.batch, "a batch of at most \(self.batch) samples")
    state.values = inputs
    state.statistics = [:]
    for node in path {
      guard let layer = node.layer as? any TrainingModeLayer else { continue }
      let shape = try network.shape(of: node.inputs[0]).batched(state.count)
      state.masks[node.name] = layer.draw(shape, using: &random)
    }
    for step in steps { step.forward(state) }
    return state.values.filter { outputs.contains($0.key) }
  }

  /// The gradient of a scalar with respect to every parameter, through the last forward pass.
  ///
  /// Can be asked once for each forward pass: its buffers are used again on the way.
  ///
  /// - Parameter seeds: per output the scalar's gradient with respect to it, `[N] + shape`.
  /// - Returns: a tensor of the parameter's shape for each; none for those no seed depends on.
  public func backward(_ seeds: [String: Tensor]) -> [ParameterName: Tensor] {
    state.gradients = seeds
    state.parameterGradients = [:]
    for step in steps.reversed() { step.backward(state) }
    return state.parameterGradients
  }

  /// Per batch normalization the statistics of the last batch, for
  /// ``Network/adopting(_:momentum:)``.
  public var statistics: [String: ChannelStatistics] { state.statistics }

  /// Takes a network of the same graph with other parameters.
  ///
  /// - Complexity: O(parameters): weights are packed again, nothing else is.
  public func adopt(_ network: Network) {
    precondition(network.nodes.map(\.name) == self.network.nodes.map(\.name), "the same graph")
    self.network = network
    for step in steps { step.adopt(network, state.threads) }
  }

  /// The steps of a path, convolutions together with what follows them.
  private static func steps(
    of path: [Network.Node], _ network: Network, outputs: Set<String>, _ kernels: KernelSet
  ) -> [any TrainingStep] {
    var steps: [any TrainingStep] = []
    var blocks: [String: ConvolutionTraining] = [:]
    for unit in NetworkUnit.units(of: path, network, targets: outputs) {
      switch unit {
      case .layer(let node): steps.append(LayerTraining(node, of: network))
      case .convolution(let block, _) where ConvolutionTraining.canTrain(block, of: network):
        // A block that nothing else reads hands its maps on as they are.
        let readers = path.count { $0.inputs.contains(block.input) }
        let isAlone = readers == 1 && !outputs.contains(block.input)
        let source = isAlone ? blocks[block.input] : nil
        let step = ConvolutionTraining(block, of: network, source: source, kernels)
        blocks[block.output] = step
        steps.append(step)
      case .convolution(_, let nodes):
        steps += nodes.map { LayerTraining($0, of: network) }
      }
    }
    return steps
  }
}

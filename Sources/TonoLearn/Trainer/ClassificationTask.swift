import TonoCore
import TonoNetwork

/// To tell classes: sounds with a label each, cross-entropy of a softmax.
public struct ClassificationTask: TrainingTask {
  /// Sounds by their features, each with the index of its class.
  public struct Examples: Sendable {
    /// The features, of one shape.
    public let features: [Tensor]
    /// The classes.
    public let labels: [Int]

    /// Sounds with their labels.
    public init(features: [Tensor], labels: [Int]) {
      precondition(features.count == labels.count, "a label for each sound")
      self.features = features
      self.labels = labels
    }
  }

  /// The layer in front of the softmax.
  public let output: String
  /// The input that takes the features.
  public let input: String
  /// One row for each.
  public let rowsPerExample = 1

  private let training: Examples
  private let validation: Examples
  private let criterion: SoftmaxCrossEntropy
  private let augmentation: RowAugmentation?

  /// The task of a classifier.
  ///
  /// - Parameters:
  ///   - network: with one input, whose one output is a softmax over a vector.
  ///   - training: what is learned from.
  ///   - validation: what tells how well it does; may be without examples.
  ///   - classWeights: what the loss of each class is multiplied by.
  ///   - augmenter: how examples are changed at random each time they are learned from.
  ///   - seed: what that chance is drawn from.
  /// - Throws: `InputError` if the network is no such classifier, a label is none of its classes, or
  ///   features are of another shape.
  public init(
    _ network: Network, training: Examples, validation: Examples,
    classWeights: [Float]? = nil, augmenter: Augmenter? = nil, seed: UInt64 = 1
  ) throws {
    let (input, logits, classes) = try Self.ends(of: network)
    for examples in [training, validation] {
      if let label = examples.labels.first(where: { !(0..<classes).contains($0) }) {
        throw InputError("the network tells \(classes) classes, but there is a class \(label)")
      }
      if let other = examples.features.first(where: { $0.shape != input.shape }) {
        throw InputError("the network takes \(input.shape), but the features are \(other.shape)")
      }
    }
    self.input = input.name
    output = logits
    self.training = training
    self.validation = validation
    criterion = SoftmaxCrossEntropy(classWeights: classWeights)
    augmentation = augmenter.map { RowAugmentation($0, seed: seed, text: input.name) }
  }

  /// The input of a classifier, the node in front of its softmax, and how many classes it tells.
  ///
  /// - Throws: `InputError` if the network is none.
  public static func ends(
    of network: Network
  ) throws -> (input: Network.Input, logits: String, classes: Int) {
    guard network.outputs.count == 1, let output = network.outputs.first,
      let node = try? network.node(output), node.layer is Softmax,
      let shape = try? network.shape(of: output), shape.rank == 1
    else {
      throw InputError(
        """
        a classifier has one output, a softmax over classes, but this network ends in \
        \(network.outputs.map { name in "'\(name)', a \((try? network.node(name))?.layer.kind ?? "input")" }.joined(separator: ", "))
        """)
    }
    guard network.inputs.count == 1 else {
      throw InputError("a classifier has one input, but this network has \(network.inputs.count)")
    }
    return (network.inputs[0], node.inputs[0], shape[0])
  }

  /// How many examples an epoch has.
  public var examplesPerEpoch: Int { training.labels.count }
  /// Whether a part was kept to validate on.
  public var hasValidation: Bool { !validation.labels.isEmpty }

  /// All of them, shuffled.
  public func examples(
    of epoch: Int, network: Network, threads: Int, seed: UInt64
  ) -> [Int] {
    var random = SplitMix64(seed: seed)
    return Array(training.labels.indices).shuffled(using: &random)
  }

  /// The inputs of a batch, `[rows] + input shape`.
  ///
  /// - Throws: nothing but what copying throws.
  public func batch(
    _ examples: ArraySlice<Int>, of epoch: Int, threads: Int
  ) throws -> [String: Tensor] {
    [
      input: try Tensor(
        rows: examples.map { training.features[$0] }, of: epoch, from: examples.startIndex,
        changedBy: augmentation, threads: threads)
    ]
  }

  /// The loss of logits `[rows, …]` of a part of the epoch.
  public func loss(_ logits: Tensor, of examples: ArraySlice<Int>) -> BatchLoss {
    criterion(logits, labels: examples.map { training.labels[$0] })
  }

  /// The loss and the accuracy on the part kept for it.
  ///
  /// - Throws: `NetworkError` if the network has another graph.
  public func validate(_ network: Network, threads: Int) throws -> Measure? {
    validation.labels.isEmpty ? nil : try measure(network, on: validation, threads: threads)
  }

  /// How well a network does on some sounds; without class weights.
  public func measure(
    _ network: Network, on examples: Examples, threads: Int
  ) throws -> Measure {
    let logits = try network.values(of: output, for: [input: examples.features], threads: threads)
    let loss = SoftmaxCrossEntropy()(logits, labels: examples.labels)
    return Measure(
      loss: loss.value, accuracy: Double(loss.correct) / Double(examples.labels.count))
  }
}

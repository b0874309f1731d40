import TonoCore
import TonoNetwork

/// What a network is trained to do: which examples there are, and what the loss of a batch is.
public protocol TrainingTask: Sendable {
  /// An example, told by its numbers; features are looked up when it is its turn.
  associatedtype Example: Codable, Sendable, Equatable

  /// The node whose values the loss reads: logits.
  var output: String { get }

  /// How many rows of a batch one example makes.
  var rowsPerExample: Int { get }

  /// How many examples an epoch has.
  var examplesPerEpoch: Int { get }

  /// Whether a part was kept to validate on.
  var hasValidation: Bool { get }

  /// The examples of an epoch in the order in which they are learned from.
  ///
  /// - Parameters:
  ///   - epoch: counted from 0.
  ///   - network: what was learned so far.
  ///   - threads: how many may be used.
  ///   - seed: what chance is drawn from; it is the epoch's own.
  /// - Returns: as many examples as ``examplesPerEpoch`` says.
  /// - Throws: what asking the network throws.
  func examples(
    of epoch: Int, network: Network, threads: Int, seed: UInt64
  ) throws -> [Example]

  /// The inputs of a batch, `[rows] + input shape` each.
  ///
  /// - Parameters:
  ///   - examples: a part of the epoch's.
  ///   - epoch: the epoch, counted from 0; what chance changes of an example is decided by it and by the
  ///     example's place in it.
  ///   - threads: how many may be used.
  /// - Returns: a tensor for each input by its name.
  /// - Throws: what putting a batch together throws.
  func batch(
    _ examples: ArraySlice<Example>, of epoch: Int, threads: Int
  ) throws -> [String: Tensor]

  /// The loss of what the network gives for a batch; `correct` counts rows.
  func loss(_ logits: Tensor, of examples: ArraySlice<Example>) -> BatchLoss

  /// How well the network does on what it is not trained on; nothing where no such part was kept.
  func validate(_ network: Network, threads: Int) throws -> Measure?
}

/// How well a network does on some examples.
public struct Measure: Sendable, Hashable, Codable {
  /// The mean loss.
  public let loss: Double
  /// The share of examples that are told right.
  public let accuracy: Double

  /// A mean loss and a share told right.
  public init(loss: Double, accuracy: Double) {
    self.loss = loss
    self.accuracy = accuracy
  }
}

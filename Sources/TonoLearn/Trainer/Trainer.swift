import Foundation
import TonoCore
import TonoFiles
import TonoNetwork

/// Trains a network for a task.
///
/// The same settings and seed give the same network, to the bit, whatever the number of threads and
/// however often the training was stopped and taken up from its checkpoint.
public final class Trainer<Task: TrainingTask> {
  /// What happens in a training.
  public enum Event: Sendable {
    /// A step was made: so many examples of so many of the epoch (counted from 1) were learned from, with
    /// a mean loss so far.
    case step(epoch: Int, learned: Int, of: Int, loss: Double)
    /// An epoch has ended.
    case epoch(TrainingCurve.Epoch)
    /// A moment to be kept has come: so many steps were made.
    case snapshot(step: Int, Network)
  }

  /// What a training came to.
  public struct Outcome: Sendable {
    /// The network that is kept: the best by its validation loss, or the last.
    public let network: Network
    /// The epoch after which it was so, counted from 1.
    public let epoch: Int
    /// The course of the training.
    public let curve: TrainingCurve
  }

  private let task: Task
  private let settings: TrainerSettings
  private let threads: Int
  private let checkpoint: Checkpoint<Task.Example>?
  private let snapshots: Set<Int>
  private let stepsPerEpoch: Int
  private var moment: TrainingMoment<Task.Example>
  private var lastCheckpoint = ContinuousClock.now

  /// A training from its beginning, or from its checkpoint if there is one.
  ///
  /// - Parameters:
  ///   - network: the network before the training.
  ///   - task: what it is trained for.
  ///   - settings: how.
  ///   - snapshots: how many moments are kept, from the untrained network to the last step; they lie
  ///     closer at the beginning, where more is learned.
  ///   - checkpoint: the file of the checkpoint; nothing to keep none.
  ///   - identity: what else decides the training, such as its data; a checkpoint with another one is
  ///     refused.
  ///   - threads: how many threads work on a batch.
  /// - Throws: `InputError` if a setting is out of its range, a batch is larger than the data, or the
  ///   checkpoint is damaged or of another training.
  public init(
    _ network: Network, task: Task, settings: TrainerSettings, snapshots: Int = 0,
    checkpoint: URL? = nil, identity: String = "", threads: Int
  ) throws {
    try settings.validate()
    guard settings.batch <= task.examplesPerEpoch else {
      throw InputError(
        """
        a batch of \(settings.batch) is larger than the \(task.examplesPerEpoch) examples to learn from; \
        make it that many or fewer, or give more data
        """)
    }
    guard settings.patience == nil || task.hasValidation else {
      throw InputError(
        "training cannot stop when validation does not improve, for no part is kept to validate on; keep one"
      )
    }
    self.task = task
    self.settings = settings
    self.threads = threads
    stepsPerEpoch = (task.examplesPerEpoch + settings.batch - 1) / settings.batch
    self.snapshots = Self.moments(snapshots, of: stepsPerEpoch * settings.epochs)
    self.checkpoint = checkpoint.map { Checkpoint(url: $0, settings: settings, identity: identity) }
    moment =
      try self.checkpoint?.read(into: network)
      ?? TrainingMoment(
        network: network,
        optimizer: WeightOptimizer(settings.rule, weightDecay: settings.weightDecay))
  }

  /// How many epochs were finished before.
  public var finishedEpochs: Int { moment.position.curve.epochs.count }

  /// Moment k of n lies (k ÷ (n − 1))² of all steps in.
  static func moments(_ count: Int, of steps: Int) -> Set<Int> {
    guard count > 1 else { return count == 1 ? [steps] : [] }
    return Set(
      (0..<count).map { index in
        let share = Double(index) / Double(count - 1)
        return Int((share * share * Double(steps)).rounded())
      })
  }

  /// Trains to the end.
  ///
  /// - Parameter observe: hears what happens; if it throws, the checkpoint is written and the training
  ///   ends.
  /// - Returns: the network that is kept, and the course of the training.
  /// - Throws: what `observe` throws; `InputError` if the loss is no finite number, which leaves the
  ///   last checkpoint as it was, or a checkpoint cannot be written.
  public func run(_ observe: (Event) throws -> Void = { _ in }) throws -> Outcome {
    guard !moment.position.isFinished else { return outcome }
    let program = try TrainingProgram(
      moment.network, outputs: [task.output], batch: settings.batch * task.rowsPerExample,
      threads: threads)
    do {
      try keepSnapshot(observe)
      while !moment.position.isFinished {
        try drawExamples()
        try learn(with: program, observe)
        try finishEpoch(observe)
      }
    } catch let error as TrainingFailure {
      throw InputError(error.description)
    } catch {
      try? writeCheckpoint()
      throw error
    }
    try writeCheckpoint()
    return outcome
  }

  private var outcome: Outcome {
    let curve = moment.position.curve
    guard settings.keepsBest, let best = moment.best, let epoch = curve.best?.epoch else {
      return Outcome(network: moment.network, epoch: curve.epochs.count, curve: curve)
    }
    return Outcome(network: best, epoch: epoch, curve: curve)
  }

  // MARK: - An epoch

  private func drawExamples() throws {
    guard moment.position.examples == nil else { return }
    let epoch = moment.position.epoch
    var random = RandomSource(seed: settings.seed, text: "epoch \(epoch)")
    let examples = try task.examples(
      of: epoch, network: moment.network, threads: threads, seed: random.next())
    precondition(examples.count == task.examplesPerEpoch, "as many examples as announced")
    moment.position.examples = examples
  }

  private func learn(with program: TrainingProgram, _ observe: (Event) throws -> Void) throws {
    guard let examples = moment.position.examples else { return }
    while moment.position.learned < examples.count {
      let first = moment.position.learned
      let batch = examples[first..<min(first + settings.batch, examples.count)]
      try step(on: batch, with: program)
      let position = moment.position
      try keepSnapshot(observe)
      try observe(
        .step(
          epoch: position.epoch + 1, learned: position.learned, of: examples.count,
          loss: position.lossSum / Double(max(1, position.rows))))
      try writeCheckpointIfDue()
    }
  }

  private func step(on batch: ArraySlice<Task.Example>, with program: TrainingProgram) throws {
    let epoch = moment.position.epoch
    var random = RandomSource(
      seed: settings.seed, text: "epoch \(epoch) example \(batch.startIndex)")
    let inputs = try task.batch(batch, of: epoch, threads: threads)
    guard let logits = try program.forward(inputs, using: &random)[task.output] else { return }
    let loss = task.loss(logits, of: batch)
    guard loss.value.isFinite else {
      throw TrainingFailure(epoch: epoch + 1, learned: batch.startIndex)
    }
    let gradients = program.backward([task.output: loss.gradient])
    let rate =
      settings.learningRate
      * settings.plan.factor(
        step: moment.optimizer.steps, stepsPerEpoch: stepsPerEpoch, epochs: settings.epochs)
    var parameters = moment.network.parameters
    moment.optimizer.step(&parameters, gradients: gradients, learningRate: rate)
    moment.network = try moment.network.replacing(parameters)
      .adopting(program.statistics, momentum: settings.statisticsMomentum)
    program.adopt(moment.network)
    moment.position.learned += batch.count
    moment.position.lossSum += loss.value * Double(logits.shape[0])
    moment.position.correct += loss.correct
    moment.position.rows += logits.shape[0]
    moment.position.learningRate = rate
  }

  private func finishEpoch(_ observe: (Event) throws -> Void) throws {
    let position = moment.position
    let validation = try task.validate(moment.network, threads: threads)
    if let validation, !validation.loss.isFinite {
      throw TrainingFailure(epoch: position.epoch + 1, learned: position.learned)
    }
    let rows = Double(max(1, position.rows))
    let record = TrainingCurve.Epoch(
      epoch: position.epoch + 1, learningRate: position.learningRate,
      training: Measure(
        loss: position.lossSum / rows, accuracy: Double(position.correct) / rows),
      validation: validation)
    var next = TrainingPosition<Task.Example>()
    next.epoch = position.epoch + 1
    next.curve = position.curve
    next.curve.epochs.append(record)
    let best = next.curve.best?.epoch
    let waited = next.epoch - (best ?? next.epoch)
    next.isFinished =
      next.epoch == settings.epochs || settings.patience.map { waited >= $0 } ?? false
    if best == next.epoch { moment.best = moment.network }
    moment.position = next
    try observe(.epoch(record))
    try writeCheckpointIfDue()
  }

  // MARK: - Keeping

  private func keepSnapshot(_ observe: (Event) throws -> Void) throws {
    let step = moment.optimizer.steps
    if snapshots.contains(step) { try observe(.snapshot(step: step, moment.network)) }
  }

  private func writeCheckpoint() throws { try checkpoint?.write(moment) }

  /// Writes the checkpoint if the last one is older than half a minute.
  private func writeCheckpointIfDue() throws {
    guard checkpoint != nil, ContinuousClock.now - lastCheckpoint > .seconds(30) else { return }
    try writeCheckpoint()
    lastCheckpoint = .now
  }
}

/// A training that cannot go on.
private struct TrainingFailure: Error, CustomStringConvertible {
  let epoch: Int
  let learned: Int

  var description: String {
    """
    the loss is no finite number in epoch \(epoch), after \(learned) of its examples; lower the learning \
    rate, or look for sounds that are not finite
    """
  }
}

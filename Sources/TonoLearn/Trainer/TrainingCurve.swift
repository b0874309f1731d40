/// What each epoch of a training came to.
public struct TrainingCurve: Sendable, Hashable, Codable {
  /// One epoch.
  public struct Epoch: Sendable, Hashable, Codable {
    /// Counted from 1.
    public let epoch: Int
    /// The learning rate of its last step.
    public let learningRate: Double
    /// The mean loss and the share told right while it was learned from, dropout and all.
    public let training: Measure
    /// The same of the validation part, after it.
    public let validation: Measure?
  }

  /// The epochs so far.
  public internal(set) var epochs: [Epoch] = []

  /// A curve without epochs.
  public init() {}

  /// The epoch of the lowest validation loss, the first of equals.
  public var best: Epoch? {
    epochs.filter { $0.validation != nil }.min {
      ($0.validation?.loss ?? .infinity) < ($1.validation?.loss ?? .infinity)
    }
  }

  /// The curve as a table of comma-separated values: a line for each epoch under a line of names.
  public var csv: String {
    var lines = ["epoch,learning_rate,loss,accuracy,validation_loss,validation_accuracy"]
    for epoch in epochs {
      let validation =
        epoch.validation.map { ["\($0.loss)", "\($0.accuracy)"] } ?? ["", ""]
      lines.append(
        ([
          "\(epoch.epoch)", "\(epoch.learningRate)", "\(epoch.training.loss)",
          "\(epoch.training.accuracy)",
        ] + validation).joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

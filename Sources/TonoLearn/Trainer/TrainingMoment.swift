import TonoCore
import TonoNetwork

/// Where a training stands: all that its continuation depends on.
///
/// Chance is none of it: every epoch and every batch draws from sources of its own, which the seed and
/// their numbers determine.
struct TrainingMoment<Example: Codable & Sendable & Equatable>: Sendable {
  /// The weights and the statistics so far.
  var network: Network
  /// The rule with what it keeps of the steps so far.
  var optimizer: WeightOptimizer
  /// Where in the training this is.
  var position = TrainingPosition<Example>()
  /// The network of the lowest validation loss, where it is kept.
  var best: Network?
}

/// The place of a training in its course.
struct TrainingPosition<Example: Codable & Sendable & Equatable>: Sendable, Equatable, Codable {
  /// The epoch under way, counted from 0.
  var epoch = 0
  /// How many of its examples were learned from.
  var learned = 0
  /// Its examples in their order; nothing before they are drawn.
  var examples: [Example]?
  /// Over the rows of its batches: the sum of their losses, how many were told right, and all.
  var lossSum = 0.0
  var correct = 0
  var rows = 0
  /// The learning rate of the last step.
  var learningRate = 0.0
  /// The epochs before.
  var curve = TrainingCurve()
  /// Whether the training came to its end.
  var isFinished = false
}

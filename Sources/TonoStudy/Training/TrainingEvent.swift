import TonoLearn

/// What happens while a network is trained.
public enum TrainingEvent: Sendable {
  /// So many sounds of so many have their features.
  case features(Int, of: Int)
  /// A sound that cannot be used, in a sentence.
  case problem(String)
  /// What is learned from, validated and tested on, in a sentence.
  case data(String)
  /// So many epochs were finished before.
  case resumed(epochs: Int)
  /// A step was made: so many examples of so many of an epoch, with their mean loss.
  case step(epoch: Int, of: Int, learned: Int, examples: Int, loss: Double)
  /// An epoch of so many has ended.
  case epoch(TrainingCurve.Epoch, of: Int)
}

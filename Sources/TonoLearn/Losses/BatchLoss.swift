import TonoCore

/// A loss of a batch, and what descends it.
public struct BatchLoss: Sendable, Equatable {
  /// The mean of the examples' losses.
  public let value: Double
  /// Its gradient with respect to what the loss reads, in the same shape.
  public let gradient: Tensor
  /// How many examples are told right.
  public let correct: Int

  /// A loss with its gradient.
  public init(value: Double, gradient: Tensor, correct: Int) {
    self.value = value
    self.gradient = gradient
    self.correct = correct
  }
}

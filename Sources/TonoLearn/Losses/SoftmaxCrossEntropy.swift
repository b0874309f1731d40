import Foundation
import TonoCore

/// The cross-entropy of a softmax over classes: the mean of −w·log softmax(x)[label], with the class
/// weight w of the label.
///
/// As in Keras the weighted losses are divided by the number of examples; PyTorch divides by the sum
/// of their weights.
public struct SoftmaxCrossEntropy: Sendable, Equatable {
  /// What the losses of each class are multiplied by; nothing for 1.
  public let classWeights: [Float]?

  /// A loss with class weights, or without.
  public init(classWeights: [Float]? = nil) { self.classWeights = classWeights }

  /// Weights by which every class counts alike: examples ÷ (classes · examples of the class); 0 for a
  /// class without examples.
  public static func balanced(_ labels: [Int], classes: Int) -> [Float] {
    var counts = [Int](repeating: 0, count: classes)
    for label in labels { counts[label] += 1 }
    return counts.map { $0 == 0 ? 0 : Float(labels.count) / Float(classes * $0) }
  }

  /// The loss of logits `[N, K]`, in double precision; an example is right if the largest of its logits
  /// is that of its label (the first of equals).
  ///
  /// - Precondition: a label in 0..<K for each of the N examples.
  public func callAsFunction(_ logits: Tensor, labels: [Int]) -> BatchLoss {
    let (count, classes) = (logits.shape[0], logits.shape[1])
    precondition(labels.count == count, "a label for each example")
    var (loss, correct, gradient) = (0.0, 0, Tensor(shape: logits.shape))
    for (example, label) in labels.enumerated() {
      let line = example * classes..<(example + 1) * classes
      let logits = logits.values[line].map(Double.init)
      let peak = logits.reduce(-.infinity, max)
      let powers = logits.map { exp($0 - peak) }
      let sum = powers.reduce(0, +)
      let weight = Double(classWeights?[label] ?? 1) / Double(count)
      loss += weight * (log(sum) + peak - logits[label])
      for (index, power) in powers.enumerated() {
        gradient.values[line.lowerBound + index] = Float(
          weight * (power / sum - (index == label ? 1 : 0)))
      }
      if logits.firstIndex(of: peak) == label { correct += 1 }
    }
    return BatchLoss(value: loss, gradient: gradient, correct: correct)
  }
}

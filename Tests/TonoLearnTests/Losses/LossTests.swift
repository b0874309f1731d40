import TestSupport
import Testing
import TonoCore
import TonoLearn

/// Losses against PyTorch (`Scripts/reference/training_values.py`) and against differences.
@Suite struct LossTests {
  private static let pairLosses: [(String, PairLoss)] = [
    ("binary", .binaryCrossEntropy), ("contrastive", .contrastive(margin: 0.8)),
    ("triplet", .triplet(margin: 0.5)),
  ]
  private static let matches = (0..<8).map { $0 % 2 == 0 }

  @Test("softmax cross-entropy with class weights is PyTorch's")
  func softmax() throws {
    let reference = try ReferenceValues("training/losses")
    let labels = try reference.tensor("softmax/labels").values.map(Int.init)
    let weights = try reference.tensor("softmax/weights").values
    let loss = SoftmaxCrossEntropy(classWeights: weights)(
      try reference.tensor("softmax/logits"), labels: labels)
    let expected = try reference.tensor("softmax/loss").values[0]
    #expect(abs(loss.value - Double(expected)) < Tolerance.untiedGradient)
    #expect(
      try reference.deviation(of: loss.gradient, from: "softmax/gradient").relative
        < Tolerance.untiedGradient)
  }

  @Test("losses of pairs are PyTorch's", arguments: pairLosses)
  func pairs(_ name: String, _ criterion: PairLoss) throws {
    let reference = try ReferenceValues("training/losses")
    let loss = criterion(try reference.tensor("\(name)/logits"), matches: Self.matches)
    let expected = try reference.tensor("\(name)/loss").values[0]
    #expect(abs(loss.value - Double(expected)) < Tolerance.untiedGradient)
    #expect(
      try reference.deviation(of: loss.gradient, from: "\(name)/gradient").relative
        < Tolerance.untiedGradient)
  }

  @Test("gradients are the slopes of the values")
  func slopes() throws {
    var random = TestRandom(5)
    let labels = [2, 0, 1, 1]
    let criterion = SoftmaxCrossEntropy(classWeights: [1, 0.5, 2])
    let logits = Tensor.random([4, 3], using: &random)
    let direction = Tensor.random([4, 3], using: &random)
    let slope = finiteDifference(
      of: { criterion($0[0], labels: labels).value }, at: [logits], along: [direction])
    let predicted = dot(criterion(logits, labels: labels).gradient, direction)
    #expect(abs(slope - predicted) < Tolerance.finiteDifference)
    for (name, criterion) in Self.pairLosses {
      let logits = Tensor.apart([8, 1], using: &random)
      let direction = Tensor.random([8, 1], using: &random)
      let slope = finiteDifference(
        of: { criterion($0[0], matches: Self.matches).value }, at: [logits], along: [direction])
      let predicted = dot(criterion(logits, matches: Self.matches).gradient, direction)
      #expect(abs(slope - predicted) < Tolerance.finiteDifference, "\(name)")
    }
  }

  @Test("what is told right is counted, and logits of any size stay finite")
  func counts() {
    let logits = Tensor(shape: [3, 2], values: [1, 0, 0, 2, 1e4, -1e4])
    let loss = SoftmaxCrossEntropy()(logits, labels: [0, 0, 1])
    #expect(loss.correct == 1)
    #expect(loss.value.isFinite && loss.gradient.values.allSatisfy(\.isFinite))
    let pairs = Tensor(shape: [4, 1], values: [1e4, -1e4, -1, 1])
    #expect(PairLoss.binaryCrossEntropy(pairs, matches: [true, false, true, false]).correct == 2)
    #expect(PairLoss.triplet(margin: 1)(pairs, matches: [true, false, true, false]).correct == 2)
    for (_, criterion) in Self.pairLosses {
      let loss = criterion(pairs, matches: [true, false, true, false])
      #expect(loss.value.isFinite && loss.gradient.values.allSatisfy(\.isFinite))
    }
  }

  @Test("balanced weights let every class count alike")
  func balance() {
    let labels = [0, 0, 0, 2]
    let weights = SoftmaxCrossEntropy.balanced(labels, classes: 3)
    #expect(weights == [Float(4) / 9, 0, Float(4) / 3])
  }
}

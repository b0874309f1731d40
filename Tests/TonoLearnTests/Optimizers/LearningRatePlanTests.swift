import Foundation
import Testing
import TonoCore
import TonoLearn

@Suite struct LearningRatePlanTests {
  private static let plans: [LearningRatePlan] = [
    .constant, .decay(1e-4), .exponential(0.95), .cosine,
    .steps([.init(share: 0.5, factor: 0.2), .init(share: 0.75, factor: 0.1)]),
  ]

  @Test("a plan is what it prints", arguments: plans)
  func text(_ plan: LearningRatePlan) throws {
    #expect(try LearningRatePlan(plan.description) == plan)
    let coded = try JSONEncoder().encode([plan])
    #expect(try JSONDecoder().decode([LearningRatePlan].self, from: coded) == [plan])
  }

  @Test(
    "what is no plan is refused",
    arguments: [
      "", "fast", "decay", "decay:x", "decay:-1", "constant:1", "exponential:0", "steps:",
      "steps:0.5", "steps:2=1", "steps:0.7=0.1,0.5=0.2", "steps:0.5=0", "cosine:1", "decay:nan",
    ])
  func refusals(_ text: String) {
    #expect(throws: InputError.self) { try LearningRatePlan(text) }
  }

  @Test("plans go the way they say")
  func factors() throws {
    func factors(_ plan: LearningRatePlan) -> [Double] {
      (0..<8).map { plan.factor(step: $0, stepsPerEpoch: 2, epochs: 4) }
    }
    #expect(factors(.constant) == Array(repeating: 1, count: 8))
    #expect(factors(.decay(0.5)).prefix(3) == [1, 1 / 1.5, 0.5])
    #expect(factors(.exponential(0.5)) == [1, 1, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125])
    #expect(factors(Self.plans[4]) == [1, 1, 1, 1, 0.2, 0.2, 0.1, 0.1])
    let cosine = factors(.cosine)
    #expect(cosine[0] == 1 && abs(cosine[4] - 0.5) < 1e-12)
    #expect(zip(cosine, cosine.dropFirst()).allSatisfy { $0 > $1 } && cosine[7] > 0)
  }
}

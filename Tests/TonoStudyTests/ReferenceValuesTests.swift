import TestSupport
import Testing
import TonoCore
import TonoNetwork

/// The yardstick itself: a comparison that cannot fail would prove nothing.
@Suite struct ReferenceValuesTests {
  private static func tower() throws -> ReferenceValues {
    try ReferenceValues("reference/values/recording_tower")
  }

  @Test func readsWholeArraysAndAscents() throws {
    let values = try Self.tower()
    let input = try values.tensor("input0/ref_input")
    #expect(input.shape == [1, 128, 128])
    #expect(input.values[0] == 0.023141086)
    #expect(values.ascents.first?.layer == "nyu_conv_1")
    #expect(values.ascents.allSatisfy { $0.loss.count == $0.steps + 1 })
    #expect(try values.deviation(of: input, from: "input0/ref_input").relative == 0)
  }

  /// Every whole array must agree with its own checksums, and stop doing so once it is damaged.
  @Test func checksumsSeeDamage() throws {
    let values = try Self.tower()
    for array in values.arrays where array.range != nil && array.shape.count > 64 {
      var tensor = try values.tensor(array.name)
      #expect(array.deviation(of: tensor).relative < 1e-6, "\(array.name)")
      tensor.values.swapAt(0, tensor.count - 1)
      tensor.values[tensor.count / 2] += 1
      #expect(array.deviation(of: tensor).relative > 1e-5, "\(array.name)")
    }
  }

  @Test func findsTheWorstElement() {
    let expected = Tensor(shape: [2, 3], values: [0, 1, 2, 3, 4, 5])
    var other = expected
    other.values[4] = 4.5
    let deviation = Deviation(of: other, from: expected)
    #expect(deviation.relative == 0.1)
    #expect(deviation.description.contains("element 4 [1, 1]: got 4.5, not 4.0"))
  }

  @Test func notANumberIsInfinitelyFar() {
    let expected = Tensor(shape: [2], values: [0, 1])
    let broken = Tensor(shape: [2], values: [.nan, 1])
    #expect(Deviation(of: broken, from: expected).relative == .infinity)
    #expect(Deviation(of: Tensor(shape: [1]), from: expected).relative == .infinity)
    #expect(Deviation(of: expected, from: Tensor(shape: [2])).relative == .infinity)
  }

  @Test func euclideanErrorIsOfTheWhole() {
    let expected = Tensor(shape: [2, 2], values: [0, 3, 0, 4])
    var other = expected
    #expect(Deviation.euclidean(of: other, from: expected) == 0)
    other.values[0] = 0.5
    #expect(Deviation.euclidean(of: other, from: expected) == 0.1)
    other.values[1] = .nan
    #expect(Deviation.euclidean(of: other, from: expected) == .infinity)
    #expect(Deviation.euclidean(of: Tensor(shape: [4]), from: expected) == .infinity)
    #expect(Deviation.euclidean(of: expected, from: Tensor(shape: [2, 2])) == .infinity)
  }

  /// What checksums allow is never more than the error of the whole, and not blind.
  @Test func checksumsBoundTheEuclideanError() throws {
    let values = try Self.tower()
    let name = "input0/gradient/nyu_conv_3/7/ref_input"
    let expected = try values.tensor(name)
    var louder = expected
    louder.values = louder.values.map { 1.05 * $0 }
    var mirrored = expected
    mirrored.values = expected.values.map { -$0 }
    for (other, size) in [(louder, 0.05), (mirrored, 2.0)] {
      let error = try values.euclideanError(of: other, from: name)
      let least = try values.array(name).leastEuclideanError(of: other)
      #expect(abs(error - size) < 1e-6)
      #expect(least <= error + 1e-6)
      #expect(least > Tolerance.brokenTies)
    }
  }

  @Test func unknownArrayIsNamed() throws {
    let values = try Self.tower()
    #expect(throws: ReferenceError.self) { try values.array("input9/nothing") }
    #expect(throws: ReferenceError.self) { try values.tensor("input0/activation/nyu_conv_1") }
  }
}

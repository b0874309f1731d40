import TestSupport
import Testing
import TonoCore
import TonoNetwork

/// The kernels of an ascent's own arithmetic, of each instruction set, against the scalar ones.
@Suite struct CanvasKernelTests {
  static let cases = KernelSet.available.flatMap { set in
    [1, 7, 8, 15, 16, 17, 31, 250, 1003].map { (set, $0) }
  }

  private let scalar = KernelSet.available[0]

  private func numbers(_ count: Int, _ seed: UInt64) -> [Float] {
    var random = TestRandom(seed)
    return Tensor.random([count], using: &random).values
  }

  private func expectEqual(_ a: [Float], _ b: [Float]) {
    let (a, b) = (Tensor(shape: [a.count], values: a), Tensor(shape: [b.count], values: b))
    let deviation = Deviation(of: a, from: b)
    #expect(deviation.relative < Double(Tolerance.reordered), "\(deviation)")
  }

  @Test("sums", arguments: cases)
  func sums(_ set: KernelSet, _ count: Int) {
    let (x, y) = (numbers(count, 1), numbers(count, 2))
    func expectEqual(_ sum: (KernelSet) -> Double, over scale: Double) {
      #expect(abs(sum(set) - sum(scalar)) <= Tolerance.doubleSum * scale)
    }
    expectEqual({ $0.sum(x, count: count) }, over: Double(count))
    expectEqual({ $0.sumOfSquares(x, around: 0.3, count: count) }, over: Double(count))
    expectEqual({ $0.sumOfProducts(x, y, count: count) }, over: Double(count))
    let plain = zip(x, y).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    #expect(
      abs(scalar.sumOfProducts(x, y, count: count) - plain) <= Tolerance.doubleSum * plain.magnitude
    )
  }

  @Test("painting and its adjoint", arguments: cases)
  func canvas(_ set: KernelSet, _ count: Int) {
    let (x, gradient) = (numbers(count, 3), numbers(count, 4))
    // One float more than is asked, to see that it stays.
    func run(_ set: KernelSet) -> (painted: [Float], gradient: [Float], sums: [Double]) {
      var (y, g) = (x + [9], gradient + [9])
      let sum = set.paint(x, factor: 2.5, level: -0.7, into: &y, count: count)
      let squares = set.adjoint(
        &g, factor: 1.5, mean: 0.2, slope: -0.4, painted: y, count: count)
      return (y, g, [sum, squares])
    }
    let (result, expected) = (run(set), run(scalar))
    expectEqual(result.painted, expected.painted)
    expectEqual(result.gradient, expected.gradient)
    #expect(result.painted[count] == 9 && result.gradient[count] == 9)
    for (sum, plain) in zip(result.sums, expected.sums) {
      #expect(abs(sum - plain) <= Tolerance.sum * Double(count))
    }
  }

  @Test("penalties", arguments: cases)
  func penalties(_ set: KernelSet, _ count: Int) {
    func run(_ set: KernelSet) -> (gradient: [Float], sums: [Double]) {
      let (x, step) = (numbers(2 * count, 8), count / 2)
      var gradient = numbers(2 * count, 9)
      let sums =
        [(l2: 0.7, l1: 0), (0, 0.4), (0.3, 0.2)].map { (l2: Float, l1: Float) in
          set.penalize(x, l2: l2, l1: l1, share: 0.1, gradient: &gradient, count: count)
        }
        + [1, step].map { step in
          set.vary(x, step: step, share: 0.2, gradient: &gradient, count: count)
        }
      return (gradient, sums)
    }
    let (result, expected) = (run(set), run(scalar))
    expectEqual(result.gradient, expected.gradient)
    for (sum, plain) in zip(result.sums, expected.sums) {
      #expect(abs(sum - plain) <= Tolerance.sum * Double(count))
    }
  }

  @Test("Adam", arguments: cases)
  func adam(_ set: KernelSet, _ count: Int) {
    func run(_ set: KernelSet) -> [[Float]] {
      var (first, second) = (
        [Float](repeating: 0, count: count), [Float](repeating: 0, count: count)
      )
      var cells = numbers(count, 5)
      for t in 1...3 {
        let step = AdamStep(
          rate: 0.05, slope: 3, decays: (0.9, 0.99), shares: (0.1, 0.01),
          corrections: (t == 1 ? 0.1 : 0.3, t == 1 ? 0.01 : 0.03), epsilon: 1e-8)
        set.adam(
          step, gradient: numbers(count, UInt64(t)), first: &first, second: &second, cells: &cells,
          count: count)
      }
      return [first, second, cells]
    }
    for (result, expected) in zip(run(set), run(scalar)) { expectEqual(result, expected) }
  }

  @Test("an element that is no finite number shows in every sum", arguments: cases)
  func notFinite(_ set: KernelSet, _ count: Int) {
    for value in [Float.nan, .infinity, -.infinity] {
      var x = numbers(count, 6)
      x[count / 2] = value
      var y = x
      #expect(!set.sum(x, count: count).isFinite)
      #expect(!set.paint(x, factor: 1, level: 0, into: &y, count: count).isFinite)
      #expect(
        !set.adjoint(
          &x, factor: 1, mean: 0, slope: 0, painted: numbers(count, 7), count: count
        ).isFinite)
    }
  }
}

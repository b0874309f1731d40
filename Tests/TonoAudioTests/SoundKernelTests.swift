import Foundation
import TestSupport
import Testing
import TonoCore

@testable import TonoAudio

/// The kernels between samples and levels, of each instruction set, against the scalar ones.
@Suite struct SoundKernelTests {
  /// Instruction sets with lengths around whole vectors.
  static let cases = KernelSet.available.flatMap { set in
    [1, 7, 8, 15, 16, 17, 33, 250].map { (set, $0) }
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

  @Test("two frames woven into one signal, and back", arguments: cases)
  func weaving(_ set: KernelSet, _ count: Int) {
    func run(_ set: KernelSet) -> [[Float]] {
      let (sound, window) = (numbers(2 * count, 1), numbers(count, 2))
      var z = [Float](repeating: 9, count: 2 * count + 1)
      set.weave(sound, Array(sound.dropFirst(count / 2)), window: window, into: &z, count: count)
      // Frames that overlap: what the first adds is there when the second adds.
      var sum = [Float](repeating: 1, count: 2 * count)
      sum.withUnsafeMutableBufferPointer { sum in
        guard let start = sum.baseAddress else { return }
        set.unweave(z, window: window, addingTo: start, start + count / 2, count: count)
      }
      return [z, sum]
    }
    let (result, expected) = (run(set), run(scalar))
    for (a, b) in zip(result, expected) { expectEqual(a, b) }
    #expect(result[0][2 * count] == 9)
  }

  @Test("what bins hold, and its adjoint", arguments: cases, [false, true])
  func powers(_ setAndSize: (KernelSet, Int), _ roots: Bool) {
    let (set, size) = setAndSize
    let stride = 2 * (size + 1) + 3
    for bins in Set([1, size / 3 + 1, size / 2 + 1]) {
      func run(_ set: KernelSet) -> [[Float]] {
        var z = numbers(4 * stride, 3)
        for pair in 0..<4 {
          let start = pair * stride
          (z[start + 2 * size], z[start + 2 * size + 1]) = (z[start], z[start + 1])
        }
        var powers = [Float](repeating: 9, count: 8 * bins + 1)
        set.powers(of: z, stride: stride, size: size, bins: bins, roots: roots, into: &powers)
        var dZ = [Float](repeating: 0, count: 4 * stride)
        set.pullPowers(
          numbers(8 * bins, 4), of: z, stride: stride, size: size, bins: bins, roots: roots,
          into: &dZ)
        // The number behind the last is nobody's.
        for pair in 0..<4 { for i in 2 * size..<stride { dZ[pair * stride + i] = 0 } }
        return [powers, dZ]
      }
      let (result, expected) = (run(set), run(scalar))
      for (a, b) in zip(result, expected) { expectEqual(a, b) }
      #expect(result[0][8 * bins] == 9)
    }
  }

  @Test("sparse rows of eight columns", arguments: KernelSet.available, [1, 5, 8])
  func rows(_ set: KernelSet, _ columns: Int) {
    let matrix = SparseRows([
      (0, [1, 2]), (3, []), (1, [0.5, -1, 0.25, 3, 4, 5, 6]), (9, [2]),
    ])
    let x = numbers(10 * 11, 5)
    var y = [Float](repeating: 9, count: 4 * 9 + 1)
    set.multiply(matrix, x, step: 11, into: &y, step: 9, columns: columns)
    for column in 0..<9 {
      func at(_ row: Int) -> Float { x[row * 11 + column] }
      let sums: [Float] = [
        at(0) + 2 * at(1), 0,
        0.5 * at(1) - at(2) + 0.25 * at(3) + 3 * at(4) + 4 * at(5) + 5 * at(6) + 6 * at(7),
        2 * at(9),
      ]
      for (row, sum) in sums.enumerated() {
        let expected = column < columns ? sum : 9
        #expect(abs(y[row * 9 + column] - expected) < 1e-5)
      }
    }
  }

  @Test("numbers, and the first largest of them", arguments: cases)
  func amplifying(_ set: KernelSet, _ count: Int) {
    var x = numbers(count, 6)
    func run(_ set: KernelSet) -> (place: Int, numbers: [Float]) {
      var y = x + [9]
      let place = set.amplify(x, gain: 3, offset: 0.5, into: &y, count: count)
      return (place, y)
    }
    for change in [{}, { x[count / 2] = 7 }, { x[count - 1] = 7 }, { x[count / 2] = .nan }] {
      change()
      let (result, expected) = (run(set), run(scalar))
      #expect(result.place == expected.place && result.numbers[count] == 9)
      if x.allSatisfy(\.isFinite) { expectEqual(result.numbers, expected.numbers) }
    }
  }

  @Test("the logarithm of all sizes of numbers", arguments: KernelSet.available)
  func logarithm(_ set: KernelSet) {
    let rule = LevelRule(factor: 1, minimum: 0, zero: 0, floor: -.infinity, gain: 1)
    func log(_ x: [Float]) -> [Float] {
      var (levels, slopes) = (x, x)
      set.levels(of: x, rule, into: &levels, slopes: &slopes, count: x.count)
      return levels
    }
    var x: [Float] = [
      .leastNonzeroMagnitude, 1e-40, .leastNormalMagnitude, .greatestFiniteMagnitude,
    ]
    var random = TestRandom(7)
    for exponent in -140..<127 {
      x += Tensor.random([7], using: &random).values.map {
        (1 + abs($0)) * Float(sign: .plus, exponent: exponent, significand: 1)
      }
    }
    x += (0..<400).map { 1 + (Float($0) - 200) / 4096 }
    for (x, level) in zip(x, log(x)) where x.isFinite {
      let exact = Foundation.log(Double(x))
      #expect(
        abs(Double(level) - exact) <= Tolerance.elementaryFunction * abs(exact) + 1e-12,
        "ln \(x) is \(exact), not \(level)")
    }
    let special = log([0, .infinity, .nan, 1, 0])
    #expect(special[0] == -.infinity && special[1] == .infinity && special[2].isNaN)
    #expect(special[3] == 0)
    // Wherever a number stands, it has the same level.
    let levels = log(Array(repeating: 0.3, count: 13))
    #expect(levels.allSatisfy { $0 == levels[0] })
  }

  @Test("levels and their adjoint", arguments: cases)
  func levels(_ set: KernelSet, _ count: Int) {
    func run(_ set: KernelSet) -> (arrays: [[Float]], sums: [Double]) {
      let bands = numbers(count, 8).map { abs($0) }
      let rule = LevelRule(factor: 4.3, minimum: 0.1, zero: -1, floor: -4, gain: 2)
      var (levels, slopes) = (bands + [9], bands + [9])
      set.levels(of: bands, rule, into: &levels, slopes: &slopes, count: count)
      var gradient = bands + [9]
      let sums = set.pullLevels(
        numbers(count, 9), normalized: levels, slopes: slopes, factor: 0.7, mean: 0.1, tilt: 0.2,
        into: &gradient, count: count)
      return ([levels, slopes, gradient], [sums.all, sums.floored])
    }
    let (result, expected) = (run(set), run(scalar))
    for (a, b) in zip(result.arrays, expected.arrays) {
      expectEqual(a, b)
      #expect(a[count] == 9)
    }
    for (a, b) in zip(result.sums, expected.sums) {
      #expect(abs(a - b) <= Tolerance.sum * Double(count))
    }
  }

  @Test("samples that are bent into a range", arguments: cases)
  func bending(_ set: KernelSet, _ count: Int) {
    let cells = numbers(count, 10).enumerated().map { $1 * (($0 % 5 == 0) ? 20 : 1) }
    func run(_ set: KernelSet) -> (arrays: [[Float]], squares: Double) {
      var (samples, slopes) = (cells + [9], cells + [9])
      set.bend(
        cells, limit: 0.5, level: 0.002, bend: 1.5, into: &samples, slopes: &slopes, count: count)
      let all = [samples, slopes]
      return (all, set.multiply(&samples, by: slopes, count: count))
    }
    let (result, expected) = (run(set), run(scalar))
    for (a, b) in zip(result.arrays, expected.arrays) {
      expectEqual(a, b)
      #expect(a[count] == 9)
    }
    #expect(abs(result.squares - expected.squares) <= Tolerance.sum * max(1, expected.squares))
    for (cell, sample) in zip(cells, result.arrays[0]) {
      let exact = 0.5 * tanh(0.002 * sinh(min(max(1.5 * Double(cell), -10), 10)) / 0.5)
      #expect(abs(Double(sample) - exact) <= 4e-6 * abs(exact), "\(sample), not \(exact)")
    }
  }
}

import Foundation
import TestSupport
import Testing
import TonoCore
import TonoNetwork

@testable import TonoAscent

/// Penalties, blur, jitter and optimizers: what one step is made of.
@Suite struct StepTests {
  @Test(
    "penalties agree with finite differences",
    arguments: [
      Regularizer(l2: 0.7), Regularizer(l1: 0.7), Regularizer(timeVariation: 2),
      Regularizer(bandVariation: 3),
      Regularizer(l2: 0.1, l1: 0.2, timeVariation: 0.3, bandVariation: 0.4),
    ])
  func penalties(_ regularizer: Regularizer) {
    var random = TestRandom(51)
    let input = Tensor.apart([2, 5, 7], using: &random)
    let gradient = regularizer.penalty(input).gradient
    for _ in 0..<4 {
      let direction = Tensor.random(input.shape, using: &random)
      let slope = finiteDifference(
        of: { Double(regularizer.penalty($0[0]).value) }, at: [input], along: [direction])
      #expect(abs(slope - dot(gradient, direction)) < Tolerance.finiteDifference)
    }
  }

  @Test("time variation sees frames only, band variation bands only")
  func directions() {
    let acrossTime = Tensor(shape: [1, 3, 4], values: [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3])
    let acrossBands = Tensor(shape: [1, 3, 4], values: [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2])
    // Nine steps of one between frames, eight between bands, over twelve cells; |d| is smoothed.
    func value(_ regularizer: Regularizer, _ input: Tensor) -> Float {
      regularizer.penalty(input).value
    }
    #expect(abs(value(Regularizer(timeVariation: 1), acrossTime) - 0.75) < 2e-3)
    #expect(value(Regularizer(timeVariation: 1), acrossBands) < 2e-3)
    #expect(abs(value(Regularizer(bandVariation: 1), acrossBands) - 8.0 / 12) < 2e-3)
    #expect(value(Regularizer(bandVariation: 1), acrossTime) < 2e-3)
  }

  @Test("a blur continues edges outwards")
  func edges() {
    let step = Tensor(shape: [1, 1, 4], values: [1, 0, 0, 0])
    let blurred = GaussianBlur(deviation: 1).apply(to: step).values
    // exp(−k²/2) for k = −3…3: the cell and what lies before it count as 1.
    let weights = (-3...3).map { exp(-Float($0 * $0) / 2) }
    for cell in 0..<4 {
      let seen = weights.indices.filter { cell + $0 - 3 <= 0 }.map { weights[$0] }.reduce(0, +)
      #expect(abs(blurred[cell] - seen / weights.reduce(0, +)) < 1e-6)
    }
  }

  @Test("a blur keeps constants and spreads a cell evenly")
  func blur() {
    let cases: [(Float, Shape)] = [(1, [2, 5, 6]), (4, [1, 3, 2]), (0.3, [7])]
    for (deviation, shape) in cases {
      let constant = Tensor(shape: shape, repeating: 2)
      let blurred = GaussianBlur(deviation: deviation).apply(to: constant)
      #expect(Deviation(of: blurred, from: constant).relative < 1e-6)
    }
    var dot = Tensor(shape: [1, 15, 17])
    dot.values[7 * 17 + 8] = 1
    let blurred = GaussianBlur(deviation: 1).apply(to: dot)
    #expect(abs(blurred.values.reduce(0, +) - 1) < 1e-5)
    #expect(blurred.values[7 * 17 + 9] == blurred.values[7 * 17 + 7])
    #expect(abs(blurred.values[6 * 17 + 8] - blurred.values[7 * 17 + 9]) < 1e-7)
    #expect(blurred.values.max() == blurred.values[7 * 17 + 8])
  }

  @Test("a shift is undone by its inverse, which is its adjoint")
  func jitter() {
    var random = TestRandom(52)
    let (x, y) = (
      Tensor.random([2, 5, 7], using: &random), Tensor.random([2, 5, 7], using: &random)
    )
    for (frames, bands) in [(0, 0), (3, 0), (-2, 1), (9, -6)] {
      let shift = Jitter.Shift(frames: frames, bands: bands)
      #expect(shift.inverse.apply(to: shift.apply(to: x)) == x)
      #expect(abs(dot(shift.apply(to: x), y) - dot(x, shift.inverse.apply(to: y))) < 1e-5)
    }
    let moved = Jitter.Shift(frames: 1, bands: 2).apply(to: x)
    #expect(moved.values[2 * 7 + 1] == x.values[0])
  }

  @Test("a jitter's draws stay within its range and reach its ends")
  func draws() {
    var source = RandomSource(seed: 1, text: "draws")
    let shifts = (0..<400).map { _ in Jitter(frames: 2, bands: 1).draw(from: &source) }
    #expect(Set(shifts.map(\.frames)) == Set(-2...2))
    #expect(Set(shifts.map(\.bands)) == Set(-1...1))
  }

  @Test("each rule takes the step of its formula")
  func rules() {
    func cells(_ optimizer: Optimizer, _ gradients: [[Float]]) -> [Float] {
      var (cells, state) = ([Float(1), 2], Optimizer.State(count: 2))
      for gradient in gradients {
        let scale = ((gradient[0] * gradient[0] + gradient[1] * gradient[1]) / 2).squareRoot()
        state.step(&cells, gradient: gradient, scale: scale, optimizer)
      }
      return cells
    }
    let raw = Optimizer(rule: .gradient, rate: 0.5, normalizesGradient: false)
    #expect(cells(raw, [[3, -4]]) == [2.5, 0])
    let normalized = Optimizer(rule: .gradient, rate: 0.5)
    #expect(cells(normalized, [[7, 7]]) == [1.5, 2.5])
    #expect(cells(normalized, [[0, 0]]) == [1, 2])
    let momentum = Optimizer(rule: .momentum, rate: 1, normalizesGradient: false)
    #expect(cells(momentum, [[1, 0], [1, 0]]) == [1 + 1 + 1.9, 2])
    // Whatever its size, Adam's first gradient moves a cell by the rate.
    let adam = cells(Optimizer(rule: .adam, rate: 0.25), [[1e-2, -300]])
    #expect(abs(adam[0] - 1.25) < 1e-3 && abs(adam[1] - 1.75) < 1e-3)
  }

  @Test("noise has the standard normal distribution and depends on seed and name alone")
  func noise() {
    func draw(_ seed: UInt64, _ text: String) -> [Float] {
      var source = RandomSource(seed: seed, text: text)
      return (0..<20_000).map { _ in source.normal() }
    }
    let numbers = draw(3, "conv:1")
    let mean = numbers.reduce(0, +) / 20_000
    let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
    #expect(abs(mean) < 0.03 && abs(variance - 1) < 0.05)
    #expect(draw(3, "conv:1") == numbers)
    #expect(draw(4, "conv:1") != numbers)
    #expect(draw(3, "conv:2") != numbers)
  }
}

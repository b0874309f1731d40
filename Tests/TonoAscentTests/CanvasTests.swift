import TestSupport
import Testing

@testable import TonoAscent
import TonoNetwork

@Suite struct CanvasTests {
  @Test("a normalized canvas paints zero mean and unit variance, whatever its scale and offset")
  func sphere() {
    var random = TestRandom(41)
    let cells = Tensor.random([1, 7, 9], using: &random)
    let canvas = SpectrogramCanvas(normalizes: true)
    let painted = canvas.paint(cells)
    let values = painted.values.map(Double.init)
    let mean = values.reduce(0, +) / 63
    #expect(abs(mean) < 1e-6)
    #expect(abs(values.reduce(0) { $0 + $1 * $1 } / 63 - 1) < 1e-5)
    let moved = Tensor(shape: cells.shape, values: cells.values.map { 5 * $0 - 3 })
    #expect(Deviation(of: canvas.paint(moved), from: painted).relative < 1e-5)
  }

  @Test(
    "the adjoint agrees with finite differences",
    arguments: [
      SpectrogramCanvas(normalizes: true), SpectrogramCanvas(normalizes: false),
      SpectrogramCanvas(normalizes: false, level: -40, spread: 3),
    ])
  func adjoint(_ canvas: SpectrogramCanvas) {
    var random = TestRandom(42)
    let cells = Tensor.random([2, 5, 6], using: &random)
    let dInput = Tensor.random(cells.shape, using: &random)
    let (gradient, squares) = canvas.adjoint(dInput, cells: cells)
    #expect(abs(squares - dot(gradient, gradient)) < Tolerance.sum * squares)
    for _ in 0..<4 {
      let direction = Tensor.random(cells.shape, using: &random)
      let slope = finiteDifference(
        of: { dot(canvas.paint($0[0]), dInput) }, at: [cells], along: [direction])
      #expect(
        abs(slope - dot(gradient, direction)) < Tolerance.finiteDifference * max(1, abs(slope)))
    }
  }

  @Test("silence paints zeros and still has a way to go")
  func silence() {
    var random = TestRandom(43)
    let canvas = SpectrogramCanvas(normalizes: true)
    let silence = Tensor(shape: [1, 4, 5], repeating: -7.1)
    #expect(canvas.paint(silence).values.allSatisfy { $0 == 0 })
    let gradient = canvas.adjoint(.random(silence.shape, using: &random), cells: silence).gradient
    #expect(gradient.values.allSatisfy(\.isFinite) && gradient.values.contains { $0 != 0 })
  }

  @Test("a cell that is no finite number is noticed", arguments: [Float.nan, .infinity])
  func notFinite(_ value: Float) {
    for normalizes in [true, false] {
      var cells = Tensor(shape: [1, 5, 9], repeating: 1)
      let canvas = SpectrogramCanvas(normalizes: normalizes)
      var input = cells.values
      #expect(canvas.paint(cells.values, into: &input, count: 45).isFinite)
      for index in [3, 44] {
        cells.values[index] = value
        #expect(!canvas.paint(cells.values, into: &input, count: 45).isFinite)
        #expect(!canvas.adjoint(cells, cells: Tensor(shape: [1, 5, 9])).squares.isFinite)
        cells.values[index] = 1
      }
    }
  }
}

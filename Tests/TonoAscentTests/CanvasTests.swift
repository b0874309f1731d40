import TestSupport
import Testing
import TonoCore

@testable import TonoAscent
import TonoAudio
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

/// What keeps spectrograms like real ones, and what changes them on the way to the network.
@Suite struct RealismTests {
  @Test("projected cells paint levels within the bounds")
  func bounds() {
    var random = TestRandom(45)
    let bounds = SpectrogramCanvas.Bounds(lowest: -1.5, highest: 2, range: 3)
    for normalizes in [true, false] {
      let canvas = SpectrogramCanvas(
        normalizes: normalizes, level: normalizes ? 0 : 0.3, spread: normalizes ? 1 : 2,
        bounds: bounds)
      var cells = Tensor.random([1, 9, 8], using: &random).values.map { 4 * $0 }
      canvas.project(&cells, count: cells.count)
      let levels = normalizes ? cells : cells.map { 0.3 + 2 * $0 }
      let (least, most) = (levels.min() ?? 0, levels.max() ?? 0)
      #expect(least >= -1.5 - 1e-5 && most <= 2 + 1e-5 && most - least <= 3 + 1e-5)
    }
  }

  @Test("acoustics: the adjoint agrees with finite differences, and examples stay normalized")
  func acoustics() {
    let frontEnd = PainterTests.frontEnd
    let maps = Maps(frontEnd.inputShape)
    var random = TestRandom(46)
    let input = SpectrogramCanvas(normalizes: true).paint(
      Tensor.random(frontEnd.inputShape, using: &random))
    let weights = Tensor.random(input.shape, using: &random)
    // The maximum that the noise floor is measured from stays where it is.
    let highest = input.values.indices.max { input.values[$0] < input.values[$1] }
    let pass = AcousticsPass(maps, frontEnd)
    let setting = Acoustics.Setting(gain: 3, tilt: 8, noiseFloor: -20)
    func change(_ input: Tensor) -> Tensor {
      var values = input.values
      pass.apply(setting, to: &values)
      return Tensor(shape: input.shape, values: values)
    }
    let changed = change(input)
    let mean = changed.values.reduce(0, +) / Float(changed.count)
    #expect(abs(mean) < 1e-4)
    #expect(abs(changed.values.reduce(0) { $0 + $1 * $1 } / Float(changed.count) - 1) < 1e-4)
    var gradient = weights.values
    pass.adjoint(&gradient, changed: changed.values)
    for _ in 0..<4 {
      var direction = Tensor.random(input.shape, using: &random)
      if let highest { direction.values[highest] = 0 }
      let slope = finiteDifference(
        of: { dot(change($0[0]), weights) }, at: [input], along: [direction], step: 1 / 512)
      let expected = dot(Tensor(shape: input.shape, values: gradient), direction)
      #expect(abs(slope - expected) < Tolerance.smallStep * max(1, abs(slope)))
    }
  }

  @Test("what a sound produced is producible, noise is not, and the penalty knows")
  func playability() throws {
    let frontEnd = try FrontEnd.named("tl-iminet/imitation")
    var random = TestRandom(47)
    let count = frontEnd.patternSampleCount
    let sound = try frontEnd.features(
      of: Waveform(
        samples: Tensor.random([count], using: &random).values, sampleRate: frontEnd.sampleRate))
    let noise = SpectrogramCanvas(normalizes: true).paint(
      Tensor.random(frontEnd.inputShape, using: &random))
    func penalty(_ input: Tensor) -> (value: Float, downhill: Bool) {
      let playability = Playability(weight: 1, of: frontEnd)
      var gradient = [Float](repeating: 0, count: input.count)
      let value = playability.penalize(input.values, gradient: &gradient)
      let moved = zip(input.values, gradient).map { $0 + 100 * $1 }
      var unused = gradient
      let less = Playability(weight: 1, of: frontEnd).penalize(moved, gradient: &unused)
      return (value, less < value)
    }
    let (heard, free) = (penalty(sound), penalty(noise))
    #expect(heard.value < free.value / 4, "\(heard.value), \(free.value)")
    #expect(free.downhill)
  }
}

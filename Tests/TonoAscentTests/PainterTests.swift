import Foundation
import TestSupport
import Testing
import TonoAudio
import TonoCore
import TonoNetwork

@testable import TonoAscent

/// All canvases: gradients handed back are true, and what they begin from is what they paint.
@Suite struct PainterTests {
  static let frontEnd = FrontEnd(
    name: "small", sampleRate: 8000, seconds: 0.2, fftSize: 64, hop: 48, bands: 7, frames: 21,
    highestFrequency: 4000, typicalMean: -40, typicalDeviation: 15)

  /// A canvas and the front end that it stands behind.
  struct Case: Sendable, CustomStringConvertible {
    let canvas: Canvas
    let frontEnd: FrontEnd

    var description: String { "\(canvas.kind.rawValue) behind \(frontEnd.normalization)" }
  }

  static let canvases: [Case] =
    [
      Canvas.spectrogram(SpectrogramCanvas(normalizes: true)),
      .fourier(FourierCanvas(SpectrogramCanvas(normalizes: true), timeDecay: 1, bandDecay: 0.3)),
      .fourier(FourierCanvas(SpectrogramCanvas(normalizes: false, level: -40, spread: 3))),
      .melPower, .waveform,
    ].map { Case(canvas: $0, frontEnd: frontEnd) }
    + [Canvas.melPower, .waveform].map { Case(canvas: $0, frontEnd: loud) }

  private func painter(_ one: Case) -> any Painter {
    one.canvas.painter(before: input, Maps(input.shape), frontEnd: one.frontEnd)
  }

  @Test("a canvas comes back from its JSON", arguments: canvases)
  func json(_ one: Case) throws {
    let json = try JSONEncoder().encode(one.canvas)
    #expect(try JSONDecoder().decode(Canvas.self, from: json) == one.canvas)
  }

  /// A front end that hears loudness.
  static let loud = {
    var loud = frontEnd
    loud.spectrum = .amplitude
    loud.logarithm = .natural
    loud.reference = .value(1)
    loud.offset = 0.01
    loud.dynamicRange = nil
    loud.normalization = .none
    return loud
  }()

  private let input = Network.Input(name: "x", shape: frontEnd.inputShape)

  private func paint(_ painter: any Painter, _ cells: Tensor) -> Tensor {
    Tensor(shape: input.shape) { _ = painter.paint(cells.values, into: $0) }
  }

  @Test("adjoints agree with finite differences", arguments: canvases)
  func adjoint(_ canvas: Case) { checkAdjoint(of: painter(canvas)) }

  @Test(
    "so do those of sounds that are heard elsewhere", arguments: [frontEnd, loud], UInt64(0)..<3)
  func heardAdjoint(_ frontEnd: FrontEnd, _ seed: UInt64) {
    let painter = painter(Case(canvas: .waveform, frontEnd: frontEnd))
    var random = RandomSource(seed: seed, text: "way")
    // Noise follows the sound's mean energy, which counts as fixed.
    let hearing = Hearing(rooms: 1, noise: 0...0, codecs: 1)
    painter.hear(hearing.draw(from: &random, before: frontEnd))
    checkAdjoint(of: painter)
  }

  private func checkAdjoint(of painter: any Painter) {
    var random = TestRandom(61)
    // Away from zero, where squares and logarithms bend.
    var cells = Tensor.random([painter.count], using: &random)
    for i in cells.values.indices { cells.values[i] += cells.values[i] < 0 ? -0.5 : 0.5 }
    let weights = Tensor.random(input.shape, using: &random)
    let painted = paint(painter, cells)
    var dInput = weights.values
    let gradient = painter.adjoint(&dInput, input: painted.values)
    let slopes = Tensor(
      shape: cells.shape,
      values: Array(UnsafeBufferPointer(start: gradient.start, count: painter.count)))
    #expect(abs(gradient.squares - dot(slopes, slopes)) < Tolerance.sum * gradient.squares)
    for _ in 0..<4 {
      let direction = Tensor.random(cells.shape, using: &random)
      let slope = finiteDifference(
        of: { dot(paint(painter, $0[0]), weights) }, at: [cells], along: [direction],
        step: 1 / 1024)
      #expect(
        abs(slope - dot(slopes, direction)) < Tolerance.smallStep * max(1, abs(slope)),
        "\(slope), \(dot(slopes, direction))")
    }
  }

  @Test("cells of a painting paint it again", arguments: canvases)
  func roundTrip(_ canvas: Case) throws {
    var random = TestRandom(62)
    let painter = self.painter(canvas)
    let painted = paint(painter, .random([painter.count], using: &random))
    let again = paint(
      painter, Tensor(shape: [painter.count], values: try painter.cells(of: painted)))
    let difference = Deviation(of: again, from: painted).relative
    // A sound is only as near as its inversion comes.
    if canvas.canvas == .waveform {
      #expect(difference < 0.5)
    } else {
      #expect(difference < 1e-3)
    }
  }

  @Test("cells that are no finite number are noticed", arguments: canvases)
  func notFinite(_ canvas: Case) {
    let painter = self.painter(canvas)
    var cells = [Float](repeating: 0.5, count: painter.count)
    cells[painter.count / 2] = .nan
    var painted = [Float](repeating: 0, count: input.shape.count)
    #expect(!painter.paint(cells, into: &painted))
  }
}

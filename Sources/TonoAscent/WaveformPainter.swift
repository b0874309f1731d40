import TonoAudio
import TonoNetwork

/// Samples of a sound, whose ends are faded before the front end sees them: what is played is what the
/// network was shown.
final class WaveformPainter: Painter {
  var count: Int { pass.sampleCount }

  /// Samples have eight times as many cells as the spectrogram to move it with, and their loudness is
  /// nothing that the network knows: longer steps reach up to 5 % more in as many
  /// (`tonobench sounds --methods 5`).
  var stepScale: Float { 4 }

  private let frontEnd: FrontEnd
  private let pass: DifferentiableFrontEnd
  private let fade: Fade
  private let samples: AlignedFloats
  private let gradient: AlignedFloats

  init(_ frontEnd: FrontEnd) {
    self.frontEnd = frontEnd
    pass = DifferentiableFrontEnd(frontEnd)
    fade = Fade(sampleCount: pass.sampleCount, sampleRate: frontEnd.sampleRate)
    samples = AlignedFloats(count: pass.sampleCount)
    gradient = AlignedFloats(count: pass.sampleCount)
  }

  func paint(_ cells: UnsafePointer<Float>, into input: UnsafeMutablePointer<Float>) -> Bool {
    samples.start.update(from: cells, count: count)
    fade.apply(to: samples.start, count: count)
    pass.features(of: samples.start, into: input)
    return KernelSet.current.sum(input, count: frontEnd.inputShape.count).isFinite
  }

  func adjoint(
    _ gradient: UnsafeMutablePointer<Float>, input: UnsafePointer<Float>
  ) -> PaintedGradient {
    pass.pullBack(gradient, into: self.gradient.start)
    fade.apply(to: self.gradient.start, count: count)
    return PaintedGradient(self.gradient.start, count: count)
  }

  /// The samples of the input's inversion, at a root mean square of 1 like the noise of a start.
  func cells(of input: Tensor) throws -> [Float] {
    let sound = try Inversion().sound(of: input.reshaped(frontEnd.inputShape), frontEnd: frontEnd)
    let scale = sound.rootMeanSquare
    return scale > 0 ? sound.samples.map { $0 / scale } : sound.samples
  }

  func sound(of cells: UnsafePointer<Float>) -> Waveform? {
    var samples = Array(UnsafeBufferPointer(start: cells, count: count))
    fade.apply(to: &samples, count: count)
    return Waveform(samples: samples, sampleRate: frontEnd.sampleRate)
  }
}

import TonoAudio
import TonoCore
import TonoNetwork

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Samples of a sound, whose ends are faded before the front end sees them: what is played is what the
/// network was shown.
///
/// Where the front end hears loudness, cells are bent into the range of a sound file: y = level · sinh(bend ·
/// cell), x = limit · tanh(y / limit). A network that likes it loud would else climb beyond what can be played;
/// and one that likes silence beside sound needs steps that are fine where samples are small, coarse where they
/// are large.
final class WaveformPainter: Painter {
  var count: Int { pass.sampleCount }

  /// Samples have eight times as many cells as the spectrogram to move it with, and their loudness is
  /// nothing that most networks know: longer steps reach up to 5 % more in as many
  /// (`tonobench sounds --methods 5`).
  var stepScale: Float { 4 }

  /// What samples stay below: −6 dB, as the peaks between samples of wide bands reach some 5 dB above them.
  private static let limit: Float = 0.5

  /// What a small cell is multiplied by, with `bend`: noise of unit variance, a start, is at some −47 dB.
  private static let level: Float = 0.002

  /// How fast larger cells grow: one unit is some 13 dB.
  private static let bend: Float = 1.5

  private let kernels = KernelSet.current
  let frontEnd: FrontEnd
  private let pass: DifferentiableFrontEnd
  private let fade: Fade
  /// dx/dcell of the last painting, where cells are bent.
  private let slopes: AlignedFloats?
  /// How the sound reaches the network in the paintings to come; nil for as it is.
  private var way: Hearing.Way?

  init(_ frontEnd: FrontEnd) {
    self.frontEnd = frontEnd
    pass = DifferentiableFrontEnd(frontEnd)
    fade = Fade(sampleCount: pass.sampleCount, sampleRate: frontEnd.sampleRate)
    slopes = frontEnd.hearsLoudness ? AlignedFloats(count: pass.sampleCount) : nil
  }

  func paint(_ cells: UnsafePointer<Float>, into input: UnsafeMutablePointer<Float>) -> Bool {
    let (samples, delay) = (pass.samples, way?.delay ?? 0)
    bend(cells, into: samples + delay)
    fade.apply(to: samples + delay, count: count)
    // What is heard later ends beyond the last sample.
    samples.clear(count: delay)
    (samples + count).clear(count: delay)
    pass.features(into: input, heard: way)
    return kernels.sum(input, count: frontEnd.inputShape.count).isFinite
  }

  func adjoint(
    _ gradient: UnsafeMutablePointer<Float>, input: UnsafePointer<Float>
  ) -> PaintedGradient {
    pass.pullBack(gradient)
    let delay = way?.delay ?? 0
    (pass.dSamples + count).clear(count: delay)
    let dSamples = pass.dSamples + delay
    fade.apply(to: dSamples, count: count)
    guard let slopes else { return PaintedGradient(dSamples, count: count) }
    return PaintedGradient(
      start: dSamples, squares: kernels.multiply(dSamples, by: slopes.start, count: count))
  }

  var hearingFrontEnd: FrontEnd? { frontEnd }

  func hear(_ way: Hearing.Way?) { self.way = way }

  /// The samples of the input's inversion; where loudness does not count, at a root mean square of 1 like the
  /// noise of a start.
  func cells(of input: Tensor) throws -> [Float] {
    let sound = try Inversion().sound(of: input.reshaped(frontEnd.inputShape), frontEnd: frontEnd)
    guard slopes != nil else {
      let scale = sound.rootMeanSquare
      return scale > 0 ? sound.samples.map { $0 / scale } : sound.samples
    }
    return sound.samples.map { sample in
      let share = min(max(sample / Self.limit, -0.999), 0.999)
      return asinhf(atanhf(share) * Self.limit / Self.level) / Self.bend
    }
  }

  func sound(of cells: UnsafePointer<Float>) -> Waveform? {
    var samples = [Float](repeating: 0, count: count)
    bend(cells, into: &samples)
    fade.apply(to: &samples, count: count)
    return Waveform(samples: samples, sampleRate: frontEnd.sampleRate)
  }

  /// Writes the samples that cells are.
  private func bend(_ cells: UnsafePointer<Float>, into samples: UnsafeMutablePointer<Float>) {
    guard let slopes else {
      samples.update(from: cells, count: count)
      return
    }
    kernels.bend(
      cells, limit: Self.limit, level: Self.level, bend: Self.bend, into: samples,
      slopes: slopes.start, count: count)
  }
}

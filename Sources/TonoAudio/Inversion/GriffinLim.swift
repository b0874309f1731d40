import Foundation
import TonoCore

/// Finds a sound whose spectrogram has given magnitudes, by the fast Griffin–Lim algorithm.
///
/// Perraudin, Balázs & Søndergaard (WASPAA 2013) with momentum α = 0.99, in the form of librosa:
/// the phases of step n are those of `c(n) − α/(1+α) · c(n−1)`, which point where their
/// `c(n) + α (c(n) − c(n−1))` does. The start is phasors of modulus 1 drawn from a seed.
struct GriffinLim {
  private let transform: ShortTimeFourierTransform<Float>
  private let workspace: ShortTimeFourierTransform<Float>.Workspace
  /// `[frames, bins]`.
  private let magnitudes: [Float]
  private let frames: Int
  /// Which samples of the padded sound are the sound; those around it are zero.
  private let inside: Range<Int>
  /// What turns overlapped frames into samples.
  private let gain: [Float]
  /// `[frames, bins]` numbers of modulus 1.
  private var phasors: [SIMD2<Float>]
  /// The spectrogram of the sound one step ago, `[frames, bins]`.
  private var previous: [SIMD2<Float>]
  /// The sound of the magnitudes and the present phases, with padding around it.
  private var padded: [Float]

  private static let momentum: Float = 0.99

  /// A search that begins with phases drawn from `seed`.
  ///
  /// - Parameters:
  ///   - transform: Its hop is at most a quarter of its window.
  ///   - magnitudes: `[frames, bins]`, for every frame of the sound.
  ///   - count: The number of samples of the sound.
  ///   - seed: The same seed gives the same sound.
  init(
    transform: ShortTimeFourierTransform<Float>, magnitudes: [Float], count: Int, seed: UInt64
  ) {
    self.transform = transform
    self.magnitudes = magnitudes
    frames = transform.frameCount(forSamples: count)
    precondition(
      magnitudes.count == frames * transform.bins, "magnitudes of another number of frames")
    workspace = ShortTimeFourierTransform<Float>.Workspace(size: transform.fftSize)
    inside = transform.margin..<transform.margin + count
    gain = transform.overlapGain(frames: frames, count: count)
    var generator = SplitMix64(seed: seed)
    phasors = magnitudes.map { _ in
      let angle = Float.random(in: 0..<(2 * .pi), using: &generator)
      return [cos(angle), sin(angle)]
    }
    previous = Array(repeating: .zero, count: phasors.count)
    padded = Array(repeating: 0, count: gain.count)
    synthesize()
  }

  /// The sound found so far.
  var sound: [Float] { Array(padded[inside]) }

  /// Makes phases and sound agree better, `iterations` times.
  mutating func improve(iterations: Int) {
    for _ in 0..<iterations {
      analyze()
      synthesize()
    }
  }

  /// Sets the sound to that of the magnitudes and the present phases.
  private mutating func synthesize() {
    let bins = transform.bins
    phasors.withUnsafeBufferPointer { phasors in
      magnitudes.withUnsafeBufferPointer { magnitudes in
        padded.withUnsafeMutableBufferPointer { padded in
          padded.update(repeating: 0)
          for frame in 0..<frames {
            let start = frame * bins
            for bin in 0..<bins {
              workspace.spectrum[bin] = magnitudes[start + bin] * phasors[start + bin]
            }
            transform.overlap(workspace, frame: frame, into: padded)
          }
          padded[..<inside.lowerBound].update(repeating: 0)
          padded[inside.upperBound...].update(repeating: 0)
          for i in inside { padded[i] *= gain[i] }
        }
      }
    }
  }

  /// Sets the phases to those of the sound, with momentum.
  private mutating func analyze() {
    let bins = transform.bins
    let lag = Self.momentum / (1 + Self.momentum)
    phasors.withUnsafeMutableBufferPointer { phasors in
      previous.withUnsafeMutableBufferPointer { previous in
        padded.withUnsafeBufferPointer { padded in
          for frame in 0..<frames {
            transform.analyze(padded, frame: frame, workspace)
            let start = frame * bins
            for bin in 0..<bins {
              let value = workspace.spectrum[bin]
              let step = value - lag * previous[start + bin]
              previous[start + bin] = value
              let square = step.x * step.x + step.y * step.y
              phasors[start + bin] =
                square > Float.leastNormalMagnitude ? step / square.squareRoot() : [1, 0]
            }
          }
        }
      }
    }
  }
}

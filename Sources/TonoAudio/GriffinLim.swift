import Foundation

/// Finds a sound whose spectrogram has given magnitudes, by the fast Griffin–Lim algorithm.
///
/// Perraudin, Balázs & Søndergaard (WASPAA 2013) with momentum α = 0.99, in the form of librosa:
/// the phases of step n are those of `c(n) − α/(1+α) · c(n−1)`, which point where their
/// `c(n) + α (c(n) − c(n−1))` does. The start is phasors of modulus 1 drawn from a seed.
struct GriffinLim {
  /// The transform between sound and spectrogram; its hop is at most a quarter of its window.
  let transform: ShortTimeFourierTransform<Float>
  /// How many times the phases are made consistent.
  let iterations: Int
  /// What the first phases are drawn from.
  let seed: UInt64

  private static let momentum: Float = 0.99

  /// A sound of `count` samples.
  ///
  /// - Parameter magnitudes: `[frames, bins]` for every frame of such a sound.
  func sound(magnitudes: [Float], count: Int) -> [Float] {
    let bins = transform.bins
    let frames = transform.frameCount(forSamples: count)
    precondition(magnitudes.count == frames * bins, "magnitudes of another number of frames")
    let lag = Self.momentum / (1 + Self.momentum)
    let gain = transform.overlapGain(frames: frames, count: count)
    let inside = transform.padding..<transform.padding + count
    let workspace = RealFourierTransform<Float>.Workspace(size: transform.fftSize)
    var phasors = randomPhasors(count: magnitudes.count)
    var previous = [SIMD2<Float>](repeating: .zero, count: magnitudes.count)
    var padded = [Float](repeating: 0, count: gain.count)

    padded.withUnsafeMutableBufferPointer { padded in
      phasors.withUnsafeMutableBufferPointer { phasors in
        previous.withUnsafeMutableBufferPointer { previous in
          magnitudes.withUnsafeBufferPointer { magnitudes in
            for iteration in 0...iterations {
              padded.update(repeating: 0)
              for frame in 0..<frames {
                let start = frame * bins
                for bin in 0..<bins {
                  workspace.spectrum[bin] = magnitudes[start + bin] * phasors[start + bin]
                }
                transform.overlap(workspace, frame: frame, into: padded)
              }
              for i in padded.indices { padded[i] = inside.contains(i) ? padded[i] * gain[i] : 0 }
              if iteration == iterations { break }

              for frame in 0..<frames {
                transform.analyze(UnsafeBufferPointer(padded), frame: frame, workspace)
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
    return Array(padded[inside])
  }

  private func randomPhasors(count: Int) -> [SIMD2<Float>] {
    var generator = SplitMix64(seed: seed)
    return (0..<count).map { _ in
      let angle = Float.random(in: 0..<(2 * .pi), using: &generator)
      return [cos(angle), sin(angle)]
    }
  }
}

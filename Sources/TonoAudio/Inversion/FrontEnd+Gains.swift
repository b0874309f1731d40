import Foundation
import TonoCore

extension FrontEnd {
  /// What gains of bands and frames leave of a sound: its own samples, with the cells of its spectrogram
  /// turned down.
  ///
  /// The sound is analysed in frames that overlap fourfold, whatever the front end's hop, and every Fourier
  /// bin gets the gain at its frequency and time, linear between the centres of cells; phases stay. Bins
  /// that no band hears are silent.
  ///
  /// - Parameters:
  ///   - gains: `[bands, frames]`, of 0 (silent) to 1 (as it was).
  ///   - sound: of any rate and length; what the front end does not hear of it is left out.
  /// - Returns: a sound at the front end's sample rate, as long as its frames.
  /// - Throws: `InputError` if the front end is not valid, or the sound cannot be resampled.
  /// - Complexity: O(frames · fftSize · log fftSize).
  public func applying(gains: Tensor, to sound: Waveform) throws -> Waveform {
    try validate()
    precondition(gains.shape == [bands, frames], "a gain for each band and frame")
    let samples = try sound.resampled(to: sampleRate).fitted(toCount: patternSampleCount).samples
    let transform = ShortTimeFourierTransform<Float>(
      fftSize: fftSize, windowLength: windowLength, hop: max(1, windowLength / 4))
    var spectrogram = transform.spectrogram(of: samples)
    let rows = (0..<transform.bins).map { bin in
      bandPosition(of: Double(bin) * Double(sampleRate) / Double(fftSize))
    }
    for frame in 0..<spectrogram.frames {
      let seconds = Double(frame * transform.hop) / Double(sampleRate)
      let column = (seconds - firstFrameSeconds) / frameSeconds
      for (bin, row) in rows.enumerated() {
        let isHeard = row > -1 && row < Double(bands)
        spectrogram.values[frame * transform.bins + bin] *=
          isHeard ? gains.interpolated(row, column) : 0
      }
    }
    return Waveform(
      samples: transform.samples(of: spectrogram, count: samples.count), sampleRate: sampleRate)
  }
}

extension Tensor {
  /// The value of a matrix between its cells; outside of them that of the nearest.
  fileprivate func interpolated(_ row: Double, _ column: Double) -> Float {
    func place(_ position: Double, _ count: Int) -> (below: Int, above: Int, share: Float) {
      let position = min(max(position, 0), Double(count - 1))
      let below = Int(position)
      return (below, min(below + 1, count - 1), Float(position - Double(below)))
    }
    let (down, along) = (place(row, shape[0]), place(column, shape[1]))
    func line(_ row: Int) -> Float {
      let (a, b) = (
        values[row * shape[1] + along.below], values[row * shape[1] + along.above]
      )
      return a + along.share * (b - a)
    }
    return line(down.below) + down.share * (line(down.above) - line(down.below))
  }
}

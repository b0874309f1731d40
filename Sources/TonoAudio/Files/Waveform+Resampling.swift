import CTonoSoxr
import TonoCore

extension Waveform {
  /// The same sound at another sample rate, of ⌈samples · ratio⌉ samples.
  ///
  /// The resampler is libsoxr at its high quality (20 bits), which librosa uses as `soxr_hq`, so
  /// that features agree. A sound that has the rate already comes back unchanged.
  ///
  /// - Throws: `InputError` when the resampler refuses.
  public func resampled(to rate: Int) throws -> Waveform {
    precondition(rate > 0, "a sample rate of \(rate) Hz")
    guard rate != sampleRate, !samples.isEmpty else {
      return Waveform(samples: samples, sampleRate: rate)
    }
    let ratio = Double(rate) / Double(sampleRate)
    let count = Int((Double(samples.count) * ratio).rounded(.up))
    var output = [Float](repeating: 0, count: count)
    var quality = soxr_quality_spec(UInt(SOXR_20_BITQ), 0)
    var format = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I)
    var written = 0
    let failure = soxr_oneshot(
      Double(sampleRate), Double(rate), 1, samples, samples.count, nil, &output, count, &written,
      &format, &quality, nil)
    if let failure {
      throw InputError(
        "cannot resample from \(sampleRate) Hz to \(rate) Hz: \(String(cString: failure))")
    }
    return Waveform(samples: output, sampleRate: rate)
  }
}

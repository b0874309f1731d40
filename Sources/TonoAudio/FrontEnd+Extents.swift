/// Where cells of an input lie in time and frequency.
extension FrontEnd {
  /// The time that the windows of some frames span, in seconds of a sound of `seconds`.
  public func seconds(ofFrames frames: Range<Int>) -> ClosedRange<Double> {
    let reach = Double(windowLength) / 2
    let (lowest, highest) = (
      firstCentre + frames.lowerBound * hop, firstCentre + (frames.upperBound - 1) * hop
    )
    let first = (Double(lowest) - reach) / Double(sampleRate)
    let last = (Double(highest) + reach) / Double(sampleRate)
    return (first...max(first, last)).clamped(to: 0...seconds)
  }

  /// The frequencies that some bands take in, with the skirts of the outermost, in Hz.
  public func hertz(ofBands bands: Range<Int>) -> ClosedRange<Double> {
    let edges = MelFilterBank.edges(
      bands: self.bands, lowest: lowestFrequency, highest: highestFrequency, scale: melScale)
    return edges[bands.lowerBound]...edges[bands.upperBound + 1]
  }
}

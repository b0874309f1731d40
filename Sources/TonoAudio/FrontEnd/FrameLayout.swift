/// Where a sound's samples lie among what stands around them, for the frames of a front end.
struct FrameLayout {
  /// How many samples stand before the first one.
  let margin: Int
  /// How many there are in all: whatever a frame reads.
  let count: Int
  /// The places where another sample stands again, counted with the margin.
  let copies: [(place: Int, source: Int)]

  /// The frames of a valid front end on sounds of so many samples.
  init(_ frontEnd: FrontEnd, sampleCount: Int) {
    let padding = frontEnd.padding
    let margin = padding.margin(fftSize: frontEnd.fftSize)
    let reach = (frontEnd.frames - 1) * frontEnd.hop + frontEnd.fftSize
    let count = max(sampleCount + 2 * margin, reach)
    // A pattern shorter than the front end's sounds is followed by zeros, not by itself.
    let isWhole = sampleCount == frontEnd.sampleCount
    let end = isWhole ? margin + sampleCount + margin : margin
    copies = (Array(0..<margin) + Array(min(margin + sampleCount, end)..<end)).compactMap { place in
      padding.sample(at: place - margin, count: sampleCount).map { (place, margin + $0) }
    }
    self.margin = margin
    self.count = count
  }
}

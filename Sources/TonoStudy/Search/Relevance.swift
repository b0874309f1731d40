import TonoAudio
import TonoCore

/// Which cells of a spectrogram a score rests on: its gradient times the input.
///
/// Source: Shrikumar et al., "Not just a black box", 2016.
/// Inputs are normalized to zero mean, so that a cell counts where its level departs from the sound's mean
/// and the score would follow.
public struct Relevance: Sendable {
  /// Gradient times input, `[bands, frames]`: cells above 0 speak for the score, those below against it.
  public let cells: Tensor
  /// The front end that made the input.
  public let frontEnd: FrontEnd

  /// The relevance of an input's cells for a score of which the gradient is known.
  ///
  /// - Parameters:
  ///   - input: what the network saw, of the front end's `inputShape`.
  ///   - gradient: the score's gradient with respect to it.
  ///   - frontEnd: what made the input.
  public init(input: Tensor, gradient: Tensor, frontEnd: FrontEnd) {
    self.frontEnd = frontEnd
    let product = Tensor(shape: input.shape, values: zip(input.values, gradient.values).map(*))
    cells = frontEnd.spectrogram(of: product)
  }

  /// A part of the spectrogram, in cells and in seconds and Hz.
  public struct Part: Codable, Sendable, Equatable {
    /// The bands, from the lowest.
    public let bands: Range<Int>
    /// The frames.
    public let frames: Range<Int>
    /// What the bands take in, in Hz.
    public let hertz: ClosedRange<Double>
    /// What the frames take in, in seconds from the spectrogram's beginning.
    public let seconds: ClosedRange<Double>
    /// Which share of all that speaks for the score lies in it.
    public let share: Double
  }

  /// Which share of the evidence each side of the part holds.
  private static let share = 0.8

  /// The part that the score rests on: the shortest stretch and the fewest neighbouring bands that each
  /// hold 80 % of what speaks for it; nil if nothing does.
  public var part: Part? {
    let (bands, frames) = (frontEnd.bands, frontEnd.frames)
    let evidence = cells.values.map { Double(max(0, $0)) }
    let rows = (0..<bands).map { evidence[$0 * frames..<($0 + 1) * frames].reduce(0, +) }
    let columns = (0..<frames).map { frame in
      (0..<bands).reduce(0) { $0 + evidence[$1 * frames + frame] }
    }
    guard let ownBands = Self.shortest(rows), let ownFrames = Self.shortest(columns) else {
      return nil
    }
    let inside = ownBands.reduce(0.0) { sum, band in
      ownFrames.reduce(sum) { $0 + evidence[band * frames + $1] }
    }
    return Part(
      bands: ownBands, frames: ownFrames, hertz: frontEnd.hertz(ofBands: ownBands),
      seconds: frontEnd.seconds(ofFrames: ownFrames), share: inside / rows.reduce(0, +))
  }

  /// The shortest run of numbers that holds its share of their sum; nil if they are all 0.
  private static func shortest(_ numbers: [Double]) -> Range<Int>? {
    let total = numbers.reduce(0, +)
    guard total > 0, total.isFinite else { return nil }
    let wanted = share * total * (1 - 1e-9)
    var (best, start, sum) = (numbers.indices, 0, 0.0)
    for end in numbers.indices {
      sum += numbers[end]
      while sum - numbers[start] >= wanted {
        sum -= numbers[start]
        start += 1
      }
      if sum >= wanted, end + 1 - start < best.count { best = start..<end + 1 }
    }
    return best
  }

  /// How much of each cell is heard when the evidence alone is played, `[bands, frames]` in 0…1: what speaks
  /// for the score, spread over neighbouring cells, in parts of its 95th percentile among cells with any.
  public var gains: Tensor {
    let (bands, frames) = (frontEnd.bands, frontEnd.frames)
    var evidence = cells.values.map { max(0, $0) }
    evidence = Self.smoothed(evidence, rows: bands, columns: frames)
    let positive = evidence.filter { $0 > 0 }.sorted()
    guard let full = positive.dropLast(positive.count / 20).last else {
      return Tensor(shape: cells.shape)
    }
    return Tensor(shape: cells.shape, values: evidence.map { min(1, $0 / full) })
  }

  /// How far evidence is spread, in cells to either side.
  private static let reach = 2

  /// Each cell's mean with its neighbours, along rows and then columns.
  private static func smoothed(_ cells: [Float], rows: Int, columns: Int) -> [Float] {
    func mean(_ count: Int, _ place: Int, _ value: (Int) -> Float) -> Float {
      let near = max(0, place - reach)...min(count - 1, place + reach)
      return near.reduce(0) { $0 + value($1) } / Float(near.count)
    }
    let along = (0..<rows * columns).map { cell in
      let row = cell / columns
      return mean(columns, cell % columns) { cells[row * columns + $0] }
    }
    return (0..<rows * columns).map { cell in
      mean(rows, cell / columns) { along[$0 * columns + cell % columns] }
    }
  }
}

import TonoAscent
import TonoAudio
import TonoCore
import TonoNetwork

/// What a neuron's most excited cell sees of an example.
public struct ExampleField: Codable, Hashable, Sendable {
  /// The cell; nil for an element of a vector.
  public var unit: Unit?
  /// The rows of the input that it sees, from the first to before the last.
  public var bands: Range<Int>
  /// The columns of the input that it sees, from the first to before the last.
  public var frames: Range<Int>
  /// The frequencies of these bands, in Hz.
  public var hertz: ClosedRange<Double>
  /// The time of these frames' windows, in seconds of the file; without what is behind the sound's end,
  /// unless all of it is.
  public var seconds: ClosedRange<Double>

  /// A cell of a map.
  public struct Unit: Codable, Hashable, Sendable {
    /// The row, from 0.
    public var row: Int
    /// The column, from 0.
    public var column: Int
  }

  /// The field of an objective's cell.
  ///
  /// - Parameters:
  ///   - objective: the objective, of which the first readout counts.
  ///   - peak: the place of the cell among that readout's, in row-major order.
  ///   - network: whose cells they are.
  ///   - input: the input that it sees.
  ///   - frontEnd: what is before that input.
  ///   - stretch: what the front end is given.
  /// - Throws: `NeuronError` or `NetworkError` if there is no such neuron.
  init(
    of objective: Objective, peak: Int, in network: Network, input: String, frontEnd: FrontEnd,
    stretch: Stretch
  ) throws {
    let readout = objective.terms[0].readout
    let cell = try readout.region(in: network).cell(peak)
    let field = try ReceptiveField(of: cell, in: readout.layer, of: network).regions[input]
    // A cell that sees nothing but padding is shown with the whole input.
    let sides = Self.sides(of: field, frontEnd)
    if cell.ranges.count == 3 {
      unit = Unit(row: cell.ranges[1].lowerBound, column: cell.ranges[2].lowerBound)
    }
    (bands, frames) = (sides.bands, sides.frames)
    hertz = frontEnd.hertz(ofBands: bands)
    var heard = frontEnd.seconds(ofFrames: frames)
    if heard.lowerBound < stretch.sound.seconds {
      heard = heard.clamped(to: 0...stretch.sound.seconds)
    }
    seconds = stretch.start + heard.lowerBound...stretch.start + heard.upperBound
  }

  /// The bands and frames of a region of an input.
  private static func sides(
    of field: Region?, _ frontEnd: FrontEnd
  ) -> (bands: Range<Int>, frames: Range<Int>) {
    let whole = (bands: 0..<frontEnd.bands, frames: 0..<frontEnd.frames)
    // Inputs may have axes of one element anywhere.
    var ranges = field?.ranges ?? []
    while ranges.count > 2, let unit = ranges.firstIndex(of: 0..<1) { ranges.remove(at: unit) }
    guard ranges.count == 2 else { return whole }
    return frontEnd.axes == .bandsFrames ? (ranges[0], ranges[1]) : (ranges[1], ranges[0])
  }
}

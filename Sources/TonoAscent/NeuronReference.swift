import TonoCore
import TonoNetwork

/// Which neuron to excite, with one text form used everywhere.
///
/// `nyu_conv_3:17` is channel 17 of a node (the mean of its map), `nyu_conv_3:17@12,0` the one unit
/// of it in row 12 and column 0, `dense_1:5` element 5 of a fully connected layer. All count from 0.
/// The node's name says whether it is meant before or after the activation.
public struct NeuronReference: Hashable, Sendable, Codable, CustomStringConvertible {
  /// The name of the node.
  public let layer: String
  /// The channel of a map, or the element of a vector.
  public let channel: Int
  /// One cell of the channel's map, or none for the whole map.
  public let unit: Unit?

  /// One cell of a map.
  public struct Unit: Hashable, Sendable {
    /// The row: a band, or what convolution has made of bands.
    public let row: Int
    /// The column: a frame, or what convolution has made of frames.
    public let column: Int

    /// The cell in `row` and `column`.
    public init(row: Int, column: Int) {
      self.row = row
      self.column = column
    }
  }

  /// A channel of a node, or one unit of it.
  public init(layer: String, channel: Int, unit: Unit? = nil) {
    self.layer = layer
    self.channel = channel
    self.unit = unit
  }

  /// Reads the text form.
  ///
  /// - Throws: `NeuronError` if the text is none, or names several neurons.
  public init(_ text: String) throws {
    let selection = try NeuronSelection(text)
    guard case .range(let channels) = selection.channels, channels.count == 1 else {
      throw NeuronError.malformed(text)
    }
    self.init(layer: selection.layer, channel: channels.lowerBound, unit: selection.unit)
  }

  /// Reads the text form.
  public init(from decoder: any Decoder) throws {
    try self.init(try decoder.singleValueContainer().decode(String.self))
  }

  /// Writes the text form.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  /// The text form.
  public var description: String { "\(layer):\(name)" }

  /// The part of the text form behind the layer, which also names files: `17` or `17@12,0`.
  public var name: String {
    unit.map { "\(channel)@\($0.row),\($0.column)" } ?? "\(channel)"
  }

  /// The path of the neuron's files without their extension: `LAYER/17`.
  public var path: String { "\(fileName(layer))/\(name)" }

  /// The neuron's cells in a sample of its node.
  ///
  /// - Throws: `NeuronError` if the node has no such channel or unit, `NetworkError` if there is no
  ///   such node.
  public func region(in network: Network) throws -> Region {
    let node = try network.node(layer)
    let shape = try network.shape(of: node.name)
    guard shape.rank > 0, (0..<shape[0]).contains(channel) else {
      throw NeuronError.noChannel(self, shape: shape)
    }
    let channelRange = channel..<channel + 1
    guard let unit else {
      return Region([channelRange] + shape.extents.dropFirst().map { 0..<$0 })
    }
    guard shape.rank == 3, (0..<shape[1]).contains(unit.row), (0..<shape[2]).contains(unit.column)
    else { throw NeuronError.noUnit(self, shape: shape) }
    return Region([channelRange, unit.row..<unit.row + 1, unit.column..<unit.column + 1])
  }
}

/// What a user types: one neuron, a range `nyu_conv_3:0-11`, or all of a layer `nyu_conv_3:*`.
public struct NeuronSelection: Hashable, Sendable {
  /// Which channels of a node.
  public enum Channels: Hashable, Sendable {
    /// These, both ends included in the text form.
    case range(ClosedRange<Int>)
    /// All of them.
    case all
  }

  /// The name of the node.
  public let layer: String
  /// The channels meant.
  public let channels: Channels
  /// The cell of each channel's map, or none for whole maps.
  public let unit: NeuronReference.Unit?

  /// Reads `layer:17`, `layer:0-11`, `layer:*`, each with or without `@row,column`.
  ///
  /// - Throws: `NeuronError.malformed` for any other text.
  public init(_ text: String) throws {
    guard let colon = text.lastIndex(of: ":"), colon > text.startIndex else {
      throw NeuronError.malformed(text)
    }
    layer = String(text[..<colon])
    let parts = text[text.index(after: colon)...].split(
      separator: "@", omittingEmptySubsequences: false)
    let bounds = parts[0].split(separator: "-", omittingEmptySubsequences: false).map {
      Self.index($0)
    }
    switch (bounds.count, bounds.first ?? nil, bounds.last ?? nil) {
    case (1, let channel?, _): channels = .range(channel...channel)
    case (2, let first?, let last?) where first <= last: channels = .range(first...last)
    case (1, nil, _) where parts[0] == "*": channels = .all
    default: throw NeuronError.malformed(text)
    }
    guard parts.count > 1 else {
      unit = nil
      return
    }
    let cell = parts[1].split(separator: ",", omittingEmptySubsequences: false).map {
      Self.index($0)
    }
    guard parts.count == 2, cell.count == 2, let row = cell[0], let column = cell[1] else {
      throw NeuronError.malformed(text)
    }
    unit = NeuronReference.Unit(row: row, column: column)
  }

  /// The neurons meant, in the order of their channels; each exists.
  ///
  /// - Throws: `NeuronError` or `NetworkError` if the network has no such neuron.
  public func neurons(in network: Network) throws -> [NeuronReference] {
    let count = try network.shape(of: try network.node(layer).name).extents.first ?? 0
    let range = if case .range(let range) = channels { range } else { 0...max(0, count - 1) }
    // A range's last neuron is looked at first, so that an endless one fails before it is spelled out.
    _ = try NeuronReference(layer: layer, channel: range.upperBound, unit: unit).region(in: network)
    return range.map { NeuronReference(layer: layer, channel: $0, unit: unit) }
  }

  /// A number that counts from 0, written with digits alone.
  private static func index(_ text: Substring) -> Int? {
    text.allSatisfy(\.isWholeNumber) ? Int(text) : nil
  }
}

/// Why a text does not name a neuron of a network, in one sentence.
public enum NeuronError: Error, Equatable, CustomStringConvertible {
  /// The text has none of the known forms.
  case malformed(String)
  /// The node has fewer channels.
  case noChannel(NeuronReference, shape: Shape)
  /// The node's maps have no such cell, or it has no maps.
  case noUnit(NeuronReference, shape: Shape)

  /// The sentence.
  public var description: String {
    switch self {
    case .malformed(let text):
      """
      '\(text)' does not name a neuron; write LAYER:CHANNEL, LAYER:FIRST-LAST, LAYER:* or \
      LAYER:CHANNEL@ROW,COLUMN, counting from 0
      """
    case .noChannel(let neuron, let shape):
      """
      there is no neuron '\(neuron)': '\(neuron.layer)' (\(shape)) has channels 0 to \
      \(max(0, (shape.extents.first ?? 0) - 1)); the nearest is \
      \(neuron.layer):\(max(0, (shape.extents.first ?? 0) - 1))
      """
    case .noUnit(let neuron, let shape) where shape.rank != 3:
      """
      there is no neuron '\(neuron)': '\(neuron.layer)' (\(shape)) has no map; write \
      \(neuron.layer):\(neuron.channel)
      """
    case .noUnit(let neuron, let shape):
      """
      there is no neuron '\(neuron)': the maps of '\(neuron.layer)' have rows 0 to \(shape[1] - 1) \
      and columns 0 to \(shape[2] - 1)
      """
    }
  }
}

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

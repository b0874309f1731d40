import TonoCore
import TonoNetwork

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

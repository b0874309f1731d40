import TonoCore
import TonoNetwork

/// Cells of a layer, and how they become a number: what an ``Objective`` is made of.
///
/// | text | number |
/// |---|---|
/// | `conv_3:17` | the mean of channel 17, or element 17 of a vector |
/// | `conv_3:17@12,0` | one unit of it |
/// | `mean(conv_3)` | the mean of all cells |
/// | `square(conv_3)` | the mean of their squares, which DeepDream climbs |
/// | `direction(conv_3, [0.5, 0, -1], 2)` | how far the channels lie along a direction: see ``Measure`` |
public struct Readout: Hashable, Sendable {
  /// Which cells.
  public enum Cells: Hashable, Sendable {
    /// A channel's map, or an element of a vector.
    case channel(Int)
    /// One cell of a channel's map.
    case unit(channel: Int, NeuronReference.Unit)
    /// All of the layer.
    case all
  }

  /// How cells become a number.
  public enum Measure: Hashable, Sendable {
    /// Their mean: of one cell its value.
    case mean
    /// The mean of their squares.
    case meanSquare
    /// The mean over all places p of a map of (v·aₚ)·max(c, 0.1)ᵏ, with the channels' values aₚ there, a
    /// direction v of as many numbers, and the cosine c of the angle between them.
    ///
    /// The cosine keeps the direction itself from being traded for sheer size (Carter et al.,
    /// "Activation Atlas", Distill 2019); a vector is one place.
    case direction([Float], cosinePower: Int)
  }

  /// The name of the node.
  public let layer: String
  /// The cells.
  public let cells: Cells
  /// How they become a number.
  public let measure: Measure

  /// A neuron: the mean of its cells.
  public init(_ neuron: NeuronReference) {
    layer = neuron.layer
    cells =
      neuron.unit.map { .unit(channel: neuron.channel, $0) } ?? .channel(neuron.channel)
    measure = .mean
  }

  private init(layer: String, cells: Cells, measure: Measure) {
    (self.layer, self.cells, self.measure) = (layer, cells, measure)
  }

  /// The mean of all cells of a layer.
  public static func mean(of layer: String) -> Readout {
    Readout(layer: layer, cells: .all, measure: .mean)
  }

  /// The mean square of all cells of a layer.
  public static func meanSquare(of layer: String) -> Readout {
    Readout(layer: layer, cells: .all, measure: .meanSquare)
  }

  /// How far a layer's channels lie along a direction, everywhere in its maps.
  ///
  /// - Parameters:
  ///   - direction: a number for each channel, not all of them zero.
  ///   - layer: the layer.
  ///   - cosinePower: how much the angle counts, 0…8; 0 is the plain projection.
  /// - Returns: the readout of all of the layer's cells.
  /// - Throws: ``ObjectiveError`` for a direction of zeros or no finite numbers, or another power.
  public static func direction(
    _ direction: [Float], in layer: String, cosinePower: Int = 0
  ) throws -> Readout {
    guard direction.allSatisfy(\.isFinite), direction.contains(where: { $0 != 0 }) else {
      throw ObjectiveError("a direction is finite numbers, not all of them zero")
    }
    guard (0...8).contains(cosinePower) else {
      throw ObjectiveError("the cosine's power is \(cosinePower); give 0 to 8")
    }
    return Readout(
      layer: layer, cells: .all, measure: .direction(direction, cosinePower: cosinePower))
  }

  /// The neuron that this is the mean of, if it is one.
  public var neuron: NeuronReference? {
    guard measure == .mean else { return nil }
    return switch cells {
    case .channel(let channel): NeuronReference(layer: layer, channel: channel)
    case .unit(let channel, let unit): NeuronReference(layer: layer, channel: channel, unit: unit)
    case .all: nil
    }
  }

  /// The cells in a sample of the node.
  ///
  /// - Throws: ``NeuronError`` or ``ObjectiveError`` if the node has no such cells or as many channels,
  ///   `NetworkError` if there is no such node.
  public func region(in network: Network) throws -> Region {
    if let neuron { return try neuron.region(in: network) }
    let shape = try network.shape(of: try network.node(layer).name)
    guard shape.count > 0 else { throw ObjectiveError("'\(layer)' (\(shape)) has no cells") }
    if case .direction(let direction, _) = measure, direction.count != shape.extents.first {
      throw ObjectiveError(
        "the direction has \(direction.count) numbers, but '\(layer)' (\(shape)) has"
          + " \(shape.extents.first ?? 0) channels; give one for each")
    }
    return Region(whole: shape)
  }
}

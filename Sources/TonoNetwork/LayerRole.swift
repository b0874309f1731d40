import TonoCore

/// What a layer does, as far as others must know to deal with it: waking a neuron, compiling, checking.
public enum LayerRole: Hashable, Sendable {
  /// Gives the same numbers whatever it reads.
  case constant
  /// Hands on the numbers of its only input in their row-major order, perhaps under another shape:
  /// there is nothing to compute.
  case view
  /// Takes every cell from an input as it is, but from another place.
  case arrangement
  /// Puts constant cells beside those of its inputs.
  case padding
  /// Maps every cell by itself, with the same function everywhere.
  case activation
  /// Makes one of several inputs, cell by cell.
  case merging
  /// Sets each cell in proportion to others, or to what such cells usually are.
  case normalization
  /// Makes one cell out of several, with no trained weights: windows, whole maps, interpolation.
  case pooling
  /// Sums cells with weights, trained ones or those of another input.
  case mixing
}

extension Layer {
  /// Mixing, of which nothing is known, unless the layer says otherwise.
  public var role: LayerRole { .mixing }

  /// Anything but constants, and sums in which the share of a single input cell is a matter of weights.
  public var handsZerosOn: Bool { role != .constant && role != .mixing }

  /// No, unless the layer says otherwise.
  public var canSleep: Bool { false }

  /// None, unless the layer says otherwise.
  public var flatPart: FlatPart? { nil }

  /// None, unless the layer says otherwise.
  public var trainedStatistics: TrainedStatistics? { nil }

  /// As many as there are trained numbers, unless the layer says otherwise.
  public func workPerCell(_ inputs: [Shape]) -> Int { parameterCount }

  /// Whether each cell stands for the cell in the same place of every input (the only one along an axis
  /// that repeats), though it may depend on others too.
  public var keepsPlaces: Bool {
    switch role {
    case .activation, .merging, .normalization: true
    case .constant, .view, .arrangement, .padding, .pooling, .mixing: false
    }
  }

  /// The cells of each input that cells of the output stand for: those in the same places if the layer
  /// keeps them, else all that they look at.
  public func counterparts(of output: Region, inputs: [Shape]) -> [Region] {
    keepsPlaces
      ? inputs.map(output.unbroadcast) : inputRegions(of: output, inputs: inputs)
  }
}

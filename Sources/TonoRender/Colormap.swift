import TonoCore

/// A colour map of 256 entries: what colour a value's place in its range has.
///
/// All but `coolwarm` run from dark to light in even perceptual steps; `coolwarm` diverges from a
/// pale grey in the middle, for signed data. The tables are matplotlib's.
public enum Colormap: String, CaseIterable, Codable, Sendable {
  /// Black over purple and orange to pale yellow.
  case magma
  /// Dark purple over teal to yellow.
  case viridis
  /// Black over red to pale yellow, of higher contrast than `magma`.
  case inferno
  /// Dark blue over pink to yellow.
  case plasma
  /// Dark blue to yellow, the same to readers with and without colour blindness.
  case cividis
  /// Black to white.
  case grey
  /// Blue over pale grey to red: diverging, for signed data (Moreland, 2009).
  case coolwarm

  /// The colour map of this name, as in `magma`.
  ///
  /// - Throws: `InputError`, which lists the known names.
  public static func named(_ name: String) throws -> Colormap {
    guard let colormap = Colormap(rawValue: name) else {
      let known = allCases.map(\.rawValue).joined(separator: ", ")
      throw InputError("no colour map is called '\(name)'; choose one of \(known)")
    }
    return colormap
  }

  /// Whether the middle of the map is its neutral colour, so that it suits signed data.
  public var isDiverging: Bool { self == .coolwarm }

  /// The 256 entries, lowest value first.
  public var colors: [Color] { table.map(Color.init(hex:)) }

  /// One of the 256 entries, 0 the lowest.
  public subscript(entry: Int) -> Color { Color(hex: table[entry]) }

  /// The 256 entries in so many steps: each has the colour in the middle of its step.
  func colors(steps: Int) -> [Color] {
    (0..<256).map { self[(2 * ($0 * steps / 256) + 1) * 128 / steps] }
  }

  /// The colour of cells that hold no number: neutral, and unlike every entry of the map.
  public var undefinedColor: Color {
    switch self {
    case .grey, .cividis: Color(hex: 0xC98B98)
    default: Color(hex: 0x969696)
    }
  }

  private var table: [UInt32] {
    switch self {
    case .magma: ColormapTables.magma
    case .viridis: ColormapTables.viridis
    case .inferno: ColormapTables.inferno
    case .plasma: ColormapTables.plasma
    case .cividis: ColormapTables.cividis
    case .grey: ColormapTables.grey
    case .coolwarm: ColormapTables.coolwarm
    }
  }
}

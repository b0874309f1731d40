import TonoCore

/// Numbers among the settings of layers.
extension JSONValue {
  /// A number; NaN and the infinities, for which JSON has none, as a word.
  package init(_ float: Float) {
    if float.isFinite {
      // The shortest number that is this float again when it is read.
      let short = Double("\(float)") ?? Double(float)
      self = .number(Float(short) == float ? short : Double(float))
    } else {
      self = .string(float.isNaN ? "nan" : float > 0 ? "infinity" : "-infinity")
    }
  }

  /// The 32-bit number, if this is one or the word for it.
  package var float: Float? {
    switch self {
    case .string("nan"): return .nan
    case .string("infinity"): return .infinity
    case .string("-infinity"): return -.infinity
    default:
      guard let float = number.map(Float.init), float.isFinite else { return nil }
      return float
    }
  }

  /// The whole number of at most 2^24 either way: strides, axes, counts.
  package var size: Int? { whole(1 << 24) }

  /// The whole number of at most 2^30: an extent of a tensor.
  package var extent: Int? { whole(1 << 30) }

  private func whole(_ most: Int) -> Int? {
    guard let number, abs(number) <= Double(most) else { return nil }
    return Int(exactly: number)
  }
}

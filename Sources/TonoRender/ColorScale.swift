import TonoCore

/// How values become colours: a colour map over a range of values, and what the values are.
///
/// Pictures that share a scale can be compared by colour.
public struct ColorScale: Sendable, Equatable, Codable {
  /// The colours, from the lowest to the highest value.
  public let colormap: Colormap

  /// The values at the two ends of the colour map; those beyond have the end's colour.
  public let range: ClosedRange<Float>

  /// What the values are, with their unit, as in `level (dB)`.
  public let label: String

  /// A scale over a range of finite values.
  public init(colormap: Colormap = .magma, range: ClosedRange<Float>, label: String) {
    precondition(
      range.lowerBound.isFinite && range.upperBound.isFinite, "a colour scale over \(range)")
    self.colormap = colormap
    self.range = range
    self.label = label
  }

  /// The scale from the lowest to the highest finite value of all the matrices.
  public static func full(
    of matrices: [Tensor], colormap: Colormap = .magma, label: String
  ) -> ColorScale {
    let values = finiteValues(of: matrices)
    let range = (values.min() ?? 0)...(values.max() ?? 0)
    return ColorScale(colormap: colormap, range: range, label: label)
  }

  /// The scale between two percentiles, 0…100, of the finite values of all the matrices.
  ///
  /// A few extreme cells then leave the colours of the others alone. Percentiles between two
  /// values are interpolated linearly, as NumPy does.
  ///
  /// - Complexity: O(n log n) in the number of cells.
  public static func robust(
    of matrices: [Tensor], percentiles: ClosedRange<Double> = 1...99,
    colormap: Colormap = .magma, label: String
  ) -> ColorScale {
    let values = finiteValues(of: matrices).sorted()
    let range =
      percentile(
        percentiles.lowerBound, of: values)...percentile(
        percentiles.upperBound, of: values)
    return ColorScale(colormap: colormap, range: range, label: label)
  }

  /// The scale symmetric about 0 that holds every finite value of all the matrices.
  public static func symmetric(
    of matrices: [Tensor], colormap: Colormap = .coolwarm, label: String
  ) -> ColorScale {
    let bound = finiteValues(of: matrices).reduce(0) { max($0, abs($1)) }
    return ColorScale(colormap: colormap, range: -bound...bound, label: label)
  }

  /// The entry of the colour map, 0…255, of a value; none if it is not finite.
  ///
  /// The range is cut into 256 equal steps, one an entry. A range of one value has the middle.
  public func entry(of value: Float) -> Int? {
    guard value.isFinite else { return nil }
    let (low, high) = (Double(range.lowerBound), Double(range.upperBound))
    guard low < high else {
      return Double(value) < low ? 0 : Double(value) > high ? 255 : 128
    }
    return Int(min(max((Double(value) - low) / (high - low) * 256, 0), 255))
  }

  /// The colour of a value; `colormap.undefinedColor` if it is not finite.
  public func color(of value: Float) -> Color {
    entry(of: value).map { colormap[$0] } ?? colormap.undefinedColor
  }

  private static func finiteValues(of matrices: [Tensor]) -> [Float] {
    matrices.flatMap { $0.values.filter(\.isFinite) }
  }

  private static func percentile(_ percentile: Double, of sorted: [Float]) -> Float {
    guard let last = sorted.indices.last else { return 0 }
    let place = min(max(percentile / 100, 0), 1) * Double(last)
    let below = sorted[Int(place)]
    let above = sorted[min(Int(place) + 1, last)]
    return below + Float(place - place.rounded(.down)) * (above - below)
  }
}

import Foundation

/// What runs along one side of a matrix: a label, and ticks at places between its cells' edges.
public struct Axis: Sendable, Equatable, Codable {
  /// A mark on an axis with its text.
  public struct Tick: Sendable, Equatable, Codable {
    /// Where, in cells: 0 is the outer edge of the first cell, `n` that of the last of `n`.
    public let position: Double

    /// What is written beside it.
    public let text: String

    /// A mark at `position`, in cells from the outer edge of the first.
    public init(position: Double, text: String) {
      self.position = position
      self.text = text
    }
  }

  /// What is measured, with its unit, as in `time (s)`.
  public let label: String

  /// The ticks in order of precedence: where texts would run into one another, the later one is
  /// left out and only its mark drawn.
  public let ticks: [Tick]

  /// An axis with these ticks, the most important first.
  public init(label: String, ticks: [Tick]) {
    self.label = label
    self.ticks = ticks
  }

  /// An axis of which nothing is drawn.
  public static let none = Axis(label: "", ticks: [])

  /// An evenly divided axis with ticks at multiples of 1, 2 or 5 times a power of ten.
  ///
  /// - Parameters:
  ///   - label: What is measured, with its unit.
  ///   - from: The value at the outer edge of the first cell.
  ///   - to: The value at the outer edge of the last cell; it may be the smaller one.
  ///   - cells: How many cells lie between the two.
  ///   - intervals: How many steps there are at most between `from` and `to`.
  /// - Returns: The axis; without ticks if `from` and `to` are the same or not finite.
  public static func linear(
    label: String, from: Double, to: Double, cells: Int, intervals: Int = 8
  ) -> Axis {
    let ticks = niceTicks(from: min(from, to), to: max(from, to), intervals: intervals)
    return Axis(
      label: label,
      ticks: ticks.map { value, text in
        Tick(position: (value - from) / (to - from) * Double(cells), text: text)
      })
  }

  /// An axis of numbered cells: ticks in the middle of every n-th cell, counted from 0.
  public static func indices(label: String, count: Int, intervals: Int = 8) -> Axis {
    let step = max(1, Int(niceStep(atLeast: Double(count) / Double(max(intervals, 1)))))
    let ticks = stride(from: 0, to: count, by: step).map {
      Tick(position: Double($0) + 0.5, text: String($0))
    }
    return Axis(label: label, ticks: ticks)
  }

  /// An axis that is not evenly divided, such as mel bands in Hz.
  ///
  /// - Parameters:
  ///   - label: What is measured, with its unit.
  ///   - values: The values to mark, the most important first; those off the axis are left out.
  ///   - cells: How many cells the axis has.
  ///   - text: How a value is written.
  ///   - position: Where a value lies, in cells from the outer edge of the first.
  /// - Returns: The axis with the ticks that lie on it.
  public static func nonlinear(
    label: String, values: [Double], cells: Int,
    text: (Double) -> String = TickText.prefixed, position: (Double) -> Double
  ) -> Axis {
    let ticks = values.map { Tick(position: position($0), text: text($0)) }
    return Axis(
      label: label, ticks: ticks.filter { $0.position >= 0 && $0.position <= Double(cells) })
  }

  /// The round values within an interval, ascending, with their texts; none in an empty interval.
  static func niceTicks(
    from low: Double, to high: Double, intervals: Int
  ) -> [(value: Double, text: String)] {
    guard low < high, (high - low).isFinite else { return [] }
    let step = niceStep(atLeast: (high - low) / Double(max(intervals, 1)))
    let slack = step * 1e-6
    let first = ((low - slack) / step).rounded(.up)
    let last = ((high + slack) / step).rounded(.down)
    return stride(from: first, through: last, by: 1).map { index in
      (min(max(index * step, low), high), TickText.fixed(index * step, step: step))
    }
  }

  private static func niceStep(atLeast step: Double) -> Double {
    let decade = pow(10, log10(step).rounded(.down))
    let multiple = [1.0, 2, 5].first { $0 * decade >= step * (1 - 1e-9) } ?? 10
    return multiple * decade
  }
}

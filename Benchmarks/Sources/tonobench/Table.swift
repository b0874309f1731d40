/// Rows of cells under a header: the first column to the left, numbers to the right.
struct Table {
  private let rows: [[String]]

  /// A table of rows that have as many cells as the header.
  init(_ header: [String], _ rows: [[String]]) { self.rows = [header] + rows }

  /// The lines, each column as wide as its widest cell.
  var text: String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      zip(row, widths).enumerated().map { column, cell in
        let padding = String(repeating: " ", count: cell.1 - cell.0.count)
        return column == 0 ? cell.0 + padding : padding + cell.0
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}

extension Double {
  /// The number with so many digits behind the point.
  func rounded(to digits: Int) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let parts = Int((magnitude * scale).rounded()).quotientAndRemainder(dividingBy: Int(scale))
    let sign = self < 0 ? "-" : ""
    guard digits > 0 else { return sign + String(parts.quotient) }
    let fraction = String(parts.remainder)
    return sign + String(parts.quotient) + "."
      + String(repeating: "0", count: digits - fraction.count) + fraction
  }
}

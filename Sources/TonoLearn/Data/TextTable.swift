import Foundation
import SwiftCSV
import TonoCore
import TonoFiles

/// A table of a data set: a CSV file with named columns.
///
/// SwiftCSV reads quoted cells, both kinds of line ends and a byte-order mark. What it lets pass is caught
/// here: a file that ends within a quoted cell, and rows with another number of cells than the header.
struct TextTable {
  /// One row of a table.
  struct Row {
    fileprivate let columns: [String: Int]
    fileprivate let cells: [String]

    /// The cell of a column; empty where the table has no such column.
    subscript(column: String) -> String { columns[column].map { cells[$0] } ?? "" }

    /// Whether the cell of a column says `True`, in capitals or not.
    func isTrue(_ column: String) -> Bool {
      self[column].trimmingCharacters(in: .whitespaces).lowercased() == "true"
    }
  }

  /// The names of the columns, in order.
  let columns: [String]
  /// The rows below the header.
  private(set) var rows: [Row] = []
  /// The rows that could not be used, a sentence each.
  private(set) var problems: [String] = []

  /// How many lines there may be above the header.
  private static let mostTitles = 5

  /// Reads a table; its header is the first row that has the required columns.
  ///
  /// - Throws: `InputError` with the file and what is wrong in it.
  init(
    _ url: URL, requiring required: [String], delimitedBy delimiter: CSVDelimiter = .comma
  ) throws {
    let cells = try Self.cells(of: url, delimiter)
    let header = cells.prefix(Self.mostTitles).firstIndex { row in
      required.allSatisfy(Self.names(in: row).contains)
    }
    guard let header else {
      let found = cells.first.map { Self.names(in: $0).joined(separator: ", ") } ?? "nothing"
      throw InputError(
        url,
        "has no header with the columns \(required.joined(separator: ", ")); its first row is: "
          + "\(found.prefix(200))")
    }
    columns = Self.names(in: cells[header])
    let places = Dictionary(zip(columns, columns.indices), uniquingKeysWith: { first, _ in first })
    for (number, row) in cells.enumerated().dropFirst(header + 1) where row.contains(where: isFull)
    {
      guard row.count >= columns.count, !row.dropFirst(columns.count).contains(where: isFull)
      else {
        problems.append(
          "\(url.lastPathComponent), row \(number + 1): \(row.count) cells where the header has "
            + "\(columns.count); the row is skipped")
        continue
      }
      rows.append(Row(columns: places, cells: row))
    }
  }

  /// The names in a header.
  private static func names(in row: [String]) -> [String] {
    row.map { $0.trimmingCharacters(in: .whitespaces) }
  }

  /// All rows of a file, the header among them.
  private static func cells(of url: URL, _ delimiter: CSVDelimiter) throws -> [[String]] {
    var text = try Self.text(of: url)
    guard text.utf8.count(where: { $0 == UInt8(ascii: "\"") }).isMultiple(of: 2) else {
      throw InputError(
        url, "ends within a quoted cell; it is cut short: get it again")
    }
    // Without it, an empty last cell is lost.
    if text.last?.isNewline == false { text += "\n" }
    var rows: [[String]] = []
    do {
      let table = try EnumeratedCSV(
        string: text, delimiter: delimiter, loadColumns: false, rowLimit: 0)
      try table.enumerateAsArray(startAt: 0, rowLimit: nil) { rows.append($0) }
    } catch CSVParseError.generic(let message), CSVParseError.quotation(let message) {
      throw InputError(
        url, "row \(rows.count + 1): cannot be read as a table (\(message)); correct it")
    }
    return rows
  }

  /// The text of a file: UTF-8, or Windows' Latin letters where it is not.
  static func text(of url: URL) throws -> String {
    let bytes = try InputFile.bytes(of: url)
    return String(data: bytes, encoding: .utf8) ?? String(data: bytes, encoding: .windowsCP1252)
      ?? String(decoding: bytes, as: UTF8.self)
  }
}

/// Whether there is more in a cell than spaces.
private func isFull(_ cell: String) -> Bool { cell.contains { !$0.isWhitespace } }

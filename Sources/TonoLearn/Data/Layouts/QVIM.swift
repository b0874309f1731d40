import Foundation
import TonoCore

/// The development set of the QVIM challenge (AES AIMLA 2025): 985 imitations of 121 sounds.
enum QVIM {
  /// The table of items and queries, below a line with a title.
  static let table = "DEV Dataset.csv"
  private static let query = "Query"

  /// Reads the items and all their queries; a concept is an item, its category the item's class.
  ///
  /// A row of the table has an item and up to three queries; an item may have several rows.
  ///
  /// - Throws: `InputError` if the table cannot be read.
  static func read(_ folder: URL) throws -> ImitationSounds {
    let table = try TextTable(folder.appending(path: table), requiring: ["Class", "Items"])
    let columns = table.columns.filter { $0.hasPrefix(query) }
    guard !columns.isEmpty else {
      throw InputError(
        folder, "\(Self.table) has no column '\(query) 1'; get the file again")
    }
    var finder = SourceFinder(folder)
    finder.note(table.problems)
    var order: [String] = []
    var items: [String: (source: SoundSource, category: String, queries: [SoundSource])] = [:]
    for row in table.rows where !row["Items"].isEmpty && !row["Class"].isEmpty {
      let key = "\(row["Class"])/\(row["Items"])"
      guard let source = finder.source("Items/\(key)") else { continue }
      var queries: [SoundSource] = []
      for column in columns where !row[column].isEmpty {
        if let query = finder.source("Queries/\(row["Class"])/\(row[column])") {
          queries.append(query)
        }
      }
      if items[key] == nil { order.append(key) }
      items[key, default: (source, row["Class"], [])].queries += queries
    }
    let concepts = order.compactMap { key -> ImitationSounds.Concept? in
      guard let item = items[key], !item.queries.isEmpty else { return nil }
      var seen: Set<SoundSource> = []
      return ImitationSounds.Concept(
        name: (item.source.path as NSString).lastPathComponent.stem, category: item.category,
        references: [item.source],
        imitations: item.queries.filter { seen.insert($0).inserted }
          .map { ImitationSounds.Imitation(source: $0) })
    }
    return ImitationSounds(
      folder: folder, layout: .qvim, concepts: concepts, problems: finder.problems)
  }
}

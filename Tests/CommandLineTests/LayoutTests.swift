import Foundation
import TestSupport
import Testing

/// The house plan, held against every import.
@Suite struct LayoutTests {
  private static let sources = Fixture.repository.appending(path: "Sources")

  /// What each room may import, besides Foundation and its own C: those below it, as in docs/design.md.
  private static let rows: [String: Set<String>] = [
    "TonoCore": [],
    "TonoFiles": ["TonoCore"],
    "TonoNetwork": ["TonoCore"],
    "TonoAudio": ["TonoCore", "TonoFiles"],
    "TonoModels": ["TonoCore", "TonoFiles", "TonoNetwork"],
    "TonoAscent": ["TonoCore", "TonoNetwork", "TonoAudio"],
    "TonoRender": ["TonoCore"],
    "TonoLearn": ["TonoCore", "TonoFiles", "TonoNetwork", "TonoAudio", "TonoModels"],
    "TonoSearch": ["TonoCore", "TonoFiles", "TonoNetwork", "TonoAudio", "TonoModels"],
    "TonoCheck": ["TonoCore", "TonoFiles", "TonoNetwork", "TonoAudio", "TonoModels", "TonoAscent"],
    "TonoListen": [
      "TonoCore", "TonoFiles", "TonoNetwork", "TonoAudio", "TonoModels", "TonoAscent", "TonoRender",
    ],
    "TonoStudy": [
      "TonoCore", "TonoFiles", "TonoNetwork", "TonoAudio", "TonoModels", "TonoAscent", "TonoRender",
      "TonoLearn", "TonoSearch", "TonoCheck", "TonoListen",
    ],
  ]

  /// The Swift files below a folder.
  private static func files(_ folder: URL) throws -> [URL] {
    let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    return (found?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }
  }

  @Test("no room imports past its row", arguments: rows.keys.sorted())
  func imports(_ room: String) throws {
    let allowed = Self.rows[room] ?? []
    let files = try Self.files(Self.sources.appending(path: room))
    #expect(!files.isEmpty)
    for file in files {
      let text = try String(contentsOf: file, encoding: .utf8)
      let imported = Set(
        text.matches(of: /(?m)^\s*(?:@\w+ )?import (Tono\w+)/).map { String($0.1) })
      #expect(
        imported.subtracting(allowed).isEmpty, "\(file.lastPathComponent) imports \(imported)")
    }
  }

  @Test("every room has its row")
  func rooms() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.sources.path)
      .filter { $0.hasPrefix("Tono") && $0 != "Tonoscope" && $0 != "TonoscopeCommand" }
    #expect(Set(folders) == Set(Self.rows.keys))
  }

  @Test("no words of the command line stand below it", arguments: rows.keys.sorted())
  func words(_ room: String) throws {
    for file in try Self.files(Self.sources.appending(path: room)) {
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
        guard !line.trimmingCharacters(in: .whitespaces).hasPrefix("//") else { continue }
        #expect(!line.contains(/["' ]--[a-z]/), "\(file.lastPathComponent): \(line)")
      }
    }
  }
}

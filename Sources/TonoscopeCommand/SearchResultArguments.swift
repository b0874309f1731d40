import ArgumentParser
import Foundation
import TonoAudio
import TonoCore
import TonoFiles
import TonoRender
import TonoSearch
import TonoStudy

/// A query and all sounds of the library, the best first.
struct SearchAnswer: Encodable {
  let query: String
  let hits: [SearchHit]
}

/// What is told of the sounds that were found, and where.
struct SearchResultArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp("How many sounds are shown for each query; 0 for all.", valueName: "count"))
  var top = 10

  @Flag(help: "Print JSON: for each query the sounds with rank, likelihood, score, file and times.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "Write the sounds as a playlist, those of the first query first.", valueName: "file"),
    completion: .file(extensions: ["m3u", "m3u8"]))
  var m3u: String?

  @Option(
    help: ArgumentHelp(
      """
      Write for each sound shown which stretch and bands of it and of the query the score rests \
      on: a picture (gradient times input), and what is heard of both.
      """, valueName: "dir"), completion: .directory)
  var why: String?

  func validate() throws {
    guard top >= 0 else { throw ValidationError("--top is \(top); give 0 or more") }
  }

  /// Tells and writes what was found.
  func write(
    _ answers: [SearchAnswer], library: URL, network: SiameseNetwork, colormap: Colormap
  ) throws {
    let shown = answers.map { answer in
      SearchAnswer(
        query: answer.query, hits: top == 0 ? answer.hits : Array(answer.hits.prefix(top)))
    }
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      print(String(decoding: try encoder.encode(shown), as: UTF8.self))
    } else {
      for (place, answer) in shown.enumerated() {
        if place > 0 { print("") }
        print(table(answer, of: answers[place].hits.count))
      }
    }
    if let m3u {
      try AtomicFile.write(Data(playlist(shown, library).utf8), to: URL(filePath: m3u))
    }
    if let why { try explain(shown, in: URL(filePath: why), library, network, colormap) }
  }

  private func table(_ answer: SearchAnswer, of count: Int) -> String {
    let rows = answer.hits.map { hit in
      String(format: "%5g  %10.4f  %6.1f–%.1f s  ", hit.rank, hit.likelihood, hit.start, hit.end)
        + oneLine(hit.file)
    }
    let header = " rank  likelihood  stretch       file"
    return (["\(oneLine(answer.query)) among \(count) sounds", header] + rows)
      .joined(separator: "\n")
  }

  /// An extended M3U of the sounds' absolute paths; players that know VLC's options begin at the stretch.
  private func playlist(_ answers: [SearchAnswer], _ library: URL) -> String {
    var lines = ["#EXTM3U"]
    for answer in answers {
      for hit in answer.hits {
        let words = String(format: "rank %g, likelihood %.4f", hit.rank, hit.likelihood)
        lines.append("#EXTINF:-1,\(oneLine(hit.file)) (\(words) for \(oneLine(answer.query)))")
        if hit.start > 0 { lines.append(String(format: "#EXTVLCOPT:start-time=%.2f", hit.start)) }
        lines.append(library.appending(path: hit.file).standardizedFileURL.path)
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func explain(
    _ answers: [SearchAnswer], in folder: URL, _ library: URL, _ network: SiameseNetwork,
    _ colormap: Colormap
  ) throws {
    for (number, answer) in answers.enumerated() {
      let name = URL(filePath: answer.query).deletingPathExtension().lastPathComponent
      let prefix = answers.count == 1 ? name : "\(number + 1)-\(name)"
      for (place, hit) in answer.hits.enumerated() {
        let explanation = try MatchExplanation(
          hit, of: answer.query, in: library, by: network)
        let base = folder.appending(path: "\(prefix)-\(place + 1)")
        try explanation.write(
          to: base, title: String(format: "%g. %@ for %@", hit.rank, hit.file, name),
          colormap: colormap)
        Terminal.note(
          "\(base.relativePath).png: \(oneLine(hit.file)): \(explanation.summary)")
      }
    }
  }
}

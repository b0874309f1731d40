import ArgumentParser
import Foundation
import Synchronization
import TonoAudio
import TonoCore
import TonoRender
import TonoSearch
import TonoStudy

/// `tonoscope search`: the sounds of a folder, ranked for vocal imitations.
struct SearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Find sounds by imitating them with the voice.",
    discussion: """
      Ranks all sounds below a folder for each query, the most likely first. Queries and sounds may \
      have any rate and length: of one that is longer than the network hears the stretch counts \
      that fits best, and its time stands in the row. Equals share the mean of their ranks.

      The recordings' side of the network runs once for each sound. What it makes of them is kept \
      in an index file, beside the folder (DIR.index.safetensors) or where --index says. Files that \
      are new or have changed are listened to when the next query comes; those that were moved or \
      copied are known by their content.

      --hum turns the question round: what should one hum to find a sound? It climbs the network's \
      score over the imitation while the recording is held, and writes pictures and a sound as \
      'maximize' does.
      """)

  @Argument(help: "Imitations to search for: sound files, or folders of such.")
  var queries: [String] = []

  @Option(
    help: ArgumentHelp(
      "The folder of sounds; the folders in it are searched too.", valueName: "dir"),
    completion: .directory)
  var library: String?

  @OptionGroup var network: SiameseArguments

  @Option(
    help: ArgumentHelp(
      "Where the index is kept; beside the library without it.", valueName: "file"),
    completion: .file(extensions: ["safetensors"]))
  var index: String?

  @Flag(help: "Make the index anew, even if it is this network's.")
  var rebuild = false

  @OptionGroup(title: "Results") var results: SearchResultArguments

  @Option(
    help: ArgumentHelp(
      """
      Answer what to hum to find this sound; write the run to --out. With --library the answer \
      is then searched for. May be repeated.
      """, valueName: "sound"), completion: .file())
  var hum: [String] = []

  @Option(
    name: .customLong("out"),
    help: ArgumentHelp("The directory of --hum; made if it is missing.", valueName: "dir"),
    completion: .directory)
  var directory: String?

  @Option(help: ArgumentHelp("The steps of --hum.", valueName: "count"))
  var steps = 200

  @Option(help: ArgumentHelp("The pictures' colours.", valueName: "name"))
  var colormap = Colormap.magma

  @Option(
    help: ArgumentHelp(
      "How many threads listen and rank. Results do not depend on it.", valueName: "count"))
  var threads = ProcessInfo.processInfo.activeProcessorCount

  func validate() throws {
    guard threads >= 1 else { throw ValidationError("--threads is \(threads); give at least 1") }
    guard steps >= 1 else { throw ValidationError("--steps is \(steps); give at least 1") }
    if hum.isEmpty {
      guard !queries.isEmpty else {
        throw ValidationError("there is no query; name a sound file, or give --hum")
      }
      guard library != nil else {
        throw ValidationError("there is nothing to search; name a folder with --library")
      }
      guard directory == nil else { throw ValidationError("--out belongs to --hum; leave it out") }
    } else {
      guard queries.isEmpty else {
        throw ValidationError("--hum and queries ask opposite questions; give one of them")
      }
      guard directory != nil else {
        throw ValidationError("--hum writes files; name a directory with --out")
      }
    }
  }

  func run() throws {
    let network = try self.network.load()
    guard hum.isEmpty else { return try Humming(self, network).run() }
    let files = try queries.flatMap { query in
      let folder = try SoundFolder(fileOrFolder: URL(filePath: query))
      return folder.files.map { folder.url.appending(path: $0.path).relativePath }
    }
    // A query that cannot be used is told before a whole library is listened to.
    let asked = try files.map { try SoundQuery($0, by: network) }
    let search = try LibrarySearch(network, index: try indexed(by: network))
    let answers = try asked.map {
      SearchAnswer(query: $0.path, hits: try search.hits(of: $0, threads: threads))
    }
    try results.write(
      answers, library: URL(filePath: library ?? ""), network: network, colormap: colormap)
  }

  /// The index of the library as it is now.
  func indexed(by network: SiameseNetwork) throws -> LibraryIndex {
    let folder = try SoundFolder(URL(filePath: library ?? ""))
    let place = index.map { URL(filePath: $0) } ?? LibraryIndex.usualPlace(of: folder.url)
    let librarian = try Librarian(network)
    let known = rebuild ? (index: nil, reason: nil) : librarian.read(place)
    if let reason = known.reason {
      guard index == nil else {
        throw InputError("the index \(reason)", about: place.relativePath, remedy: .chooseIndex)
      }
      Terminal.note("\(place.relativePath) \(reason): it is made anew")
    }
    let progress = IndexProgress()
    let interruption = Interruption()
    do {
      let index = try librarian.update(
        folder, known: known.index, at: place, threads: threads
      ) { event in
        progress.note(event)
        try interruption.check()
      }
      ProgressBar.clear()
      return index
    } catch is Interruption.Interrupted {
      ProgressBar.clear()
      Terminal.note("stopped; the same command goes on listening from there")
      throw ExitCode(130)
    } catch {
      ProgressBar.clear()
      throw error
    }
  }
}

/// The progress of listening to a library, by its bytes.
private final class IndexProgress: Sendable {
  private struct State {
    var bar = ProgressBar()
    var files = 0
    var total = 0
    var bytes = 0
  }

  private let state = Mutex(State())

  /// Takes in what happened, and shows it.
  func note(_ event: Librarian.Event) {
    state.withLock { state in
      switch event {
      case .found(let files, let bytes):
        (state.files, state.total) = (files, bytes)
        if files > 0, !Terminal.isInteractive {
          Terminal.note("listening to \(files) sounds, \(bytes >> 20) MiB")
        }
      case .heard(let bytes):
        state.bytes += bytes
        state.bar.draw(
          share: Double(state.bytes) / Double(max(1, state.total)),
          "\(state.files) sounds, \(state.bytes >> 20) of \(state.total >> 20) MiB heard")
      case .skipped(let skipped):
        ProgressBar.clear()
        Terminal.note("skipped: \(skipped.path): \(skipped.reason)")
      }
    }
  }
}

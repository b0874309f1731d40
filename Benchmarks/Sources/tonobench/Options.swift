import ArgumentParser
import Foundation
import TonoCore
import TonoModels
import TonoNetwork

/// The network that is measured.
struct ModelOptions: ParsableArguments {
  @Option(help: "The siamese network, as Benchmarks/peers/models.py writes it.")
  var model = "Benchmarks/models/siamese.h5"

  /// Reads the network.
  ///
  /// - Throws: `ValidationError` if there is none yet, and `ModelError`.
  func load() throws -> Network {
    guard FileManager.default.fileExists(atPath: model) else {
      throw ValidationError(
        "there is no '\(model)'; make it with 'python3 Benchmarks/peers/models.py' (numpy, h5py),"
          + " or name another with --model")
    }
    return try ModelFile.load(URL(filePath: model)).network
  }
}

/// On how many threads.
struct ThreadOptions: ParsableArguments {
  @Option(help: "How many threads work at once.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  func validate() throws {
    guard threads >= 1 else { throw ValidationError("--threads is \(threads); give at least 1") }
  }
}

/// For people or for programs.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print JSON for programs.")
  var json = false

  /// Prints records as one JSON array, or as a table.
  func print<Record: Encodable>(
    _ records: [Record], as table: (Record) -> [String], _ header: String...
  )
    throws
  {
    guard json else { return Swift.print(Table(header, records.map(table)).text) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    Swift.print(String(decoding: try encoder.encode(records), as: UTF8.self))
  }
}

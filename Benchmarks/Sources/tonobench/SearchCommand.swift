import ArgumentParser
import Foundation
import TonoAudio
import TonoModels
import TonoNetwork
import TonoSearch

/// `tonobench search`: what it costs to rank a library.
struct SearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Measure ranking a library whose index is filled with as many codes.",
    discussion: """
      Codes are those that the network's recordings' side makes of noise, so that scores are spread \
      as they are; the time that listening takes is measured apart, for one sound.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var output: OutputOptions

  @Option(parsing: .upToNextOption, help: "How many sounds the library has.")
  var sounds = [1_000, 50_000]

  private struct Record: Codable {
    let sounds: Int
    let codeLength: Int
    let headMicroseconds: Double
    let headMilliseconds: Double
    let rankMilliseconds: Double
    let readMilliseconds: Double
    let fileMegabytes: Double
    let peakMegabytes: Double
    let halfChangesTop10: Double
  }

  func run() throws {
    let network = try SiameseNetwork(
      ModelFile.load(URL(filePath: model.model)),
      frontEnds: [
        "imi_input_a": .named("tl-iminet/imitation"), "ref_input_b": .named("tl-iminet/recording"),
      ])
    let codes = try Self.codes(sounds.max() ?? 0, network)
    let query = try Self.query(network)
    let records = try sounds.sorted().map { count in
      try measure(
        network,
        CodeTable(length: codes.length, values: Array(codes.values[..<(count * codes.length)])),
        query)
    }
    try output.print(
      records,
      as: {
        [
          "\($0.sounds)", $0.headMicroseconds.rounded(to: 3), $0.headMilliseconds.rounded(to: 2),
          $0.rankMilliseconds.rounded(to: 1), $0.readMilliseconds.rounded(to: 0),
          $0.fileMegabytes.rounded(to: 1), $0.peakMegabytes.rounded(to: 0),
          $0.halfChangesTop10.rounded(to: 2),
        ]
      },
      "sounds", "head µs each", "head ms", "ranked ms", "read ms", "file MB", "peak MB",
      "half: top 10 changed")
  }

  private func measure(
    _ network: SiameseNetwork, _ codes: CodeTable, _ query: SoundQuery
  ) throws -> Record {
    let index = try LibraryIndex(
      (0..<codes.count).map {
        (path: "sounds/\($0 / 100)/sound \($0).wav", code: Array(codes[$0]))
      },
      by: network)
    let file = FileManager.default.temporaryDirectory
      .appending(path: "tonobench-\(ProcessInfo.processInfo.processIdentifier).safetensors")
    defer { try? FileManager.default.removeItem(at: file) }
    try index.write(to: file)
    let read = try Stopwatch.median(seconds: 1) { _ = try LibraryIndex(file) }
    let head = try Stopwatch.median { _ = try network.scores(of: query.codes[0], with: codes) }
    let search = try LibrarySearch(network, index: index)
    let ranked = try Stopwatch.median {
      _ = try search.hits(of: query, threads: threads.threads)
    }
    let size = try FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int ?? 0
    return Record(
      sounds: codes.count, codeLength: codes.length,
      headMicroseconds: head / Double(codes.count) * 1e6,
      headMilliseconds: head * 1e3, rankMilliseconds: ranked * 1e3, readMilliseconds: read * 1e3,
      fileMegabytes: Double(size) / 1e6, peakMegabytes: ResidentMemory.peak,
      halfChangesTop10: try Self.changes(network, codes, query))
  }

  /// Codes of noise: of some hundred sounds, and mixtures of two of them.
  private static func codes(_ count: Int, _ network: SiameseNetwork) throws -> CodeTable {
    let encoder = network.recordings
    let workspace = encoder.makeWorkspace()
    var noise = Noise()
    let shape = network.recordingFrontEnd.inputShape
    let own = (0..<256).map { _ in
      encoder.code(
        of: Tensor(shape: shape, values: (0..<shape.count).map { _ in noise.next() }),
        in: workspace)
    }
    var codes = CodeTable(length: encoder.length)
    for index in 0..<count {
      let (a, b) = (own[index % 256], own[index / 256 % 256])
      let share = Float(index / 65536 % 7 + 1) / 8
      codes.append(zip(a, b).map { share * $0 + (1 - share) * $1 })
    }
    return codes
  }

  /// A glide, as the imitations' side hears it.
  private static func query(_ network: SiameseNetwork) throws -> SoundQuery {
    let file = FileManager.default.temporaryDirectory
      .appending(path: "tonobench-\(ProcessInfo.processInfo.processIdentifier).wav")
    defer { try? FileManager.default.removeItem(at: file) }
    let samples = (0..<64_000).map { Float(0.3 * sin(Double($0) * (0.05 + Double($0) * 1e-6))) }
    try Data(try AudioFile.encode(Waveform(samples: samples, sampleRate: 16_000))).write(to: file)
    return try SoundQuery(file.path, by: network)
  }

  /// How many of the ten best change their place if codes are kept in half precision, 0…1.
  private static func changes(
    _ network: SiameseNetwork, _ codes: CodeTable, _ query: SoundQuery
  ) throws -> Double {
    func best(_ codes: CodeTable) throws -> [Int] {
      let scores = try network.scores(of: query.codes[0], with: codes)
      return Array(scores.indices.sorted { (scores[$0], $1) > (scores[$1], $0) }.prefix(10))
    }
    let halves = CodeTable(
      length: codes.length, values: codes.values.map { Float(Float16($0)) })
    let (single, half) = (try best(codes), try best(halves))
    return Double(zip(single, half).count { $0 != $1 }) / 10
  }
}

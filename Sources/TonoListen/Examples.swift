import Foundation
import Synchronization
import TonoAscent
import TonoAudio
import TonoCore
import TonoFiles
import TonoModels
import TonoNetwork
import TonoRender

/// The real sounds that excite neurons most, and those that do least.
///
/// A folder is listened to once for all neurons. Memory grows neither with the folder nor with the
/// length of a file, but with the number of neurons and of examples asked.
public struct Examples: Sendable {
  /// The model.
  public let model: Model
  /// The objectives asked, each once.
  public let objectives: [Objective]
  /// The one input that all of them see.
  public let input: String
  /// What turns sounds into that input.
  public let frontEnd: FrontEnd
  /// How many examples of either kind each neuron gets.
  public let count: Int

  private let listener: ObjectiveListener

  /// What happens while examples are looked for.
  public enum Event: Sendable {
    /// About so many more bytes of the folder were heard.
    case heard(bytes: Int)
    /// A file could not be used.
    case skipped(SoundFolder.Skipped)
    /// All was heard, and so many of the examples found are written.
    case written(Int, of: Int)
  }

  /// A search for examples.
  ///
  /// - Parameters:
  ///   - model: the network and where it came from.
  ///   - objectives: whose examples; one that stands twice counts once.
  ///   - frontEnds: per input name what turns sounds into it.
  ///   - count: how many examples of either kind each neuron gets, at most.
  /// - Throws: `NeuronError` or `NetworkError` if a neuron does not exist, `InputError` if the neurons
  ///   do not all see one and the same input, or it has no front end.
  public init(
    _ model: Model, objectives: [Objective], frontEnds: [String: FrontEnd], count: Int
  ) throws {
    precondition(count > 0, "\(count) examples")
    self.model = model
    self.count = count
    var seen: Set<Objective> = []
    self.objectives = objectives.filter { seen.insert($0).inserted }
    input = try Self.input(seenBy: self.objectives, model.network)
    guard let frontEnd = frontEnds[input] else {
      throw InputError(
        "'\(input)' has no front end, so that \(self.objectives[0]) hears no sounds",
        remedy: .describeFrontEnd(FrontEnd.whatItSays))
    }
    try frontEnd.validate()
    self.frontEnd = frontEnd
    listener = try ObjectiveListener(self.objectives, input: input, network: model.network)
  }

  /// The one input that all objectives see.
  private static func input(
    seenBy objectives: [Objective], _ network: Network
  ) throws -> String {
    var first: (objective: Objective, input: String)?
    for objective in objectives {
      try objective.check(in: network)
      let inputs = try network.inputs(of: objective.layers).map(\.name)
      guard inputs.count == 1 else {
        let towers = try network.nodes.map(\.name).filter {
          try network.inputs(of: [$0]).count == 1
        }
        let hint = towers.last.map { ", such as \($0)" } ?? ""
        throw InputError(
          """
          \(objective) sees \(inputs.count) inputs (\(inputs.joined(separator: ", "))), but a sound is \
          shown to one; name neurons of a layer that sees one of them\(hint)
          """)
      }
      if let first, first.input != inputs[0] {
        throw InputError(
          """
          \(first.objective) sees '\(first.input)' and \(objective) '\(inputs[0])'; ask for neurons of one \
          input at a time
          """)
      }
      first = first ?? (objective, inputs[0])
    }
    guard let first else { throw InputError("no neuron is named; name one or more") }
    return first.input
  }

  /// Listens to a folder, and writes each neuron's examples with `examples.json`.
  ///
  /// Results do not depend on the number of threads.
  ///
  /// - Parameters:
  ///   - folder: the sounds.
  ///   - directory: where the examples go; made if it is missing.
  ///   - colormap: the pictures' colours.
  ///   - threads: how many listen.
  ///   - observe: called from any thread with what happens; what it throws ends the search.
  /// - Returns: what `examples.json` holds.
  /// - Throws: what `observe` throws; `InputError` if the directory holds examples already, no sound
  ///   could be used, or a file changed meanwhile; and errors of writing.
  public func run(
    on folder: SoundFolder, into directory: URL, colormap: Colormap = .magma, threads: Int,
    observe: @Sendable (Event) throws -> Void
  ) throws -> ExampleManifest {
    let file = directory.appending(path: "examples.json")
    guard !FileManager.default.fileExists(atPath: file.path) else {
      throw InputError("\(file.path) is there already", remedy: .chooseDirectory)
    }
    try AtomicFile.makeFolders(directory)
    let inversion = Inversion()
    var manifest = ExampleManifest(
      modelPath: model.name, model: try ModelIdentity(of: model),
      instructionSet: KernelSet.current.name, input: input, frontEnd: frontEnd,
      sounds: folder.url.relativePath, count: count, loudness: inversion.loudness,
      truePeak: inversion.truePeak, files: 0, examples: 0, skipped: [], neurons: [])
    let found = try search(folder, threads: threads, observe: observe)
    (manifest.files, manifest.examples) = (found.files, found.examples)
    manifest.skipped = found.skipped.sorted { $0.path < $1.path }
    let writer = ExampleWriter(
      network: model.network, input: input, frontEnd: frontEnd, inversion: inversion,
      colormap: colormap, model: String(manifest.model.sha256.prefix(12)), directory: directory)
    manifest.neurons = try write(
      found.rankings, of: folder, by: writer, threads: threads, observe: observe)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try AtomicFile.write([UInt8](encoder.encode(manifest)), to: file)
    return manifest
  }

  // MARK: - Listening

  private struct Found: Sendable {
    var rankings: [ExampleRanking]
    var files = 0
    var examples = 0
    var skipped: [SoundFolder.Skipped]

    mutating func add(_ outcome: OpenSound.Outcome) {
      switch outcome {
      case .skipped(let skipped): self.skipped.append(skipped)
      case .heard(let count, let rankings):
        files += 1
        examples += count
        for (index, ranking) in rankings.enumerated() { self.rankings[index].add(ranking) }
      }
    }
  }

  /// Listens to all files once.
  private func search(
    _ folder: SoundFolder, threads: Int, observe: @Sendable (Event) throws -> Void
  ) throws -> Found {
    let rankings = Array(repeating: ExampleRanking(count: count), count: objectives.count)
    let found = Mutex(Found(rankings: rankings, skipped: folder.skipped))
    for skipped in folder.skipped { try observe(.skipped(skipped)) }
    let queue = SoundQueue(folder.files) { file in
      OpenSound(file, in: folder, frontEnd: frontEnd, objectives: objectives.count, count: count)
    }
    try concurrently(threads, threads: threads) { _, checkForFailure in
      let workspace = listener.makeWorkspace()
      while let sound = queue.take() {
        while let (stretch, bytes) = sound.next() {
          try checkForFailure()
          do {
            let features = try stretch.features(by: frontEnd)
            sound.add(try listener.answers(to: features, in: workspace), to: stretch)
          } catch {
            sound.fail(error)
          }
          try observe(.heard(bytes: bytes))
        }
        queue.close(sound)
        guard let (outcome, bytes) = sound.outcome() else { continue }
        found.withLock { $0.add(outcome) }
        try observe(.heard(bytes: bytes))
        if case .skipped(let skipped) = outcome { try observe(.skipped(skipped)) }
      }
    }
    let result = found.withLock { $0 }
    guard result.examples > 0 else {
      let first = result.skipped.min { $0.path < $1.path }
      throw InputError(
        "none of the \(folder.files.count) sounds in \(folder.url.path) could be used: "
          + (first?.reason ?? "they hold nothing"))
    }
    return result
  }

  // MARK: - Writing

  /// Where an example stands in the results.
  private struct Place: Hashable, Sendable {
    let objective: Int
    let end: ExampleWriter.End
    let rank: Int
  }

  /// Reads the files with examples once more, each once as far as needed, and writes the examples.
  private func write(
    _ rankings: [ExampleRanking], of folder: SoundFolder, by writer: ExampleWriter, threads: Int,
    observe: @Sendable (Event) throws -> Void
  ) throws -> [ExampleManifest.Neuron] {
    var wanted: [String: [Int: [(place: Place, example: RankedExample)]]] = [:]
    for (objective, ranking) in rankings.enumerated() {
      for (end, examples) in [(ExampleWriter.End.most, ranking.most), (.least, ranking.least)] {
        for (index, example) in examples.enumerated() {
          let place = Place(objective: objective, end: end, rank: index + 1)
          wanted[example.path, default: [:]][example.stretch, default: []].append((place, example))
        }
      }
    }
    let files = wanted.sorted { $0.key < $1.key }
    let total = rankings.reduce(0) { $0 + $1.most.count + $1.least.count }
    let written = Mutex<[Place: ExampleManifest.Example]>([:])
    try concurrently(files.count, threads: threads) { index, checkForFailure in
      let (path, stretches) = files[index]
      var reader = try StretchReader(folder.fullPath(of: path), frontEnd: frontEnd)
      for number in 0...(stretches.keys.max() ?? 0) {
        guard let stretch = try reader.next() else {
          throw InputError("\(folder.fullPath(of: path)) has become shorter meanwhile; start again")
        }
        for (place, example) in stretches[number] ?? [] {
          try checkForFailure()
          let record = try writer.write(
            example, of: objectives[place.objective], place.end, rank: place.rank, stretch)
          let count = written.withLock { written in
            written[place] = record
            return written.count
          }
          try observe(.written(count, of: total))
        }
      }
    }
    let records = written.withLock { $0 }
    return objectives.indices.map { index in
      func list(_ end: ExampleWriter.End) -> [ExampleManifest.Example] {
        (1...count).compactMap { records[Place(objective: index, end: end, rank: $0)] }
      }
      return ExampleManifest.Neuron(
        objective: objectives[index], most: list(.most), least: list(.least))
    }
  }
}

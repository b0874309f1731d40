import ArgumentParser
import Foundation
import TonoAscent
import TonoAudio
import TonoCore
import TonoFiles
import TonoModels
import TonoSearch
import TonoStudy

/// `tonoscope search --hum`: what to hum to find a sound.
///
/// The network's score is climbed over the imitation, by the settings of `maximize`, while the recording is
/// held. The sound that comes out is read again and scored as any query is.
struct Humming {
  private let command: SearchCommand
  private let network: SiameseNetwork
  private let out: URL

  init(_ command: SearchCommand, _ network: SiameseNetwork) {
    self.command = command
    self.network = network
    out = URL(filePath: command.directory ?? "")
  }

  func run() throws {
    let search = try command.library.map { _ in
      try LibrarySearch(network, index: try command.indexed(by: network))
    }
    var taken: Set<String> = []
    for sound in command.hum {
      let name = URL(filePath: sound).deletingPathExtension().lastPathComponent
      guard taken.insert(name).inserted else {
        throw InputError("two of the sounds are called '\(name)'; give them one after another")
      }
      let folder = command.hum.count == 1 ? out : out.appending(path: name)
      guard let hummed = try climb(towards: sound, in: folder) else {
        print("\(sound): nothing that could be hummed changes the score")
        continue
      }
      try tell(hummed, of: sound, search)
    }
  }

  /// Climbs the score over the imitation while the recording is held.
  ///
  /// - Returns: the sound's file; nil if there is none.
  private func climb(towards sound: String, in folder: URL) throws -> URL? {
    let (model, roles) = (network.model, network.roles)
    let frontEnds = [
      roles.imitation: network.imitationFrontEnd, roles.recording: network.recordingFrontEnd,
    ]
    let features = try network.recordingFrontEnd.features(ofFile: sound)
    guard features.values.contains(where: { $0 != features.values[0] }) else {
      throw InputError("is silent; there is nothing to imitate", about: sound)
    }
    var recipe = Recipe()
    recipe.ascent.steps = command.steps
    recipe.colormap = command.colormap
    let plan = try recipe.plan(
      for: model, frontEnds: frontEnds,
      held: [roles.recording: try FileDigest.sha256(of: URL(filePath: sound))])
    let objective = Objective(NeuronReference(layer: network.scoreNode, channel: 0))
    let study = try Study(
      model, objectives: [objective], plan: plan, held: [roles.recording: features])
    let run = try study.open(folder, threads: command.threads)
    let progress = Progress(neurons: 1, stepsPerNeuron: command.steps, as: .text)
    let interruption = Interruption()
    defer { progress.end() }
    do {
      try study.run(in: run, threads: command.threads) { event in
        progress.note(event)
        if case .step = event { try interruption.check() }
      }
    } catch is Interruption.Interrupted {
      throw ExitCode(130)
    }
    let files = run.finished[objective]?.files ?? []
    return files.first { $0.hasSuffix(".wav") }.map { folder.appending(path: $0) }
  }

  /// Says how well the hummed sound, as its file gives it back, finds the one that was asked.
  private func tell(_ hummed: URL, of sound: String, _ search: LibrarySearch?) throws {
    let query = try SoundQuery(hummed.path, by: network)
    let score = try network.score(of: query, withFile: sound)
    print(
      String(
        format: "%@: likelihood %.4f that it imitates %@", hummed.relativePath,
        network.likelihood(ofScore: score), oneLine(sound)))
    guard let search else { return }
    let hits = try search.hits(of: query, threads: command.threads)
    let digest = try FileDigest.sha256(of: URL(filePath: sound))
    let twins = Set(search.files(ofContent: digest))
    let rank = hits.first { twins.contains($0.file) }
      .map { String(format: "it finds the sound at rank %g", $0.rank) }
    print("\(rank ?? "the sound itself is not in the library"), among \(hits.count) sounds")
    for hit in hits.prefix(command.results.top == 0 ? hits.count : command.results.top) {
      print(
        String(format: "%5g  %10.4f  ", hit.rank, hit.likelihood) + oneLine(hit.file))
    }
  }
}

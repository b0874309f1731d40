import Foundation
import TestSupport
import Testing
import TonoAudio
import TonoCore
import TonoFiles
import TonoLearn
import TonoModels
import TonoSearch

@testable import TonoStudy

/// Networks on a data set of imitations: which queries are asked, among what, and what is counted.
@Suite struct EvaluationTests {
  private let folder: TemporaryFolder
  private let sounds: ImitationSounds
  private let network: SiameseNetwork

  init() throws {
    let folder = try TemporaryFolder()
    self.folder = folder
    // Four sounds of two categories, each imitated by three people.
    let concepts = try ["low/a", "low/b", "high/c", "high/d"].enumerated().map { index, id in
      let names = id.split(separator: "/").map(String.init)
      let start = 200.0 * Double(1 << index)
      func write(_ name: String, _ start: Double, _ end: Double) throws -> SoundSource {
        try AtomicFile.write(
          try AudioFile.encode(Self.glide(start, end)), to: folder[name])
        return SoundSource(folder: folder.url, path: name)
      }
      return ImitationSounds.Concept(
        name: names[1], category: names[0],
        references: [try write("\(names[1]).wav", start, 2 * start)],
        imitations: try (["p", "q", "r"] as [String]).enumerated().map { number, person in
          ImitationSounds.Imitation(
            source: try write(
              "\(names[1])-\(person).wav", start * (1 + 0.1 * Double(number)), 1.5 * start),
            person: person)
        })
    }
    sounds = ImitationSounds(
      folder: folder.url, layout: .vocalSketch, concepts: concepts, problems: [])
    network = try Self.network("siamese_pretrained.h5")
  }

  private static func glide(_ start: Double, _ end: Double) -> Waveform {
    var phase = 0.0
    return Waveform(
      samples: (0..<16_000).map { index in
        phase += 2 * .pi * (start + (end - start) * Double(index) / 16_000) / 16_000
        return Float(0.4 * sin(phase))
      }, sampleRate: 16_000)
  }

  private static func network(
    _ seed: String, _ architecture: String? = nil
  ) throws -> SiameseNetwork {
    let model = try ModelFile.load(
      Fixture.seed(seed), architecture: architecture.map { Fixture.seed($0) })
    return try SiameseNetwork(
      model, frontEnds: try FrontEndAssignment([], for: model.network).frontEnds)
  }

  /// Sounds a and c are trained on, by p and q; b and d are held out, and so is r.
  private var split: RetrievalSplit {
    get throws {
      let json = """
        {"rule": "by hand", "trainingConcepts": ["low/a", "high/c"],
         "testConcepts": ["low/b", "high/d"], "training": ["a-p.wav", "c-p.wav"],
         "validation": ["a-q.wav", "c-q.wav"],
         "test": ["b-p.wav", "b-q.wav", "b-r.wav", "d-p.wav", "d-q.wav", "d-r.wav"]}
        """
      return try JSONDecoder().decode(RetrievalSplit.self, from: Data(json.utf8))
    }
  }

  private func report(
    _ configurations: [(String, [RetrievalSplit?])], threads: Int = 2
  ) throws -> EvaluationReport {
    try RetrievalEvaluation(on: sounds, cache: FeatureCache(folder: folder["cache"])).report(
      on: configurations.map { name, splits in
        RetrievalEvaluation.Configuration(
          name: name,
          trainings: splits.map { RetrievalEvaluation.Trained(network, split: $0) })
      }, threads: threads)
  }

  @Test("each query is asked in the set that training leaves it to")
  func sets() throws {
    let report = try report([("one", [try split])])
    let known = sounds.imitationSources.map(\.description)
    #expect(try split.training.allSatisfy(known.contains), "\(known)")
    let counts = report.sections.map {
      ($0.queries, $0.candidates, $0.configurations[0].queries, $0.configurations[0].candidates)
    }
    #expect(
      counts.map(\.0) == [
        .heldOutSounds, .heldOutSounds, .heldOutPeople, .heldOutPeople, .heldOutBoth, .heldOutBoth,
      ])
    #expect(counts.map(\.2) == [6, 6, 2, 2, 2, 2])
    #expect(counts.map(\.3) == [1...1, 4...4, 1...1, 4...4, 1...1, 4...4])
    #expect(report.missing.isEmpty && report.splits == ["Split: by hand"])
    #expect(report.people == 3 && report.imitations == 12 && report.sounds == 4)
    let everything = try self.report([("one", [nil])])
    #expect(everything.sections.map(\.queries) == [.everything, .everything])
    #expect(everything.sections[1].configurations[0].queries == 12)
    #expect(everything.missing.count == 1)
  }

  @Test("numbers are those of the network's scores, and equal networks are equal")
  func numbers() throws {
    let report = try report([("iminet", [try split, try split]), ("other", [try split])])
    let section = try #require(
      report.sections.first { $0.queries == .heldOutSounds && $0.candidates == .all })
    let front = (network.imitationFrontEnd, network.recordingFrontEnd)
    let recordings = try sounds.referenceSources.map { try front.1.features(ofFile: $0.url.path) }
    let order = sounds.concepts.map(\.name)
    var ranks: [Double] = []
    for name in try split.test {
      let voice = try front.0.features(ofFile: folder[name].path)
      let scores = try recordings.map {
        try network.gradient(imitation: voice, recording: $0).score
      }
      let own = scores[order.firstIndex(of: String(name.prefix(1))) ?? 0]
      ranks.append(1 / Double(1 + scores.count { $0 > own }))
    }
    let total = try #require(section.configurations[0].categories.last)
    #expect(total.name == nil && total.trainings.count == 2 && total.deviation == 0)
    #expect(abs(total.mean - ranks.reduce(0, +) / 6) < 1e-12)
    #expect(abs(total.chance - (1 + 1.0 / 2 + 1.0 / 3 + 1.0 / 4) / 4) < 1e-12)
    #expect(section.comparisons.map(\.difference) == [0] && section.comparisons[0].p == 1)
    #expect(section.configurations[0].measures["class-wise MRR"] != nil)
    #expect(section.configurations[0].measures["R@10"]?.mean == 1)
  }

  @Test("a report is the same for any number of threads, and as text")
  func text() throws {
    let first = try report([("iminet", [try split])], threads: 1)
    let second = try report([("iminet", [try split])], threads: 3)
    #expect(first.markdown == second.markdown && first.csv == second.csv)
    let lines = first.markdown.split(separator: "\n")
    #expect(lines.contains("## held-out sounds, among all sounds"))
    #expect(lines.contains { $0.hasPrefix("| iminet | 1 | high | 3 | 4 |") }, "\(first.markdown)")
    let rows = first.csv.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    #expect(rows.allSatisfy { $0.count == rows[0].count } && rows.count > 20)
  }

  @Test("the paper's numbers stand beside configurations of its names, as the paper's")
  func paper() {
    #expect(
      PaperNumbers.meanReciprocalRank(.pretrained, category: "acoustic_instruments")
        == PaperNumbers.Number(mean: 0.46, deviation: 0.02))
    #expect(PaperNumbers.meanReciprocalRank(.iminet, category: "everyday")?.mean == 0.16)
    #expect(PaperNumbers.meanReciprocalRank(.iminet, category: "animals") == nil)
    #expect(PaperNumbers.System(named: "my-Pretrained-2") == .pretrained)
    #expect(PaperNumbers.System(named: "mine") == nil)
  }

  @Test("models are found in files, trainings' folders, and folders of those")
  func files() throws {
    try AtomicFile.write(Data("x".utf8), to: folder["runs/2/model.safetensors"])
    try AtomicFile.write(Data("x".utf8), to: folder["runs/1/model.safetensors"])
    try AtomicFile.write(Data("x".utf8), to: folder["runs/one.h5"])
    try AtomicFile.write(Data("x".utf8), to: folder["runs/notes.txt"])
    let names = try TrainedFiles.models(at: folder["runs"]).map(\.lastPathComponent)
    #expect(names == ["model.safetensors", "model.safetensors", "one.h5"])
    #expect(try TrainedFiles.models(at: folder["runs/1"]).count == 1)
    #expect(throws: InputError.self) { try TrainedFiles.models(at: folder["nothing"]) }
    #expect(throws: InputError.self) { try TrainedFiles.models(at: folder["cache"]) }
  }

  /// What Keras' own run of the same network on the same data has found (reference/README.md).
  @Test(
    "imitation-mini: the numbers of the reference, among the held-out sounds and among all",
    .enabled(
      if: Fixture.shared("data/imitation-mini") != nil, "no reference data beside the checkout"),
    arguments: [
      ("siamese_pretrained.h5", nil, 0.698, 0.352),
      ("siamese_scratch_weights.h5", "siamese_scratch_architecture.json", 0.641, 0.215),
    ] as [(String, String?, Double, Double)])
  func keras(_ seed: String, _ architecture: String?, _ held: Double, _ all: Double) throws {
    let data = try ImitationSounds.read(
      try #require(Fixture.shared("data/imitation-mini")), layout: nil)
    let report = try RetrievalEvaluation(on: data, cache: FeatureCache(folder: folder["cache"]))
      .report(
        on: [
          RetrievalEvaluation.Configuration(
            name: "pretrained",
            trainings: [
              RetrievalEvaluation.Trained(
                try Self.network(seed, architecture),
                split: try RetrievalSplit.standard(for: data, seed: 0))
            ])
        ], threads: 2)
    let sections = report.sections.filter { $0.queries == .heldOutSounds }
    let numbers = sections.map { $0.configurations[0].categories[0] }
    #expect(numbers.map(\.candidates) == [14, 45] && numbers.map(\.queries) == [140, 140])
    #expect(abs(numbers[0].mean - held) < 0.0005, "\(numbers[0].mean)")
    #expect(abs(numbers[1].mean - all) < 0.0005, "\(numbers[1].mean)")
    #expect(abs(numbers[0].chance - 0.232) < 0.0005)
  }
}

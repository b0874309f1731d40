import Foundation
import TestSupport
import Testing
import TonoAscent
import TonoAudio
import TonoCore
import TonoFiles
import TonoNetwork
import TonoRender

@testable import TonoModels
@testable import TonoListen

/// Real sounds for neurons: of a network that listens to the levels of single bands.
@Suite struct ExamplesTests {
  private let folder: TemporaryFolder
  private let sounds: URL
  private let model: Model

  /// A second of 8 kHz in 16 bands of 31 frames, in dB.
  private static let frontEnd: FrontEnd = {
    var frontEnd = FrontEnd(
      name: "test", sampleRate: 8000, seconds: 1, fftSize: 256, hop: 256, bands: 16, frames: 31,
      highestFrequency: 4000, typicalMean: -50, typicalDeviation: 20)
    frontEnd.normalization = .none
    return frontEnd
  }()

  /// Channel 0 of `conv` is the level of three frames against the bands above, channel 1 against those
  /// below; `dense` sees the whole input.
  private static func network() throws -> Network {
    func kernel(_ rows: [Float]) -> [Float] { rows.flatMap { [$0, $0, $0] } }
    let edge = kernel([1, 1, -1, -1])
    return try Network(
      inputs: [.init(name: "x", shape: frontEnd.inputShape)],
      nodes: [
        .init(
          name: "conv",
          layer: Conv2D(
            kernel: Tensor(shape: [2, 1, 4, 3], values: edge + edge.map { -$0 }), bias: nil),
          inputs: ["x"]),
        .init(name: "relu", layer: ReLU(), inputs: ["conv"]),
        .init(name: "flat", layer: Flatten(), inputs: ["relu"]),
        .init(
          name: "dense",
          layer: Dense(
            weights: Tensor(
              shape: [2 * 13 * 29, 1], values: (0..<2 * 13 * 29).map { $0 < 13 * 29 ? 1 : -1 }),
            bias: nil), inputs: ["flat"]),
      ], outputs: ["dense"])
  }

  init() throws {
    folder = try TemporaryFolder()
    sounds = folder["sounds"]
    model = Model(try Self.network(), name: "small")
    for (index, hertz) in [200.0, 500, 700, 1800, 3000].enumerated() {
      try write(tone(hertz, seconds: 0.9), "tones/\(index).wav")
    }
  }

  private func tone(_ hertz: Double, rate: Int = 8000, seconds: Double) -> Waveform {
    Waveform(
      samples: (0..<Int(seconds * Double(rate))).map {
        Float(0.4 * sin(2 * .pi * hertz * Double($0) / Double(rate)))
      }, sampleRate: rate)
  }

  private func write(_ sound: Waveform, _ path: String) throws {
    try AtomicFile.write(try AudioFile.encode(sound), to: sounds.appending(path: path))
  }

  private func run(
    _ neurons: [String], _ out: String, count: Int = 2, threads: Int = 2,
    observe: @Sendable (Examples.Event) throws -> Void = { _ in }
  ) throws -> ExampleManifest {
    try Examples(
      model, objectives: neurons.map { try Objective($0) }, frontEnds: ["x": Self.frontEnd],
      count: count
    ).run(on: try SoundFolder(sounds), into: folder[out], threads: threads, observe: observe)
  }

  @Test("the sound that a unit is made for comes first, and its part is cut out")
  func match() throws {
    // Silence but for a tone of 200 ms from 0.5 s on.
    var late = Waveform(samples: [Float](repeating: 0, count: 8000), sampleRate: 8000)
    late.samples.replaceSubrange(4000..<5600, with: tone(1000, seconds: 0.2).samples)
    try write(late, "late.wav")
    let manifest = try run(["relu:0@6,17", "relu:0"], "out")
    let unit = try #require(manifest.neurons[0].most.first)
    #expect(unit.file == "late.wav")
    #expect(unit.field.bands == 6..<10 && unit.field.frames == 17..<20)
    #expect(abs(unit.field.seconds.lowerBound - (17 * 256 - 128) / 8000) < 1e-9)
    #expect(abs(unit.field.seconds.upperBound - (19 * 256 + 128) / 8000) < 1e-9)
    let cut = try AudioFile.read(folder["out"].appending(path: unit.sound).path)
    #expect(cut.samples.count == 768 && cut.sampleRate == 8000 && cut.peak > 0.5)
    let picture = try Data(contentsOf: folder["out"].appending(path: unit.picture))
    #expect(try PNG.decode([UInt8](picture)).width > 200)

    for neuron in manifest.neurons {
      #expect(neuron.most.map(\.rank) == [1, 2] && neuron.least.map(\.rank) == [1, 2])
      #expect(neuron.most[0].value >= neuron.most[1].value)
      #expect(neuron.least[0].value <= neuron.least[1].value)
      for example in neuron.most + neuron.least {
        let sound = try AudioFile.read(sounds.appending(path: example.file).path)
        let objective = try BoundObjective(neuron.objective, in: model.network)
        let features = try Self.frontEnd.features(of: sound)
        let activations = try model.network.forward(
          ["x": Tensor(batch: [features])], to: objective.nodes)
        let expected = objective.values(of: activations)[0]
        #expect(abs(example.value - expected) <= 1e-4 * max(1, abs(expected)))
      }
    }
    let file = try Data(contentsOf: folder["out/examples.json"])
    #expect(try JSONDecoder().decode(ExampleManifest.self, from: file) == manifest)
  }

  @Test("same results on one thread and three, for several neurons and one by one")
  func independence() throws {
    let long = (0..<12).flatMap { tone(Double(150 + 270 * $0), seconds: 0.7).samples }
    try write(Waveform(samples: long, sampleRate: 8000), "long.wav")
    try write(tone(500, seconds: 0.9), "tones/1 again.wav")
    let neurons = ["relu:0", "relu:1", "dense:0", "conv:1@3,5"]
    let one = try run(neurons, "one", count: 4, threads: 1)
    #expect(try run(neurons, "three", count: 4, threads: 3) == one)
    for (index, neuron) in neurons.enumerated() {
      let alone = try run([neuron], "alone\(index)", count: 4)
      #expect(alone.neurons == [one.neurons[index]])
    }
    for path in (try FileManager.default.subpathsOfDirectory(atPath: folder["one"].path)).sorted()
    where path.contains(".") {
      #expect(
        try Data(contentsOf: folder["one"].appending(path: path))
          == Data(contentsOf: folder["three"].appending(path: path)), "\(path)")
    }
    // Equal values stand in the order of their paths.
    let equal = one.neurons.flatMap { [$0.most, $0.least] }.joined().filter {
      $0.file.hasPrefix("tones/1")
    }
    #expect(!equal.isEmpty)
    for list in one.neurons.flatMap({ [$0.most, $0.least] }) {
      for (a, b) in zip(list, list.dropFirst()) where a.value == b.value {
        #expect((a.file, a.start) < (b.file, b.start))
      }
    }
  }

  @Test("a long file gives several examples, and a rest too short to analyse gives none")
  func long() throws {
    var sound = tone(300, seconds: 3)
    sound.samples += tone(1000, seconds: 0.5).samples
    try write(sound, "long.wav")
    try write(tone(300, seconds: 2.01), "rest.wav")
    try write(tone(1000, rate: 44_100, seconds: 2.5), "fast.wav")
    let manifest = try run(["relu:0@6,3"], "out", count: 20)
    let starts = Dictionary(grouping: manifest.neurons[0].most, by: \.file)
      .mapValues { $0.map(\.start).sorted() }
    // 31 frames of 256 samples are 0.992 s: the next stretch begins there, and hears what they do not.
    func isNear(_ starts: [Double]?, _ expected: [Double]) -> Bool {
      starts?.count == expected.count
        && zip(starts ?? [], expected).allSatisfy { abs($0 - $1) < 1e-4 }
    }
    #expect(isNear(starts["long.wav"], [0, 0.992, 1.984, 2.976]))
    #expect(isNear(starts["rest.wav"], [0, 0.992]))
    #expect(isNear(starts["fast.wav"], [0, 0.992, 1.984]))
    #expect(manifest.files == 8)
    let last = try #require(manifest.neurons[0].most.first { $0.start == 2.976 })
    #expect(abs(last.length - 0.524) < 1e-3 && last.field.seconds.lowerBound >= 2.976)
  }

  @Test("files that cannot be used are named, left out and counted")
  func damaged() throws {
    let whole = try AudioFile.encode(tone(1000, seconds: 4), as: .flac)
    let files: [(String, [UInt8])] = [
      ("tones/0 empty.wav", []), ("tones/0 text.mp3", Array("no sound".utf8)),
      ("tones/0 cut.flac", Array(whole.prefix(whole.count / 2))),
      ("notes.txt", [1]), (".hidden.wav", [1]),
    ]
    for (path, bytes) in files { try AtomicFile.write(bytes, to: sounds.appending(path: path)) }
    var holed = try AudioFile.encode(tone(1000, seconds: 0.5))
    // 32-bit floats of all bits set.
    holed.replaceSubrange(20..<22, with: [3, 0])
    holed.replaceSubrange(34..<36, with: [32, 0])
    holed.replaceSubrange(32..<34, with: [4, 0])
    holed.replaceSubrange(100..<400, with: [UInt8](repeating: 255, count: 300))
    try AtomicFile.write(holed, to: sounds.appending(path: "tones/nan.wav"))
    try write(Waveform(samples: [0.3], sampleRate: 8000), "tones/one sample.wav")
    try write(Waveform(samples: [0, 0, 0], sampleRate: 192_000), "tones/silence.wav")
    let named = Collected<String>()
    let manifest = try run(["relu:0", "dense:0"], "out", count: 9) { event in
      if case .skipped(let skipped) = event { named.store(skipped.path, at: skipped.path.hash) }
    }
    let expected = ["tones/0 cut.flac", "tones/0 empty.wav", "tones/0 text.mp3", "tones/nan.wav"]
    #expect(manifest.skipped.map(\.path) == expected)
    #expect(named.inOrder.sorted() == expected)
    for skipped in manifest.skipped {
      #expect(skipped.reason.contains(skipped.path) && !skipped.reason.contains("\n"))
    }
    #expect(manifest.files == 7 && manifest.examples == 7)
    #expect(manifest.neurons[0].least.contains { $0.file == "tones/silence.wav" })
  }

  @Test("searches that cannot be")
  func refusals() throws {
    #expect(throws: InputError.self) {
      try Examples(model, objectives: [Objective("relu:0")], frontEnds: [:], count: 1)
    }
    #expect(throws: InputError.self) { try SoundFolder(folder["none"]) }
    try AtomicFile.write([1, 2], to: folder["bad/a.wav"])
    let neuron = try NeuronReference("relu:0")
    let examples = try Examples(
      model, objectives: [Objective(neuron)], frontEnds: ["x": Self.frontEnd], count: 1)
    let error = #expect(throws: InputError.self) {
      try examples.run(on: SoundFolder(folder["bad"]), into: folder["out"], threads: 1) { _ in }
    }
    #expect(error?.description.contains("a.wav") == true)
    #expect(!FileManager.default.fileExists(atPath: folder["out/examples.json"].path))
    _ = try run(["relu:0"], "again")
    #expect(throws: InputError.self) { try run(["relu:0"], "again") }
  }
}

import Foundation
import TestSupport
import Testing
import TonoAudio
import TonoCore
import TonoListen
import TonoStudy

/// `examples`, through files and text only.
@Suite struct ExamplesCommandTests {
  private func tone(_ hertz: Double, rate: Int, seconds: Double) throws -> Data {
    let samples = (0..<Int(seconds * Double(rate))).map {
      Float(0.4 * sin(2 * .pi * hertz * Double($0) / Double(rate)))
    }
    return Data(try AudioFile.encode(Waveform(samples: samples, sampleRate: rate)))
  }

  @Test("each neuron has its cut-outs and pictures, and bad files are named")
  func files() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      at: folder["sounds/low"], withIntermediateDirectories: true)
    try tone(200, rate: 8000, seconds: 1).write(to: folder["sounds/low/a.wav"])
    try tone(3000, rate: 48_000, seconds: 5).write(to: folder["sounds/b.WAV"])
    try Data("no sound".utf8).write(to: folder["sounds/c.wav"])
    let result = try Tool.run([
      "examples", Models.siamese, "nyu_conv_1_AC:0-1", "nyu_conv_2_AC:3@4,5", "--sounds",
      folder["sounds"].path, "--out", folder["out"].path, "--count", "2", "--threads", "2",
    ])
    #expect(result.status == 0, "\(result.error)")
    #expect(result.error.contains("c.wav"))
    #expect(result.output.contains("3 examples of 2 sounds, 1 skipped"), "\(result.output)")
    let manifest = try JSONDecoder().decode(
      ExampleManifest.self, from: try Data(contentsOf: folder["out/examples.json"]))
    #expect(manifest.input == "ref_input_b" && manifest.skipped.map(\.path) == ["c.wav"])
    #expect(manifest.neurons.count == 3)
    for neuron in manifest.neurons {
      #expect(neuron.most.count == 2 && neuron.least.count == 2)
      for example in neuron.most + neuron.least {
        #expect(result.output.contains(example.file))
        #expect(try AudioFile.read(folder["out/\(example.sound)"].path).sampleRate == 44_100)
        #expect(FileManager.default.fileExists(atPath: folder["out/\(example.picture)"].path))
      }
    }
    #expect(manifest.neurons[2].most[0].sound == "nyu_conv_2_AC/3@4,5/most-1.wav")
  }

  @Test(
    "what cannot be asked is told in one sentence",
    arguments: [
      (["fc_1:0"], ["2 inputs", "nyu_"]),
      (["nyu_conv_1_AC:0", "lid_conv_1_AC:0"], ["ref_input_b", "imi_input_a"]),
      (["nyu_conv_1_AC:0", "--front-end", "none"], ["--front-end"]),
      (["nyu_conv_9_AC:0"], ["nyu_conv_3_AC"]),
      (["nyu_conv_1_AC:0", "--count", "0"], ["--count is 0"]),
      (["nyu_conv_1_AC:0"], ["no sound file"]),
    ])
  func refusals(_ arguments: [String], _ words: [String]) throws {
    let folder = try TemporaryFolder()
    let result = try Tool.run(
      ["examples", Models.siamese] + arguments
        + ["--sounds", folder.url.path, "--out", folder["out"].path])
    #expect(result.status != 0)
    #expect(result.error.split(separator: "\n").count { $0.hasPrefix("Error: ") } == 1)
    for word in words { #expect(result.error.contains(word), "'\(word)' in: \(result.error)") }
    #expect(!FileManager.default.fileExists(atPath: folder["out"].path))
  }
}

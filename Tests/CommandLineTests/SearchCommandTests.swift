import Foundation
import TestSupport
import Testing
import TonoAudio

/// `search`, through files and text only, with the pretrained network on sounds made here.
@Suite struct SearchCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      at: folder["sounds/deep"], withIntermediateDirectories: true)
    for (name, start, end) in [("up", 200.0, 3000.0), ("down", 3000, 200), ("deep/flat", 500, 500)]
    {
      try glide(start, end, rate: 22_050, seconds: 2).write(to: folder["sounds/\(name).wav"])
    }
    try glide(300, 2500, rate: 16_000, seconds: 1.5).write(to: folder["hum.wav"])
  }

  private func glide(_ start: Double, _ end: Double, rate: Int, seconds: Double) throws -> Data {
    var phase = 0.0
    let count = Int(seconds * Double(rate))
    let samples = (0..<count).map { index -> Float in
      phase += 2 * .pi * (start + (end - start) * Double(index) / Double(count)) / Double(rate)
      return Float(0.4 * sin(phase))
    }
    return Data(try AudioFile.encode(Waveform(samples: samples, sampleRate: rate)))
  }

  private func search(_ arguments: [String]) throws -> Tool.Result {
    try Tool.run(
      ["search", "--model", Models.siamese, "--library", folder["sounds"].path, "--threads", "2"]
        + arguments)
  }

  private struct Answer: Decodable {
    struct Hit: Decodable {
      let rank: Double
      let likelihood: Float
      let file: String
      let start: Double
    }
    let query: String
    let hits: [Hit]
  }

  @Test("sounds are ranked, as a table and as JSON, and listened to once")
  func ranks() throws {
    let first = try search([folder["hum.wav"].path])
    #expect(first.status == 0, "\(first.error)")
    #expect(first.error.contains("listening to 3 sounds"))
    #expect(FileManager.default.fileExists(atPath: folder["sounds.index.safetensors"].path))
    let second = try search([folder["hum.wav"].path, "--json"])
    #expect(!second.error.contains("listening"))
    let answers = try JSONDecoder().decode([Answer].self, from: Data(second.output.utf8))
    #expect(answers.count == 1 && answers[0].hits.map(\.rank) == [1, 2, 3])
    #expect(Set(answers[0].hits.map(\.file)) == ["up.wav", "down.wav", "deep/flat.wav"])
    let rows = first.output.split(separator: "\n").dropFirst(2)
    #expect(rows.count == 3)
    for (row, hit) in zip(rows, answers[0].hits) {
      #expect(row.contains(hit.file) && row.contains(String(format: "%.4f", hit.likelihood)))
    }
  }

  @Test("several queries, the first few, and a playlist that plays them")
  func playlist() throws {
    try FileManager.default.copyItem(at: folder["hum.wav"], to: folder["other.wav"])
    let result = try search([
      folder["hum.wav"].path, folder["other.wav"].path, "--top", "2", "--m3u", folder["x.m3u"].path,
    ])
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output.components(separatedBy: "among 3 sounds").count == 3)
    let lines = try String(contentsOf: folder["x.m3u"], encoding: .utf8).split(separator: "\n")
    #expect(lines.first == "#EXTM3U")
    let files = lines.filter { !$0.hasPrefix("#") }
    #expect(files.count == 4)
    #expect(files.allSatisfy { FileManager.default.fileExists(atPath: String($0)) })
  }

  @Test("why: a picture and both sounds for each row")
  func why() throws {
    let result = try search([
      folder["hum.wav"].path, "--top", "1", "--why", folder["why"].path,
    ])
    #expect(result.status == 0, "\(result.error)")
    #expect(result.error.contains("query 0.") && result.error.contains("Hz; sound 0."))
    #expect(FileManager.default.fileExists(atPath: folder["why/hum-1.png"].path))
    let rates = try ["query", "sound"].map {
      try AudioFile.read(folder["why/hum-1-\($0).wav"].path).sampleRate
    }
    #expect(rates == [16_000, 44_100])
  }

  @Test("hum: what to sing to find a sound")
  func hum() throws {
    let result = try Tool.run([
      "search", "--model", Models.siamese, "--library", folder["sounds"].path, "--hum",
      folder["sounds/down.wav"].path, "--out", folder["out"].path, "--steps", "100",
    ])
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output.contains("likelihood") && result.output.contains("among 3 sounds"))
    #expect(result.output.contains("it finds the sound at rank 1"))
    #expect(FileManager.default.fileExists(atPath: folder["out/run.json"].path))
  }

  @Test("an index of another model is refused where it was named, and made anew where not")
  func otherModel() throws {
    let index = folder["index.safetensors"].path
    _ = try search([folder["hum.wav"].path])
    let other = [
      "search", "--model", Fixture.seed("siamese_scratch_weights.h5").path, "--architecture",
      Fixture.seed("siamese_scratch_architecture.json").path, "--library", folder["sounds"].path,
      folder["hum.wav"].path,
    ]
    let usual = try Tool.run(other)
    #expect(usual.status == 0 && usual.error.contains("another model"), "\(usual.error)")
    _ = try search([folder["hum.wav"].path, "--index", index])
    let named = try Tool.run(other + ["--index", index])
    #expect(named.status != 0 && named.error.contains("another model"))
    #expect(named.error.contains("--rebuild"))
    #expect(try Tool.run(other + ["--index", index, "--rebuild"]).status == 0)
  }

  @Test(
    "what cannot be asked is told in one sentence",
    arguments: [
      (["silence.wav"], "is silent"), (["text.wav"], "cannot be read as a sound"),
      (["nothing.wav"], "no such file"), ([], "there is no query"),
      (["hum.wav", "--top=-1"], "--top is -1"),
      (["hum.wav", "--hum", "hum.wav", "--out", "x"], "opposite questions"),
    ])
  func refusals(_ arguments: [String], _ words: String) throws {
    try Data(
      try AudioFile.encode(Waveform(samples: Array(repeating: 0, count: 9000), sampleRate: 8000))
    )
    .write(to: folder["silence.wav"])
    try Data("text".utf8).write(to: folder["text.wav"])
    let result = try search(
      arguments.map { $0.hasSuffix(".wav") ? folder[$0].path : $0 })
    #expect(result.status != 0)
    #expect(result.error.split(separator: "\n").count { $0.hasPrefix("Error: ") } == 1)
    #expect(result.error.contains(words), "\(result.error)")
    #expect(!FileManager.default.fileExists(atPath: folder["sounds.index.safetensors"].path))
  }

  @Test("an empty library is told")
  func empty() throws {
    try FileManager.default.removeItem(at: folder["sounds"])
    try FileManager.default.createDirectory(at: folder["sounds"], withIntermediateDirectories: true)
    let result = try search([folder["hum.wav"].path])
    #expect(result.status != 0 && result.error.contains("no sound file"), "\(result.error)")
  }
}

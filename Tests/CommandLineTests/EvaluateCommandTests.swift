import Foundation
import TestSupport
import Testing
import TonoAudio
import TonoStudy

/// `evaluate`, through files and text only, on a data set in VocalSketch's layout made here.
@Suite struct EvaluateCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    var (recordings, imitations, split) = (
      "id,sound_label,sound_label_id,filename,audio_concept_subset\n",
      "id,filename,stimulus_type,included,draft,training,participant_id,satisfaction,sound_label,"
        + "sound_label_id,sound_recording,sound_recording_id,audio_concept_subset,"
        + "participants_sound_recording_description,"
        + "participants_sound_recording_description_confidence,description_match\n",
      "sound_label,filename,split,source\n"
    )
    for name in ["data/sound_recordings", "data/vocal_imitations/included"] {
      try FileManager.default.createDirectory(at: folder[name], withIntermediateDirectories: true)
    }
    for (index, label) in ["one", "two", "three", "four"].enumerated() {
      let start = 300.0 * Double(index + 1)
      try glide(start, 2 * start).write(to: folder["data/sound_recordings/\(label).wav"])
      recordings += "\(index),\(label),\(index),\(label).wav,everyday\n"
      split += "\(label),\(label).wav,\(index < 2 ? "train" : "test"),made here\n"
      for person in 0..<2 {
        let file = "\(label) - \(person).wav"
        try glide(start * (1 + 0.1 * Double(person)), 1.5 * start)
          .write(to: folder["data/vocal_imitations/included/\(file)"])
        imitations +=
          "\(index)\(person),\(file),sound recording,True,False,False,\(person),Satisfied,\(label),"
          + "\(index),\(label).wav,\(index),everyday,x,Confident,True\n"
      }
    }
    try recordings.write(to: folder["data/sound_recordings.csv"], atomically: true, encoding: .utf8)
    try imitations.write(to: folder["data/vocal_imitations.csv"], atomically: true, encoding: .utf8)
    try split.write(to: folder["data/split.csv"], atomically: true, encoding: .utf8)
  }

  private func glide(_ start: Double, _ end: Double) throws -> Data {
    var phase = 0.0
    let samples = (0..<16_000).map { index -> Float in
      phase += 2 * .pi * (start + (end - start) * Double(index) / 16_000) / 16_000
      return Float(0.4 * sin(phase))
    }
    return Data(try AudioFile.encode(Waveform(samples: samples, sampleRate: 16_000)))
  }

  private func evaluate(_ arguments: [String]) throws -> Tool.Result {
    try Tool.run(
      ["evaluate", "--data", folder["data"].path, "--cache", folder["cache"].path] + arguments)
  }

  @Test("tables, CSV and JSON of two configurations, with the paper's numbers beside ours")
  func report() throws {
    let result = try evaluate([
      "pretrained=\(Models.siamese)", "other=\(Models.siamese)", "other=\(Models.siamese)", "--out",
      folder["out"].path,
    ])
    #expect(result.status == 0, "\(result.error)")
    let text = try String(contentsOf: folder["out/evaluation.md"], encoding: .utf8)
    #expect(result.output == text)
    #expect(text.contains("## held-out sounds, among all sounds"))
    #expect(text.contains("| pretrained | 1 | everyday | 4 | 4 |"), "\(text)")
    #expect(text.contains("| other | 2 | everyday | 4 | 4 |"))
    #expect(text.contains("the paper's MRR, on VocalSketch") && text.contains("0.25 ± 0.02"))
    #expect(text.contains("pretrained − other"))
    let report = try JSONDecoder().decode(
      EvaluationReport.self, from: Data(contentsOf: folder["out/evaluation.json"]))
    #expect(report.markdown == text && report.people == 2)
    #expect(
      try String(contentsOf: folder["out/evaluation.csv"], encoding: .utf8).hasPrefix("queries,"))
    #expect(try evaluate([Models.siamese, "--format", "csv"]).output.hasPrefix("queries,"))
  }

  @Test("without training, every imitation is asked")
  func untrained() throws {
    let result = try evaluate([Models.siamese, "--untrained"])
    #expect(result.status == 0 && result.output.contains("## all imitations, among all sounds"))
    let row = "| siamese_pretrained | 1 | everyday | 8 | 4 |"
    #expect(result.output.contains(row), "\(result.output)")
  }

  @Test(
    "what cannot be evaluated is told in one sentence",
    arguments: [
      ([], "there is no model"), (["nothing.h5"], "no such file"),
      ([Models.tower[0], "--architecture", Models.tower[2]], "has two inputs"),
      (["--table2"], "--table2"), ([Models.siamese, "--table2", "--out", "x"], "--table2"),
      ([Models.siamese, "--epochs", "3"], "--table2"),
      ([Models.siamese, "--split", "x.json", "--untrained"], "contradict"),
    ])
  func refusals(_ arguments: [String], _ words: String) throws {
    let result = try evaluate(arguments)
    #expect(result.status != 0)
    #expect(result.error.split(separator: "\n").count { $0.hasPrefix("Error: ") } == 1)
    #expect(result.error.contains(words), "\(result.error)")
  }
}

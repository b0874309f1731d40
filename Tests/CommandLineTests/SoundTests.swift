import Foundation
import TestSupport
import Testing
import TonoAudio
import TonoCore
import TonoFiles
import TonoNetwork
import TonoStudy

/// Sounds of runs and of patterns, and what the neuron says to them.
@Suite struct SoundTests {
  private let folder = try? TemporaryFolder()

  private func maximize(_ neurons: [String], _ flags: [String], to out: URL) throws -> RunManifest {
    let result = try Tool.run(
      ["maximize", Models.siamese] + neurons + flags + ["--out", out.path, "--no-pictures"])
    #expect(result.status == 0, "\(result.error)")
    return try RunDirectory.read(out.appending(path: "run.json"))
  }

  @Test("by default a sound is climbed, and its file excites the neuron as the pattern does")
  func retention() throws {
    let out = try #require(folder)["run"]
    let manifest = try maximize(
      ["nyu_conv_1_AC:0", "lid_conv_2_AC:1", "fc_1_pre:0"], ["--steps", "25"], to: out)
    #expect(manifest.plan.canvases == ["imi_input_a": .waveform, "ref_input_b": .waveform])
    for record in manifest.patterns {
      let roundTrip = try #require(record.roundTrip)
      #expect(abs(try #require(roundTrip.retention) - 1) < 0.02, "\(record.objective)")
      #expect(roundTrip.logMelDistances.values.allSatisfy { $0 < 0.1 })
      #expect(record.activation > record.activations[0])
    }
  }

  @Test("retention is what anyone finds with the files: features, then activations")
  func recomputed() throws {
    let folder = try #require(folder)
    let out = folder["run"]
    let manifest = try maximize(
      ["nyu_conv_2_AC:3"], ["--steps", "10", "--canvas", "spectrogram"], to: out)
    let record = try #require(manifest.patterns.first)
    let features = folder["features.npy"]
    let analysed = try Tool.run([
      "features", out.appending(path: "nyu_conv_2_AC/3.wav").path, "--front-end",
      "tl-iminet/recording", "--out", features.path,
    ])
    #expect(analysed.status == 0, "\(analysed.error)")
    let asked = try Tool.run([
      "gradient", Models.siamese, "nyu_conv_2_AC:3", "--input", "ref_input_b=\(features.path)",
      "--out", folder["gradient.npz"].path,
    ])
    #expect(asked.status == 0, "\(asked.error)")
    let words = asked.output.split(whereSeparator: \.isWhitespace).compactMap { Float($0) }
    let activation = try #require(record.roundTrip?.activation)
    #expect(words.contains { abs($0 - activation) < 1e-3 * abs(activation) }, "\(asked.output)")
  }

  @Test("a layer's sounds stand one after another, with cues that say when")
  func sheet() throws {
    let out = try #require(folder)["run"]
    _ = try maximize(["lid_conv_1_AC:0-1"], ["--steps", "3"], to: out)
    let sheet = try AudioFile.read(out.appending(path: "lid_conv_1_AC.wav").path)
    let first = try AudioFile.read(out.appending(path: "lid_conv_1_AC/0.wav").path)
    let gap = SoundSheet.gapSeconds
    #expect(abs(sheet.seconds - (2 * first.seconds + gap)) < 1e-3)
    let table = try String(
      contentsOf: out.appending(path: "lid_conv_1_AC.csv"), encoding: .utf8)
    #expect(table.hasPrefix("start,end,label\n0.000000,"))
    #expect(table.contains("\"lid_conv_1_AC:1\""))
    let labels = try String(
      contentsOf: out.appending(path: "lid_conv_1_AC.txt"), encoding: .utf8)
    #expect(labels.split(separator: "\n").allSatisfy { $0.split(separator: "\t").count == 3 })
  }

  @Test("sonify plays files and runs, in each format", arguments: ["wav", "flac", "ogg"])
  func sonify(_ format: String) throws {
    let folder = try #require(folder)
    let out = folder["run"]
    _ = try maximize(
      ["nyu_conv_1_AC:0"], ["--steps", "5", "--canvas", "spectrogram", "--no-sound"], to: out)
    let lone = folder["lone.npz"]
    try Data(
      NumPyArchive.encode([
        ("ref_input_b", Tensor(shape: [128, 128], values: (0..<128 * 128).map { sin(Float($0)) }))
      ])
    ).write(to: lone)
    let flags = ["--iterations", "3", "--refinement", "5", "--format", format]
    let result = try Tool.run(
      ["sonify", out.path, lone.path, "--out", folder["sounds"].path] + flags)
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output.contains("retention"))
    for name in ["nyu_conv_1_AC/0", "lone"] {
      let sound = try AudioFile.read(folder["sounds/\(name).\(format)"].path)
      #expect(sound.sampleRate == 44_100 && sound.samples.count == 131_072, "\(name)")
    }
  }

  @Test("pairs hold both runs' sounds")
  func pairs() throws {
    let folder = try #require(folder)
    for (name, seed) in [("a", "1"), ("b", "2")] {
      _ = try maximize(
        ["lid_conv_1_AC:2"], ["--steps", "2", "--no-sound", "--seed", seed], to: folder[name])
    }
    let result = try Tool.run([
      "sonify", folder["a"].path, "--against", folder["b"].path, "--out", folder["sounds"].path,
      "--iterations", "2", "--refinement", "0",
    ])
    #expect(result.status == 0, "\(result.error)")
    let pair = try AudioFile.read(folder["sounds/lid_conv_1_AC/2.pair.wav"].path)
    let one = try AudioFile.read(folder["sounds/lid_conv_1_AC/2.wav"].path)
    #expect(abs(pair.seconds - 2 * one.seconds - SoundSheet.gapSeconds) < 1e-3)
  }

  @Test("what has no sound is refused in a sentence")
  func refusals() throws {
    let folder = try #require(folder)
    func write(_ tensor: Tensor, _ name: String) throws -> String {
      let url = folder[name]
      try Data(NumPyArray.encode(tensor)).write(to: url)
      return url.path
    }
    let odd = try write(Tensor(shape: [12, 13]), "odd.npy")
    var broken = Tensor(shape: [128, 128])
    broken.values[7] = .nan
    let notFinite = try write(broken, "nan.npy")
    for (arguments, words) in [
      ([odd], "12×13"), ([notFinite], "NaN"), (["missing.npy"], "no such file"),
      ([folder.url.path, "--out", folder["x"].path], "run.json"),
      ([odd, "--overlap", "2"], "--overlap"),
    ] {
      let result = try Tool.run(["sonify"] + arguments)
      #expect(result.status != 0 && result.error.contains(words), "\(arguments): \(result.error)")
    }
    let silent = try write(Tensor(shape: [128, 128]), "silence.npy")
    #expect(try Tool.run(["sonify", silent]).status == 0)
    #expect(try AudioFile.read(folder["silence.wav"].path).peak == 0)
  }

  @Test("settings that need cells choose a spectrogram, and are refused on a sound")
  func canvases() throws {
    let folder = try #require(folder)
    let blurred = try maximize(
      ["lid_conv_1_AC:0"], ["--steps", "2", "--no-sound", "--blur", "1"], to: folder["a"])
    #expect(blurred.plan.canvases["imi_input_a"]?.kind == .spectrogram)
    for flags in [["--blur", "1"], ["--no-normalize"], ["--start", "silence"]] {
      let result = try Tool.run(
        ["maximize", Models.siamese, "lid_conv_1_AC:0", "--canvas", "waveform", "--out"]
          + [folder["b"].path] + flags)
      #expect(result.status != 0 && result.error.contains(flags[0]), "\(result.error)")
    }
    let waves = try Tool.run(
      ["maximize", Models.siamese, "lid_conv_1_AC:0", "--canvas", "fourier", "--blur", "1"]
        + ["--out", folder["b"].path])
    #expect(waves.status != 0 && waves.error.contains("--blur"), "\(waves.error)")
    for canvas in ["mel-power", "fourier"] {
      let run = try maximize(
        ["lid_conv_1_AC:0"],
        [
          "--steps", "8", "--no-sound", "--canvas", canvas, "--tilt-jitter", "3", "--noise-floor",
          "40", "--playability", "0.1",
        ], to: folder[canvas])
      let record = try #require(run.patterns.first)
      #expect(record.activation > record.activations[0])
    }
  }
}

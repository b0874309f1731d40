import Foundation
import TestSupport
import Testing
import TonoAscent
import TonoAudio
import TonoCore
import TonoFiles
import TonoNetwork
import TonoRender
import TonoStudy

/// `maximize`: what a run writes, and that it is the same however it came about.
@Suite struct RunTests {
  private let folder = try? TemporaryFolder()

  private func directory(_ name: String) throws -> URL {
    try #require(folder).url.appending(path: name)
  }

  private func maximize(
    _ neurons: [String], _ flags: [String] = [], to out: URL
  ) -> [String] {
    ["maximize"] + Models.tower + neurons + ["--steps", "6", "--out", out.path] + flags
  }

  private func bytes(_ run: URL, _ path: String) throws -> Data {
    try Data(contentsOf: run.appending(path: path))
  }

  @Test("each neuron has its array, picture and sound, and run.json tells all")
  func files() throws {
    let out = try directory("run")
    let result = try Tool.run(
      maximize(
        ["nyu_conv_1_AC:0-1", "nyu_conv_3_AC:5@12,1", "nyu_fc_1_pre:3"],
        ["--front-end", "tl-iminet/recording"], to: out))
    #expect(result.status == 0, "\(result.error)")
    let manifest = try RunDirectory.read(out.appending(path: "run.json"))
    #expect(
      manifest.patterns.map(\.objective.description)
        == ["nyu_conv_1_AC:0", "nyu_conv_1_AC:1", "nyu_conv_3_AC:5@12,1", "nyu_fc_1_pre:3"])
    #expect(manifest.plan.model.sha256.count == 64)
    #expect(manifest.plan.frontEnds["ref_input"]?.name == "tl-iminet/recording")
    for record in manifest.patterns {
      #expect(!record.dead && record.activations.count == 7)
      #expect(record.activation > record.activations[0])
      let base = record.objective.path
      #expect(record.files.sorted() == [base + ".npy", base + ".png", base + ".wav"])
      #expect(try NumPyArray.read(out.appending(path: base + ".npy")).shape == [128, 128])
      let image = try PNG.decode([UInt8](bytes(out, base + ".png")))
      #expect(image.width > 300 && image.height > 200)
      let sound = try AudioFile.read(out.appending(path: base + ".wav").path)
      #expect(sound.sampleRate == 44_100 && sound.peak > 0.01 && sound.peak < 1)
    }
    for layer in ["nyu_conv_1_AC", "nyu_conv_3_AC", "nyu_fc_1_pre"] {
      _ = try PNG.decode([UInt8](bytes(out, layer + ".png")))
    }
  }

  @Test("a joint neuron has one archive, and a picture and a sound for each input")
  func pair() throws {
    let out = try directory("pair")
    let result = try Tool.run(
      ["maximize", Models.siamese, "fc_1_pre:2", "--steps", "2", "--out", out.path])
    #expect(result.status == 0, "\(result.error)")
    let archive = try NumPyArchive.read(out.appending(path: "fc_1_pre/2.npz"))
    #expect(archive.map(\.name) == ["imi_input_a", "ref_input_b"])
    #expect(archive.map(\.tensor.shape) == [[39, 482], [128, 128]])
    for input in ["imi_input_a", "ref_input_b"] {
      _ = try PNG.decode([UInt8](bytes(out, "fc_1_pre/2.\(input).png")))
      _ = try AudioFile.read(out.appending(path: "fc_1_pre/2.\(input).wav").path)
    }
    _ = try PNG.decode([UInt8](bytes(out, "fc_1_pre/2.png")))
  }

  @Test("a held input stays out of the pattern, and decides it")
  func held() throws {
    let folder = try #require(folder)
    func hold(_ value: (Int) -> Float, _ name: String) throws -> Data {
      let array = folder[name + ".npy"]
      let tensor = Tensor(shape: [39, 482], values: (0..<39 * 482).map(value))
      try Data(NumPyArray.encode(tensor)).write(to: array)
      let out = try directory(name)
      let result = try Tool.run([
        "maximize", Models.siamese, "fc_2_pre:0", "--steps", "3", "--no-sound", "--hold",
        "imi_input_a=\(array.path)", "--out", out.path,
      ])
      #expect(result.status == 0, "\(result.error)")
      let archive = try NumPyArchive.read(out.appending(path: "fc_2_pre/0.npz"))
      #expect(archive.map(\.name) == ["ref_input_b"])
      let manifest = try RunDirectory.read(out.appending(path: "run.json"))
      #expect(manifest.plan.held == ["imi_input_a": try FileDigest.sha256(of: array)])
      #expect(manifest.instructionSet == KernelSet.current.name)
      #expect(
        manifest.patterns[0].files.sorted() == ["fc_2_pre/0.npz", "fc_2_pre/0.png"])
      return try bytes(out, "fc_2_pre/0.npz")
    }
    let waves = try hold({ sin(Float($0) / 9) }, "waves")
    #expect(try hold({ sin(Float($0) / 9) }, "again") == waves)
    #expect(try hold({ cos(Float($0 % 482)) }, "others") != waves)
  }

  @Test("same bytes on one thread and two, alone and in company")
  func independence() throws {
    let runs = try ["one", "two", "alone"].map(directory)
    for (run, arguments) in zip(
      runs,
      [
        maximize(["nyu_conv_2_AC:3-6"], ["--threads", "1"], to: runs[0]),
        maximize(["nyu_conv_2_AC:3-6"], ["--threads", "2"], to: runs[1]),
        maximize(["nyu_conv_2_AC:5"], to: runs[2]),
      ])
    {
      let result = try Tool.run(arguments + ["--front-end", "tl-iminet/recording"])
      #expect(result.status == 0, "\(run.lastPathComponent): \(result.error)")
    }
    for channel in 3...6 {
      for file in ["npy", "png", "wav"] {
        let path = "nyu_conv_2_AC/\(channel).\(file)"
        #expect(try bytes(runs[0], path) == bytes(runs[1], path), "\(path)")
        if channel == 5 { #expect(try bytes(runs[0], path) == bytes(runs[2], path), "\(path)") }
      }
    }
  }

  @Test("a run that was stopped goes on where it was", arguments: [SIGINT, SIGKILL])
  func resume(_ signal: Int32) throws {
    let (whole, stopped) = (try directory("whole"), try directory("stopped"))
    let flags = ["--no-pictures", "--no-sound", "--threads", "1"]
    let neurons = ["nyu_conv_2_AC:0-11"]
    #expect(try Tool.run(maximize(neurons, flags, to: whole)).status == 0)

    let running = try Tool.start(maximize(neurons, flags, to: stopped))
    let second = stopped.appending(path: "nyu_conv_2_AC/2.npy")
    while running.process.isRunning && !FileManager.default.fileExists(atPath: second.path) {
      usleep(2_000)
    }
    kill(running.process.processIdentifier, signal)
    let result = try running.finish()
    if signal == SIGINT { #expect(result.status == 130 || result.status == 0, "\(result.error)") }
    let before = try RunDirectory.read(stopped.appending(path: "run.json")).patterns.count
    let again = try Tool.run(maximize(neurons, flags, to: stopped))
    #expect(again.status == 0, "\(again.error)")
    if before > 0 { #expect(again.error.contains("\(before) of 12 neurons were finished before")) }
    #expect(try RunDirectory.read(stopped.appending(path: "run.json")).patterns.count == 12)
    for channel in 0..<12 {
      let path = "nyu_conv_2_AC/\(channel).npy"
      #expect(try bytes(whole, path) == bytes(stopped, path), "\(path)")
    }
    let files = try FileManager.default.subpathsOfDirectory(atPath: stopped.path)
    #expect(files.filter { !$0.hasSuffix(".npy") }.sorted() == ["nyu_conv_2_AC", "run.json"])
  }

  @Test("what a killed writer left is removed, and only one process writes a run")
  func company() throws {
    let out = try directory("company")
    let flags = ["--no-pictures", "--no-sound"]
    #expect(try Tool.run(maximize(["nyu_conv_1_AC:0"], flags, to: out)).status == 0)
    let part = out.appending(path: "nyu_conv_1_AC/.4711-3.part")
    try Data([1]).write(to: part)
    let first = try Tool.start(
      ["maximize"] + Models.tower + ["nyu_conv_1_AC:0-23", "--steps", "6", "--out", out.path]
        + flags)
    let second = out.appending(path: "nyu_conv_1_AC/1.npy")
    while first.process.isRunning && !FileManager.default.fileExists(atPath: second.path) {
      usleep(2_000)
    }
    if first.process.isRunning {
      let intruder = try Tool.run(maximize(["nyu_conv_1_AC:0"], flags, to: out))
      #expect(intruder.error.contains("another process") || !first.process.isRunning)
    }
    #expect(try first.finish().status == 0)
    #expect(!FileManager.default.fileExists(atPath: part.path))
  }

  @Test("a file that was damaged or removed is made again")
  func damage() throws {
    let out = try directory("damage")
    let flags = ["--no-sound", "--threads", "1"]
    #expect(try Tool.run(maximize(["nyu_conv_1_AC:0-2"], flags, to: out)).status == 0)
    let paths = ["nyu_conv_1_AC/0.npy", "nyu_conv_1_AC/1.png"]
    let before = try paths.map { try bytes(out, $0) }
    try before[0].prefix(1000).write(to: out.appending(path: paths[0]))
    try FileManager.default.removeItem(at: out.appending(path: paths[1]))
    let again = try Tool.run(maximize(["nyu_conv_1_AC:0-2"], flags, to: out))
    #expect(again.status == 0, "\(again.error)")
    #expect(again.error.contains("1 of 3 neurons were finished before"))
    #expect(try paths.map { try bytes(out, $0) } == before)
    #expect(try RunDirectory.read(out.appending(path: "run.json")).patterns.count == 3)
  }

  @Test("another run is refused in the same directory, more neurons of the same are not")
  func mixing() throws {
    let out = try directory("mixed")
    let flags = ["--no-pictures"]
    #expect(try Tool.run(maximize(["nyu_conv_1_AC:0"], flags, to: out)).status == 0)
    let before = try bytes(out, "run.json")
    for other in [["--seed", "1"], ["--rate", "0.1"], ["--no-plateau"], ["--front-end", "none"]] {
      let result = try Tool.run(maximize(["nyu_conv_1_AC:0"], flags + other, to: out))
      #expect(result.status != 0)
      #expect(result.error.contains("holds another run"), "\(result.error)")
      #expect(try bytes(out, "run.json") == before)
    }
    #expect(try Tool.run(maximize(["nyu_conv_1_AC:0-1"], flags, to: out)).status == 0)
    #expect(try RunDirectory.read(out.appending(path: "run.json")).patterns.count == 2)
  }
}

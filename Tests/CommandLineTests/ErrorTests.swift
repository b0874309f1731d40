import Foundation
import TestSupport
import Testing
import TonoCore
import TonoFiles
import TonoNetwork
import TonoStudy

/// Bad input: one sentence that names the file, the place and the remedy, and nothing half-written.
@Suite struct ErrorTests {
  private func expect(
    _ arguments: [String], shell: String? = nil, says words: [String],
    leaves folder: URL? = nil
  ) throws {
    let result = try Tool.run(arguments, shell: shell)
    #expect(result.status != 0, "\(arguments)")
    let lines = result.error.split(separator: "\n").filter { $0.hasPrefix("Error: ") }
    #expect(lines.count == 1, "\(result.error)")
    for word in words { #expect(result.error.contains(word), "'\(word)' in: \(result.error)") }
    #expect(!result.error.contains("HDF5-DIAG") && !result.error.contains("Fatal"))
    if let folder { #expect(!FileManager.default.fileExists(atPath: folder.path)) }
  }

  @Test("files that are no models")
  func noModels() throws {
    let folder = try TemporaryFolder()
    let text = folder.url.appending(path: "notes.h5")
    try Data("not a model at all".utf8).write(to: text)
    try expect(["inspect", text.path], says: ["notes.h5"])
    try expect(
      ["inspect", folder.url.appending(path: "none.h5").path], says: ["none.h5", "no such file"])
    try expect(["inspect", folder.url.path], says: ["folder"])
    let whole = try Data(contentsOf: URL(filePath: Models.siamese))
    for share in [0.02, 0.5, 0.99] {
      let cut = folder.url.appending(path: "cut.h5")
      try whole.prefix(Int(Double(whole.count) * share)).write(to: cut)
      try expect(["inspect", cut.path], says: ["cut.h5", "truncated"])
    }
    try expect(
      ["inspect", Models.tower[0]], says: ["recording_tower_weights.h5", "--architecture"])
  }

  @Test(
    "neurons that do not exist leave nothing behind",
    arguments: [
      ("nyu_conv_9_AC:0", "nyu_conv_3_AC"), ("nyu_conv_3_AC:48", "channels 0 to 47"),
      ("nyu_conv_3_AC:0@25,0", "rows 0 to 24"), ("nyu_conv_3_AC", "LAYER:CHANNEL"),
    ])
  func noNeurons(_ neuron: String, _ nearest: String) throws {
    let out = try TemporaryFolder().url.appending(path: "run")
    try expect(
      ["maximize", Models.siamese, neuron, "--out", out.path], says: [nearest], leaves: out)
  }

  @Test("arrays, front ends and directories that do not fit")
  func misfits() throws {
    let folder = try TemporaryFolder()
    let out = folder.url.appending(path: "out.npz")
    let array = folder.url.appending(path: "x.npy")
    try Data("no array".utf8).write(to: array)
    try expect(
      [
        "activations", Models.siamese, "--input", "ref_input_b=\(array.path)", "--layers",
        "nyu_conv_1",
        "--out", out.path,
      ], says: ["x.npy"], leaves: out)
    try expect(
      [
        "activations", Models.siamese, "--input", "ref=\(array.path).none", "--layers",
        "nyu_conv_1",
        "--out", out.path,
      ], says: ["x.npy.none"], leaves: out)
    try expect(
      ["gradient", Models.siamese, "nyu_conv_1:0", "--out", out.path],
      says: ["ref_input_b", "missing"], leaves: out)
    try expect(
      ["maximize", Models.siamese, "nyu_conv_1:0", "--front-end", "mel", "--out", out.path],
      says: ["tl-iminet/recording"], leaves: out)
    try expect(
      [
        "maximize", Models.siamese, "nyu_conv_1:0", "--front-end",
        "imi_input_a=tl-iminet/recording",
        "--out", out.path,
      ], says: ["1×128×128", "1×39×482"], leaves: out)
    try expect(
      ["features", array.path, "--front-end", "tl-iminet/recording", "--out", out.path],
      says: ["x.npy"], leaves: out)
    try expect(
      ["maximize", Models.siamese, "nyu_conv_1_AC:0", "--out", "/proc/none/run"],
      says: ["/proc/none"])
    try expect(
      ["maximize", Models.siamese, "nyu_conv_1_AC:0", "--out", array.path], says: ["x.npy"])
  }

  @Test("starts, runs and inputs that do not go together")
  func conflicts() throws {
    let folder = try TemporaryFolder()
    let out = folder["out"]
    let turned = folder["turned.npy"]
    try Data(NumPyArray.encode(Tensor(shape: [482, 39]))).write(to: turned)
    try expect(
      [
        "maximize", Models.siamese, "lid_conv_1_AC:0", "--start", "imi_input_a=\(turned.path)",
        "--out", out.path,
      ],
      says: ["turned.npy", "1×39×482", "482×39"], leaves: out)
    let holed = folder["holed.npy"]
    try Data(NumPyArray.encode(Tensor(shape: [39, 482], repeating: .nan))).write(to: holed)
    try expect(
      [
        "maximize", Models.siamese, "lid_conv_1_AC:0", "--start", "imi_input_a=\(holed.path)",
        "--out", out.path,
      ],
      says: ["holed.npy", "NaN"], leaves: out)
    try expect(
      ["gradient", Models.siamese, "fc_1:0-3", "--out", out.path], says: ["give one", "fc_1:0"],
      leaves: out)
    try expect(
      [
        "gradient", Models.siamese, "lid_conv_1:0", "--input", "imi_input_a=\(turned.path)",
        "--input",
        "imi_input_a=\(turned.path)", "--out", out.path,
      ], says: ["turned.npy"], leaves: out)
    // Files of an earlier run whose run.json is gone.
    try FileManager.default.createDirectory(
      at: out.appending(path: "nyu_conv_1_AC"), withIntermediateDirectories: true)
    try Data([1]).write(to: out.appending(path: "nyu_conv_1_AC/0.npy"))
    try expect(
      ["maximize", Models.siamese, "nyu_conv_1_AC:0", "--out", out.path],
      says: ["nyu_conv_1_AC", "no run.json"])
  }

  @Test("inputs that cannot be held")
  func held() throws {
    let folder = try TemporaryFolder()
    let out = folder["out"]
    func array(_ name: String, _ shape: Shape, _ value: Float = 0) throws -> String {
      let url = folder[name]
      try Data(NumPyArray.encode(Tensor(shape: shape, repeating: value))).write(to: url)
      return url.path
    }
    let (fits, turned) = (try array("x.npy", [39, 482]), try array("turned.npy", [482, 39]))
    let holed = try array("holed.npy", [39, 482], .nan)
    for (neuron, flags, words) in [
      ("fc_1:0", ["--hold", fits], ["--hold", "INPUT=FILE", "imi_input_a, ref_input_b"]),
      ("fc_1:0", ["--hold", "c=\(fits)"], ["--hold c=", "imi_input_a, ref_input_b"]),
      ("fc_1:0", ["--hold", "imi_input_a=\(turned)"], ["turned.npy", "1×39×482", "482×39"]),
      ("fc_1:0", ["--hold", "imi_input_a=\(holed)"], ["holed.npy", "NaN"]),
      ("fc_1:0", ["--hold", "imi_input_a=none.npy"], ["none.npy", "no such file"]),
      (
        "fc_1:0", ["--hold", "imi_input_a=\(fits)", "--hold", "imi_input_a=\(fits)"],
        ["two files"]
      ),
      (
        "fc_1:0", ["--hold", "imi_input_a=\(fits)", "--start", "imi_input_a=\(fits)"],
        ["--start and --hold"]
      ),
      ("lid_conv_1_AC:0", ["--hold", "imi_input_a=\(fits)"], ["lid_conv_1_AC:0", "alone"]),
    ] {
      try expect(
        ["maximize", Models.siamese, neuron, "--out", out.path] + flags, says: words, leaves: out)
    }
  }

  @Test("an instruction set that the processor does not have")
  func instructionSet() throws {
    try expect(
      ["--version"], shell: "export TONOSCOPE_CPU=nonsense",
      says: ["TONOSCOPE_CPU", "'nonsense'", "scalar"])
  }

  @Test("a model without finite numbers is told, not drawn")
  func notFinite() throws {
    let folder = try TemporaryFolder()
    let model = Fixture.url("models/not_finite.h5").path
    let result = try Tool.run([
      "maximize", model, "fc:*", "conv:0", "--steps", "2", "--out", folder["run"].path,
    ])
    #expect(result.status != 0)
    #expect(result.output.contains("3 neurons, 2 without finite numbers"), "\(result.output)")
    let run = try RunDirectory.read(folder["run/run.json"])
    #expect(run.patterns.count { $0.files.isEmpty && !$0.dead } == 2)
  }

  @Test("a full disk", .enabled(if: getuid() == 0, "mounting a small disk needs root"))
  func fullDisk() throws {
    let folder = try TemporaryFolder()
    let disk = folder.url.path
    func mount(_ command: [String]) throws -> Int32 {
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = command
      process.standardError = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      return process.terminationStatus
    }
    guard try mount(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]) == 0 else { return }
    defer { _ = try? mount(["umount", disk]) }
    try expect(
      ["maximize", Models.siamese, "nyu_conv_1_AC:0-1", "--steps", "1", "--out", "\(disk)/run"],
      says: ["\(disk)/run", "the disk is full"])
    let left = try FileManager.default.subpathsOfDirectory(atPath: disk)
    #expect(
      left.allSatisfy {
        ["run", "json", "npz", "nyu_conv_1_AC", "png", "wav"].contains(
          ($0 as NSString).pathExtension) || !$0.contains(".")
      }, "\(left)")
  }
}

import Foundation
import Testing
import TonoCore
import TonoNetwork
import TonoStudy

@Suite struct HelpTests {
  @Test(
    "every command explains itself",
    arguments: [
      (
        [],
        [
          "inspect", "check", "maximize", "features", "activations", "gradient", "convert",
          "search", "evaluate", "train", "--version",
        ]
      ),
      (["inspect"], ["--json", "--architecture", "--print-architecture", "receptive"]),
      (
        ["maximize"],
        [
          "--steps", "--optimizer", "--rate", "--front-end", "--seed", "--threads", "--no-plateau",
          "--no-pictures", "--no-sound", "--out", "run.json", "dead", "--hold",
          "--exact-convolution",
        ]
      ),
      (["check"], ["--sounds", "--starts", "--seed", "--json", "--threads", "exit code", "dead"]),
      (["examples"], ["--sounds", "--out", "--count", "--front-end", "--threads", "most-1.wav"]),
      (["features"], ["--front-end", "--out", "--png"]),
      (["activations"], ["--input", "--layers", "--out"]),
      (["gradient"], ["--input", "--out"]),
      (
        ["search"],
        [
          "--library", "--model", "--index", "--rebuild", "--top", "--json", "--m3u", "--why",
          "--hum", "--out", "--imitation-input", "--threads",
        ]
      ),
      (
        ["evaluate"],
        [
          "--data", "--layout", "--split", "--untrained", "--out", "--format", "--table2",
          "--repeats", "--from", "--hold-out", "chance", "paper",
        ]
      ),
      (["convert"], [".safetensors", "--front-end", "--architecture"]),
    ])
  func help(_ command: [String], _ words: [String]) throws {
    let result = try Tool.run(command + ["--help"])
    #expect(result.status == 0)
    for word in words { #expect(result.output.contains(word), "\(word)") }
    for line in result.output.split(separator: "\n") where !line.hasPrefix("USAGE") {
      #expect(line.count <= 100, "\(line)")
    }
  }

  @Test("the version is a number and an instruction set")
  func version() throws {
    let result = try Tool.run(["--version"])
    #expect(result.output == "\(tonoscopeVersion) (\(KernelSet.current.name))\n")
    let plain = try Tool.run(["--version"], shell: "export TONOSCOPE_CPU=scalar")
    #expect(plain.output.hasSuffix("(scalar)\n"))
  }

  @Test(
    "a wrong flag or value names itself",
    arguments: [
      (["maximize", "x.h5", "a:0", "--out", "y", "--stepz", "3"], "--stepz"),
      (["maximize", "x.h5", "a:0", "--out", "y", "--steps", "0"], "--steps is 0"),
      (["maximize", "x.h5", "a:0", "--out", "y", "--rate", "nan"], "--rate is nan"),
      (["maximize", "x.h5", "a:0", "--out", "y", "--optimizer", "sgdd"], "sgdd"),
      (["maximize", "x.h5", "a:0", "--out", "y", "--threads", "0"], "--threads is 0"),
      (["maximize", "x.h5"], "--out"),
    ])
  func usage(_ arguments: [String], _ expected: String) throws {
    let result = try Tool.run(arguments)
    #expect(result.status != 0)
    #expect(result.error.contains(expected))
  }
}

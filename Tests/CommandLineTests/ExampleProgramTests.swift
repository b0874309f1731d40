import Foundation
import TestSupport
import Testing

/// The programs in Examples/, run and compared whole; and the documentation, whose code is theirs.
@Suite struct ExampleProgramTests {
  private static let seed = "seeds/siamese_pretrained.h5"

  private func run(_ name: String, _ arguments: [String] = []) throws -> String {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = Tool.url.deletingLastPathComponent().appending(path: name)
    process.arguments = arguments
    process.currentDirectoryURL = Fixture.repository
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return String(decoding: output, as: UTF8.self)
  }

  @Test func listenToANeuron() throws {
    let folder = try TemporaryFolder()
    let output = try run("ListenToANeuron", [Self.seed, "nyu_conv_2_AC:3", folder["out"].path])
    #expect(
      output == """
        nyu_conv_2_AC:3 steps nyu_conv_2_AC/3.npz nyu_conv_2_AC/3.png nyu_conv_2_AC/3.wav
        its sound keeps 100 % of the activation

        """)
  }

  @Test func composeAnObjective() throws {
    let output = try run("ComposeAnObjective")
    #expect(
      output == """
        relu:0 - 0.5*relu:1 rose
        square(conv) rose
        direction(conv, [1.0, 0.0, -1.0], 2) rose

        """)
  }

  @Test func climbStepByStep() throws {
    let output = try run("ClimbStepByStep", [Self.seed])
    #expect(
      output == """
        climbing 0 with levels above one deviation
        climbing 10 with levels above one deviation
        climbing 20 with levels above one deviation
        steps after 30 steps

        """)
  }

  @Test func writeALayer() throws {
    #expect(try run("WriteALayer") == "the gradient agrees: true\nit rises: true\n")
  }

  @Test("Swift in the documentation is a part of these programs")
  func documentation() throws {
    let examples = Fixture.repository.appending(path: "Examples")
    let programs = try FileManager.default.contentsOfDirectory(atPath: examples.path).map {
      try String(
        contentsOf: examples.appending(path: "\($0)/main.swift"), encoding: .utf8)
    }
    let catalogue = Fixture.repository.appending(path: "Sources/Tonoscope/Tonoscope.docc")
    let articles =
      try FileManager.default.contentsOfDirectory(atPath: catalogue.path)
      .map { catalogue.appending(path: $0) } + [Fixture.repository.appending(path: "README.md")]
    var count = 0
    for article in articles {
      let text = try String(contentsOf: article, encoding: .utf8)
      for block in text.matches(of: /(?s)```swift\n(.*?)```/) {
        count += 1
        let code = block.1.trimmingCharacters(in: .newlines)
        let isThere = programs.contains { program in
          code.split(separator: "\n", omittingEmptySubsequences: true).allSatisfy {
            program.contains($0.trimmingCharacters(in: .whitespaces))
          }
        }
        #expect(isThere, "\(article.lastPathComponent): \(code)")
      }
    }
    #expect(count >= 7)
  }
}

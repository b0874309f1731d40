import Foundation
import TestSupport

/// The built executable, run as a user runs it.
enum Tool {
  struct Result {
    let status: Int32
    let output: String
    let error: String
  }

  /// The executable beside the test bundle.
  static let url = URL(filePath: ProcessInfo.processInfo.arguments[0])
    .deletingLastPathComponent().appending(path: "tonoscope")

  /// Runs the tool to its end.
  static func run(_ arguments: [String], shell prefix: String? = nil) throws -> Result {
    try start(arguments, shell: prefix).finish()
  }

  /// Runs the tool to its end, after the words of a shell.
  static func start(_ arguments: [String], shell prefix: String? = nil) throws -> Running {
    let process = Process()
    if let prefix {
      process.executableURL = URL(filePath: "/bin/sh")
      process.arguments = ["-c", "\(prefix); exec \"$0\" \"$@\"", url.path] + arguments
    } else {
      process.executableURL = url
      process.arguments = arguments
    }
    return try Running(process)
  }

  /// A process with its output going to files, so that no pipe can fill up.
  final class Running {
    let process: Process
    private let folder: TemporaryFolder

    init(_ process: Process) throws {
      self.process = process
      folder = try TemporaryFolder()
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = try Self.file(folder.url.appending(path: "output"))
      process.standardError = try Self.file(folder.url.appending(path: "error"))
      try process.run()
    }

    func finish() throws -> Result {
      process.waitUntilExit()
      func text(_ name: String) throws -> String {
        try String(contentsOf: folder.url.appending(path: name), encoding: .utf8)
      }
      return Result(
        status: process.terminationStatus, output: try text("output"), error: try text("error"))
    }

    private static func file(_ url: URL) throws -> FileHandle {
      try Data().write(to: url)
      return try FileHandle(forWritingTo: url)
    }
  }
}

/// Models that the commands are tried on.
enum Models {
  static let tower = [
    Fixture.url("reference/models/recording_tower_weights.h5").path, "--architecture",
    Fixture.url("reference/models/recording_tower_architecture.json").path,
  ]
  static let siamese = Fixture.seed("siamese_pretrained.h5").path
}

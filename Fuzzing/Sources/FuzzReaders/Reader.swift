import Foundation
import TonoCore
import TonoStudy

@testable import TonoAudio
@testable import TonoFiles
@testable import TonoModels

/// What is fuzzed: each reader of files that come from outside.
enum Reader: String, CaseIterable {
  case onnx, torch, safetensors, keras, hdf5, architecture, json, numpy, frontend

  /// Reads one input as a user's file would be.
  ///
  /// A crash ends the process, and so does an error that is no clear sentence.
  func read(_ bytes: Data) {
    switch self {
    case .onnx, .safetensors, .hdf5: load(bytes)
    case .torch, .keras:
      load(bytes)
      if let right = Checksums.corrected(bytes) { load(right) }
    case .architecture:
      Verdict.of { try build(bytes) }
    case .json:
      Verdict.of {
        let value: JSONValue
        do {
          value = try JSONParser.parse(bytes)
        } catch {
          throw ModelError(MemoryFile.shared.url, "the text \(error)")
        }
        let again = try JSONParser.parse(Data(value.text.utf8))
        precondition(again == value, "a JSON value is another one when it is written and read")
      }
    case .numpy:
      let bytes = [UInt8](bytes)
      Verdict.of { _ = try NumPyArray.decode(bytes, file: "input") }
      Verdict.of { _ = try NumPyArchive.decode(bytes, file: "input") }
      if let right = Checksums.corrected(Data(bytes)) {
        Verdict.of { _ = try NumPyArchive.decode([UInt8](right), file: "input") }
      }
    case .frontend: Verdict.of { _ = try FrontEnd.parse(bytes, from: "input") }
    }
  }

  /// The architecture of those seeds that are weights alone.
  private var architecture: URL { URL(filePath: "seeds/\(rawValue).json") }

  /// Loads a model and runs it; one of weights alone gets an architecture.
  private func load(_ bytes: Data) {
    MemoryFile.shared.write(bytes)
    Verdict.of {
      do {
        let model = try ModelFile.load(MemoryFile.shared.url)
        try ForwardPass.run(model.network)
      } catch let error as ModelError where error.remedy == .giveArchitecture {
        let model = try ModelFile.load(MemoryFile.shared.url, architecture: architecture)
        try ForwardPass.run(model.network)
      }
    }
  }

  /// Builds an architecture on arrays of whatever shapes it asks for.
  private func build(_ bytes: Data) throws {
    let architecture = try Architecture(parsing: bytes, of: MemoryFile.shared.url)
    let network = try architecture.network(with: AnyArrays(), url: MemoryFile.shared.url).network
    try ForwardPass.run(network)
  }
}

import ArgumentParser
import Foundation
import TonoCore
import TonoFiles
import TonoModels
import TonoStudy

/// `tonoscope convert`: any readable model as one safetensors file.
struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Save a model as one safetensors file, with its architecture and front ends.",
    discussion: """
      The file holds the weights as 32-bit numbers, and in its metadata the architecture and the \
      front ends of the inputs: every other command then needs neither --architecture nor \
      --front-end. It computes the same to the bit.
      """)

  @OptionGroup var model: ModelArguments

  @Argument(
    help: "The file to write, NAME.safetensors.", completion: .file(extensions: ["safetensors"]))
  var out: String

  @OptionGroup var frontEnds: FrontEndArguments

  @Option(
    name: .customLong("shape"),
    help: ArgumentHelp(
      """
      The extents of an input whose axes an ONNX model leaves open, the batch axis as the first: \
      x=1,1,64,100. May be repeated.
      """, valueName: "name=extents"))
  var shapes: [String] = []

  func validate() throws {
    guard out.hasSuffix(".safetensors") else {
      throw ValidationError("'\(out)' does not end in .safetensors, the format that is written")
    }
  }

  func run() throws {
    let model = try model.load(shapes: try extents())
    let assignment = try frontEnds.assign(to: model)
    let bytes = try ModelFile.encode(model, frontEnds: try assignment.encoded())
    try AtomicFile.write(bytes, to: URL(filePath: out))
    let names = assignment.frontEnds.sorted { $0.key < $1.key }.map {
      "\($0.key): \($0.value.name)"
    }
    let suffix = names.isEmpty ? "" : "; \(names.joined(separator: ", "))"
    print("\(out): \(model.network.nodes.count) layers from \(model.format)\(suffix)")
  }

  /// The extents of each input that is named.
  private func extents() throws -> [String: [Int]] {
    var extents: [String: [Int]] = [:]
    for request in shapes {
      let end = request.lastIndex(of: "=") ?? request.startIndex
      let texts = request[end...].dropFirst().split(
        separator: ",", omittingEmptySubsequences: false)
      let numbers = texts.compactMap { Int($0) }.filter { $0 > 0 }
      guard end > request.startIndex, numbers.count == texts.count else {
        throw InputError("'\(request)' names no input and extents; write --shape NAME=1,1,64,100")
      }
      guard extents.updateValue(numbers, forKey: String(request[..<end])) == nil else {
        throw InputError("--shape \(request[..<end]) stands twice; give each input one shape")
      }
    }
    return extents
  }
}

import ArgumentParser
import Foundation
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

  func validate() throws {
    guard out.hasSuffix(".safetensors") else {
      throw ValidationError("'\(out)' does not end in .safetensors, the format that is written")
    }
  }

  func run() throws {
    let model = try model.load()
    let assignment = try frontEnds.assign(to: model)
    let bytes = try ModelFile.encode(model, frontEnds: try assignment.encoded())
    try AtomicFile.write(bytes, to: URL(filePath: out))
    let names = assignment.frontEnds.sorted { $0.key < $1.key }.map {
      "\($0.key): \($0.value.name)"
    }
    let suffix = names.isEmpty ? "" : "; \(names.joined(separator: ", "))"
    print("\(out): \(model.network.nodes.count) layers from \(model.format)\(suffix)")
  }
}

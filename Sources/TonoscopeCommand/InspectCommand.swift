import ArgumentParser
import Foundation
import TonoCore
import TonoFiles
import TonoModels
import TonoStudy

/// `tonoscope inspect`: what a model is made of.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show a model's layers: names, shapes, parameters, receptive fields.",
    discussion: """
      Layer names are the file's own; use them to name neurons: LAYER:CHANNEL. Shapes are \
      channels-first, rows are bands and columns frames. The last column says how many rows × \
      columns of the input a unit in the middle of the layer sees.
      """)

  @OptionGroup var model: ModelArguments
  @OptionGroup var frontEnds: FrontEndArguments

  @Flag(help: "Print JSON for programs.")
  var json = false

  @Flag(
    name: .customLong("print-architecture"),
    help: """
      Print the architecture in the JSON that --architecture takes with files of PyTorch and \
      safetensors; --architecture without a file does the same.
      """)
  var printsArchitecture = false

  func validate() throws {
    guard !json || !printsArchitecture else {
      throw ValidationError("--json and --print-architecture print different things; give one")
    }
  }

  /// Arguments in which `inspect`'s `--architecture` without a file is `--print-architecture`.
  static func expanding(_ arguments: [String]) -> [String] {
    guard arguments.first == configuration.commandName else { return arguments }
    return arguments.indices.map { index in
      let next = index + 1 < arguments.count ? arguments[index + 1] : "-"
      let isBare = arguments[index] == "--architecture" && next.hasPrefix("-")
      return isBare ? "--print-architecture" : arguments[index]
    }
  }

  func run() throws {
    let model = try model.load()
    let assignment = try frontEnds.assign(to: model)
    if printsArchitecture {
      return print(try ModelFile.architecture(of: model, frontEnds: try assignment.encoded()))
    }
    let inspection = try Inspection(model, frontEnds: assignment.frontEnds)
    guard json else { return print(inspection.text) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(inspection), as: UTF8.self))
  }
}

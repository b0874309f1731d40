import ArgumentParser
import Foundation
import TonoCore
import TonoFiles
import TonoListen
import TonoNetwork
import TonoStudy

/// The process: a file that may grow no further is an error with a sentence, not a signal.
@main
enum Main {
  static func main() {
    signal(SIGXFSZ, SIG_IGN)
    if let request = KernelSet.unavailableRequest {
      let names = KernelSet.available.map(\.name).joined(separator: ", ")
      Tonoscope.exit(
        withError: InputError(
          """
          TONOSCOPE_CPU is '\(request)', but the instruction sets of this processor are \(names); \
          name one of them, or unset it
          """))
    }
    let arguments = TrainCommand.expanding(
      InspectCommand.expanding(Array(CommandLine.arguments.dropFirst())))
    do {
      var command = try Tonoscope.parseAsRoot(arguments)
      try command.run()
    } catch {
      Tonoscope.exit(withError: inFlags(error))
    }
  }
}

/// The command line: one subcommand per file.
struct Tonoscope: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tonoscope",
    abstract: "Show and play what the neurons of an audio network listen for.",
    discussion: """
      A trained model goes in. For each neuron asked, gradient ascent on the input spectrogram, \
      weights frozen, finds what excites it most; a picture with true axes and a sound come out.

      Look at a model, then at one of its layers:
        tonoscope inspect seeds/siamese_pretrained.h5
        tonoscope maximize seeds/siamese_pretrained.h5 'nyu_conv_3_AC:*' --out run
      """,
    version: "\(tonoscopeVersion) (\(KernelSet.current.name))",
    subcommands: [
      InspectCommand.self, CheckCommand.self, MaximizeCommand.self, SonifyCommand.self,
      ExamplesCommand.self, TrainCommand.self, SearchCommand.self, EvaluateCommand.self,
      ConvertCommand.self, FeaturesCommand.self, ActivationsCommand.self, GradientCommand.self,
    ])
}

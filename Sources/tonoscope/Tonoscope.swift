import ArgumentParser

@main
struct Tonoscope: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "tonoscope")
}

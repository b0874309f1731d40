import ArgumentParser

/// The benchmarks' command line: one subcommand per file.
@main
struct Tonobench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tonobench",
    abstract: "Measure how fast Tonoscope is on this machine.",
    discussion: """
      The networks are those of Benchmarks/peers/models.py, which the Python scripts beside it run, \
      too. Nothing else should run meanwhile.
      """,
    subcommands: [
      PeakCommand.self, KernelsCommand.self, ProgramsCommand.self, AscentCommand.self,
      TrainingCommand.self, CurvesCommand.self, MemoryCommand.self, AccuracyCommand.self,
      GradientsCommand.self, SoundsCommand.self, SearchCommand.self,
    ])
}

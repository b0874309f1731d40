import ArgumentParser
import Foundation

/// `tonobench memory`: what a sweep needs.
struct MemoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "memory",
    abstract: "Measure the peak resident memory of sweeps of more and more neurons.",
    discussion: "Each sweep runs in a process of its own.")

  @Argument(help: "W1 to W5, or W4crop; see Benchmarks/README.md.")
  var work = Work.w1

  @OptionGroup var model: ModelOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var output: OutputOptions

  @Option(parsing: .upToNextOption, help: "How many neurons to climb.")
  var neurons = [1, 48, 480]

  @Option(help: "How many steps each neuron climbs.")
  var steps = 20

  private struct Record: Codable {
    var neurons: Int?
    let peakMegabytes: Double
  }

  func run() throws {
    let records = try neurons.map { count in
      var record = try sweep(of: count)
      record.neurons = count
      return record
    }
    try output.print(
      records, as: { ["\($0.neurons ?? 0)", $0.peakMegabytes.rounded(to: 0)] },
      "neurons", "peak MB")
  }

  private func sweep(of count: Int) throws -> Record {
    let process = Process()
    process.executableURL = Bundle.main.executableURL
    process.arguments = [
      "ascent", work.rawValue, "--whole", "--json", "--model", model.model, "--steps", "\(steps)",
      "--neurons", "\(count)", "--threads", "\(threads.threads)",
    ]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0,
      let record = try JSONDecoder().decode([Record].self, from: data).first
    else { throw ExitCode.failure }
    return record
  }
}

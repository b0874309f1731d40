import ArgumentParser

/// `tonobench peak`: the processor's limit.
struct PeakCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "peak",
    abstract: "Measure how many multiply-adds the processor can do, on one thread and on all.")

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var output: OutputOptions

  private struct Record: Encodable {
    let instructionSet: String
    let threads: Int
    let gigaflops: Double
  }

  func run() throws {
    let records = Set([1, threads.threads]).sorted().map { threads in
      Record(
        instructionSet: Peak.instructionSet, threads: threads,
        gigaflops: Peak.flops(threads: threads) / 1e9)
    }
    try output.print(
      records, as: { [$0.instructionSet, "\($0.threads)", $0.gigaflops.rounded(to: 1)] },
      "instruction set", "threads", "GFLOP/s")
  }
}

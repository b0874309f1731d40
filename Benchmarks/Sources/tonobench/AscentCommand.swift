import ArgumentParser
import TonoAudio
import TonoCore
import TonoNetwork
import TonoStudy

/// `tonobench ascent`: one of the works that the peers run, too.
struct AscentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ascent",
    abstract: "Measure neuron-steps per second of a work that the peers run, too.",
    discussion: """
      The engine is the command line's, with all its bookkeeping: noise, the check whether a neuron \
      sleeps, the best step. Only the model's loading and half a second of warming up are left out.
      """)

  @Argument(help: "W1 to W5, W7 to W9, or W4crop; see Benchmarks/README.md.")
  var work: Work

  @OptionGroup var model: ModelOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var output: OutputOptions

  @Flag(help: "Climb one neuron after the other, each on all threads.")
  var single = false

  @Flag(help: "Climb sounds over how they reach the network, as maximize does by default.")
  var robustly = false

  @Option(help: "How long to measure.")
  var seconds = 4.0

  @Flag(help: "Climb all neurons to the end, once, however long it takes.")
  var whole = false

  @Option(help: "How many steps each neuron climbs.")
  var steps = 200

  @Option(help: "How many neurons to climb, those of the work in turn; all of them by default.")
  var neurons: Int?

  private struct Record: Encodable {
    let peer = "tonoscope"
    let version = tonoscopeVersion
    let variant: String
    let work: String
    let mode: String
    let threads: Int
    let rate: Double
    let steps: Int
    let seconds: Double
    let gigaflops: Double
    let peakMegabytes: Double
  }

  func run() throws {
    let network = try work.network(of: try model.load())
    let all = try work.neurons(in: network)
    let sweep = Sweep(
      network: network, neurons: (0..<(neurons ?? all.count)).map { all[$0 % all.count] },
      steps: steps, threads: threads.threads, sounds: try work.frontEnds(of: network),
      hearing: robustly ? Hearing() : nil, isOneAtATime: single)
    let result: Sweep.Result
    if whole {
      result = try sweep.whole()
    } else {
      _ = try sweep.run(seconds: 0.5)
      result = try sweep.run(seconds: seconds)
    }
    let operations = try network.denseOperations(to: all[0].layer)
    let record = Record(
      variant: KernelSet.current.name + (robustly ? ", robustly" : ""), work: work.rawValue,
      mode: single ? "single" : "batched",
      threads: threads.threads, rate: result.rate, steps: result.steps, seconds: result.seconds,
      gigaflops: result.rate * operations / 1e9, peakMegabytes: ResidentMemory.peak)
    try output.print(
      [record],
      as: { record in
        [
          record.work, record.mode, "\(record.threads)", record.rate.rounded(to: 1),
          record.gigaflops.rounded(to: 1), record.peakMegabytes.rounded(to: 0),
        ]
      }, "work", "mode", "threads", "neuron-steps/s", "nominal GFLOP/s", "peak MB")
  }
}

import ArgumentParser
import Dispatch
import TonoAscent
import TonoCore
import TonoNetwork

/// `tonobench programs`: a step without the ascent around it.
struct ProgramsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "programs",
    abstract: "Measure the compiled programs of the works: one neuron's value and gradient.",
    discussion: """
      GFLOP/s are nominal: the operations of a computation that leaves nothing out, divided by the \
      time. More than the peak means that most of them were not needed.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var output: OutputOptions

  private struct Record: Encodable {
    let work: String
    let convolutions: String
    let forwardMilliseconds: Double
    let backwardMilliseconds: Double
    let gigaflops: Double
    let shareOfPeak: Double
    /// Both passes per second with one program on each thread.
    let rate: Double
    /// Both passes of one program on all threads.
    let togetherMilliseconds: Double
  }

  func run() throws {
    let siamese = try model.load()
    let peak = Peak.flops(threads: 1)
    var records: [Record] = []
    for work in Work.allCases where !work.climbsSamples {
      for exact in [false, true] {
        records.append(try measure(work, of: siamese, exact: exact, peak: peak))
      }
    }
    try output.print(
      records,
      as: { record in
        [
          record.work, record.convolutions, record.forwardMilliseconds.rounded(to: 3),
          record.backwardMilliseconds.rounded(to: 3), record.gigaflops.rounded(to: 1),
          (100 * record.shareOfPeak).rounded(to: 0) + " %", record.rate.rounded(to: 0),
          record.togetherMilliseconds.rounded(to: 3),
        ]
      }, "work", "convolutions", "forward ms", "backward ms", "nominal GFLOP/s", "of the peak",
      "steps/s on \(threads.threads) threads", "ms together")
  }

  private func measure(
    _ work: Work, of siamese: Network, exact: Bool, peak: Double
  ) throws -> Record {
    let network = try work.network(of: siamese)
    let neuron = try work.neurons(in: network)[0]
    let program = try Program(
      network, targets: [neuron.layer: try neuron.region(in: network)], exact: exact)
    let inputs = try network.inputs(of: [neuron.layer])

    /// A workspace with noise in its inputs, as an ascent begins.
    @Sendable func makeWorkspace(threads: Int = 1) -> Workspace {
      let workspace = program.makeWorkspace(threads: threads)
      var noise = Noise()
      for input in inputs {
        let cells = workspace.input(input.name)
        for index in cells.indices { cells[index] = noise.next() }
      }
      workspace.seed(neuron.layer).update(repeating: 1)
      return workspace
    }
    @Sendable func both(_ workspace: Workspace) {
      program.forward(workspace)
      program.backward(workspace)
    }

    let workspace = makeWorkspace()
    let forward = Stopwatch.median { program.forward(workspace) }
    let backward = Stopwatch.median { program.backward(workspace) }
    let operations = try network.denseOperations(to: neuron.layer)
    let passes = max(1, Int(0.1 / (forward + backward)))
    let side = Stopwatch.median {
      DispatchQueue.concurrentPerform(iterations: threads.threads) { _ in
        let workspace = makeWorkspace()
        for _ in 0..<passes { both(workspace) }
      }
    }
    let team = makeWorkspace(threads: threads.threads)
    let rate = operations / (forward + backward)
    return Record(
      work: work.rawValue, convolutions: exact ? "exact" : "Winograd",
      forwardMilliseconds: 1e3 * forward, backwardMilliseconds: 1e3 * backward,
      gigaflops: rate / 1e9, shareOfPeak: rate / peak,
      rate: Double(passes * threads.threads) / side,
      togetherMilliseconds: 1e3 * Stopwatch.median { both(team) })
  }
}

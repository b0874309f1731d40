import ArgumentParser
import TonoAscent
import TonoCore
import TonoNetwork

/// `tonobench curves`: how time grows with work.
struct CurvesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "curves",
    abstract: "Measure time against the number of neurons, steps, frames and threads.",
    discussion: """
      Whole ascents of channels of the recording tower's third convolution. The last column is the \
      time of a unit of work relative to the first row's: 1 where time grows in proportion, and for \
      threads the share of a perfect division of the work.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var output: OutputOptions

  @Option(help: "How often each point is measured; the median counts.")
  var rounds = 3

  @Option(parsing: .upToNextOption, help: "Numbers of neurons.")
  var neurons = [1, 2, 4, 8, 16, 48, 96, 240, 480]

  @Option(parsing: .upToNextOption, help: "Numbers of steps.")
  var steps = [50, 100, 200, 400, 800]

  @Option(parsing: .upToNextOption, help: "Lengths of the input, in lengths of the model's own.")
  var lengths = [1, 2, 4, 8]

  /// One point of one curve.
  private struct Point: Encodable {
    let curve: String
    let value: Int
    let seconds: Double
    /// Neuron-steps per second.
    let rate: Double
    /// The time of a unit of work relative to the first point's.
    var relativeCost = 1.0
  }

  private static let layer = "nyu_conv_3_AC"

  func run() throws {
    let network = try model.load()
    let shape = try network.inputs(of: [Self.layer])[0].shape
    let all = try Work.w1.neurons(in: network)
    let base = Sweep(network: network, neurons: all, steps: 50, threads: threads.threads)

    var points = try curve("neurons", neurons, work: { Double($0) }) { count in
      var sweep = base
      sweep.neurons = (0..<count).map { all[$0 % all.count] }
      return sweep
    }
    points += try curve("steps", steps, work: { Double($0) }) { steps in
      var sweep = base
      sweep.neurons = Array(all.prefix(8))
      sweep.steps = steps
      return sweep
    }
    points += try curve("length", lengths, work: { Double($0) }) { length in
      var sweep = base
      sweep.neurons = Array(all.prefix(8))
      sweep.network = try network.resized(
        to: Self.layer, [shape[0], shape[1], shape[2] * length])
      return sweep
    }
    let threadCounts = Set([1, threads.threads]).sorted()
    points += try curve("threads", threadCounts, work: { 1 / Double($0) }) { threads in
      var sweep = base
      sweep.threads = threads
      return sweep
    }

    try output.print(
      points,
      as: { point in
        [
          point.curve, "\(point.value)", point.seconds.rounded(to: 3), point.rate.rounded(to: 1),
          point.relativeCost.rounded(to: 2),
        ]
      }, "curve", "value", "seconds", "neuron-steps/s", "relative cost")
  }

  /// The points of one curve; `work` says how much there is to do for a value.
  private func curve(
    _ name: String, _ values: [Int], work: (Int) -> Double, sweep: (Int) throws -> Sweep
  ) throws -> [Point] {
    var unit: Double?
    return try values.map { value in
      let sweep = try sweep(value)
      let results = try (0..<max(1, rounds)).map { _ in try sweep.whole() }
      let seconds = Stopwatch.median(of: results.map(\.seconds))
      let cost = seconds / work(value)
      unit = unit ?? cost
      return Point(
        curve: name, value: value, seconds: seconds, rate: Double(results[0].steps) / seconds,
        relativeCost: cost / (unit ?? cost))
    }
  }
}

import Synchronization
import TonoAscent
import TonoAudio
import TonoCore
import TonoNetwork

/// An ascent of many neurons by Tonoscope's own engine, timed with all its bookkeeping.
///
/// A step is the peers': Adam on the plain gradient and a decay of the input's cells, on a canvas that is
/// the input itself unless another is given, from noise, to the last step.
struct Sweep {
  /// The network.
  var network: Network
  /// The neurons, each climbed by itself.
  var neurons: [NeuronReference]
  /// How many steps each is climbed.
  var steps = 200
  /// How many threads work at once.
  var threads = 1
  /// Per name of an input before which a sound is climbed the front end that it goes through.
  var sounds: [String: FrontEnd] = [:]
  /// How climbed sounds reach the network; nil for exactly as they are.
  var hearing: Hearing?
  /// Whether one neuron is climbed after the other, as for a person who waits for one.
  var isOneAtATime = false

  /// The peers' decay is 1e-3·x; ours is the slope of l2·mean(x²) over the cells of an input.
  private static let decay: Float = 1e-3

  /// So many neuron-steps in so much time.
  struct Result {
    let steps: Int
    let seconds: Double
    /// Neuron-steps per second.
    var rate: Double { Double(steps) / seconds }
  }

  /// Counts steps from any thread, and ends the climb when the time is up.
  private final class Meter: Sendable {
    private let steps = Atomic(0)
    private let end: ContinuousClock.Instant?

    init(end: ContinuousClock.Instant? = nil) { self.end = end }

    var count: Int { steps.load(ordering: .relaxed) }

    func step() throws {
      steps.wrappingAdd(1, ordering: .relaxed)
      if let end, ContinuousClock.now >= end { throw TimeIsUp() }
    }
  }

  private struct TimeIsUp: Error {}

  /// Climbs all neurons to the end, once.
  func whole() throws -> Result {
    let meter = Meter()
    let seconds = try Stopwatch.once { try climb(seed: 0, meter) }
    return Result(steps: meter.count, seconds: seconds)
  }

  /// Climbs all neurons again and again until the time is up.
  func run(seconds: Double) throws -> Result {
    let meter = Meter(end: .now + .seconds(seconds))
    let seconds = try Stopwatch.once {
      do {
        for seed in UInt64(0)... { try climb(seed: seed, meter) }
      } catch is TimeIsUp {}
    }
    return Result(steps: meter.count, seconds: seconds)
  }

  private func climb(seed: UInt64, _ meter: Meter) throws {
    let inputs = try network.inputs(of: neurons.map(\.layer))
    let cells = inputs.reduce(0) { $0 + $1.shape.count } / inputs.count
    let ascent = try Ascent(
      network: network, canvases: sounds.mapValues { _ in .waveform }, frontEnds: sounds,
      settings: AscentSettings(
        steps: steps, optimizer: Optimizer(rate: 0.05, normalizesGradient: false),
        regularizer: Regularizer(l2: Self.decay * Float(cells) / 2), hearing: hearing, starts: 1,
        plateau: nil,
        seed: seed))
    let objectives = neurons.map { Objective($0) }
    for group in isOneAtATime ? objectives.map({ [$0] }) : [objectives] {
      try ascent.climb(
        group, threads: threads, step: { _, _ in try meter.step() }, finished: { _, _, _ in })
    }
  }
}

import TonoAudio
import TonoCore
import TonoNetwork

/// Gradient ascent on the input of a network whose weights are frozen.
///
/// A neuron's result depends on the network, the settings, the canvases, the inputs held, its own
/// name and the processor's instruction set, and on nothing else: not on its companions, the number
/// of threads, or a restart.
public struct Ascent: Sendable {
  /// The network.
  public let network: Network
  /// Per input name how cells become input; an input without one is handed to the network as it is.
  public let canvases: [String: Canvas]
  /// Per input name the front end before it: what canvases of sounds stand behind, and what gives acoustics
  /// and playability their units.
  public let frontEnds: [String: FrontEnd]
  /// Everything else.
  public let settings: AscentSettings
  /// Per input name the spectrogram `[C, H, W]` to start from.
  public let spectrograms: [String: Tensor]
  /// Per input name what real sounds have in common: noise that sounds start from gets their spectrum, and
  /// naturalness is measured by them.
  public let naturalSounds: [String: NaturalSound]
  /// Per input name what it stays at, `[C, H, W]` in network units, while the others are climbed.
  public let held: [String: Tensor]

  /// An ascent on a network.
  ///
  /// - Throws: `NetworkError.inputShape` if a spectrogram or a canvas' front end does not fit its
  ///   input, `AscentError` if a canvas has no front end that needs one, if an input that is held does not exist or is no finite number somewhere,
  ///   or if a blur is asked of a canvas that has no spectrogram's cells, or acoustics of levels that are no
  ///   logarithms, or playability of bands that are no sums of Fourier bins.
  public init(
    network: Network, canvases: [String: Canvas] = [:],
    frontEnds: [String: FrontEnd] = [:], settings: AscentSettings = AscentSettings(),
    spectrograms: [String: Tensor] = [:], naturalSounds: [String: NaturalSound] = [:],
    held: [String: Tensor] = [:]
  ) throws {
    for name in [Array(canvases.keys), Array(frontEnds.keys), Array(spectrograms.keys)].joined()
      .sorted()
    where !network.inputs.contains(where: { $0.name == name }) {
      throw AscentError.unknownInput(name, inputs: network.inputs)
    }
    for input in network.inputs {
      for spectrogram in [spectrograms[input.name], held[input.name]].compactMap({ $0 }) {
        guard spectrogram.shape == input.shape else {
          throw NetworkError.inputShape(input, got: spectrogram.shape)
        }
      }
    }
    for input in network.inputs {
      switch canvases[input.name] {
      case .melPower, .waveform:
        guard let frontEnd = frontEnds[input.name] else {
          throw AscentError.noFrontEnd(input: input.name)
        }
        try frontEnd.validate()
        guard frontEnd.fits(input.shape) else {
          throw NetworkError.inputShape(input, got: frontEnd.inputShape)
        }
      case .spectrogram, nil: continue
      case .fourier: break
      }
      guard settings.regularizer.blur == 0 else { throw AscentError.blurredCanvas(input.name) }
    }
    if !settings.acoustics.isNone,
      let (input, frontEnd) = frontEnds.sorted(by: { $0.key < $1.key })
        .first(where: { $0.value.decibelsPerUnit == nil })
    {
      throw AscentError.noDecibels(input: input, frontEnd: frontEnd.name)
    }
    if settings.regularizer.playability != 0,
      let (input, frontEnd) = frontEnds.sorted(by: { $0.key < $1.key })
        .first(where: { $0.value.filters == .constantQ })
    {
      throw AscentError.noFourierBins(input: input, frontEnd: frontEnd.name)
    }
    for input in network.inputs {
      guard let natural = naturalSounds[input.name] else { continue }
      guard let frontEnd = frontEnds[input.name], natural.fits(frontEnd) else {
        throw AscentError.otherNaturalSound(input: input.name)
      }
    }
    for (name, tensor) in held.sorted(by: { $0.key < $1.key }) {
      guard network.inputs.contains(where: { $0.name == name }) else {
        throw AscentError.unknownInput(name, inputs: network.inputs)
      }
      guard tensor.values.allSatisfy(\.isFinite) else { throw AscentError.notFinite(input: name) }
    }
    self.network = network
    self.canvases = canvases
    self.frontEnds = frontEnds
    self.settings = settings
    self.spectrograms = spectrograms
    self.naturalSounds = naturalSounds
    self.held = held
  }

  /// What is optimized before an input.
  func canvas(before input: String) -> Canvas {
    canvases[input] ?? .spectrogram(SpectrogramCanvas(normalizes: false))
  }

  /// The inputs that climbing an objective moves: those that it depends on and that are not held.
  ///
  /// - Throws: `NetworkError` if the network has no such layer, `AscentError` if there is nothing to
  ///   move.
  public func inputs(climbedBy objective: Objective) throws -> [Network.Input] {
    let inputs = try network.inputs(of: objective.layers)
    let climbed = inputs.filter { held[$0.name] == nil }
    guard !climbed.isEmpty else {
      throw AscentError.nothingToClimb(objective, held: inputs.map(\.name))
    }
    return climbed
  }

  /// Begins to climb an objective, to be stepped and watched.
  ///
  /// - Parameters:
  ///   - objective: what to maximize.
  ///   - threads: how many work on a step together.
  /// - Returns: the climb before its first step.
  /// - Throws: `NeuronError`, `ObjectiveError` or `NetworkError` if the network has no such cells,
  ///   `AscentError` if it depends on held inputs alone.
  public func begin(_ objective: Objective, threads: Int = 1) throws -> Climb {
    try Climb(objective, of: self, threads: threads)
  }

  /// Climbs an objective from start to end.
  ///
  /// A neuron at zero, with no gradient anywhere, first climbs its pre-activation (see
  /// `PreActivation`), from as many starts as the settings allow; if none wakes it, it is dead.
  ///
  /// - Parameters:
  ///   - objective: what to maximize.
  ///   - threads: how many work on it together.
  ///   - step: called after every step, waking ones too; what it throws ends the climb.
  /// - Returns: what the climb arrived at, or that the neuron is dead.
  /// - Throws: as ``begin(_:threads:)``, and what `step` throws.
  public func climb(
    _ objective: Objective, threads: Int = 1, step: (Step) throws -> Void = { _ in }
  ) throws -> Pattern {
    let climb = try begin(objective, threads: threads)
    while let taken = try climb.step() { try step(taken) }
    return climb.snapshot()
  }

  /// Climbs many objectives at once, each for itself, on a number of threads.
  ///
  /// Each thread climbs one at a time; where there are fewer objectives than threads, several threads
  /// work on each.
  ///
  /// - Parameters:
  ///   - objectives: what to maximize, each by itself.
  ///   - threads: how many there are, at most.
  ///   - step: called after every step with the objective's index and the step, from any of the threads.
  ///   - finished: called with the index, its pattern, and how long climbing took, from any of the
  ///     threads.
  /// - Throws: the first error of any objective, of `step` or of `finished`; the others then end at
  ///   their next step.
  public func climb(
    _ objectives: [Objective], threads: Int,
    step: @Sendable (Int, Step) throws -> Void = { _, _ in },
    finished: @Sendable (Int, Pattern, Duration) throws -> Void
  ) throws {
    let threadsEach = max(1, threads / max(1, objectives.count))
    try concurrently(objectives.count, threads: threads) { index, checkForFailure in
      let start = ContinuousClock.now
      let pattern = try climb(objectives[index], threads: threadsEach) { taken in
        try checkForFailure()
        try step(index, taken)
      }
      try finished(index, pattern, ContinuousClock.now - start)
    }
  }
}

import TonoNetwork

/// Gradient ascent on the input of a network whose weights are frozen.
///
/// A neuron's result depends on the network, the settings, the canvases and its own name, and on
/// nothing else: not on its companions, the number of threads, or a restart.
public struct Ascent: Sendable {
  /// The network.
  public let network: Network
  /// Per input name how cells become input; an input without one is handed to the network as it is.
  public let canvases: [String: SpectrogramCanvas]
  /// Everything else.
  public let settings: AscentSettings
  /// Per input name the spectrogram `[C, H, W]` to start from.
  public let spectrograms: [String: Tensor]

  /// An ascent on a network.
  ///
  /// - Throws: `NetworkError.inputShape` if a spectrogram does not fit its input.
  public init(
    network: Network, canvases: [String: SpectrogramCanvas] = [:],
    settings: AscentSettings = AscentSettings(), spectrograms: [String: Tensor] = [:]
  ) throws {
    for input in network.inputs {
      guard let spectrogram = spectrograms[input.name] else { continue }
      guard spectrogram.shape == input.shape else {
        throw NetworkError.inputShape(input, got: spectrogram.shape)
      }
    }
    self.network = network
    self.canvases = canvases
    self.settings = settings
    self.spectrograms = spectrograms
  }

  /// Climbs an objective from start to end.
  ///
  /// A neuron at zero, with no gradient anywhere, first climbs its pre-activation (see
  /// `PreActivation`), from as many starts as the settings allow; if none wakes it, it is dead.
  ///
  /// - Parameters:
  ///   - objective: what to maximize.
  ///   - step: called after every step, waking ones too; what it throws ends the climb.
  /// - Returns: what the climb arrived at, or that the neuron is dead.
  /// - Throws: `NeuronError` or `NetworkError` if the network has no such neuron or an input to
  ///   start from is missing, and what `step` throws.
  public func climb(
    _ objective: Objective, step: () throws -> Void = {}
  ) throws -> Pattern {
    let bound = try BoundObjective(objective, in: network)
    let waking = try PreActivation(of: objective, in: network)
    var tried: [String] = []
    for start in 0..<max(1, settings.starts) {
      var climb = try Climb(ascent: self, objective: objective, bound: bound, start: start)
      if try climb.isAsleep {
        guard let waking else {
          tried.append(
            "\(climb.origin): the value is \(climb.value) with no gradient, and no activation "
              + "stands before it")
          continue
        }
        if try climb.isSaturated(above: waking) { return try climb.run(step: step) }
        guard try climb.wake(by: waking, step: step) else {
          tried.append(climb.failure(of: waking))
          continue
        }
      }
      return try climb.run(step: step)
    }
    return try Climb(ascent: self, objective: objective, bound: bound, start: 0).dead(tried)
  }

  /// Climbs many neurons at once, each for itself, on a number of threads.
  ///
  /// - Parameters:
  ///   - objectives: what to maximize, each by itself.
  ///   - threads: how many are climbed at once.
  ///   - step: called after every step with the objective's index, from any of the threads.
  ///   - finished: called with the index, its pattern, and how long climbing took, from any of the
  ///     threads.
  /// - Throws: the first error of any neuron, of `step` or of `finished`; the others then end at
  ///   their next step.
  public func climb(
    _ objectives: [Objective], threads: Int,
    step: @Sendable (Int) throws -> Void = { _ in },
    finished: @Sendable (Int, Pattern, Duration) throws -> Void
  ) throws {
    try concurrently(objectives.count, threads: threads) { index, checkForFailure in
      let start = ContinuousClock.now
      let pattern = try climb(objectives[index]) {
        try checkForFailure()
        try step(index)
      }
      try finished(index, pattern, ContinuousClock.now - start)
    }
  }
}

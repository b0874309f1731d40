import Foundation
import TonoAscent
import TonoAudio
import TonoCore
import TonoModels
import TonoNetwork

/// Whether a model can be trusted and is ready for ascents: its gradients, weights, channels and front
/// ends.
public struct ModelCheck: Sendable {
  /// The model.
  public let model: Model
  /// Per input name the front end before it.
  public let frontEnds: [String: FrontEnd]
  /// What all random numbers are drawn from.
  public let seed: UInt64
  /// How many start noises are shown.
  public let starts: Int

  private let sample: SoundSample?

  /// A check of a model.
  ///
  /// - Parameters:
  ///   - model: the network and where it came from.
  ///   - frontEnds: per input name what turns sounds into it.
  ///   - sounds: sounds to show to all inputs at once, if there are any.
  ///   - soundCount: about how many examples of them, spread evenly over the files.
  ///   - seed: what all random numbers are drawn from.
  ///   - starts: how many start noises are shown, at least 1.
  /// - Throws: `InputError` if there are sounds, and an input without a front end, or if a front end
  ///   makes no sense.
  public init(
    _ model: Model, frontEnds: [String: FrontEnd], sounds: SoundFolder? = nil,
    soundCount: Int = 100, seed: UInt64 = 0, starts: Int = 16
  ) throws {
    precondition(starts > 0, "\(starts) starts")
    self.model = model
    self.frontEnds = frontEnds
    self.seed = seed
    self.starts = starts
    sample = try sounds.map {
      try SoundSample($0, count: soundCount, frontEnds: frontEnds, network: model.network)
    }
  }

  private var network: Network { model.network }

  /// Checks the model.
  ///
  /// Results do not depend on the number of threads.
  ///
  /// - Parameters:
  ///   - threads: how many work on it, at most.
  ///   - observe: called now and then from any thread; what it throws ends the check.
  /// - Returns: what was found, with a verdict.
  /// - Throws: what `observe` throws, `InputError` if no sound could be used, and `NetworkError`, which
  ///   a loaded network does not.
  public func run(
    threads: Int, observe: @Sendable () throws -> Void = {}
  ) throws -> ModelReport {
    let ascent = try Ascent(
      network: network, canvases: frontEnds.mapValues { _ in .waveform }, frontEnds: frontEnds,
      settings: AscentSettings(seed: seed))
    let first = try pass(ascent.noise(for: "check", start: 0))
    let gradients = try gradients(at: first, threads: threads, observe: observe)
    let noise = try tally(starts, threads: threads) { start, tally in
      try observe()
      let inputs = ascent.noise(for: "check", start: start)
      tally.add(try pass(inputs), of: network)
    }
    let (sounds, heard) = try listen(threads: threads, observe: observe)
    var report = ModelReport(
      modelPath: model.name, format: model.format,
      parameters: network.parameterCount, instructionSet: KernelSet.current.name, seed: seed,
      starts: starts, sounds: sounds, inputs: inputs(noise, heard),
      layers: try layers(gradients, noise, heard),
      missing: network.unavailable.sorted { $0.key < $1.key }
        .map { ModelReport.Missing(name: $0.key, reason: $0.value) },
      answers: heard.map(answers),
      compiledDeviation: try CompiledCheck(network).deviation(at: first, seed: seed))
    report.findings = ModelVerdict(report, network).findings
    return report
  }

  /// A pass through all nodes.
  private func pass(_ inputs: [String: Tensor]) throws -> Activations {
    try network.forward(
      inputs.mapValues { Tensor(batch: [$0]) }, to: network.nodes.map(\.name))
  }

  // MARK: - What is run

  private func gradients(
    at activations: Activations, threads: Int, observe: @Sendable () throws -> Void
  ) throws -> [String: GradientCheck.Outcome] {
    let found = Collected<(name: String, outcome: GradientCheck.Outcome?)>()
    try concurrently(network.nodes.count, threads: threads) { index, _ in
      try observe()
      let node = network.nodes[index]
      var random = RandomSource(seed: seed, text: node.name)
      let outcome = GradientCheck(layer: node.layer)
        .outcome(at: node.inputs.map { activations[$0] }, using: &random)
      found.store((node.name, outcome), at: index)
    }
    return Dictionary(
      uniqueKeysWithValues: found.inOrder.compactMap { found in
        found.outcome.map { (found.name, $0) }
      })
  }

  /// A tally of so many examples, added up in parts whose order does not depend on threads.
  private func tally(
    _ count: Int, threads: Int, _ body: @Sendable (Int, inout NetworkTally) throws -> Void
  ) throws -> NetworkTally {
    let parts = min(16, count)
    let found = Collected<NetworkTally>()
    try concurrently(parts, threads: threads) { part, checkForFailure in
      var tally = NetworkTally()
      for index in stride(from: part, to: count, by: parts) {
        try checkForFailure()
        try body(index, &tally)
      }
      found.store(tally, at: part)
    }
    return found.inOrder.reduce(into: NetworkTally()) { $0.add($1) }
  }

  private func listen(
    threads: Int, observe: @Sendable () throws -> Void
  ) throws -> (ModelReport.Sounds?, NetworkTally?) {
    guard let sample else { return (nil, nil) }
    let skipped = Collected<SoundFolder.Skipped>()
    let tally = try tally(sample.files.count, threads: threads) { index, tally in
      try observe()
      let file = sample.files[index]
      do {
        // A file that turns out to be damaged counts for nothing.
        var whole = tally
        try sample.examples(of: file) { whole.add(try pass($0), of: network) }
        tally = whole
      } catch let error as InputError {
        skipped.store(sample.skipped(file, error), at: index)
      }
    }
    let left = sample.folder.skipped + skipped.inOrder
    guard tally.examples > 0 else {
      throw InputError(
        "none of the \(sample.files.count) sounds in \(sample.folder.url.path) could be used: "
          + (left.first?.reason ?? "they hold nothing"))
    }
    let sounds = ModelReport.Sounds(
      path: sample.folder.url.relativePath, files: sample.files.count - skipped.inOrder.count,
      of: sample.folder.files.count, examples: tally.examples, skipped: left)
    return (sounds, tally)
  }

  // MARK: - What is told

  private func inputs(_ noise: NetworkTally, _ sounds: NetworkTally?) -> [ModelReport.Input] {
    network.inputs.map { input in
      ModelReport.Input(
        name: input.name, shape: input.shape, frontEnd: frontEnds[input.name]?.name,
        noise: ModelReport.Levels(noise.nodes[input.name]),
        sounds: sounds.map { ModelReport.Levels($0.nodes[input.name]) })
    }
  }

  private func layers(
    _ gradients: [String: GradientCheck.Outcome], _ noise: NetworkTally, _ sounds: NetworkTally?
  ) throws -> [ModelReport.Layer] {
    return try network.nodes.map { node in
      let varies = try !network.inputs(of: [node.name]).isEmpty
      func activity(_ tally: NetworkTally) -> ModelReport.Activity {
        ModelReport.Activity(tally.nodes[node.name] ?? .init(), varies: varies)
      }
      return ModelReport.Layer(
        name: node.name, kind: node.layer.kind, shape: try network.shape(of: node.name),
        gradient: varies ? gradients[node.name].map { ModelReport.Gradient($0) } : nil,
        weights: WeightFlaw.flaws(of: node.layer),
        flatPart: node.layer.flatPart?.meaning.rawValue, noise: activity(noise),
        sounds: sounds.map(activity),
        normalization: node.layer.trainedStatistics.flatMap { trained in
          sounds?.nodes[node.name].flatMap { NormalizationMatch(trained, $0.moments) }
        })
    }
  }

  private func answers(_ sounds: NetworkTally) -> [ModelReport.Answer] {
    network.outputs.compactMap { output in
      guard sounds.examples > 1, let elements = sounds.nodes[output]?.elements, !elements.isEmpty
      else { return nil }
      let size = elements.reduce(Float(0)) { max($0, $1.low.magnitude, $1.high.magnitude) }
      let spread = elements.reduce(Float(0)) { max($0, $1.high - $1.low) }
      guard size.isFinite else { return nil }
      return ModelReport.Answer(output: output, spread: size > 0 ? Double(spread / size) : 0)
    }
  }
}

extension SoundSample {
  /// A file that cannot be used for this reason.
  fileprivate func skipped(
    _ file: SoundFolder.File, _ error: some CustomStringConvertible
  ) -> SoundFolder.Skipped {
    let (path, reason) = (folder.fullPath(of: file.path), error.description)
    return SoundFolder.Skipped(
      path: file.path, reason: reason.contains(path) ? reason : "\(path): \(reason)")
  }
}

extension ModelReport.Levels {
  /// The levels of an input's values.
  fileprivate init(_ node: NetworkTally.Node?) {
    var (range, moments) = (NetworkTally.Range(), NetworkTally.Moments())
    for channel in node?.channels ?? [] { range.add(channel) }
    for channel in node?.moments ?? [] { moments.add(channel) }
    self.init(
      lowest: range.low, highest: range.high, mean: moments.mean,
      deviation: moments.variance.squareRoot())
  }
}

extension ModelReport.Activity {
  /// What a node did; one that depends on no input has no dead channels.
  fileprivate init(_ node: NetworkTally.Node, varies: Bool) {
    let several = node.channels.count > 0 && node.count / node.channels.count > 1
    self.init(
      channels: node.channels.count,
      dead: varies && several ? node.channels.indices.filter { node.channels[$0].isConstant } : nil,
      flat: node.flat.of > 0 ? Double(node.flat.count) / Double(node.flat.of) : nil,
      notFinite: node.notFinite)
  }
}

extension ModelReport.Gradient {
  /// What a comparison came to.
  fileprivate init(_ outcome: GradientCheck.Outcome) {
    deviation =
      switch outcome {
      case .deviation(let deviation): deviation
      case .flat: nil
      case .notFinite: .infinity
      }
  }
}

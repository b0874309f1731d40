import TonoCore
import TonoNetwork

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One objective's way up, step by step.
///
///     let climb = try ascent.begin(Objective(neuron))
///     while let step = try climb.step() {
///       if step.index % 50 == 0 { print(step.value, climb.snapshot().activation) }
///     }
///     let pattern = climb.snapshot()
///
/// Stepping it by hand or by `Ascent.climb` gives the same pattern, and snapshots change nothing. Not for
/// several threads at once.
public final class Climb {
  private let ascent: Ascent
  private let objective: Objective
  private let threads: Int
  /// The inputs that move, in the network's order.
  private let inputs: [ClimbedInput]
  private let program: ScalarProgram
  private let blur: GaussianBlur?

  private var phase = Phase.starting
  private var start = 0
  private var random: RandomSource
  private var changes: [Change]
  /// What keeps the objective asleep, found when it first is, and as much of it as was compiled.
  private var gates: [PreActivation]?
  private var gatePrograms: [ScalarProgram] = []
  private var wakingSteps = 0
  /// What each start that failed came to, in words.
  private var tried: [String] = []
  private var activations: [Float] = []
  /// The highest total, whose cells are kept.
  private var best: Float?
  private var lastRise: (total: Float, step: Int)?

  private var settings: AscentSettings { ascent.settings }

  private enum Phase {
    case starting, waking, climbing
    /// Over, with the objective's value on the cells as they are.
    case ended(Pattern.Ending, activation: Float)
  }

  /// What a scalar is at some cells, and how steep.
  private struct Evaluation {
    let value: Float
    var penalty: Float = 0
    /// Whether the scalar itself has a gradient, penalties aside.
    var isAwake = false
    /// The root of the mean square of the whole gradient.
    var scale: Float = 0
    /// Whether inputs, value and gradient are finite numbers throughout.
    var isFinite: Bool

    var total: Float { value - penalty }
  }

  init(_ objective: Objective, of ascent: Ascent, threads: Int) throws {
    self.ascent = ascent
    self.objective = objective
    self.threads = threads
    let climbed = try ascent.inputs(climbedBy: objective)
    inputs = climbed.map { input in
      ClimbedInput(
        input, canvas: ascent.canvas(before: input.name),
        frontEnd: ascent.frontEnds[input.name], settings: ascent.settings,
        naturalSound: ascent.naturalSounds[input.name])
    }
    program = try ScalarProgram(
      try BoundObjective(objective, in: ascent.network), in: ascent.network, climbed: climbed,
      held: ascent.held, exact: ascent.settings.exactConvolution, threads: threads)
    let deviation = ascent.settings.regularizer.blur
    blur = deviation > 0 ? GaussianBlur(deviation: deviation) : nil
    random = RandomSource(seed: ascent.settings.seed, text: "")
    changes = inputs.map { _ in .none }
  }

  // MARK: - Stepping

  /// Takes a step.
  ///
  /// - Returns: the step; nothing if the climb is over.
  /// - Throws: `InputError` if a spectrogram to start from has no sound and the canvas is one.
  public func step() throws -> Step? {
    while true {
      switch phase {
      case .starting: try begin()
      case .waking: if let step = try wakingStep() { return step }
      case .climbing: if let step = climbingStep() { return step }
      case .ended: return nil
      }
    }
  }

  /// Whether no step is left.
  public var isOver: Bool { if case .ended = phase { true } else { false } }

  /// The pattern that the cells are now: the result once the climb is over.
  ///
  /// - Complexity: that of an evaluation while it is not.
  public func snapshot() -> Pattern {
    if case .ended(let ending, let activation) = phase {
      return pattern(activation: activation, ending: ending)
    }
    let drawn = changes
    for index in changes.indices { changes[index] = .none }
    defer { changes = drawn }
    return pattern(activation: evaluate(program).value, ending: .underway)
  }

  // MARK: - Starts

  /// Begins at the next start: climbs where the objective has a gradient, else wakes it.
  private func begin() throws {
    guard start < max(1, settings.starts) else {
      try place(0)
      let value = evaluate(program).value
      activations = [value]
      phase = .ended(.dead(tried), activation: value)
      return
    }
    try place(start)
    let asleep = evaluate(program)
    if asleep.isAwake { return beginClimbing() }
    guard let waking = try evaluateGates() else {
      fail("the value is \(asleep.value) with no gradient, and no activation stands before it")
      return
    }
    if isSaturated(asleep, above: waking) { return beginClimbing() }
    for input in inputs { input.resetOptimizer() }
    phase = .waking
  }

  /// Notes what this start came to, and goes on to the next.
  private func fail(_ reason: String) {
    tried.append("\(origin): \(reason)")
    start += 1
    phase = .starting
  }

  /// Puts the canvases where a start has them.
  private func place(_ start: Int) throws {
    self.start = start
    wakingSteps = 0
    random = RandomSource(seed: settings.seed, text: "\(objective)|\(start)")
    for input in inputs {
      switch start == 0 ? settings.start : .noise {
      case .silence: input.begin { _ in 0 }
      case .spectrogram:
        if let spectrogram = ascent.spectrograms[input.input.name] {
          try input.begin(from: spectrogram)
          continue
        }
        fallthrough
      case .noise:
        input.begin(fromNoise: (0..<input.cellCount).map { _ in random.normal() })
      }
    }
  }

  /// Where the canvases began, in words.
  private var origin: String { start == 0 ? settings.start.rawValue : "noise \(start)" }

  // MARK: - Waking

  /// The pre-activation before the nearest gate that has a gradient, or else before the last one; nil if
  /// there is no gate.
  ///
  /// The gates behind the nearest are compiled when they are first needed.
  private func evaluateGates() throws -> Evaluation? {
    let gates = try gates ?? PreActivation.all(of: objective, in: ascent.network)
    self.gates = gates
    var last: Evaluation?
    for (index, gate) in gates.enumerated() {
      if index == gatePrograms.count {
        gatePrograms.append(
          try ScalarProgram(
            gate, in: ascent.network, climbed: inputs.map(\.input), held: ascent.held,
            exact: settings.exactConvolution, threads: threads))
      }
      let evaluation = evaluate(gatePrograms[index])
      last = evaluation
      if evaluation.isAwake || !evaluation.isFinite { break }
    }
    return last
  }

  /// Whether an objective has no gradient because its activation is at its upper end: both it and
  /// its pre-activation are positive, and the latter could still rise.
  private func isSaturated(_ asleep: Evaluation, above waking: Evaluation) -> Bool {
    asleep.value > 0 && waking.value > 0 && waking.isAwake
  }

  /// Climbs the pre-activation a step, until the objective has a gradient or the steps are used up.
  private func wakingStep() throws -> Step? {
    guard let evaluation = try evaluateGates() else {
      beginClimbing()
      return nil
    }
    guard wakingSteps < settings.wakingSteps, evaluation.isFinite, evaluation.isAwake else {
      fail(failure(of: evaluation))
      return nil
    }
    move(evaluation)
    let step = Step(
      index: wakingSteps, phase: .waking, start: start, value: evaluation.value,
      penalty: evaluation.penalty)
    wakingSteps += 1
    if evaluate(program).isAwake { beginClimbing() }
    return step
  }

  /// What waking from this start came to, in words.
  private func failure(of waking: Evaluation) -> String {
    guard waking.isFinite else { return "the pre-activation is no finite number" }
    let slope = waking.isAwake ? "" : " and has no gradient"
    return "after \(wakingSteps) steps the pre-activation is \(waking.value)\(slope)"
  }

  // MARK: - Climbing

  private func beginClimbing() {
    for input in inputs { input.resetOptimizer() }
    activations.reserveCapacity(settings.steps + 1)
    phase = .climbing
  }

  /// Climbs the objective a step, until the settings end it.
  private func climbingStep() -> Step? {
    let index = activations.count
    guard index < settings.steps else {
      end(.steps)
      return nil
    }
    drawChanges()
    let evaluation = evaluate(program, less: settings.regularizer)
    guard evaluation.isFinite else {
      end(.notFinite("at step \(index) the activation or its gradient is no finite number"))
      return nil
    }
    activations.append(evaluation.value)
    // Of cells that settle the last ones count: those before are for a value that is no number.
    if evaluation.isAwake, settles || best.map({ evaluation.total > $0 }) ?? true {
      best = evaluation.total
      for input in inputs { input.keep() }
    }
    if !settles, isOnPlateau(evaluation, index) {
      end(.plateau)
      return nil
    }
    move(evaluation, share: settles ? share(ofStep: index) : 1)
    if let blur, (index + 1) % max(1, settings.regularizer.blurInterval) == 0 {
      for input in inputs { input.blur(blur) }
    }
    return Step(
      index: index, phase: .climbing, start: start, value: evaluation.value,
      penalty: evaluation.penalty)
  }

  /// Whether the total has not risen for as many steps as the settings are patient.
  private func isOnPlateau(_ evaluation: Evaluation, _ index: Int) -> Bool {
    guard let plateau = settings.plateau else { return false }
    let threshold = lastRise.map { $0.total + plateau.tolerance * abs($0.total) }
    if threshold.map({ evaluation.total > $0 }) ?? true { lastRise = (evaluation.total, index) }
    return lastRise.map { index - $0.step >= plateau.patience } ?? false
  }

  /// Leaves the better of the last cells and the best ones, as the network sees them unchanged; of cells that
  /// settle the last finite ones.
  private func end(_ ending: Pattern.Ending) {
    for index in changes.indices { changes[index] = .none }
    let last = evaluate(program, less: settings.regularizer)
    if last.isFinite, ending == .steps { activations.append(last.value) }
    var activation = last.value
    if best != nil, !(settles && last.isFinite) {
      for input in inputs { input.swapWithBest() }
      let evaluation = evaluate(program, less: settings.regularizer)
      if last.isFinite, last.isAwake, last.total >= evaluation.total {
        for input in inputs { input.swapWithBest() }
      } else {
        activation = evaluation.value
      }
    }
    phase = .ended(ending, activation: activation)
  }

  private func pattern(activation: Float, ending: Pattern.Ending) -> Pattern {
    Pattern(
      objective: objective,
      inputs: Dictionary(uniqueKeysWithValues: inputs.map { ($0.input.name, $0.painted) }),
      sounds: Dictionary(
        uniqueKeysWithValues: inputs.compactMap { input in
          input.sound.map { (input.input.name, $0) }
        }),
      activations: activations, activation: activation, wakingSteps: wakingSteps, start: start,
      ending: ending)
  }

  // MARK: - Evaluating

  /// A scalar at these cells, less the penalties of a regularizer; the inputs keep its gradient.
  private func evaluate(
    _ program: ScalarProgram, less regularizer: Regularizer = Regularizer()
  ) -> Evaluation {
    var isFinite = true
    for (index, input) in inputs.enumerated() {
      guard let buffers = program.buffers[index] else { continue }
      if !input.paint(into: buffers, changes[index]) { isFinite = false }
    }
    let value = program.evaluate()
    var (penalty, squares, isAwake) = (Float(0), 0.0, false)
    for (index, input) in inputs.enumerated() {
      guard let buffers = program.buffers[index] else {
        input.rest()
        continue
      }
      let slope = input.pullBack(
        buffers, changes[index], less: regularizer, activation: value)
      penalty += slope.penalty
      squares += slope.squares
      isAwake = isAwake || slope.isAwake
    }
    let count = inputs.reduce(0) { $0 + $1.cellCount }
    return Evaluation(
      value: value, penalty: penalty, isAwake: isAwake,
      scale: Float((squares / Double(count)).squareRoot()),
      isFinite: isFinite && (value - penalty).isFinite && squares.isFinite)
  }

  private func move(_ evaluation: Evaluation, share: Float = 1) {
    for input in inputs { input.move(scale: evaluation.scale, settings.optimizer, share: share) }
  }

  // MARK: - Ways of hearing

  /// Whether each step hears another way: one step's value then says little of the cells, which settle
  /// instead of the best ones being kept.
  private var settles: Bool {
    settings.hearing != nil && inputs.contains { $0.hearingFrontEnd != nil }
  }

  private func drawChanges() {
    for index in changes.indices {
      changes[index] = settings.drawChange(from: &random)
      if let hearing = settings.hearing, let frontEnd = inputs[index].hearingFrontEnd {
        changes[index].heard = hearing.draw(from: &random, before: frontEnd)
      }
    }
  }

  /// Which share of a step's length is taken where cells settle: it falls to nothing along half a cosine.
  private func share(ofStep index: Int) -> Float {
    0.5 + 0.5 * cosf(.pi * Float(index) / Float(settings.steps))
  }
}

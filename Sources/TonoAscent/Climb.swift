import TonoCore
import TonoNetwork

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One objective's way up.
final class Climb {
  private let ascent: Ascent
  private let objective: Objective
  private let threads: Int
  /// The inputs that move, in the network's order.
  private let inputs: [ClimbedInput]
  private let program: ScalarProgram
  private let blur: GaussianBlur?

  private var start = 0
  private var random: RandomSource
  private var wakingSteps = 0
  private var changes: [Change]

  private var settings: AscentSettings { ascent.settings }

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
      try BoundObjective(objective, in: ascent.network), of: ascent, climbed: climbed,
      threads: threads)
    let deviation = ascent.settings.regularizer.blur
    blur = deviation > 0 ? GaussianBlur(deviation: deviation) : nil
    random = RandomSource(seed: ascent.settings.seed, text: "")
    changes = inputs.map { _ in .none }
  }

  // MARK: - Starts

  /// Climbs from the first start that gives the objective a gradient.
  func run(step: (Float) throws -> Void) throws -> Pattern {
    var tried: [String] = []
    var waking: ScalarProgram?
    for start in 0..<max(1, settings.starts) {
      try begin(start)
      let asleep = evaluate(program)
      if asleep.isAwake { return try climb(step: step) }
      if waking == nil { waking = try preActivation() }
      guard let waking else {
        tried.append(
          "\(origin): the value is \(asleep.value) with no gradient, and no activation stands before it"
        )
        continue
      }
      if isSaturated(asleep, above: evaluate(waking)) { return try climb(step: step) }
      if try wake(by: waking, step: step) { return try climb(step: step) }
      tried.append(failure(of: evaluate(waking)))
    }
    try begin(0)
    let value = evaluate(program).value
    return pattern(activations: [value], activation: value, ending: .dead(tried))
  }

  /// Puts the canvases where a start has them.
  private func begin(_ start: Int) throws {
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
      case .noise: input.begin(fromNoise: (0..<input.cellCount).map { _ in random.normal() })
      }
    }
  }

  /// Where the canvases began, in words.
  private var origin: String { start == 0 ? settings.start.rawValue : "noise \(start)" }

  // MARK: - Waking

  /// The pre-activation of the objective, compiled, if there is one.
  private func preActivation() throws -> ScalarProgram? {
    try PreActivation(of: objective, in: ascent.network).map {
      try ScalarProgram($0, of: ascent, climbed: inputs.map(\.input), threads: threads)
    }
  }

  /// Whether an objective has no gradient because its activation is at its upper end: both it and
  /// its pre-activation are positive, and the latter could still rise.
  private func isSaturated(_ asleep: Evaluation, above waking: Evaluation) -> Bool {
    asleep.value > 0 && waking.value > 0 && waking.isAwake
  }

  /// Climbs the pre-activation until the objective has a gradient, or the steps are used up.
  private func wake(by waking: ScalarProgram, step: (Float) throws -> Void) throws -> Bool {
    for input in inputs { input.resetOptimizer() }
    while wakingSteps < settings.wakingSteps {
      let evaluation = evaluate(waking)
      guard evaluation.isFinite, evaluation.isAwake else { return false }
      move(evaluation)
      wakingSteps += 1
      try step(evaluation.value)
      if evaluate(program).isAwake { return true }
    }
    return false
  }

  /// What waking from this start came to, in words.
  private func failure(of waking: Evaluation) -> String {
    guard waking.isFinite else { return "\(origin): the pre-activation is no finite number" }
    let slope = waking.isAwake ? "" : " and has no gradient"
    return "\(origin): after \(wakingSteps) steps the pre-activation is \(waking.value)\(slope)"
  }

  // MARK: - Climbing

  /// Climbs the objective until the settings end it.
  private func climb(step: (Float) throws -> Void) throws -> Pattern {
    let regularizer = settings.regularizer
    for input in inputs { input.resetOptimizer() }
    var activations: [Float] = []
    activations.reserveCapacity(settings.steps + 1)
    var best: Float?
    var lastRise: (total: Float, step: Int)?
    var ending = Pattern.Ending.steps
    // Where each step hears another way, one step's value says little of the cells: they settle instead.
    let isSettled = settings.hearing != nil && inputs.contains { $0.hearingFrontEnd != nil }

    for index in 0..<settings.steps {
      drawChanges()
      let evaluation = evaluate(program, less: regularizer)
      guard evaluation.isFinite else {
        ending = .notFinite("at step \(index) the activation or its gradient is no finite number")
        break
      }
      activations.append(evaluation.value)
      if !isSettled, evaluation.isAwake, best.map({ evaluation.total > $0 }) ?? true {
        best = evaluation.total
        for input in inputs { input.keep() }
      }
      if !isSettled, let plateau = settings.plateau {
        let threshold = lastRise.map { $0.total + plateau.tolerance * abs($0.total) }
        if threshold.map({ evaluation.total > $0 }) ?? true { lastRise = (evaluation.total, index) }
        if let lastRise, index - lastRise.step >= plateau.patience {
          ending = .plateau
          break
        }
      }
      move(evaluation, share: isSettled ? settling(index) : 1)
      if let blur, (index + 1) % max(1, regularizer.blurInterval) == 0 {
        for input in inputs { input.blur(blur) }
      }
      try step(evaluation.value)
    }

    for index in changes.indices { changes[index] = .none }
    let last = evaluate(program, less: regularizer)
    if last.isFinite, ending == .steps { activations.append(last.value) }
    var activation = last.value
    if best != nil {
      for input in inputs { input.swapWithBest() }
      let evaluation = evaluate(program, less: regularizer)
      if last.isFinite, last.isAwake, last.total >= evaluation.total {
        for input in inputs { input.swapWithBest() }
      } else {
        activation = evaluation.value
      }
    }
    return pattern(activations: activations, activation: activation, ending: ending)
  }

  private func pattern(
    activations: [Float], activation: Float, ending: Pattern.Ending
  ) -> Pattern {
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

  // MARK: - One step

  private func drawChanges() {
    for index in changes.indices {
      changes[index] = settings.drawChange(from: &random)
      if let hearing = settings.hearing, let frontEnd = inputs[index].hearingFrontEnd {
        changes[index].heard = hearing.draw(from: &random, before: frontEnd)
      }
    }
  }

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

  /// Which share of a step's length is taken: it falls to nothing along half a cosine.
  private func settling(_ step: Int) -> Float {
    0.5 + 0.5 * cosf(.pi * Float(step) / Float(settings.steps))
  }
}

import TonoNetwork

/// One objective's way up from one start.
struct Climb {
  private let ascent: Ascent
  private let objective: Objective
  private let bound: BoundObjective
  private let start: Int
  private var random: RandomSource

  /// Per input name the canvas' cells, `[1] + input shape`.
  private var cells: [String: Tensor]
  private(set) var wakingSteps = 0

  /// What a scalar is at some cells, and which way it rises.
  private struct Evaluation {
    let value: Float
    let penalty: Float
    let gradient: [String: Tensor]
    /// Whether the scalar itself has a gradient, penalties aside.
    let isAwake: Bool

    var total: Float { value - penalty }
    var isFinite: Bool {
      total.isFinite && gradient.values.allSatisfy { $0.values.allSatisfy(\.isFinite) }
    }
    /// The root of the mean square of the whole gradient.
    var scale: Float {
      let sum = gradient.keys.sorted().reduce(0.0) { sum, name in
        (gradient[name]?.values ?? []).reduce(sum) { $0 + Double($1) * Double($1) }
      }
      return Float((sum / Double(gradient.values.reduce(0) { $0 + $1.count })).squareRoot())
    }
  }

  init(ascent: Ascent, objective: Objective, bound: BoundObjective, start: Int) throws {
    self.ascent = ascent
    self.objective = objective
    self.bound = bound
    self.start = start
    random = RandomSource(seed: ascent.settings.seed, text: "\(objective)|\(start)")
    cells = [:]
    for input in try ascent.network.inputs(of: bound.nodes) {
      cells[input.name] = begin(input)
    }
  }

  /// The canvas an input begins with.
  private mutating func begin(_ input: Network.Input) -> Tensor {
    let shape = input.shape.batched(1)
    switch start == 0 ? ascent.settings.start : .noise {
    case .silence: return Tensor(shape: shape)
    case .spectrogram:
      if let spectrogram = ascent.spectrograms[input.name] {
        return canvas(input.name).cells(of: spectrogram.reshaped(shape))
      }
      fallthrough
    case .noise:
      return Tensor(shape: shape, values: (0..<shape.count).map { _ in random.normal() })
    }
  }

  /// Where the canvas began, in words.
  var origin: String {
    start == 0 ? ascent.settings.start.rawValue : "noise \(start)"
  }

  /// Whether the objective has no gradient here.
  var isAsleep: Bool {
    get throws { try !evaluate(bound).isAwake }
  }

  /// Whether the objective has no gradient because its activation is at its upper end: both it
  /// and its pre-activation are positive, and the latter could still rise.
  func isSaturated(above waking: PreActivation) throws -> Bool {
    let evaluation = try evaluate(waking)
    return value > 0 && evaluation.value > 0 && evaluation.isAwake
  }

  /// The objective's value here.
  var value: Float {
    (try? evaluate(bound).value) ?? .nan
  }

  // MARK: - Waking

  /// Climbs the pre-activation until the objective has a gradient, or the steps are used up.
  mutating func wake(by waking: PreActivation, step: () throws -> Void) throws -> Bool {
    var states = optimizerStates()
    while wakingSteps < ascent.settings.wakingSteps {
      let evaluation = try evaluate(waking)
      guard evaluation.isFinite, evaluation.isAwake else { return false }
      move(by: evaluation, &states)
      wakingSteps += 1
      try step()
      if try !isAsleep { return true }
    }
    return false
  }

  /// What waking from this start came to, in words.
  func failure(of waking: PreActivation) -> String {
    guard let evaluation = try? evaluate(waking), evaluation.isFinite else {
      return "\(origin): the pre-activation is no finite number"
    }
    let slope = evaluation.isAwake ? "" : " and has no gradient"
    return
      "\(origin): after \(wakingSteps) steps the pre-activation is \(evaluation.value)\(slope)"
  }

  // MARK: - Climbing

  /// Climbs the objective until the settings end it.
  mutating func run(step: () throws -> Void) throws -> Pattern {
    let settings = ascent.settings
    var states = optimizerStates()
    var activations: [Float] = []
    var best: (total: Float, cells: [String: Tensor])?
    var lastRise: (total: Float, step: Int)?
    var ending = Pattern.Ending.steps

    for index in 0..<settings.steps {
      let evaluation = try evaluate(
        bound, shifts: drawShifts(), less: settings.regularizer)
      guard evaluation.isFinite else {
        ending = .notFinite("at step \(index) the activation or its gradient is no finite number")
        break
      }
      activations.append(evaluation.value)
      if evaluation.isAwake, best.map({ evaluation.total > $0.total }) ?? true {
        best = (evaluation.total, cells)
      }
      if let plateau = settings.plateau {
        let threshold = lastRise.map { $0.total + plateau.tolerance * abs($0.total) }
        if threshold.map({ evaluation.total > $0 }) ?? true { lastRise = (evaluation.total, index) }
        if let lastRise, index - lastRise.step >= plateau.patience {
          ending = .plateau
          break
        }
      }
      move(by: evaluation, &states)
      if settings.regularizer.blur > 0, (index + 1) % max(1, settings.regularizer.blurInterval) == 0
      {
        cells = cells.mapValues(settings.regularizer.blurred)
      }
      try step()
    }

    let last = try evaluate(bound, less: settings.regularizer)
    if last.isFinite, ending == .steps { activations.append(last.value) }
    var activation = last.value
    if let best {
      let reached = cells
      cells = best.cells
      let evaluation = try evaluate(bound, less: settings.regularizer)
      if last.isFinite, last.isAwake, last.total >= evaluation.total {
        cells = reached
      } else {
        activation = evaluation.value
      }
    }
    return pattern(activations: activations, activation: activation, ending: ending)
  }

  /// The pattern of a neuron that no start could wake: the canvas as it began.
  func dead(_ tried: [String]) -> Pattern {
    pattern(activations: [value], activation: value, ending: .dead(tried))
  }

  private func pattern(
    activations: [Float], activation: Float, ending: Pattern.Ending
  ) -> Pattern {
    let inputs = cells.reduce(into: [String: Tensor]()) { inputs, entry in
      inputs[entry.key] = canvas(entry.key).paint(entry.value).sample(0)
    }
    return Pattern(
      objective: objective, inputs: inputs, activations: activations, activation: activation,
      wakingSteps: wakingSteps, start: start, ending: ending)
  }

  // MARK: - One step

  private func canvas(_ name: String) -> SpectrogramCanvas {
    ascent.canvases[name] ?? SpectrogramCanvas(normalizes: false)
  }

  private func optimizerStates() -> [String: Optimizer.State] {
    cells.mapValues { Optimizer.State(count: $0.count) }
  }

  private mutating func drawShifts() -> [String: Jitter.Shift] {
    var shifts: [String: Jitter.Shift] = [:]
    for name in cells.keys.sorted() { shifts[name] = ascent.settings.jitter.draw(from: &random) }
    return shifts
  }

  /// A scalar at these cells, less the penalties of a regularizer, and its gradient.
  private func evaluate(
    _ scalar: some Scalar, shifts: [String: Jitter.Shift] = [:],
    less regularizer: Regularizer = Regularizer()
  ) throws -> Evaluation {
    var painted: [String: Tensor] = [:]
    var batch: [String: Tensor] = [:]
    for (name, tensor) in cells {
      let input = canvas(name).paint(tensor)
      painted[name] = input
      batch[name] = shifts[name]?.apply(to: input) ?? input
    }
    let activations = try ascent.network.forward(batch, to: scalar.nodes)
    let dBatch = ascent.network.backward(scalar.seeds(for: activations), through: activations)

    var penalty: Float = 0
    var isAwake = false
    var gradient: [String: Tensor] = [:]
    for name in cells.keys.sorted() {
      guard let tensor = cells[name], let input = painted[name] else { continue }
      var dInput = dBatch[name] ?? Tensor(shape: input.shape)
      isAwake = isAwake || dInput.values.contains { $0 != 0 }
      if let shift = shifts[name] { dInput = shift.inverse.apply(to: dInput) }
      if regularizer.penalizes {
        let term = regularizer.penalty(input)
        penalty += term.value
        for index in dInput.values.indices { dInput.values[index] -= term.gradient.values[index] }
      }
      gradient[name] = canvas(name).adjoint(dInput, parameters: tensor)
    }
    return Evaluation(
      value: scalar.values(of: activations)[0], penalty: penalty, gradient: gradient,
      isAwake: isAwake)
  }

  private mutating func move(
    by evaluation: Evaluation, _ states: inout [String: Optimizer.State]
  ) {
    let scale = evaluation.scale
    for (name, gradient) in evaluation.gradient {
      guard var state = states.removeValue(forKey: name),
        var tensor = cells.removeValue(forKey: name)
      else { continue }
      state.step(
        &tensor.values, gradient: gradient.values, scale: scale, ascent.settings.optimizer)
      states[name] = state
      cells[name] = tensor
    }
  }
}

import TonoAudio
import TonoCore
import TonoNetwork

/// One input on its way up: its canvas' cells, and what the optimizer remembers of them.
///
/// All buffers are made once: a step allocates nothing.
final class ClimbedInput {
  let input: Network.Input

  private let painter: any Painter
  private let maps: Maps
  /// How many elements the input has.
  private let count: Int
  private var cells: AlignedFloats
  /// The best cells so far, unless the cells themselves are: then it is room for those of the next step.
  private var best: AlignedFloats
  private var isBest = false
  private var optimizer: Optimizer.State
  /// Where the input and its gradient are in place while the network sees the input shifted.
  private let unshifted: (input: AlignedFloats, gradient: AlignedFloats)
  private let acoustics: AcousticsPass
  /// The input as the acoustics leave it, before it is shifted.
  private let changed: AlignedFloats
  private let playability: Playability?
  private let naturalness: Naturalness?
  private let naturalSound: NaturalSound?

  // What the last evaluation left.
  private var gradient: UnsafeMutablePointer<Float>?

  /// What an input adds to an evaluation.
  struct Slope {
    /// The penalty that was taken off.
    let penalty: Float
    /// The sum of the gradient's squares: no finite number if an element is none.
    let squares: Double
    /// Whether the scalar itself has a gradient, penalties aside.
    let isAwake: Bool
  }

  init(
    _ input: Network.Input, canvas: Canvas, frontEnd: FrontEnd?, settings: AscentSettings,
    naturalSound: NaturalSound? = nil
  ) {
    self.input = input
    maps = frontEnd.map { Maps($0.inputShape, axes: $0.axes) } ?? Maps(input.shape)
    painter = canvas.painter(before: input, maps, frontEnd: frontEnd)
    count = input.shape.count
    cells = AlignedFloats(count: painter.count)
    best = AlignedFloats(count: painter.count)
    optimizer = Optimizer.State(count: painter.count)
    unshifted = (AlignedFloats(count: count), AlignedFloats(count: count))
    acoustics = AcousticsPass(maps, frontEnd)
    changed = AlignedFloats(count: count)
    let weight = settings.regularizer.playability
    playability = weight == 0 ? nil : frontEnd.map { Playability(weight: weight, of: $0) }
    let (share, maps) = (settings.regularizer.naturalness, maps)
    naturalness =
      share == 0 ? nil : naturalSound.map { Naturalness(share: share, of: $0, maps) }
    self.naturalSound = naturalSound
  }

  // MARK: - The cells

  /// Begins with cells given by their place.
  func begin(_ value: (Int) -> Float) {
    for index in 0..<cellCount { cells.start[index] = value(index) }
    gradient = nil
    isBest = false
  }

  /// Begins with noise; a sound's has the spectrum of real sounds, if that is known.
  func begin(fromNoise noise: [Float]) {
    var noise = noise
    if let naturalSound, let frontEnd = painter.hearingFrontEnd {
      noise = naturalSound.coloured(noise, before: frontEnd)
    }
    begin { noise[$0] }
  }

  /// Begins with the cells that paint a spectrogram, as nearly as the canvas can.
  ///
  /// - Throws: `InputError` if it has no sound and the canvas is one.
  func begin(from spectrogram: Tensor) throws {
    let painting = try painter.cells(of: spectrogram)
    begin { painting[$0] }
  }

  /// Remembers the cells as the best ones.
  ///
  /// Nothing is copied: the next step leaves them where they are.
  func keep() { isBest = true }

  /// Exchanges the cells and the best ones.
  func swapWithBest() {
    if !isBest { swap(&cells, &best) }
  }

  /// The front end that hears its sounds, if the canvas is one.
  var hearingFrontEnd: FrontEnd? { painter.hearingFrontEnd }

  /// The input that the cells paint.
  var painted: Tensor {
    painter.hear(nil)
    return Tensor(shape: input.shape) { _ = painter.paint(cells.start, into: $0) }
  }

  /// The sound that the cells are, if they are one.
  var sound: Waveform? { painter.sound(of: cells.start) }

  // MARK: - One step

  /// Writes the input, changed, to where a program reads it.
  ///
  /// - Returns: whether it is finite numbers throughout.
  func paint(into buffers: ScalarProgram.Buffers, _ change: Change) -> Bool {
    var source = change.isNone ? buffers.input : unshifted.input.start
    painter.hear(change.heard)
    let isFinite = painter.paint(cells.start, into: source)
    if let setting = change.acoustics {
      changed.start.update(from: source, count: count)
      acoustics.apply(setting, to: changed.start)
      source = changed.start
    }
    if !change.shift.isNone {
      change.shift.apply(from: source, to: buffers.input, maps)
    } else if source != buffers.input {
      buffers.input.update(from: source, count: count)
    }
    return isFinite
  }

  /// Turns the gradient that a program left into the one with respect to the cells, less the
  /// gradient of a regularizer's penalty.
  func pullBack(
    _ buffers: ScalarProgram.Buffers, _ change: Change, less regularizer: Regularizer,
    activation: Float
  ) -> Slope {
    var gradient = buffers.gradient
    let input = change.isNone ? buffers.input : unshifted.input.start
    let isAwake = KernelSet.current.sumOfSquares(gradient, count: count) != 0
    if !change.shift.isNone {
      change.shift.inverse.apply(from: gradient, to: unshifted.gradient.start, maps)
      gradient = unshifted.gradient.start
    }
    if change.acoustics != nil { acoustics.adjoint(gradient, changed: changed.start) }
    var penalty =
      regularizer.penalizes ? regularizer.penalize(input, maps, gradient: gradient) : 0
    if regularizer.playability != 0, let playability {
      penalty += playability.penalize(input, gradient: gradient)
    }
    if regularizer.naturalness != 0, let naturalness {
      penalty += naturalness.penalize(input, activation: activation, gradient: gradient)
    }
    let painted = painter.adjoint(gradient, input: input)
    self.gradient = painted.start
    return Slope(penalty: penalty, squares: painted.squares, isAwake: isAwake)
  }

  /// Forgets the gradient: the scalar does not depend on this input.
  func rest() { gradient = nil }

  /// Makes the optimizer forget the steps before.
  func resetOptimizer() { optimizer.reset() }

  /// Moves the cells up the gradient, whose root of the mean square over all inputs is `scale`, a share of
  /// the way that the rule says.
  func move(scale: Float, _ rule: Optimizer, share: Float = 1) {
    guard let gradient else { return }
    let kept = cells
    if isBest {
      swap(&cells, &best)
      isBest = false
    }
    optimizer.step(
      kept.start, into: cells.start, gradient: gradient, scale: scale, rule,
      stretch: painter.stepScale * share)
    painter.project(cells.start)
  }

  /// Blurs the cells, which are those of a spectrogram.
  func blur(_ blur: GaussianBlur) {
    if isBest {
      best.start.update(from: cells.start, count: cellCount)
      isBest = false
    }
    blur.apply(to: cells.start, maps, scratch: unshifted.input.start)
  }

  /// How many cells there are.
  var cellCount: Int { painter.count }
}

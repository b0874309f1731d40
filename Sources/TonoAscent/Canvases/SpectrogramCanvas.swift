import TonoCore
import TonoNetwork

/// What is really optimized, and how it becomes the network's input: the spectrogram's own cells.
///
/// Where the front end normalizes each example to zero mean and unit variance, so does the canvas,
/// inside the gradient: y = (x − mean) ÷ deviation, so that the network never sees anything off that
/// sphere. A canvas without any deviation (silence) paints zeros, and hands its gradient on with the
/// mean taken out. A canvas that does not normalize paints y = level + spread·x, so that noise and
/// steps of unit size fit inputs in any unit, such as decibels.
public struct SpectrogramCanvas: Hashable, Codable, Sendable {
  /// Whether each example is brought to zero mean and unit variance.
  public let normalizes: Bool
  /// What a cell at 0 paints where the canvas does not normalize.
  public let level: Float
  /// What a step of 1 adds to it.
  public let spread: Float
  /// The levels that an input is kept within after each step, if there are any.
  public let bounds: Bounds?

  /// Levels that real examples have, in network units.
  public struct Bounds: Hashable, Codable, Sendable {
    /// The lowest.
    public let lowest: Float
    /// The highest.
    public let highest: Float
    /// How far below an input's own maximum its minimum may lie.
    public let range: Float

    /// Bounds of levels.
    public init(lowest: Float, highest: Float, range: Float) {
      precondition(lowest < highest && range > 0, "levels from \(lowest) to \(highest)")
      self.lowest = lowest
      self.highest = highest
      self.range = range
    }
  }

  /// A canvas of cells that are normalized, or moved to a level and spread.
  public init(normalizes: Bool, level: Float = 0, spread: Float = 1, bounds: Bounds? = nil) {
    self.normalizes = normalizes
    self.level = level
    self.spread = spread
    self.bounds = bounds
  }

  /// Replaces cells by those that paint the nearest input within the bounds.
  ///
  /// A normalized canvas normalizes again what was clamped, so that single cells may then lie a little
  /// beyond.
  func project(_ cells: UnsafeMutablePointer<Float>, count: Int) {
    guard let bounds else { return }
    _ = paint(cells, into: cells, count: count)
    var maximum = bounds.lowest
    for i in 0..<count { maximum = max(maximum, min(cells[i], bounds.highest)) }
    let minimum = max(bounds.lowest, maximum - bounds.range)
    for i in 0..<count {
      let level = min(max(cells[i], minimum), bounds.highest)
      cells[i] = normalizes ? level : (level - self.level) / spread
    }
  }

  /// How cells were painted, which their adjoint needs again.
  struct Painting {
    /// What each cell was multiplied by.
    let factor: Double
    /// Whether all of the input is finite numbers.
    let isFinite: Bool
  }

  /// The normalized cells, or the cells moved to their level and spread.
  func paint(
    _ cells: UnsafePointer<Float>, into input: UnsafeMutablePointer<Float>, count: Int
  ) -> Painting {
    let kernels = KernelSet.current
    var (factor, level) = (Double(spread), Double(level))
    if normalizes {
      let mean = kernels.sum(cells, count: count) / Double(count)
      let squares = kernels.sumOfSquares(cells, around: mean, count: count)
      let deviation = (squares / Double(count)).squareRoot()
      // A deviation that rounding alone makes is none.
      factor = deviation > 1e-6 * max(1, mean.magnitude) ? 1 / deviation : 1
      level = -mean * factor
    }
    let sum = kernels.paint(cells, factor: factor, level: level, into: input, count: count)
    return Painting(factor: factor, isFinite: sum.isFinite)
  }

  /// Turns the gradient with respect to a painted input into the one with respect to its cells:
  /// (dy − mean(dy) − y·mean(y·dy)) ÷ deviation, or spread·dy.
  ///
  /// - Returns: the sum of its squares.
  func adjoint(
    _ gradient: UnsafeMutablePointer<Float>, input: UnsafePointer<Float>, _ painting: Painting,
    count: Int
  ) -> Double {
    let kernels = KernelSet.current
    var (mean, slope) = (0.0, 0.0)
    if normalizes {
      mean = kernels.sum(gradient, count: count) / Double(count)
      slope = kernels.sumOfProducts(gradient, input, count: count) / Double(count)
    }
    return kernels.adjoint(
      gradient, factor: painting.factor, mean: mean, slope: slope, painted: input, count: count)
  }

  /// Cells that paint an input; where the canvas normalizes, its normalized form.
  func cells(of input: Tensor) -> Tensor {
    guard !normalizes else { return input }
    return Tensor(shape: input.shape, values: input.values.map { ($0 - level) / spread })
  }
}

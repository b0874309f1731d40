import TonoAudio
import TonoCore

/// A canvas at work in one climb: it paints cells, and hands gradients back.
///
/// It keeps what the adjoint needs of the last painting; after it is made, nothing is allocated.
protocol Painter: AnyObject {
  /// How many cells there are.
  var count: Int { get }

  /// How many times as long as the optimizer's rate a step of a cell is.
  var stepScale: Float { get }

  /// The front end that hears its sounds, if it has some.
  var hearingFrontEnd: FrontEnd? { get }

  /// Paints sounds as they are heard in some way from now on, or as they are.
  func hear(_ way: Hearing.Way?)

  /// Writes the input that cells paint.
  ///
  /// - Returns: whether it is finite numbers throughout.
  func paint(_ cells: UnsafePointer<Float>, into input: UnsafeMutablePointer<Float>) -> Bool

  /// The gradient with respect to the cells painted last, of the one with respect to their input,
  /// which may be overwritten.
  func adjoint(
    _ gradient: UnsafeMutablePointer<Float>, input: UnsafePointer<Float>
  ) -> PaintedGradient

  /// Cells that paint an input, or one as near to it as the canvas can.
  ///
  /// - Throws: `InputError` if the input has no sound.
  func cells(of input: Tensor) throws -> [Float]

  /// Moves cells to the nearest ones that the canvas allows.
  func project(_ cells: UnsafeMutablePointer<Float>)

  /// The sound that cells are, at no particular level, if they are one.
  func sound(of cells: UnsafePointer<Float>) -> Waveform?
}

/// The gradient with respect to cells.
struct PaintedGradient {
  let start: UnsafeMutablePointer<Float>
  /// The sum of its squares: no finite number if an element is none.
  let squares: Double
}

extension PaintedGradient {
  /// A gradient whose squares are added up.
  init(_ start: UnsafeMutablePointer<Float>, count: Int) {
    self.init(start: start, squares: KernelSet.current.sumOfSquares(start, count: count))
  }
}

extension Painter {
  var stepScale: Float { 1 }

  var hearingFrontEnd: FrontEnd? { nil }

  func hear(_ way: Hearing.Way?) {}

  func project(_ cells: UnsafeMutablePointer<Float>) {}

  func sound(of cells: UnsafePointer<Float>) -> Waveform? { nil }
}

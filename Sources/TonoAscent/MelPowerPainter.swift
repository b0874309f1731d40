import TonoAudio
import TonoNetwork

/// Amplitudes, whose squares are the powers of the front end's bands and frames.
final class MelPowerPainter: Painter {
  var count: Int { frontEnd.inputShape.count }

  private let frontEnd: FrontEnd
  private let levels: DifferentiableLevels
  private let cells: AlignedFloats
  private let power: AlignedFloats

  init(_ frontEnd: FrontEnd) {
    self.frontEnd = frontEnd
    levels = DifferentiableLevels(frontEnd)
    cells = AlignedFloats(count: frontEnd.inputShape.count)
    power = AlignedFloats(count: frontEnd.inputShape.count)
  }

  func paint(_ cells: UnsafePointer<Float>, into input: UnsafeMutablePointer<Float>) -> Bool {
    self.cells.start.update(from: cells, count: count)
    for i in 0..<count { power.start[i] = cells[i] * cells[i] }
    levels.features(of: power.start, into: input)
    return KernelSet.current.sum(input, count: count).isFinite
  }

  func adjoint(
    _ gradient: UnsafeMutablePointer<Float>, input: UnsafePointer<Float>
  ) -> PaintedGradient {
    levels.pullBack(gradient, into: power.start)
    for i in 0..<count { power.start[i] *= 2 * cells.start[i] }
    return PaintedGradient(power.start, count: count)
  }

  /// The roots of the powers that the input's levels are, the loudest at 1.
  func cells(of input: Tensor) -> [Float] {
    frontEnd.amplitudes(of: input)
  }
}

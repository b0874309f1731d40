import TonoAudio
import TonoCore
import TonoNetwork

/// Roots of what the front end's bands hold, `[bands, frames]`: their squares are never negative.
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
    levels.features(ofBands: power.start, into: input)
    return KernelSet.current.sum(input, count: count).isFinite
  }

  func adjoint(
    _ gradient: UnsafeMutablePointer<Float>, input: UnsafePointer<Float>
  ) -> PaintedGradient {
    levels.pullBack(gradient, intoBands: power.start)
    for i in 0..<count { power.start[i] *= 2 * cells.start[i] }
    return PaintedGradient(power.start, count: count)
  }

  /// The roots of what bands hold where the input is this.
  func cells(of input: Tensor) -> [Float] {
    frontEnd.amplitudes(of: input)
  }
}

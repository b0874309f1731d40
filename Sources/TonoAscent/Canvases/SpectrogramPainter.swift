import TonoCore

/// Cells of a spectrogram.
final class SpectrogramPainter: Painter {
  let count: Int
  private let canvas: SpectrogramCanvas
  private var painting = SpectrogramCanvas.Painting(factor: 1, isFinite: true)

  init(_ canvas: SpectrogramCanvas, count: Int) {
    self.canvas = canvas
    self.count = count
  }

  func paint(_ cells: UnsafePointer<Float>, into input: UnsafeMutablePointer<Float>) -> Bool {
    painting = canvas.paint(cells, into: input, count: count)
    return painting.isFinite
  }

  func adjoint(
    _ gradient: UnsafeMutablePointer<Float>, input: UnsafePointer<Float>
  ) -> PaintedGradient {
    let squares = canvas.adjoint(gradient, input: input, painting, count: count)
    return PaintedGradient(start: gradient, squares: squares)
  }

  func cells(of input: Tensor) -> [Float] { canvas.cells(of: input).values }

  func project(_ cells: UnsafeMutablePointer<Float>) { canvas.project(cells, count: count) }
}

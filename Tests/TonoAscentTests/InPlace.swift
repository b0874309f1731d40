import TonoCore
import TonoNetwork

@testable import TonoAscent

// What works in place on buffers, as functions of tensors `[C, H, W]`.

extension SpectrogramCanvas {
  func paint(_ cells: Tensor) -> Tensor {
    Tensor(shape: cells.shape) { _ = paint(cells.values, into: $0, count: cells.count) }
  }

  func adjoint(_ dInput: Tensor, cells: Tensor) -> (gradient: Tensor, squares: Double) {
    var (input, gradient) = (cells.values, dInput)
    let painting = paint(cells.values, into: &input, count: cells.count)
    let squares = adjoint(&gradient.values, input: input, painting, count: cells.count)
    return (gradient, squares)
  }
}

extension Regularizer {
  func penalty(_ input: Tensor) -> (value: Float, gradient: Tensor) {
    var slope = Tensor(shape: input.shape)
    let value = penalize(input.values, Maps(input.shape), gradient: &slope.values)
    return (value, Tensor(shape: input.shape, values: slope.values.map { -$0 }))
  }
}

extension GaussianBlur {
  func apply(to cells: Tensor) -> Tensor {
    var (cells, scratch) = (cells, cells.values)
    apply(to: &cells.values, Maps(cells.shape), scratch: &scratch)
    return cells
  }
}

extension Jitter.Shift {
  func apply(to input: Tensor) -> Tensor {
    Tensor(shape: input.shape) { apply(from: input.values, to: $0, Maps(input.shape)) }
  }
}

import TonoCore

/// A transposed convolution: the adjoint of a ``Conv2D``, which enlarges a map by its strides.
///
/// Input `[C, H, W]`, output `[O, H′, W′]` with H′ as given: every input cell adds its kernel,
/// weighted, at a distance of `strides` from its neighbour's.
public struct ConvTranspose2D: UnaryLayer {
  /// The convolution whose adjoint this is: it maps `[O, H′, W′]` to `[C, H, W]`.
  public let convolution: Conv2D
  /// One number per output channel, or none.
  public let bias: [Float]?
  /// The rows and columns of the output.
  public let output: Pair

  /// The adjoint of a convolution, for outputs of `output` rows and columns.
  public init(adjointOf convolution: Conv2D, bias: [Float]?, output: Pair) {
    precondition(
      bias == nil || bias?.count == convolution.kernel.shape[1] * convolution.groups,
      "one bias per output channel")
    self.convolution = convolution
    self.bias = bias
    self.output = output
  }

  /// `Conv2DTranspose`, in Keras' terms.
  public var kind: String { "Conv2DTranspose" }

  /// The weights and biases.
  public var parameterCount: Int { convolution.kernel.count + (bias?.count ?? 0) }

  /// `[O, H′, W′]`.
  public func outputShape(_ input: Shape) throws -> Shape {
    let enlarged: Shape = [channels, output.rows, output.columns]
    guard input.rank == 3, try convolution.outputShape(enlarged) == input else {
      throw ShapeError(
        "\(kind) of \(convolution.kernel.shape[0]) channels does not make \(enlarged) of \(input)")
    }
    return enlarged
  }

  /// The enlarged batch.
  public func forward(_ input: Tensor) -> Tensor {
    let shape: Shape = [input.shape[0], channels, output.rows, output.columns]
    var enlarged = convolution.backward(input, input: Tensor(shape: shape), output: input)
    guard let bias else { return enlarged }
    let cells = output.rows * output.columns
    for index in enlarged.values.indices {
      enlarged.values[index] += bias[index / cells % channels]
    }
    return enlarged
  }

  /// The convolution of the gradient.
  public func backward(_ dOutput: Tensor, input: Tensor, output: Tensor) -> Tensor {
    convolution.forward(dOutput)
  }

  /// The cells whose kernels reach the output cells, in the channels of their groups.
  public func inputRegion(of output: Region, input: Shape) -> Region {
    if output.isEmpty { return Region([0..<0, 0..<0, 0..<0]) }
    let placed = convolution.window.place(rows: self.output.rows, columns: self.output.columns)
    let window = convolution.window
    let (filters, inputs) = (convolution.kernel.shape[1], input[0] / convolution.groups)
    let range = output.ranges[0]
    let groups = range.lowerBound / filters..<(range.upperBound - 1) / filters + 1
    return Region([
      groups.lowerBound * inputs..<groups.upperBound * inputs,
      reach(
        output.ranges[1], window.size.rows, window.strides.rows, window.dilation.rows,
        Int(placed.pad_top), input[1]),
      reach(
        output.ranges[2], window.size.columns, window.strides.columns, window.dilation.columns,
        Int(placed.pad_left), input[2]),
    ])
  }

  private var channels: Int { convolution.kernel.shape[1] * convolution.groups }

  /// The input cells along one axis whose kernels touch one of these output cells.
  private func reach(
    _ cells: Range<Int>, _ size: Int, _ stride: Int, _ dilation: Int, _ pad: Int, _ extent: Int
  ) -> Range<Int> {
    let touching = (0..<extent).filter { cell in
      (0..<size).contains { cells.contains(cell * stride - pad + $0 * dilation) }
    }
    guard let first = touching.first, let last = touching.last else { return 0..<0 }
    return first..<last + 1
  }
}

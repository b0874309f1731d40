import TonoCore
import TonoNetwork

/// Layers that files of other frameworks than Keras need.
extension LayerCase {
  /// Functions of one or two elements, and sums, norms and products of several.
  static func functions(_ numbers: (Int) -> [Float]) -> [LayerCase] {
    [
      LayerCase("Identity", Identity(), [2, 3, 4]),
      LayerCase("Affine", Affine(scale: -0.7, shift: 2), [2, 3, 4]),
      LayerCase("ConstantPower", ConstantPower(exponent: 1.7), positive: true, [2, 3]),
      LayerCase("ConstantPower of 2", ConstantPower(exponent: 2), [2, 3]),
      LayerCase("SquareRoot", SquareRoot(), positive: true, [2, 3]),
      LayerCase("Logarithm", Logarithm(), positive: true, [2, 3]),
      LayerCase("Reciprocal", Reciprocal(), positive: true, [2, 3]),
      LayerCase("AbsoluteValue", AbsoluteValue(), [2, 3, 4]),
      LayerCase("ErrorFunction", ErrorFunction(), [2, 3]),
      LayerCase("ReLU as a clip", Clip(minimum: -0.5, maximum: 0.75), [2, 3, 4]),
      LayerCase("CELU", CELU(alpha: 0.6), [2, 3, 4]),
      LayerCase("SELU of other numbers", SELU(alpha: 2, scale: 3), [2, 3, 4]),
      LayerCase("HardSigmoid of other numbers", HardSigmoid(scale: 0.1, shift: 0.4), [2, 3, 4]),
      LayerCase("HardSwish", HardSwish(), [2, 3, 4]),
      LayerCase("ApproximateGELU", ApproximateGELU(), [2, 3, 4]),
      LayerCase("Subtract", Subtract(), [2, 3, 4], [1, 3, 1]),
      LayerCase("Subtract a row from maps", Subtract(), [2, 3, 4], [1, 1, 4]),
      LayerCase("Divide", Divide(), positive: true, [2, 3], [2, 1]),
      LayerCase("Power", Power(), positive: true, [2, 2], [1, 2]),
      // Sixteenths, between which no cell of the input lies: nothing ties.
      LayerCase(
        "Minimum, as Max",
        WithConstants(Minimum(), [1: Tensor(shape: [1, 3, 1], values: [-0.25, 0.5, 0])]),
        [2, 3, 4]),
      LayerCase(
        "Maximum", WithConstants(Maximum(), [0: Tensor(shape: [2, 1, 1], values: [0.125, -0.5])]),
        [2, 3, 4]),
      LayerCase(
        "Greater",
        WithConstants(Greater(), [1: Tensor(shape: [1, 3, 1], values: [-0.25, 0.5, 0])]),
        [2, 3, 4]),
      LayerCase(
        "GreaterOrEqual",
        WithConstants(Greater(orEqual: true), [0: Tensor(shape: [1, 1], values: [0.25])]), [3, 4]),
      LayerCase(
        "Where by a constant",
        WithConstants(Where(), [0: Tensor(shape: [1, 3, 1], values: [1, 0, -2])]), [2, 3, 4],
        [2, 3, 4]),
      LayerCase("ReLU of trained slopes", PReLU(), [2, 3, 4], [2, 1, 1]),
      LayerCase("LogSoftmax of a vector", LogSoftmax(axis: 0), [7]),
      LayerCase("LogSoftmax over rows", LogSoftmax(axis: 1), [2, 3, 4]),
      LayerCase(
        "InstanceNormalization",
        InstanceNormalization(gamma: numbers(3), beta: numbers(3), epsilon: 1e-3), [3, 4, 5]),
      LayerCase(
        "LayerNormalization",
        LayerNormalization(
          gamma: Tensor(shape: [3, 4], values: numbers(12)),
          beta: Tensor(shape: [3, 4], values: numbers(12)), epsilon: 1e-3), [2, 3, 4]),
      LayerCase(
        "LocalResponseNormalization",
        LocalResponseNormalization(size: 4, alpha: 0.5, beta: 0.75, bias: 1.5), [5, 2, 3]),
      LayerCase(
        "Reduction to means", Reduction(.mean, axes: [0, 2], keepsAxes: false), [3, 4, 2]),
      LayerCase("Reduction to sums", Reduction(.sum, axes: [1], keepsAxes: true), [3, 4, 2]),
      LayerCase("Reduction to Max", Reduction(.maximum, axes: [2], keepsAxes: true), [3, 2, 4]),
      LayerCase(
        "Reduction to minima, as Max", Reduction(.minimum, axes: [0, 1], keepsAxes: false),
        [3, 2, 4]),
      LayerCase(
        "Reduction to norms", Reduction(.norm, axes: [1, 2], keepsAxes: false), [2, 3, 4]),
      LayerCase("MatMul", MatMul(), [3, 4], [4, 2]),
      LayerCase("MatMul of stacks", MatMul(), [2, 1, 3, 4], [1, 3, 4, 2]),
      LayerCase(
        "MatMul by constants",
        WithConstants(MatMul(), [0: Tensor(shape: [2, 3], values: numbers(6))]), [3, 4]),
    ]
  }

  /// Cells in other places, several times, or not at all.
  static func reorderings(_ weights: (Shape) -> Tensor) -> [LayerCase] {
    let taps: [[Interpolation.Tap]] = [
      [.init(place: 0, weight: 1)], [.init(place: 0, weight: 0.25), .init(place: 2, weight: 0.5)],
      [], [.init(place: 3, weight: -2)],
    ]
    return [
      LayerCase(
        "Selection as a slice", Selection(kind: "Slice", places: [[1], nil, [3, 1]]), [2, 3, 4]),
      LayerCase(
        "Selection as a gather", Selection(kind: "Gather", places: [nil, [2, 0, 2]]), [2, 3]),
      LayerCase(
        "Selection as a margin",
        Selection(kind: "Pad", places: [nil, [-1, 0, 1, -1, 1]], fill: 5), [3, 2]),
      LayerCase("Selection of all", Selection(kind: "Slice", places: [nil, nil]), [3, 2]),
      LayerCase("Interpolation", Interpolation(axis: 1, taps: taps), [2, 4, 3]),
      LayerCase("Constant", Constant(weights([2, 3])), [4]),
      LayerCase(
        "Add of a constant", WithConstants(Add(), [1: weights([1, 3])]), [2, 3]),
      LayerCase("TimeDistributed dense", TimeDistributed(Flatten()), [2, 3, 4]),
      LayerCase(
        "TimeDistributed convolution",
        TimeDistributed(Conv2D(kernel: weights([2, 3, 2, 2]), bias: nil)), [2, 3, 4, 5]),
    ]
  }

  /// Windows over maps of one to three axes, and the adjoint of a convolution.
  static func windows(
    _ weights: (Shape) -> Tensor, _ numbers: (Int) -> [Float]
  ) -> [LayerCase] {
    func course(
      _ size: Int, _ stride: Int, dilation: Int = 1, pads: (Int, Int) = (0, 0), windows: Int
    ) -> WindowPooling.Axis {
      WindowPooling.Axis(
        size: size, stride: stride, dilation: dilation, before: pads.0, after: pads.1,
        windows: windows)
    }
    func transposed(
      _ shape: Shape, _ strides: (Int, Int), _ padding: Padding, groups: Int = 1,
      dilation: (Int, Int) = (1, 1), bias: Int?, _ rows: Int, _ columns: Int
    ) -> ConvTranspose2D {
      ConvTranspose2D(
        adjointOf: Conv2D(
          kernel: weights(shape), bias: nil,
          strides: Pair(rows: strides.0, columns: strides.1),
          dilation: Pair(rows: dilation.0, columns: dilation.1), groups: groups, padding: padding),
        bias: bias.map(numbers), output: Pair(rows: rows, columns: columns))
    }
    return [
      LayerCase(
        "WindowPooling by Max, dilated",
        WindowPooling(
          .maximum,
          axes: [course(2, 1, dilation: 2, windows: 2), course(3, 2, pads: (1, 1), windows: 3)]),
        [2, 4, 5]),
      LayerCase(
        "WindowPooling by means with padding",
        WindowPooling(
          .average(countsPadding: true), axes: [course(3, 2, pads: (1, 1), windows: 3)]), [2, 5]),
      LayerCase(
        "WindowPooling by means over volumes",
        WindowPooling(
          .average(countsPadding: false),
          axes: [
            course(2, 1, windows: 2), course(2, 2, windows: 2),
            course(2, 2, pads: (1, 0), windows: 2),
          ]), [2, 3, 4, 3]),
      LayerCase(
        "WindowPooling by norms",
        WindowPooling(.norm(p: 3), axes: [course(2, 2, windows: 2), course(2, 1, windows: 3)]),
        [2, 4, 4]),
      LayerCase(
        "ConvTranspose2D", transposed([3, 2, 3, 2], (2, 3), .valid, bias: 2, 7, 11), [3, 3, 4]),
      LayerCase(
        "ConvTranspose2D with padding and groups",
        transposed(
          [4, 1, 3, 3], (2, 1), .explicit(top: 1, bottom: 0, left: 1, right: 1), groups: 2,
          dilation: (1, 2), bias: nil, 6, 6), [4, 3, 4]),
    ]
  }
}

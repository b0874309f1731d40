import TonoCore
import TonoNetwork

/// One layer with the input shapes it is tested on.
public struct LayerCase: Sendable, CustomStringConvertible {
  /// What is special about it.
  public let description: String
  /// The layer.
  public let layer: any Layer
  /// The shapes of one sample of what it reads.
  public let inputs: [Shape]
  /// Whether it takes positive numbers alone, far from zero.
  public let isPositive: Bool

  /// A layer on inputs of these shapes.
  public init(_ description: String, _ layer: any Layer, positive: Bool = false, _ inputs: Shape...)
  {
    self.description = description
    self.layer = layer
    self.inputs = inputs
    isPositive = positive
  }

  /// A batch for each input whose cells no small step moves over a kink.
  public func batch(of count: Int) -> [Tensor] {
    var random = TestRandom(UInt64(count))
    return inputs.map { shape in
      var tensor = Tensor.apart(shape.batched(count), using: &random)
      let least = tensor.values.min() ?? 0
      if isPositive { tensor.values = tensor.values.map { ($0 - least) / 4 + 1 } }
      return tensor
    }
  }

  /// Every layer, with odd sizes, strides, dilations, groups and paddings.
  public static let all: [LayerCase] = {
    var random = TestRandom(7)
    func weights(_ shape: Shape) -> Tensor { .random(shape, using: &random) }
    func numbers(_ count: Int) -> [Float] { weights([count]).values }
    func positive(_ count: Int) -> [Float] { numbers(count).map { abs($0) + 0.1 } }
    func conv(
      _ shape: Shape, bias: Bool = true, _ strides: (Int, Int) = (1, 1),
      dilation: (Int, Int) = (1, 1), groups: Int = 1, padding: Padding = .valid
    ) -> Conv2D {
      Conv2D(
        kernel: weights(shape), bias: bias ? numbers(shape[0]) : nil,
        strides: Pair(rows: strides.0, columns: strides.1),
        dilation: Pair(rows: dilation.0, columns: dilation.1), groups: groups, padding: padding)
    }
    let wide = Pair(rows: 2, columns: 4)
    let odd = Pair(rows: 3, columns: 2)
    let uneven = Padding.explicit(top: 1, bottom: 0, left: 0, right: 1)
    return [
      LayerCase("Conv2D valid", conv([4, 3, 2, 3]), [3, 7, 9]),
      LayerCase("Conv2D one channel", conv([5, 1, 5, 5], bias: false), [1, 11, 13]),
      LayerCase("Conv2D same", conv([2, 2, 3, 4], padding: .same), [2, 6, 7]),
      LayerCase("Conv2D same, strides", conv([2, 2, 4, 3], (3, 2), padding: .same), [2, 8, 9]),
      LayerCase(
        "Conv2D explicit",
        conv([2, 2, 3, 3], (2, 1), padding: .explicit(top: 2, bottom: 0, left: 1, right: 3)),
        [2, 7, 5]),
      LayerCase("Conv2D dilation", conv([3, 2, 3, 2], dilation: (2, 3)), [2, 9, 8]),
      LayerCase("Conv2D groups", conv([6, 2, 2, 2], groups: 3), [6, 5, 4]),
      LayerCase("Conv2D depthwise", conv([8, 1, 3, 3], groups: 4, padding: .same), [4, 5, 6]),
      LayerCase("Conv2D as large as its map", conv([3, 2, 4, 5]), [2, 4, 5]),
      LayerCase("Conv2D 1×1", conv([3, 4, 1, 1]), [4, 3, 3]),
      LayerCase(
        "BatchNormalization",
        BatchNormalization(
          gamma: numbers(3), beta: numbers(3), mean: numbers(3), variance: positive(3),
          epsilon: 1e-3), [3, 4, 5]),
      LayerCase(
        "BatchNormalization of a vector",
        BatchNormalization(
          gamma: numbers(6), beta: numbers(6), mean: numbers(6), variance: positive(6),
          epsilon: 1e-5), [6]),
      LayerCase("ReLU", ReLU(), [3, 4, 5]),
      LayerCase("ReLU up to a maximum", ReLU(maximum: 0.5), [3, 4, 5]),
      LayerCase(
        "ReLU of every setting", ReLU(negativeSlope: 0.2, threshold: 0.25, maximum: 1), [3, 4, 5]),
      LayerCase("LeakyReLU", LeakyReLU(slope: 0.3), [3, 4, 5]),
      LayerCase("ELU", ELU(alpha: 0.7), [2, 4, 5]),
      LayerCase("SELU", SELU(), [2, 4, 5]),
      LayerCase("Softplus", Softplus(), [2, 4, 5]),
      LayerCase("Swish", Swish(), [2, 4, 5]),
      LayerCase("GELU", GELU(), [2, 4, 5]),
      LayerCase("Mish", Mish(), [2, 4, 5]),
      LayerCase("Exponential", Exponential(), [2, 3, 5]),
      LayerCase("HardSigmoid", HardSigmoid(), [3, 4, 5]),
      LayerCase("Softsign", Softsign(), [2, 3, 5]),
      LayerCase("Sigmoid", Sigmoid(), [2, 3, 5]),
      LayerCase("Tanh", Tanh(), [2, 3, 5]),
      LayerCase("Softmax of a vector", Softmax(axis: 0), [7]),
      LayerCase("Softmax over channels", Softmax(axis: 0), [3, 2, 4]),
      LayerCase("Softmax over columns", Softmax(axis: 2), [2, 3, 4]),
      LayerCase("MaxPooling2D", MaxPooling2D(window: wide, strides: wide), [3, 7, 9]),
      LayerCase(
        "MaxPooling2D same, overlapping", MaxPooling2D(window: odd, strides: .one, padding: .same),
        [2, 5, 6]),
      LayerCase(
        "MaxPooling2D explicit", MaxPooling2D(window: odd, strides: odd, padding: uneven),
        [2, 5, 6]),
      LayerCase("AveragePooling2D", AveragePooling2D(window: odd, strides: wide), [3, 7, 9]),
      LayerCase(
        "AveragePooling2D same", AveragePooling2D(window: odd, strides: .one, padding: .same),
        [2, 5, 6]),
      LayerCase("GlobalAveragePooling2D", GlobalAveragePooling2D(), [3, 4, 5]),
      LayerCase(
        "GlobalAveragePooling2D keeping axes", GlobalAveragePooling2D(keepsAxes: true), [3, 4, 5]),
      LayerCase("GlobalMaxPooling2D", GlobalMaxPooling2D(), [3, 4, 5]),
      LayerCase("GlobalMaxPooling2D keeping axes", GlobalMaxPooling2D(keepsAxes: true), [3, 4, 5]),
      LayerCase("Dense", Dense(weights: weights([9, 5]), bias: numbers(5)), [9]),
      LayerCase("Dense on a map", Dense(weights: weights([4, 3]), bias: nil), [2, 3, 4]),
      LayerCase("Flatten", Flatten(), [2, 3, 4]),
      LayerCase("Reshape", Reshape(shape: [4, 6]), [2, 3, 4]),
      LayerCase("Permute", Permute(axes: [1, 2, 0]), [2, 3, 4]),
      LayerCase("ZeroPadding2D", ZeroPadding2D(top: 1, bottom: 2, left: 3, right: 0), [2, 3, 4]),
      LayerCase("Concatenate", Concatenate(axis: 0), [2, 3, 4], [1, 3, 4], [3, 3, 4]),
      LayerCase("Concatenate along columns", Concatenate(axis: 2), [2, 3, 4], [2, 3, 1]),
      LayerCase("Add", Add(), [2, 3], [2, 3], [2, 3]),
      LayerCase("Multiply", Multiply(), [2, 3], [2, 3], [2, 3]),
      LayerCase("Add of numbers to maps", Add(), [3, 1, 1], [3, 4, 5], [1, 1, 1]),
      LayerCase("Add of a column to a row", Add(), [2, 1, 5], [1, 4, 1]),
      LayerCase("Multiply of maps by numbers", Multiply(), [3, 4, 5], [3, 1, 1]),
      LayerCase("Multiply of a column by a row", Multiply(), [2, 1, 5], [1, 4, 1], [2, 4, 5]),
      LayerCase("Dropout", Dropout(rate: 0.5), [2, 3]),
    ] + functions(numbers) + reorderings(weights) + windows(weights, numbers)
  }()
}

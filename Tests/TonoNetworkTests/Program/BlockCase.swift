import TestSupport
import TonoCore

@testable import TonoNetwork

/// A network of convolutions with what follows them, of odd sizes.
struct BlockCase: Sendable, CustomStringConvertible {
  let description: String
  let input: Shape
  let layers: [(name: String, layer: any Layer)]

  func network() throws -> Network {
    let names = ["x"] + layers.map(\.name)
    return try Network(
      inputs: [.init(name: "x", shape: input)],
      nodes: zip(layers, names).map { .init(name: $0.name, layer: $0.layer, inputs: [$1]) },
      outputs: [names[names.count - 1]])
  }

  func inputs() -> [String: Tensor] {
    var random = TestRandom(11)
    return ["x": .random(input, using: &random)]
  }

  /// Three blocks like those of TL-IMINET's recording tower.
  static let tower: BlockCase = {
    var builder = Builder(seed: 1)
    return BlockCase(
      description: "a tower", input: [1, 42, 70],
      layers: [
        ("conv1", builder.conv([10, 1, 5, 5])), ("norm1", builder.normalization(10)),
        ("relu1", ReLU()), ("pool1", builder.pool(2, 4)),
        ("conv2", builder.conv([12, 10, 5, 4])), ("norm2", builder.normalization(12)),
        ("relu2", ReLU()), ("pool2", builder.pool(2, 1)),
        ("conv3", builder.conv([9, 12, 3, 3])), ("norm3", builder.normalization(9)),
        ("relu3", ReLU()),
      ])
  }()

  static let all: [BlockCase] = {
    var builder = Builder(seed: 2)
    func chain(_ description: String, _ input: Shape, _ layers: any Layer...) -> BlockCase {
      BlockCase(
        description: description, input: input,
        layers: layers.enumerated().map { ("\($1.kind)_\($0)", $1) })
    }
    var cases = [
      tower,
      chain("one convolution", [1, 9, 13], builder.conv([3, 1, 4, 6])),
      chain("a rectified one", [2, 9, 13], builder.conv([5, 2, 3, 2]), ReLU()),
      chain(
        "padding, stride, dilation", [3, 17, 21],
        builder.conv([9, 3, 3, 5], strides: (2, 3), dilation: 2, padding: .same), ReLU(),
        builder.conv(
          [11, 9, 3, 3], padding: .explicit(top: 2, bottom: 0, left: 1, right: 3)),
        builder.normalization(11), ReLU(), builder.pool(2, 3)),
      chain(
        "a deep one with padding", [1, 16, 20],
        builder.conv([16, 1, 3, 3], padding: .same), ReLU(),
        builder.conv([16, 16, 3, 3], padding: .same), ReLU(), builder.pool(2, 2),
        builder.conv([24, 16, 3, 3], padding: .same), builder.normalization(24), ReLU(),
        builder.conv([8, 24, 3, 3], padding: .same), ReLU()),
      chain(
        "pooling without a rectifier, a wide window", [1, 12, 40],
        builder.conv([8, 1, 3, 30]), builder.pool(3, 2)),
      chain(
        "between layers of other kinds", [1, 14, 15],
        AveragePooling2D(
          window: Pair(rows: 2, columns: 1), strides: Pair(rows: 1, columns: 1)),
        builder.conv([9, 1, 2, 2]), Tanh(), builder.conv([10, 9, 3, 2]),
        LeakyReLU(slope: 0.1), builder.conv([8, 10, 2, 2]), ReLU(),
        MaxPooling2D(window: Pair(rows: 3, columns: 3), strides: Pair(rows: 2, columns: 2))),
      chain("1×1", [12, 7, 9], builder.conv([20, 12, 1, 1]), ReLU(), builder.pool(7, 9)),
      chain("depthwise", [8, 9, 9], builder.conv([8, 1, 3, 3], groups: 8), ReLU()),
    ]
    for size in 2...7 {
      cases.append(
        chain(
          "\(size)×\(9 - size)", [1, 21, 24], builder.conv([8, 1, 2, 2]),
          builder.conv([13, 8, size, 9 - size]), ReLU(), builder.pool(2, 3)))
      cases.append(
        chain(
          "\(size)×\(size)", [9, 23, 25], builder.conv([15, 9, size, size]), ReLU(),
          builder.pool(3, 2)))
    }
    return cases
  }()

  private struct Builder {
    var random: TestRandom
    init(seed: UInt64) { random = TestRandom(seed) }

    mutating func numbers(_ count: Int) -> [Float] {
      Tensor.random([count], using: &random).values
    }

    mutating func conv(
      _ shape: Shape, strides: (Int, Int) = (1, 1), dilation: Int = 1, groups: Int = 1,
      padding: Padding = .valid
    ) -> any Layer {
      Conv2D(
        kernel: .random(shape, using: &random), bias: numbers(shape[0]),
        strides: Pair(rows: strides.0, columns: strides.1),
        dilation: Pair(rows: dilation, columns: 1), groups: groups, padding: padding)
    }

    mutating func normalization(_ channels: Int) -> any Layer {
      BatchNormalization(
        gamma: numbers(channels), beta: numbers(channels), mean: numbers(channels),
        variance: numbers(channels).map { abs($0) + 0.5 }, epsilon: 1e-3)
    }

    func pool(_ rows: Int, _ columns: Int) -> any Layer {
      MaxPooling2D(
        window: Pair(rows: rows, columns: columns), strides: Pair(rows: rows, columns: columns))
    }
  }
}

import TonoCore
import TonoNetwork

/// The structure of a convolutional tower: blocks of a 'valid' convolution, batch normalization,
/// rectifier and perhaps max-pool, then all cells in a row.
///
/// With the prefix `lid` the layers are called `lid_conv_1`, `lid_conv_1_BN`, `lid_conv_1_AC`,
/// `lid_conv_1_MP`, … and `lid_flatten`.
public struct TowerArchitecture: Sendable, Hashable, Codable {
  /// A convolution and what follows it.
  public struct Block: Sendable, Hashable, Codable {
    /// How many channels it makes.
    public var filters: Int
    /// The rows and columns of its kernels.
    public var kernel: [Int]
    /// The rows and columns of the pooling windows; nothing without pooling.
    public var pooling: [Int]?

    /// A block of these extents.
    public init(filters: Int, kernel: [Int], pooling: [Int]?) {
      self.filters = filters
      self.kernel = kernel
      self.pooling = pooling
    }
  }

  /// What the names of its layers begin with.
  public var prefix: String
  /// What the name of its input begins with.
  public var input: String
  /// The shape of a sample of its input, `[1, bands, frames]`.
  public var inputShape: Shape
  /// The blocks, the first one first.
  public var blocks: [Block]

  /// A tower of these blocks.
  public init(prefix: String, input: String, inputShape: Shape, blocks: [Block]) {
    self.prefix = prefix
    self.input = input
    self.inputShape = inputShape
    self.blocks = blocks
  }

  /// The name of the node that ends it.
  public var output: String { prefix + "_flatten" }

  /// TL-IMINET's tower of imitations: 1×39×482 → 2640.
  public static let imitation = TowerArchitecture(
    prefix: "lid", input: "imi_input", inputShape: [1, 39, 482],
    blocks: [
      Block(filters: 48, kernel: [6, 6], pooling: [2, 2]),
      Block(filters: 48, kernel: [6, 6], pooling: [2, 2]),
      Block(filters: 48, kernel: [6, 6], pooling: [1, 2]),
    ])

  /// TL-IMINET's tower of recordings: 1×128×128 → 2400.
  public static let recording = TowerArchitecture(
    prefix: "nyu", input: "ref_input", inputShape: [1, 128, 128],
    blocks: [
      Block(filters: 24, kernel: [5, 5], pooling: [2, 4]),
      Block(filters: 48, kernel: [5, 5], pooling: [2, 4]),
      Block(filters: 48, kernel: [5, 5], pooling: nil),
    ])

  /// A tower of IMINET: 1×72×153 → 2688, for imitations and for recordings alike.
  ///
  /// The paper's own structure is not at hand: this is that of TL-IMINET's imitation tower, which came
  /// from it, with a last pooling of 2×2 since a constant-Q spectrogram has more bands.
  ///
  /// - Parameters:
  ///   - prefix: `imi` for the tower of imitations, `ref` for that of recordings.
  ///   - inputShape: the shape of a sample of the constant-Q front end.
  /// - Returns: the tower.
  public static func iminet(
    prefix: String, inputShape: Shape = [1, 72, 153]
  ) -> TowerArchitecture {
    var tower = imitation
    (tower.prefix, tower.input, tower.inputShape) = (prefix, prefix + "_input", inputShape)
    tower.blocks[2].pooling = [2, 2]
    return tower
  }

  /// Adds the tower behind a new input.
  ///
  /// - Returns: how many numbers a sample of its output has.
  /// - Throws: `ShapeError` if the input is too small for the blocks.
  func add(to builder: inout NetworkBuilder, inputSuffix: String = "") throws -> Int {
    builder.input(input + inputSuffix, inputShape)
    var shape = inputShape
    for (index, block) in blocks.enumerated() {
      let name = "\(prefix)_conv_\(index + 1)"
      let kernel = Pair(rows: block.kernel[0], columns: block.kernel[1])
      builder.convolution(name, filters: block.filters, size: kernel, channels: shape[0])
      builder.normalization(name + "_BN", channels: block.filters)
      builder.add(name + "_AC", ReLU())
      let window = block.pooling.map { Pair(rows: $0[0], columns: $0[1]) } ?? .one
      if block.pooling != nil {
        builder.add(name + "_MP", MaxPooling2D(window: window, strides: window))
      }
      let extents = [
        block.filters, (shape[1] - kernel.rows + 1) / window.rows,
        (shape[2] - kernel.columns + 1) / window.columns,
      ]
      guard extents.allSatisfy({ $0 > 0 }) else {
        throw ShapeError("the input \(inputShape) is too small for block \(index + 1) of the tower")
      }
      shape = Shape(extents)
    }
    builder.add(output, Flatten())
    return shape.count
  }
}

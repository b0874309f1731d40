import CTonoKernels
import TonoCore

/// A convolution with what follows it and can be computed with it in one pass: batch normalization,
/// max(·, 0), and max-pooling over windows that do not overlap.
struct ConvolutionBlock {
  /// The convolution and its name.
  let convolution: Conv2D
  let name: String
  /// What is folded into its weights.
  let normalization: (name: String, layer: BatchNormalization)?
  let rectifies: Bool
  /// The cells of a pooling window; 1×1 without pooling.
  let window: Pair
  /// The input or node that it reads, and its input's shape.
  let input: String
  let inputShape: Shape
  /// The node whose values it computes.
  let output: String

  /// The block that begins at a convolution and takes in what follows it.
  ///
  /// `followers` are the nodes that read an input or node, none for a target; a block takes in nodes
  /// that nothing else reads. Nil if there are no kernels for this convolution.
  init?(at node: Network.Node, of network: Network, followers: [String: [Network.Node]]) {
    guard let convolution = node.layer as? Conv2D, convolution.groups == 1,
      convolution.window.dilation.columns == 1,
      let shape = try? network.shape(of: node.inputs[0])
    else { return nil }

    func follower(of name: String) -> Network.Node? {
      guard let next = followers[name], next.count == 1, next[0].inputs == [name] else {
        return nil
      }
      return next[0]
    }
    var (output, rectifies, window) = (node.name, false, Pair.one)
    var normalization: (name: String, layer: BatchNormalization)?
    if let next = follower(of: output), let layer = next.layer as? BatchNormalization {
      normalization = (next.name, layer)
      output = next.name
    }
    if let next = follower(of: output), let layer = next.layer as? ReLU, layer.isPlain {
      rectifies = true
      output = next.name
    }
    if let next = follower(of: output), let layer = next.layer as? MaxPooling2D,
      let map = try? network.shape(of: output), layer.window.isPartition(of: map)
    {
      window = layer.window.size
      output = next.name
    }
    self.convolution = convolution
    name = node.name
    self.normalization = normalization
    self.rectifies = rectifies
    self.window = window
    input = node.inputs[0]
    inputShape = shape
    self.output = output
    guard weightsAreFinite else { return nil }
  }

  /// A NaN must not be lost to the comparisons of pooling: such a convolution runs as it is.
  private var weightsAreFinite: Bool {
    convolution.kernel.values.allSatisfy(\.isFinite)
      && (convolution.bias ?? []).allSatisfy(\.isFinite)
      && (normalization?.layer.scale ?? []).allSatisfy(\.isFinite)
      && (normalization?.layer.shift ?? []).allSatisfy(\.isFinite)
  }

  /// Output channels, input channels, kernel rows and columns.
  var filters: Int { convolution.kernel.shape[0] }
  var channels: Int { convolution.kernel.shape[1] }
  var kernel: Pair { convolution.window.size }

  // MARK: - Folded numbers

  /// A weight times the normalization's scale.
  func weight(_ filter: Int, _ channel: Int, _ row: Int, _ column: Int) -> Double {
    let index = ((filter * channels + channel) * kernel.rows + row) * kernel.columns + column
    return Double(convolution.kernel.values[index]) * (normalization?.layer.scale[filter] ?? 1)
  }

  /// The bias behind the normalization.
  func bias(_ filter: Int) -> Double {
    let bias = Double(convolution.bias?[filter] ?? 0)
    guard let layer = normalization?.layer else { return bias }
    return bias * layer.scale[filter] + layer.shift[filter]
  }

  // MARK: - Regions

  /// The cells of the input, padding included, that cells of the output look at.
  func frame(of output: Region) -> (rows: Range<Int>, columns: Range<Int>) {
    let placed = convolution.window.place(rows: inputShape[1], columns: inputShape[2])
    func range(
      _ cells: Range<Int>, _ window: Int, _ stride: Int32, _ pad: Int32, _ reach: Int
    ) -> Range<Int> {
      let first = cells.lowerBound * window * Int(stride) - Int(pad)
      let last = (cells.upperBound * window - 1) * Int(stride) - Int(pad)
      return first..<last + reach + 1
    }
    return (
      range(
        output.ranges[1], window.rows, placed.stride_rows, placed.pad_top,
        (kernel.rows - 1) * Int(placed.dilation_rows)),
      range(
        output.ranges[2], window.columns, placed.stride_columns, placed.pad_left,
        kernel.columns - 1)
    )
  }
}

extension ReLU {
  /// Whether it is max(x, 0) and nothing else.
  fileprivate var isPlain: Bool { negativeSlope == 0 && threshold == 0 && maximum == .infinity }
}

extension Window2D {
  /// Whether windows lie side by side from the map's first cell on, each inside the map, and a
  /// winner's place fits a byte.
  fileprivate func isPartition(of map: Shape) -> Bool {
    let placed = place(rows: map[1], columns: map[2])
    return size == strides && dilation == .one && placed.pad_top == 0 && placed.pad_left == 0
      && Int(placed.out_rows) * size.rows <= map[1]
      && Int(placed.out_columns) * size.columns <= map[2] && size.rows * size.columns <= 256
  }
}

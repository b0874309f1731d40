import TonoCore

/// Some outputs of a fully connected layer: Wᵀx + bias on one vector.
struct DenseStep: Step {
  /// `[outputs, inputs]`, only those asked.
  let weights: AlignedFloats
  let bias: [Float]
  let input: DenseSlot
  let output: DenseSlot

  init(_ layer: Dense, weights: AlignedFloats, input: DenseSlot, output: DenseSlot) {
    self.weights = weights
    let asked = output.region.ranges[0]
    bias = layer.bias.map { Array($0[asked]) } ?? Array(repeating: 0, count: asked.count)
    self.input = input
    self.output = output
  }

  /// The weights of the outputs asked, `[outputs, inputs]`.
  static func pack(_ layer: Dense, _ asked: Range<Int>) -> AlignedFloats {
    let (length, width) = (layer.weights.shape[0], layer.weights.shape[1])
    return AlignedFloats(count: asked.count * length) { packed in
      for (row, output) in asked.enumerated() {
        for index in 0..<length {
          packed[row * length + index] = layer.weights.values[index * width + output]
        }
      }
    }
  }

  var summary: String { "dense \(input.shape) → \(output.shape)" }

  func forward(_ workspace: Workspace, _ share: Share) {
    guard share.index == 0 else { return }
    let y = workspace.values.start + output.values
    for index in bias.indices { y[index] = bias[index] }
    BLAS.multiply(
      rows: bias.count, columns: input.shape.count, weights.start, transposed: false,
      workspace.values.start + input.values, beta: 1, into: y)
  }

  func backward(_ workspace: Workspace, _ share: Share) {
    guard share.index == 0 else { return }
    BLAS.multiply(
      rows: bias.count, columns: input.shape.count, weights.start, transposed: true,
      workspace.gradients.start + output.gradient, beta: 1,
      into: workspace.gradients.start + input.gradient)
  }
}

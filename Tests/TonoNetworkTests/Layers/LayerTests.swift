import TestSupport
import Testing
import TonoCore
import TonoNetwork

/// What holds for every layer.
@Suite struct LayerTests {
  @Test("the output has the promised shape", arguments: LayerCase.all)
  func outputShape(_ test: LayerCase) throws {
    let output = test.layer.forward(test.batch(of: 3))
    #expect(try output.shape == test.layer.outputShape(test.inputs).batched(3))
  }

  @Test("the gradient agrees with finite differences", arguments: LayerCase.all)
  func finiteDifferences(_ test: LayerCase) throws {
    var random = TestRandom(3)
    let inputs = test.batch(of: 2)
    let output = test.layer.forward(inputs)
    let dOutput = Tensor.random(output.shape, using: &random)
    let dInputs = test.layer.backward(dOutput, inputs: inputs, output: output)
    for _ in 0..<6 {
      // One random cell in eight moves, so that steps stay small where cells add up.
      let directions = inputs.map { input in
        Tensor(
          shape: input.shape,
          values: (0..<input.count).map { _ in
            Int.random(in: 0..<8, using: &random) == 0 ? .random(in: -1..<1, using: &random) : 0
          })
      }
      let slope = finiteDifference(
        of: { dot(test.layer.forward($0), dOutput) }, at: inputs, along: directions)
      let predicted = zip(dInputs, directions).reduce(0) { $0 + dot($1.0, $1.1) }
      let scale = max(1, abs(slope))
      #expect(abs(slope - predicted) / scale < Tolerance.finiteDifference, "\(slope), \(predicted)")
    }
  }

  @Test("a sample is the same to the bit alone and in a batch", arguments: LayerCase.all)
  func batchIndependence(_ test: LayerCase) throws {
    var random = TestRandom(5)
    let inputs = test.batch(of: 3)
    let output = test.layer.forward(inputs)
    let dOutput = Tensor.random(output.shape, using: &random)
    let dInputs = test.layer.backward(dOutput, inputs: inputs, output: output)
    for sample in 0..<3 {
      let alone = inputs.map { Tensor(batch: [$0.sample(sample)]) }
      let aloneOutput = test.layer.forward(alone)
      #expect(aloneOutput.sample(0) == output.sample(sample))
      let aloneGradients = test.layer.backward(
        Tensor(batch: [dOutput.sample(sample)]), inputs: alone, output: aloneOutput)
      #expect(aloneGradients.map { $0.sample(0) } == dInputs.map { $0.sample(sample) })
    }
  }

  @Test("cells outside an output cell's region do not change it", arguments: LayerCase.all)
  func regions(_ test: LayerCase) throws {
    let shape = try test.layer.outputShape(test.inputs)
    let inputs = test.batch(of: 1)
    let output = test.layer.forward(inputs)
    for offset in stride(from: 0, to: shape.count, by: max(1, shape.count / 12)) {
      let cell = Region(indices(of: offset, in: shape).map { $0..<$0 + 1 })
      let regions = test.layer.inputRegions(of: cell, inputs: test.inputs)
      var changed = inputs
      for (index, region) in regions.enumerated() {
        let inside = Set(region.isEmpty ? [] : region.offsets(in: test.inputs[index]))
        for cell in changed[index].values.indices where !inside.contains(cell) {
          changed[index].values[cell] += 3
        }
      }
      #expect(test.layer.forward(changed).values[offset] == output.values[offset])
    }
  }

  @Test("a region is no larger than what its output cell depends on", arguments: LayerCase.all)
  func tightRegions(_ test: LayerCase) throws {
    // Maxima and rectifiers depend on one cell at a time only; their windows are tested elsewhere.
    if test.description.contains("Max") || test.description.hasPrefix("ReLU") { return }
    let shape = try test.layer.outputShape(test.inputs)
    let inputs = test.batch(of: 1)
    let output = test.layer.forward(inputs)
    for offset in stride(from: 0, to: shape.count, by: max(1, shape.count / 12)) {
      var dOutput = Tensor(shape: output.shape)
      dOutput.values[offset] = 1
      let gradients = test.layer.backward(dOutput, inputs: inputs, output: output)
      let cell = Region(indices(of: offset, in: shape).map { $0..<$0 + 1 })
      let regions = test.layer.inputRegions(of: cell, inputs: test.inputs)
      for (gradient, region) in zip(gradients, regions) {
        let reached = gradient.values.indices.filter { gradient.values[$0] != 0 }
        let box = reached.map {
          Region(indices(of: $0, in: gradient.shape.sample).map { $0..<$0 + 1 })
        }
        #expect(box.dropFirst().reduce(box.first ?? region) { $0.union($1) } == region)
      }
    }
  }

  @Test("activations keep what is far from zero finite, and NaN as it is")
  func extremes() {
    let activations: [any Activation] = [
      ReLU(), ReLU(maximum: 6), ELU(alpha: 1), SELU(), Softplus(), Swish(), GELU(), Mish(),
      HardSigmoid(), Softsign(), Sigmoid(), Tanh(), ApproximateGELU(), CELU(alpha: 0.5),
      HardSwish(), Identity(), Affine(scale: 2, shift: 1), AbsoluteValue(), ErrorFunction(),
      Clip(minimum: -1, maximum: 1),
    ]
    for activation in activations {
      for x: Float in [-1e30, -200, -30, 30, 200, 1e30] {
        let y = activation.value(x)
        #expect(y.isFinite && activation.slope(x, y).isFinite, "\(activation.kind) of \(x)")
      }
      #expect(activation.value(.nan).isNaN, "\(activation.kind)")
    }
    #expect(ReLU().value(-.infinity) == 0 && ReLU(maximum: 6).value(.infinity) == 6)
  }

  @Test("layers refuse inputs that do not fit, and say why")
  func misfits() throws {
    let kernel = Tensor(shape: [2, 3, 5, 5])
    let misfits: [(any Layer, [Shape])] = [
      (Conv2D(kernel: kernel, bias: nil), [[4, 9, 9]]),
      (Conv2D(kernel: kernel, bias: nil), [[3, 4, 9]]),
      (Conv2D(kernel: kernel, bias: nil), [[9]]),
      (Dense(weights: Tensor(shape: [3, 2]), bias: nil), [[4]]),
      (Reshape(shape: [5]), [[2, 3]]),
      (Permute(axes: [1, 0]), [[2, 3, 4]]),
      (Add(), [[2], [3]]),
      (Add(), [[1, 2, 4], [3, 1, 5]]),
      (Multiply(), [[2], [2, 1]]),
      (Concatenate(axis: 0), [[2, 3], [2, 4]]),
      (Softmax(axis: 1), [[3]]),
      (ReLU(), [[3], [3]]),
      (
        MaxPooling2D(
          window: .one, strides: .one, padding: .explicit(top: 3, bottom: 0, left: 0, right: 0)),
        [[1, 2, 2]]
      ),
    ]
    for (layer, shapes) in misfits {
      #expect(throws: ShapeError.self, "\(layer.kind) of \(shapes)") {
        try layer.outputShape(shapes)
      }
    }
  }
}

private func indices(of offset: Int, in shape: Shape) -> [Int] {
  shape.extents.reversed().reduce(into: (indices: [Int](), rest: offset)) { state, extent in
    state.indices.insert(state.rest % extent, at: 0)
    state.rest /= extent
  }.indices
}

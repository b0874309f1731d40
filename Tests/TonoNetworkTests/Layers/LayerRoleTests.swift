import TestSupport
import Testing
import TonoCore
import TonoNetwork

/// What layers say they are, compared with what they do.
@Suite struct LayerRoleTests {
  @Test("a view keeps numbers and their order", arguments: cases(of: [.view]))
  func views(_ test: LayerCase) {
    let inputs = test.batch(of: 2)
    #expect(inputs.count == 1)
    #expect(test.layer.forward(inputs).values == inputs[0].values)
  }

  @Test("what arranges takes every cell from an input", arguments: cases(of: [.arrangement]))
  func arrangements(_ test: LayerCase) {
    let inputs = test.batch(of: 2)
    let known = Set(inputs.flatMap(\.values))
    #expect(known.isSuperset(of: test.layer.forward(inputs).values))
  }

  @Test("what pads has cells of the input and the same others", arguments: cases(of: [.padding]))
  func padding(_ test: LayerCase) {
    let inputs = test.batch(of: 2)
    let known = Set(inputs.flatMap(\.values))
    let moved = inputs.map { Tensor(shape: $0.shape, values: $0.values.map { $0 + 100 }) }
    let (output, other) = (test.layer.forward(inputs), test.layer.forward(moved))
    for (a, b) in zip(output.values, other.values) {
      #expect(a == b && !known.contains(a) || known.contains(a) && b == a + 100)
    }
  }

  @Test("an activation maps a cell alone as among others", arguments: cases(of: [.activation]))
  func activations(_ test: LayerCase) {
    let input = test.batch(of: 1)[0]
    let output = test.layer.forward([input])
    for (x, y) in zip(input.values, output.values) {
      let shape = Shape(Array(repeating: 1, count: input.shape.rank))
      #expect(test.layer.forward([Tensor(shape: shape, values: [x])]).values == [y])
    }
  }

  @Test("a constant does not look at its input", arguments: cases(of: [.constant]))
  func constants(_ test: LayerCase) {
    let inputs = test.batch(of: 2)
    let zeros = inputs.map { Tensor(shape: $0.shape) }
    #expect(test.layer.forward(inputs) == test.layer.forward(zeros))
  }

  @Test("what keeps places has as many", arguments: LayerCase.all.filter { $0.layer.keepsPlaces })
  func places(_ test: LayerCase) throws {
    let output = try test.layer.outputShape(test.inputs)
    for input in test.inputs {
      #expect(input.rank == output.rank)
      #expect(zip(input.extents, output.extents).allSatisfy { $0 == $1 || $0 == 1 })
    }
  }

  @Test func wrappersSayWhatIsInside() {
    let parts = TimeDistributed(Softmax(axis: 0))
    #expect(parts.role == .normalization && parts.canSleep && parts.handsZerosOn)
    #expect(WithConstants(Multiply(), [1: Tensor(shape: [1])]).handsZerosOn)
    // A constant among what is joined is nobody's cell.
    #expect(WithConstants(Concatenate(axis: 0), [1: Tensor(shape: [1])]).role == .padding)
  }

  @Test func gatesAreThoseThatCanCloseOnly() {
    let open: [any Layer] = [
      Identity(), Affine(scale: -2, shift: 3), LeakyReLU(slope: 0.1), Subtract(), Divide(), Add(),
      Dropout(rate: 0.5), Flatten(), Greater(),
    ]
    #expect(open.allSatisfy { !$0.canSleep })
    let closing: [any Layer] = [
      ReLU(), ReLU(threshold: 20), Sigmoid(), Tanh(), ELU(alpha: 1), GELU(), HardSigmoid(),
      Clip(minimum: 0),
      ConstantPower(exponent: 2), Affine(scale: 0), Maximum(), Minimum(), PReLU(), Where(),
      Softmax(axis: 0), LogSoftmax(axis: 0),
    ]
    #expect(closing.allSatisfy { $0.canSleep })
  }

  @Test func flatPartsAreCountedInPartsToo() throws {
    let input = Tensor(shape: [1, 2, 3], values: [-40, 0, 40, 1, 2, 50])
    for layer: any Layer in [Sigmoid(), TimeDistributed(Sigmoid())] {
      let count = try #require(layer.flatPart).count(input: input, output: layer.forward([input]))
      #expect(count == (3, 6))
    }
    let softmax = TimeDistributed(Softmax(axis: 0))
    let count = try #require(softmax.flatPart)
      .count(input: input, output: softmax.forward([input]))
    #expect(count == (2, 2))
  }

  private static func cases(of roles: Set<LayerRole>) -> [LayerCase] {
    LayerCase.all.filter { roles.contains($0.layer.role) }
  }
}

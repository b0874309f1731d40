import TestSupport
import Testing
import TonoAscent
import TonoCore
import TonoNetwork

@testable import TonoCheck

/// Right gradients pass wherever they are looked at, wrong ones are found.
@Suite struct GradientCheckTests {
  /// A layer whose backward pass is changed on its way.
  struct Changed: UnaryLayer {
    let layer: any UnaryLayer
    let change: @Sendable (Tensor) -> Tensor

    var kind: String { layer.kind }
    func outputShape(_ input: Shape) throws -> Shape { try layer.outputShape(input) }
    func forward(_ input: Tensor) -> Tensor { layer.forward(input) }
    func backward(_ dOutput: Tensor, input: Tensor, output: Tensor) -> Tensor {
      change(layer.backward(dOutput, input: input, output: output))
    }
    func inputRegion(of output: Region, input: Shape) -> Region {
      layer.inputRegion(of: output, input: input)
    }
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let layer: any UnaryLayer
    let shape: Shape
    var testDescription: String { "\(layer.kind) of \(shape)" }
  }

  static let cases: [Case] = {
    var random = TestRandom(7)
    let (two, kernel) = (Pair(rows: 2, columns: 2), Tensor.random([5, 3, 3, 4], using: &random))
    let weights = Tensor.random([120, 7], using: &random)
    return [
      Case(layer: Conv2D(kernel: kernel, bias: [1, 2, 3, 4, 5]), shape: [3, 20, 31]),
      Case(layer: Dense(weights: weights, bias: nil), shape: [120]),
      Case(layer: Dense(weights: Tensor(shape: [40, 1], repeating: 1), bias: nil), shape: [40]),
      Case(
        layer: BatchNormalization(
          gamma: [1, -2, 0], beta: [0, 1, 2], mean: [50, 0, 1], variance: [400, 1e-4, 1],
          epsilon: 1e-3), shape: [3, 20, 31]),
      Case(layer: ReLU(), shape: [3, 20, 31]),
      Case(layer: ReLU(maximum: 1), shape: [3, 20, 31]),
      Case(layer: AbsoluteValue(), shape: [3, 20, 31]),
      Case(layer: HardSigmoid(scale: 2), shape: [3, 20, 31]),
      Case(layer: Sigmoid(), shape: [3, 20, 31]),
      Case(layer: Tanh(), shape: [1]),
      Case(layer: MaxPooling2D(window: two, strides: two), shape: [3, 20, 31]),
      Case(layer: AveragePooling2D(window: two, strides: two), shape: [3, 20, 31]),
      Case(layer: GlobalMaxPooling2D(), shape: [3, 20, 31]),
      Case(layer: GlobalAveragePooling2D(), shape: [3, 120, 131]),
      Case(layer: Softmax(axis: 0), shape: [10]),
      Case(layer: Softmax(axis: 0), shape: [10, 12, 13]),
      Case(
        layer: InstanceNormalization(gamma: [1, 2, 3], beta: [0, 0, 0], epsilon: 1e-5),
        shape: [3, 20, 31]),
      Case(layer: Flatten(), shape: [3, 20, 31]),
    ]
  }()

  /// Inputs as they come: noise, what a rectifier leaves of it, levels in dB, what saturates, nothing.
  private static func points(_ shape: Shape) -> [Tensor] {
    var random = RandomSource(seed: 3, text: "points")
    let noise = (0..<shape.count).map { _ in random.normal() }
    return [
      noise, noise.map { max($0, 0) }, noise.map { -50 + 20 * $0 }, noise.map { 30 * $0 },
      noise.map { _ in 0 },
    ].map { Tensor(shape: shape.batched(1), values: $0) }
  }

  private func outcome(_ layer: any Layer, _ point: Tensor) -> GradientCheck.Outcome? {
    var random = RandomSource(seed: 1, text: "directions")
    return GradientCheck(layer: layer).outcome(at: [point], using: &random)
  }

  @Test("right gradients pass, at kinks, ties and ends too", arguments: cases)
  func right(_ test: Case) {
    for point in Self.points(test.shape) {
      switch outcome(test.layer, point) {
      case .deviation(let deviation): #expect(deviation < GradientCheck.tolerance / 2)
      case .flat: #expect(test.layer is Softmax, "\(test.layer.kind) is flat")
      case let other: Issue.record("\(String(describing: other))")
      }
    }
  }

  @Test("a factor of 1.05 is found", arguments: cases)
  func factor(_ test: Case) {
    let wrong = Changed(layer: test.layer) { gradient in
      Tensor(shape: gradient.shape, values: gradient.values.map { 1.05 * $0 })
    }
    let outcomes = Self.points(test.shape).map { outcome(wrong, $0) }
    let found = outcomes.count { outcome in
      if case .deviation(let deviation) = outcome {
        deviation > GradientCheck.tolerance
      } else {
        false
      }
    }
    // Saturated, a softmax has no slope that could be wrong.
    #expect(found >= (test.layer is Softmax ? 4 : 5), "\(outcomes)")
  }

  @Test("a forgotten border, swapped cells and a lost sign are found")
  func places() throws {
    let test = Self.cases[0]
    let point = Self.points(test.shape)[0]
    let border = Changed(layer: test.layer) { gradient in
      var gradient = gradient
      for row in 0..<60 { gradient.values[row * 31] = 0 }
      return gradient
    }
    let swapped = Changed(layer: test.layer) { gradient in
      Tensor(shape: gradient.shape, values: gradient.values.reversed())
    }
    let negative = Changed(layer: Sigmoid()) { gradient in
      var gradient = gradient
      for index in 0..<gradient.count / 100 { gradient.values[index] *= -1 }
      return gradient
    }
    for layer in [border, swapped, negative] {
      guard case .deviation(let deviation) = outcome(layer, point) else {
        Issue.record("not compared")
        continue
      }
      #expect(deviation > GradientCheck.tolerance)
    }
  }

  @Test("gradients that are no numbers, slopes where there are none, and nothing to compare")
  func oddities() throws {
    let point = Self.points([3, 20, 31])[0]
    let broken = Changed(layer: Tanh()) { Tensor(shape: $0.shape, repeating: .nan) }
    #expect(outcome(broken, point) == .notFinite)
    let flat = Changed(layer: Affine(scale: 0)) { Tensor(shape: $0.shape, repeating: 0) }
    #expect(outcome(flat, point) == .flat)
    let invented = Changed(layer: Affine(scale: 0, shift: 1)) {
      Tensor(shape: $0.shape, repeating: 1)
    }
    guard case .deviation(let deviation)? = outcome(invented, point) else {
      Issue.record("a slope that is not there was not seen")
      return
    }
    #expect(deviation > 1)
    var random = RandomSource(seed: 1, text: "")
    let constant = GradientCheck(layer: Constant(Tensor(shape: [2])))
    #expect(constant.outcome(at: [], using: &random) == nil)
    // A root's domain is kept.
    let positive = Tensor(shape: point.shape, values: point.values.map { abs($0) + 0.1 })
    guard case .deviation(let root)? = outcome(SquareRoot(), positive) else {
      Issue.record("a root was not compared")
      return
    }
    #expect(root < GradientCheck.tolerance)
  }
}

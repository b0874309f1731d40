import CTonoKernels
import TestSupport
import Testing
import TonoNetwork

/// The C kernels against their plain versions.
@Suite struct KernelTests {
  @Test(
    "a product equals the plain one, on odd sizes and strides",
    arguments: [
      (1, 1, 1), (6, 25, 16), (24, 25, 15), (7, 3, 33), (48, 600, 17), (13, 48, 100), (36, 48, 47),
    ])
  func multiply(_ outputs: Int, _ inputs: Int, _ columns: Int) {
    var random = TestRandom(71)
    let weights = Tensor.random([outputs, inputs], using: &random).values
    let bias = Tensor.random([outputs], using: &random).values
    let x = Tensor.random([inputs, columns + 3], using: &random).values
    for transposed in [false, true] {
      for hasBias in [false, true] {
        var fast = [Float](repeating: .nan, count: outputs * (columns + 5))
        var plain = fast
        let strides = transposed ? (Int64(1), Int64(outputs)) : (Int64(inputs), Int64(1))
        for (multiply, y) in [(tono_multiply, 0), (tono_multiply_scalar, 1)] {
          func run(_ y: inout [Float]) {
            bias.withUnsafeBufferPointer { bias in
              multiply(
                weights, strides.0, strides.1, Int32(outputs), Int32(inputs),
                hasBias ? bias.baseAddress : nil, x, Int64(columns + 3), &y, Int64(columns + 5),
                Int32(columns))
            }
          }
          if y == 0 { run(&fast) } else { run(&plain) }
        }
        for (index, value) in plain.enumerated() {
          let isInside = index % (columns + 5) < columns
          #expect(isInside == !fast[index].isNaN && isInside == !value.isNaN)
          if isInside { #expect(abs(fast[index] - value) < Tolerance.reordered * 10) }
        }
      }
    }
  }
}

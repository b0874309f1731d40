import Testing
import TonoCore

@Suite struct ReorderingTests {
  private let tensor = Tensor(shape: [2, 3, 4], values: (0..<24).map(Float.init))

  @Test(
    "an order of axes and its inverse give the tensor back",
    arguments: [[0, 1, 2], [2, 0, 1], [1, 2, 0], [2, 1, 0]])
  func permutation(_ axes: [Int]) {
    let inverse = axes.indices.map { axis in axes.firstIndex(of: axis) ?? axis }
    let permuted = tensor.permuted(axes)
    #expect(permuted.shape == Shape(axes.map { tensor.shape[$0] }))
    #expect(permuted.permuted(inverse) == tensor)
  }

  @Test func transpositionIsAnOrderOfAxes() {
    let matrix = tensor.reshaped([6, 4])
    #expect(matrix.transposed == matrix.permuted([1, 0]))
    #expect(matrix.transposed.values[1] == matrix.values[4])
  }

  @Test func columnMajorIsTransposed() {
    #expect(
      Tensor(shape: [4, 6], columnMajor: tensor.values) == tensor.reshaped([6, 4]).transposed)
  }
}

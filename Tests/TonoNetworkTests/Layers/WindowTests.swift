import Testing
import TonoCore
import TonoNetwork

/// Windows that no map can hold.
struct WindowTests {
  @Test func endlessWindowsDoNotFit() {
    let convolution = Conv2D(
      kernel: Tensor(shape: [1, 1, 5000, 1], repeating: 0), bias: nil,
      dilation: Pair(rows: 1_000_000, columns: 1), padding: .same)
    #expect(throws: ShapeError.self) { try convolution.outputShape([1, 8, 8] as Shape) }
  }
}

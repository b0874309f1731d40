import Testing
import TonoCore
import TonoNetwork

/// Windows that are far larger than the map they pool.
struct WindowPoolingTests {
  @Test(.timeLimit(.minutes(1))) func largeWindowsTakeNoTime() {
    let (size, windows) = (1 << 20, 1 << 14)
    let pooling = WindowPooling(
      .average(countsPadding: false),
      axes: [
        WindowPooling.Axis(
          size: size, stride: 1, dilation: 1, before: size / 2, after: size, windows: windows)
      ])
    let output = pooling.forward(Tensor(shape: [1, 1, 3], values: [1, 2, 6]))
    #expect(output.values == Array(repeating: 3, count: windows))
  }

  /// The cells of a window by definition, one by one.
  @Test(arguments: [(9, 2, 2, 7), (3, 1, 5, 4), (2, 3, 1, 0), (4, 4, 3, 12)])
  func windowsHoldTheirCells(size: Int, stride: Int, dilation: Int, before: Int) {
    let (extent, windows) = (6, 5)
    let pooling = WindowPooling(
      .norm(p: 1),
      axes: [
        WindowPooling.Axis(
          size: size, stride: stride, dilation: dilation, before: before, after: 20,
          windows: windows)
      ])
    let input = (0..<extent).map { Float(1 << $0) }
    let output = pooling.forward(Tensor(shape: [1, 1, extent], values: input))
    let expected = (0..<windows).map { window in
      (0..<size).map { window * stride - before + $0 * dilation }
        .filter { (0..<extent).contains($0) }.reduce(Float(0)) { $0 + input[$1] }
    }
    #expect(output.values == expected)
  }
}

import TestSupport
import Testing
import TonoCore
import TonoNetwork

/// Convolution against its definition, cell by cell.
@Suite struct Conv2DTests {
  static let cases = LayerCase.all.filter { $0.layer is Conv2D }

  @Test("the product of matrices equals the sum of the definition", arguments: cases)
  func definition(_ test: LayerCase) throws {
    let layer = try #require(test.layer as? Conv2D)
    let input = test.batch(of: 2)[0]
    let output = layer.forward(input)
    let expected = convolve(input, by: layer, into: output.shape)
    #expect(
      zip(output.values, expected).allSatisfy { abs($0 - $1) < Tolerance.reordered * 100 },
      "\(zip(output.values, expected).map { abs($0 - $1) }.max() ?? 0)")
  }

  @Test("a map too large for one tile is cut without seams")
  func tiles() throws {
    var random = TestRandom(11)
    let layer = Conv2D(kernel: .random([2, 40, 5, 5], using: &random), bias: nil)
    let input = Tensor.random([1, 40, 30, 60], using: &random)
    let output = layer.forward(input)
    // The lower half of the map alone: other tiles, the same cells.
    let lower = Tensor(
      shape: [1, 40, 15, 60],
      values: (0..<40).flatMap { input.values[($0 * 30 + 15) * 60..<($0 + 1) * 30 * 60] })
    let lowerOutput = layer.forward(lower)
    for filter in 0..<2 {
      for cell in 0..<11 * 56 {
        let whole = output.values[(filter * 26 + 15) * 56 + cell]
        #expect(abs(whole - lowerOutput.values[filter * 11 * 56 + cell]) < 1e-3)
      }
    }
  }

  @Test(
    "equal patches give equal results to the bit, wherever they lie",
    arguments: [
      (1, 24, 5, 128, 128), (24, 48, 5, 62, 31), (48, 48, 6, 17, 238), (3, 7, 3, 23, 57),
      (48, 48, 5, 29, 6),
    ])
  func equalPatches(_ channels: Int, _ filters: Int, _ size: Int, _ rows: Int, _ columns: Int) {
    var random = TestRandom(12)
    let layer = Conv2D(
      kernel: .random([filters, channels, size, size], using: &random), bias: nil)
    let levels = Tensor.random([channels], using: &random).values
    let input = Tensor(
      shape: [1, channels, rows, columns],
      values: levels.flatMap { repeatElement($0, count: rows * columns) })
    let output = layer.forward(input)
    let cells = output.count / filters
    for filter in 0..<filters {
      let map = output.values[filter * cells..<(filter + 1) * cells]
      #expect(map.allSatisfy { $0 == map.first })
    }
  }

  @Test("a shifted input gives a shifted output")
  func shiftEquivariance() throws {
    var random = TestRandom(13)
    let layer = Conv2D(kernel: .random([3, 1, 4, 3], using: &random), bias: [1, 2, 3])
    let pattern = Tensor.random([1, 1, 6, 5], using: &random)
    func placed(_ row: Int, _ column: Int) -> Tensor {
      let pad = ZeroPadding2D(top: row, bottom: 8 - row, left: column, right: 8 - column)
      return layer.forward(pad.forward(pattern))
    }
    let (near, far) = (placed(3, 3), placed(5, 4))
    for row in 0..<9 {
      for column in 0..<10 {
        for filter in 0..<3 where row + 2 < 11 && column + 1 < 11 {
          let a = near.values[(filter * 11 + row) * 11 + column]
          let b = far.values[(filter * 11 + row + 2) * 11 + column + 1]
          #expect(abs(a - b) < Tolerance.reordered)
        }
      }
    }
  }

  private func convolve(_ input: Tensor, by layer: Conv2D, into shape: Shape) -> [Float] {
    let (rows, columns) = (input.shape[2], input.shape[3])
    let size = layer.window.size
    let pads: (Int, Int)
    switch layer.window.padding {
    case .valid: pads = (0, 0)
    case .explicit(let top, _, let left, _): pads = (top, left)
    case .same:
      func before(_ output: Int, _ stride: Int, _ span: Int, _ extent: Int) -> Int {
        max((output - 1) * stride + span - extent, 0) / 2
      }
      pads = (
        before(shape[2], layer.window.strides.rows, size.rows, rows),
        before(shape[3], layer.window.strides.columns, size.columns, columns)
      )
    }
    let (depth, filters) = (layer.kernel.shape[1], shape[1] / layer.groups)
    var output: [Float] = []
    for sample in 0..<shape[0] {
      for filter in 0..<shape[1] {
        for row in 0..<shape[2] {
          for column in 0..<shape[3] {
            var sum = Double(layer.bias?[filter] ?? 0)
            for channel in 0..<depth {
              for i in 0..<size.rows {
                for j in 0..<size.columns {
                  let r = row * layer.window.strides.rows - pads.0 + i * layer.window.dilation.rows
                  let c =
                    column * layer.window.strides.columns - pads.1
                    + j * layer.window.dilation.columns
                  guard (0..<rows).contains(r), (0..<columns).contains(c) else { continue }
                  let plane = sample * input.shape[1] + filter / filters * depth + channel
                  let weight = layer.kernel.values[
                    ((filter * depth + channel) * size.rows + i) * size.columns + j]
                  sum += Double(weight) * Double(input.values[(plane * rows + r) * columns + c])
                }
              }
            }
            output.append(Float(sum))
          }
        }
      }
    }
    return output
  }
}

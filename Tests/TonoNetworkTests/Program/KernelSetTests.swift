import CTonoKernels
import TestSupport
import Testing
import TonoCore

@testable import TonoNetwork

/// The kernels of each instruction set that this processor runs, against the scalar ones.
@Suite struct KernelSetTests {
  static let cases: [(KernelSet, ConvolutionCase)] = KernelSet.available.dropFirst().flatMap {
    set in
    ConvolutionCase.all.map { (set, $0) }
  }

  @Test("there is a fast set beside the scalar one, and the fastest is chosen")
  func sets() {
    #expect(KernelSet.available.first?.name == "scalar")
    #expect(KernelSet.available.count > 1)
    #expect(
      KernelSet.available.map(\.name).contains(KernelSet.current.name)
        && Set(KernelSet.available.map(\.name)).count == KernelSet.available.count)
  }

  @Test("direct convolutions", arguments: cases)
  func convolve(_ set: KernelSet, _ test: ConvolutionCase) {
    let (fast, plain) = (test.convolve(set), test.convolve(ConvolutionCase.scalar))
    expectClose(fast.output, plain.output)
    #expect(fast.winners == plain.winners)
  }

  @Test("Winograd's convolutions", arguments: cases.filter { $0.1.fitsWinograd })
  func winograd(_ set: KernelSet, _ test: ConvolutionCase) {
    let (fast, plain) = (test.winograd(set), test.winograd(ConvolutionCase.scalar))
    expectClose(fast.output, plain.output, Tolerance.program)
    // And both compute the convolution.
    expectClose(fast.output, test.convolve(ConvolutionCase.scalar).output, Tolerance.program)
  }

  @Test("gradients handed to the input", arguments: cases)
  func scatter(_ set: KernelSet, _ test: ConvolutionCase) {
    expectClose(test.scatter(set), test.scatter(ConvolutionCase.scalar))
  }

  @Test("gradients from a table", arguments: cases.filter { $0.1.geometry.input_cell == 1 })
  func scatterTable(_ set: KernelSet, _ test: ConvolutionCase) {
    expectClose(test.scatterTable(set), test.scatterTable(ConvolutionCase.scalar))
  }

  @Test("one channel", arguments: cases)
  func channel(_ set: KernelSet, _ test: ConvolutionCase) {
    expectClose(test.channel(set), test.channel(ConvolutionCase.scalar))
  }

  @Test("one channel's gradient", arguments: cases.filter { $0.1.fitsChannel })
  func channelGradient(_ set: KernelSet, _ test: ConvolutionCase) {
    expectClose(test.channelGradient(set), test.channelGradient(ConvolutionCase.scalar))
  }

  @Test(
    "a product, on odd sizes and strides",
    arguments: KernelSet.available.dropFirst(),
    [
      (1, 1, 1), (6, 25, 16), (24, 25, 15), (7, 3, 33), (48, 600, 17), (13, 48, 100), (36, 48, 47),
    ])
  func multiply(_ set: KernelSet, _ size: (outputs: Int, inputs: Int, columns: Int)) {
    let (outputs, inputs, columns) = size
    var random = TestRandom(71)
    let weights = Tensor.random([outputs, inputs], using: &random).values
    let bias = Tensor.random([outputs], using: &random).values
    let x = Tensor.random([inputs, columns + 3], using: &random).values
    for strides in [(inputs, 1), (1, outputs)] {
      for hasBias in [false, true] {
        func product(_ set: KernelSet) -> [Float] {
          var y = [Float](repeating: 7, count: outputs * (columns + 5))
          bias.withUnsafeBufferPointer { bias in
            set.functions.pointee.multiply(
              weights, Int64(strides.0), Int64(strides.1), Int32(outputs), Int32(inputs),
              hasBias ? bias.baseAddress : nil, x, Int64(columns + 3), &y, Int64(columns + 5),
              Int32(columns))
          }
          return y
        }
        expectClose(product(set), product(ConvolutionCase.scalar))
      }
    }
  }

  private func expectClose(
    _ values: [Float], _ expected: [Float], _ tolerance: Double = Tolerance.sum * 3
  ) {
    let deviation = Deviation(
      of: Tensor(shape: [values.count], values: values),
      from: Tensor(shape: [expected.count], values: expected))
    #expect(deviation.relative <= tolerance, "\(deviation)")
  }
}

/// A convolution of odd size with random numbers.
struct ConvolutionCase: Sendable, CustomStringConvertible {
  static let scalar = KernelSet.available[0]

  let geometry: tono_convolution
  /// The rows and columns of output.
  let size: Pair
  private let seed: UInt64

  var description: String {
    let g = geometry
    return "\(g.kernel_rows)×\(g.kernel_columns) kernel, \(g.input_cell) → \(g.output_cell), "
      + "strides \(g.stride_rows)×\(g.stride_columns), dilation \(g.dilation_rows), "
      + "window \(g.window_rows)×\(g.window_columns), output \(size.rows)×\(size.columns)"
  }

  var fitsWinograd: Bool {
    let g = geometry
    return g.input_cell % 8 == 0 && g.stride_rows == 1 && g.stride_columns == 1
      && g.dilation_rows == 1 && (2...7).contains(g.kernel_rows)
      && (2...7).contains(g.kernel_columns)
  }

  var fitsChannel: Bool {
    let g = geometry
    return (g.input_cell == 1 || g.input_cell % 8 == 0) && g.stride_rows == 1
      && g.stride_columns == 1
  }

  static let all: [ConvolutionCase] = {
    var random = TestRandom(17)
    func pick(_ values: [Int32]) -> Int32 {
      values[Int.random(in: 0..<values.count, using: &random)]
    }
    return (0..<40).map { index in
      let plain = index % 2 == 0
      let cell = pick(plain ? [1, 8, 16, 24, 48] : [1, 1, 2, 3, 8, 24])
      let (columns, outputs) = (Int(pick([1, 2, 3, 5, 6, 13, 29])), pick([8, 16, 24, 32, 48, 56]))
      return ConvolutionCase(
        geometry: tono_convolution(
          kernel_rows: pick([1, 2, 3, 4, 5, 6, 7]), kernel_columns: pick([1, 2, 3, 4, 5, 6, 7]),
          stride_rows: plain ? 1 : pick([1, 2, 3]), stride_columns: plain ? 1 : pick([1, 2]),
          dilation_rows: plain ? 1 : pick([1, 2]), window_rows: pick([1, 1, 2, 3]),
          window_columns: pick([1, 2, 4]), rectifies: pick([0, 1]), input_cell: cell,
          output_cell: outputs, input_pitch: 0,
          output_pitch: Int64(Int32(columns) * outputs + 8)),
        size: Pair(rows: Int(pick([1, 2, 3, 5, 8])), columns: columns), seed: UInt64(index))
    }
  }()

  private init(geometry: tono_convolution, size: Pair, seed: UInt64) {
    self.geometry = geometry
    self.size = size
    self.seed = seed
    let g = geometry
    let columns =
      (size.columns * Int(g.window_columns) - 1) * Int(g.stride_columns) + Int(g.kernel_columns)
    inputRows =
      (size.rows * Int(g.window_rows) - 1) * Int(g.stride_rows)
      + Int(g.kernel_rows - 1) * Int(g.dilation_rows) + 1
    var placed = geometry
    placed.input_pitch = Int64(columns * Int(g.input_cell) + 40)
    self.placed = placed
  }

  private let inputRows: Int
  private let placed: tono_convolution
  private var places: Int { Int(geometry.window_rows * geometry.window_columns) }
  private var outputCount: Int { size.rows * Int(geometry.output_pitch) }
  private var inputCount: Int { (inputRows + 8) * Int(placed.input_pitch) + 8 * 64 }

  private func numbers(_ count: Int, _ salt: UInt64) -> [Float] {
    var random = TestRandom(seed * 100 + salt)
    return Tensor.random([count], using: &random).values
  }

  private func weights() -> [Float] {
    let g = geometry
    return numbers(Int(g.kernel_rows * g.kernel_columns * g.input_cell * g.output_cell), 1)
  }

  /// Two ranges that together make 0 ..< count, so that shares are tested too.
  private func halves(_ count: Int, unit: Int = 1) -> [tono_rows] {
    let middle = count / 2 / unit * unit
    return [
      tono_rows(first: 0, count: Int32(middle)),
      tono_rows(first: Int32(middle), count: Int32(count - middle)),
    ].filter { $0.count > 0 }
  }

  // MARK: - Runs

  func convolve(_ set: KernelSet) -> (output: [Float], winners: [UInt8]) {
    forward { geometry, x, bias, y, winners in
      var scratch = [Float](repeating: 0, count: Int(tono_convolve_scratch(&geometry)) + places)
      for rows in halves(size.rows) {
        set.functions.pointee.convolve(
          &geometry, x, weights(), bias, rows, Int32(size.columns), &scratch, y, winners)
      }
    }
  }

  func winograd(_ set: KernelSet) -> (output: [Float], winners: [UInt8]) {
    let (rows, columns) = (Int(geometry.kernel_rows), Int(geometry.kernel_columns))
    let (inputs, outputs) = (Int(geometry.input_cell), Int(geometry.output_cell))
    let (g, h) = (Winograd.kernelTransform(size: rows), Winograd.kernelTransform(size: columns))
    let direct = weights()
    var transformed = [Float](repeating: 0, count: 64 * inputs * outputs)
    for channel in 0..<inputs {
      for output in 0..<outputs {
        for (i, j) in (0..<64).map({ ($0 / 8, $0 % 8) }) {
          var sum = 0.0
          for (r, c) in (0..<rows * columns).map({ ($0 / columns, $0 % columns) }) {
            let place = ((r * columns + c) * inputs + channel) * outputs + output
            sum += g[i][r] * h[j][c] * Double(direct[place])
          }
          transformed[((i * 8 + j) * inputs + channel) * outputs + output] = Float(sum)
        }
      }
    }
    return forward { geometry, x, bias, y, winners in
      let block = tono_winograd_blocks(&geometry, Int32(size.columns))
      var scratch = [Float](repeating: 0, count: Int(block.scratch) + places)
      for rows in halves(size.rows, unit: Int(block.output_rows)) {
        set.functions.pointee.winograd(
          &geometry, x, transformed, bias, rows, Int32(size.columns), &scratch, y, winners)
      }
    }
  }

  private func forward(
    _ body: (
      inout tono_convolution, [Float], [Float], UnsafeMutablePointer<Float>,
      UnsafeMutablePointer<UInt8>
    ) -> Void
  ) -> (output: [Float], winners: [UInt8]) {
    var geometry = placed
    var output = [Float](repeating: 0, count: outputCount)
    var winners = [UInt8](
      repeating: 0, count: size.rows * size.columns * Int(geometry.output_cell))
    body(
      &geometry, numbers(inputCount, 2), numbers(Int(geometry.output_cell), 3), &output, &winners)
    return (output, winners)
  }

  func scatter(_ set: KernelSet) -> [Float] {
    var geometry = placed
    let kernel = Int(geometry.kernel_columns * geometry.input_cell)
    let run = wholeLines(kernel)
    var weights = numbers(Int(geometry.kernel_rows * geometry.output_cell) * run, 4)
    for index in weights.indices where index % run >= kernel { weights[index] = 0 }
    let bytes = Int(tono_scatter_scratch(&geometry, Int32(size.columns)))
    var scratch = [UInt64](repeating: 0, count: bytes / 8 + 1)
    return backward { dY, y, winners, rows, dX in
      set.functions.pointee.scatter(
        &geometry, dY, y, winners, weights, Int32(size.rows), Int32(size.columns), rows,
        &scratch, dX)
    }
  }

  func scatterTable(_ set: KernelSet) -> [Float] {
    var geometry = placed
    let g = geometry
    let (kernelRows, kernelColumns) = (Int(g.kernel_rows), Int(g.kernel_columns))
    let rows =
      Int(g.window_rows - 1) * Int(g.stride_rows) + (kernelRows - 1) * Int(g.dilation_rows) + 1
    let columns = wholeVectors(Int(g.window_columns - 1) * Int(g.stride_columns) + kernelColumns)
    let kernel = numbers(Int(g.output_cell) * kernelRows * kernelColumns, 5)
    var table = [Float](repeating: 0, count: Int(g.output_cell) * places * rows * columns)
    for entry in 0..<Int(g.output_cell) * places {
      let top = entry % places / Int(g.window_columns) * Int(g.stride_rows)
      let left = entry % places % Int(g.window_columns) * Int(g.stride_columns)
      for cell in 0..<kernelRows * kernelColumns {
        let row = top + cell / kernelColumns * Int(g.dilation_rows)
        table[(entry * rows + row) * columns + left + cell % kernelColumns] =
          kernel[entry / places * kernelRows * kernelColumns + cell]
      }
    }
    return backward { dY, y, winners, rows, dX in
      set.functions.pointee.scatter_table(
        &geometry, dY, y, winners, table, Int32(columns), Int32(size.rows), Int32(size.columns),
        rows, dX)
    }
  }

  private func backward(
    _ body: ([Float], [Float], [UInt8], tono_rows, UnsafeMutablePointer<Float>) -> Void
  ) -> [Float] {
    var random = TestRandom(seed)
    let winners = (0..<size.rows * size.columns * Int(geometry.output_cell)).map { _ in
      UInt8.random(in: 0..<UInt8(places), using: &random)
    }
    var dInput = [Float](repeating: 0, count: inputCount)
    for rows in halves(inputRows) {
      body(numbers(outputCount, 6), numbers(outputCount, 7), winners, rows, &dInput)
    }
    return dInput
  }

  func channel(_ set: KernelSet) -> [Float] {
    oneChannel { geometry, weights, columns in
      var output = [Float](repeating: 0, count: size.rows * (size.columns + 3))
      for rows in halves(size.rows) {
        set.functions.pointee.convolve_channel(
          &geometry, numbers(inputCount, 2), weights, 0.3, rows, columns, &output)
      }
      return output
    }
  }

  func channelGradient(_ set: KernelSet) -> [Float] {
    oneChannel { geometry, weights, columns in
      let count = size.rows * (size.columns + 3)
      var dInput = [Float](repeating: 0, count: inputCount)
      for rows in halves(inputRows) {
        var scratch = [Float](
          repeating: 0, count: Int(tono_scatter_channel_scratch(&geometry, rows.count, columns)))
        set.functions.pointee.scatter_channel(
          &geometry, numbers(count, 6), numbers(count, 7), weights, Int32(size.rows), columns, rows,
          &scratch, &dInput)
      }
      return dInput
    }
  }

  private func oneChannel(_ body: (inout tono_convolution, [Float], Int32) -> [Float]) -> [Float] {
    var geometry = placed
    geometry.window_rows = 1
    geometry.window_columns = 1
    geometry.output_cell = 1
    geometry.output_pitch = Int64(size.columns + 3)
    let count = Int(geometry.kernel_rows * geometry.kernel_columns * geometry.input_cell)
    return body(&geometry, numbers(count, 8), Int32(size.columns))
  }
}

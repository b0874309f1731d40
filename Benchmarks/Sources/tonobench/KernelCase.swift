import CTonoKernels

/// One convolution of the towers with its pooling, and buffers to run each kernel on it.
///
/// Maps are of noise, so that half of the outputs before pooling are rectified away.
final class KernelCase {
  /// The layer's name in the model.
  let name: String

  private var geometry: tono_convolution
  private let channels: Int
  private let outputRows: Int
  private let outputColumns: Int
  private let inputRows: Int
  private let set: UnsafePointer<tono_kernel_set>

  private let input: Floats
  private let dInput: Floats
  private let output: Floats
  private let dOutput: Floats
  private let weights: Floats
  private let bias: Floats
  private let scratch: Floats
  private let winners: UnsafeMutablePointer<UInt8>

  /// A convolution of `rows`×`columns` cells by a square kernel, and the windows of the pooling
  /// behind it.
  init(
    _ name: String, channels: Int, filters: Int, kernel: Int, rows: Int, columns: Int,
    window: (rows: Int, columns: Int), on set: UnsafePointer<tono_kernel_set>
  ) {
    self.name = name
    self.set = set
    self.channels = channels
    outputRows = (rows - kernel + 1) / window.rows
    outputColumns = (columns - kernel + 1) / window.columns
    inputRows = outputRows * window.rows + kernel - 1
    geometry = tono_convolution(
      kernel_rows: Int32(kernel), kernel_columns: Int32(kernel), stride_rows: 1, stride_columns: 1,
      dilation_rows: 1, window_rows: Int32(window.rows), window_columns: Int32(window.columns),
      rectifies: 1, input_cell: Int32(channels), output_cell: Int32(filters),
      input_pitch: Int64(columns * channels), output_pitch: Int64(outputColumns * filters))
    // Winograd's blocks read beyond the input, the adjoints write a vector beyond it.
    let inputCount = (rows + 8) * (columns + 8) * channels
    input = Floats(inputCount)
    dInput = Floats(inputCount)
    output = Floats(outputRows * outputColumns * filters)
    dOutput = Floats(outputRows * outputColumns * filters)
    let patch = (window.rows + kernel) * (window.columns + kernel + 8)
    let table = window.rows * window.columns * patch
    weights = Floats(
      filters * max(64 * channels, kernel * (kernel * channels + 16), table) + 64)
    bias = Floats(filters)
    let (columnCount, rowCount) = (Int32(outputColumns), Int32(inputRows))
    scratch = withUnsafePointer(to: geometry) { geometry in
      Floats(
        Int(
          max(
            tono_winograd_blocks(geometry, columnCount).scratch, tono_convolve_scratch(geometry),
            tono_scatter_scratch(geometry, columnCount) / 4,
            tono_scatter_channel_scratch(geometry, rowCount, columnCount))) + 64)
    }
    winners = .allocate(capacity: output.count + 64)
    winners.initialize(repeating: 0, count: output.count + 64)
  }

  deinit { winners.deallocate() }

  /// What a kernel does with this convolution.
  enum Kernel: String, CaseIterable {
    case convolve, winograd, scatter
    case scatterTable = "scatter_table"
    case convolveChannel = "convolve_channel"
    case scatterChannel = "scatter_channel"
  }

  /// Whether an ascent runs the kernel on this convolution.
  func suits(_ kernel: Kernel) -> Bool {
    let pools = geometry.window_rows * geometry.window_columns > 1
    return switch kernel {
    case .convolve: true
    case .winograd, .scatter: channels > 1
    case .scatterTable: channels == 1
    case .convolveChannel, .scatterChannel: !pools
    }
  }

  /// Runs a kernel once on all rows.
  func run(_ kernel: Kernel) {
    let functions = set.pointee
    let rows = tono_rows(first: 0, count: Int32(outputRows))
    let allInput = tono_rows(first: 0, count: Int32(inputRows))
    let columns = Int32(outputColumns)
    switch kernel {
    case .convolve:
      functions.convolve(
        &geometry, input.start, weights.start, bias.start, rows, columns, scratch.start,
        output.start, winners)
    case .winograd:
      functions.winograd(
        &geometry, input.start, weights.start, bias.start, rows, columns, scratch.start,
        output.start, winners)
    case .scatter:
      functions.scatter(
        &geometry, dOutput.start, output.start, winners, weights.start, rows.count, columns,
        allInput, scratch.start, dInput.start)
    case .scatterTable:
      let patch = (geometry.window_columns + geometry.kernel_columns - 1 + 7) / 8 * 8
      functions.scatter_table(
        &geometry, dOutput.start, output.start, winners, weights.start, patch, rows.count, columns,
        allInput, dInput.start)
    case .convolveChannel:
      functions.convolve_channel(
        &geometry, input.start, weights.start, 0, rows, columns, output.start)
    case .scatterChannel:
      functions.scatter_channel(
        &geometry, dOutput.start, output.start, weights.start, rows.count, columns, allInput,
        scratch.start, dInput.start)
    }
  }

  /// The operations that the kernel's result needs: for adjoints, of gradients that are not zero
  /// after the last forward run; for Winograd's form, those of the direct one.
  func operations(_ kernel: Kernel) -> Double {
    let taps = 2 * Double(geometry.kernel_rows * geometry.kernel_columns) * Double(channels)
    let window = Double(geometry.window_rows * geometry.window_columns)
    let cells = outputRows * outputColumns
    func positive(_ count: Int) -> Double {
      Double((0..<count).count { output.start[$0] > 0 })
    }
    return switch kernel {
    case .convolve, .winograd: taps * Double(output.count) * window
    case .scatter, .scatterTable: taps * positive(output.count)
    case .convolveChannel: taps * Double(cells)
    case .scatterChannel: taps * positive(cells)
    }
  }

  /// Noise at the beginning of a cache line.
  private final class Floats {
    let start: UnsafeMutablePointer<Float>
    let count: Int

    init(_ count: Int) {
      self.count = count
      let bytes = UnsafeMutableRawPointer.allocate(byteCount: 4 * count, alignment: 64)
      start = bytes.bindMemory(to: Float.self, capacity: count)
      var noise = Noise()
      for index in 0..<count { start[index] = 0.1 * noise.next() }
    }

    deinit { UnsafeMutableRawPointer(start).deallocate() }
  }
}

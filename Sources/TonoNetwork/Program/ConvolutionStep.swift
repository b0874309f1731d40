import CTonoKernels
import TonoCore

/// A convolution block on maps with their channels last.
struct ConvolutionStep: Step {
  private let geometry: tono_convolution
  private let kernels: KernelSet
  private let input: MapSlot
  private let output: MapSlot
  /// Floats from the input slot's first cell to the first one that is read.
  private let start: Int
  /// The rows of input that are read.
  private let inputRows: Int
  /// The rows and columns of output.
  private let size: Pair
  /// Where the winners of the windows are kept, if there is pooling.
  private let winners: Int?

  private let bias: AlignedFloats
  private let forward: Forward
  private let backward: Backward

  var summary: String {
    let kernel = Pair(rows: Int(geometry.kernel_rows), columns: Int(geometry.kernel_columns))
    let way =
      switch forward {
      case .direct: "direct"
      case .winograd:
        "Winograd F(\(9 - kernel.rows)×\(9 - kernel.columns), \(kernel.rows)×\(kernel.columns))"
      }
    let back =
      switch backward {
      case .scatter: "scatter";
      case .table: "table"
      }
    return "convolution \(input.extent) → \(output.extent), \(way), \(back)"
  }

  private enum Forward {
    case direct(AlignedFloats)
    case winograd(AlignedFloats, rowsPerBlock: Int)
  }

  private enum Backward {
    case scatter(AlignedFloats)
    case table(AlignedFloats, patch: Int32)
  }

  init(
    _ block: ConvolutionBlock, input: MapSlot, output: MapSlot, plan: inout BufferPlan,
    packed: PackedWeights, exact: Bool, kernels: KernelSet
  ) {
    self.input = input
    self.output = output
    self.kernels = kernels
    let (rows, columns) = (output.rows, output.columns)
    size = Pair(rows: rows.count, columns: columns.count)
    let frame = block.frame(of: Region([output.channels, rows, columns]))
    start = input.offset(row: frame.rows.lowerBound, column: frame.columns.lowerBound)
    inputRows = frame.rows.count
    geometry = block.geometry(input: input, output: output)

    // Weights of some channels only serve one target: they are not kept.
    let isWhole = output.channels == 0..<block.filters
    func weights(_ form: PackedWeights.Key.Form, _ make: () -> AlignedFloats) -> AlignedFloats {
      isWhole ? packed.weights(block.key(form), make: make) : make()
    }
    bias = weights(.bias) { block.packBias(output.channels) }

    let (windowRows, windowColumns) = (block.window.rows, block.window.columns)
    if !exact,
      Winograd.pays(
        block, outputs: output.cell, rows: rows.count * windowRows,
        columns: columns.count * windowColumns)
    {
      let blocks = withUnsafePointer(to: geometry) {
        tono_winograd_blocks($0, Int32(columns.count))
      }
      forward = .winograd(
        weights(.winograd) { block.packWinograd(output.channels, cell: input.cell) },
        rowsPerBlock: Int(blocks.output_rows))
      plan.needScratch(Int(blocks.scratch))
    } else {
      forward = .direct(weights(.direct) { block.packDirect(output.channels, cell: input.cell) })
      plan.needScratch(withUnsafePointer(to: geometry) { Int(tono_convolve_scratch($0)) })
    }

    if input.cell == 1, block.patch.columns <= 32 {
      backward = .table(
        weights(.table(window: block.window)) { block.packTable(output.channels) },
        patch: Int32(block.patch.columns))
    } else {
      backward = .scatter(
        weights(.scatter) { block.packScatter(output.channels, cell: input.cell) })
      plan.needScratch(
        withUnsafePointer(to: geometry) {
          Int(tono_scatter_scratch($0, Int32(columns.count))) / 4
        })
    }
    let pools = windowRows * windowColumns > 1
    winners = pools ? plan.winners(size.rows * size.columns * output.cell) : nil
  }

  func forward(_ workspace: Workspace, _ share: Share) {
    let x = workspace.values.start + input.values + start
    let y = workspace.values.start + output.values
    let scratch = workspace.scratch[share.index].start
    let winners = winners.map { workspace.winners.start + $0 }
    var geometry = geometry
    switch forward {
    case .direct(let weights):
      let rows = tono_rows(share.range(of: size.rows))
      kernels.functions.pointee.convolve(
        &geometry, x, weights.start, bias.start, rows, Int32(size.columns), scratch, y, winners)
    case .winograd(let weights, let rowsPerBlock):
      let rows = tono_rows(share.range(of: size.rows, unit: rowsPerBlock))
      kernels.functions.pointee.winograd(
        &geometry, x, weights.start, bias.start, rows, Int32(size.columns), scratch, y, winners)
    }
  }

  func backward(_ workspace: Workspace, _ share: Share) {
    let dX = workspace.gradients.start + input.gradient + start
    let dY = workspace.gradients.start + output.gradient
    let y = workspace.values.start + output.values
    let winners = winners.map { workspace.winners.start + $0 }
    let rows = tono_rows(share.range(of: inputRows))
    let (outputRows, columns) = (Int32(size.rows), Int32(size.columns))
    var geometry = geometry
    switch backward {
    case .table(let table, let patch):
      kernels.functions.pointee.scatter_table(
        &geometry, dY, y, winners, table.start, patch, outputRows, columns, rows, dX)
    case .scatter(let weights):
      kernels.functions.pointee.scatter(
        &geometry, dY, y, winners, weights.start, outputRows, columns, rows,
        workspace.scratch[share.index].start, dX)
    }
  }
}

/// A convolution block without pooling and strides of which one output channel is asked: what a
/// channel's or a unit's ascent ends in.
struct ChannelConvolutionStep: Step {
  private let geometry: tono_convolution
  private let kernels: KernelSet
  private let input: MapSlot
  private let output: MapSlot
  private let start: Int
  private let inputRows: Int
  private let weights: AlignedFloats
  private let bias: Float

  var summary: String { "one channel, \(input.extent) → \(output.extent)" }

  /// Whether the kernels compute the block from an input slot.
  static func suits(_ block: ConvolutionBlock, input: MapSlot) -> Bool {
    block.window == .one && block.convolution.window.strides == .one
      && (input.cell == 1 || input.cell % 8 == 0)
  }

  init(
    _ block: ConvolutionBlock, input: MapSlot, output: MapSlot, plan: inout BufferPlan,
    kernels: KernelSet
  ) {
    self.input = input
    self.output = output
    self.kernels = kernels
    let frame = block.frame(of: Region([output.channels, output.rows, output.columns]))
    start = input.offset(row: frame.rows.lowerBound, column: frame.columns.lowerBound)
    inputRows = frame.rows.count
    geometry = block.geometry(input: input, output: output)
    let filter = output.channels.lowerBound
    weights = block.packChannel(filter, cell: input.cell)
    bias = Float(block.bias(filter))
    plan.needScratch(
      withUnsafePointer(to: geometry) {
        Int(
          tono_scatter_channel_scratch(
            $0, Int32(frame.rows.count), Int32(output.columns.count)))
      })
  }

  func forward(_ workspace: Workspace, _ share: Share) {
    var geometry = geometry
    kernels.functions.pointee.convolve_channel(
      &geometry, workspace.values.start + input.values + start, weights.start, bias,
      tono_rows(share.range(of: output.rows.count)), Int32(output.columns.count),
      workspace.values.start + output.values)
  }

  func backward(_ workspace: Workspace, _ share: Share) {
    var geometry = geometry
    kernels.functions.pointee.scatter_channel(
      &geometry, workspace.gradients.start + output.gradient,
      workspace.values.start + output.values, weights.start, Int32(output.rows.count),
      Int32(output.columns.count), tono_rows(share.range(of: inputRows)),
      workspace.scratch[share.index].start, workspace.gradients.start + input.gradient + start)
  }
}

extension ConvolutionBlock {
  fileprivate func geometry(input: MapSlot, output: MapSlot) -> tono_convolution {
    let placed = convolution.window.place(rows: inputShape[1], columns: inputShape[2])
    return tono_convolution(
      kernel_rows: placed.kernel_rows, kernel_columns: placed.kernel_columns,
      stride_rows: placed.stride_rows, stride_columns: placed.stride_columns,
      dilation_rows: placed.dilation_rows, window_rows: Int32(window.rows),
      window_columns: Int32(window.columns), rectifies: rectifies ? 1 : 0,
      input_cell: Int32(input.cell), output_cell: Int32(output.cell),
      input_pitch: Int64(input.pitch), output_pitch: Int64(output.pitch))
  }

  fileprivate func key(_ form: PackedWeights.Key.Form) -> PackedWeights.Key {
    PackedWeights.Key(node: name, normalization: normalization?.name, form: form)
  }
}

extension tono_rows {
  fileprivate init(_ range: Range<Int>) {
    self.init(first: Int32(range.lowerBound), count: Int32(range.count))
  }
}

import TonoCore
import TonoFiles
import TonoNetwork

/// Convolutions and their adjoints.
extension ONNXNetwork {
  /// Conv: weights `[out, in ÷ groups, …]`.
  mutating func convolution(_ call: ONNXCall) throws -> ONNXValue {
    let input = try call.input()
    let map = try checkedMap(input, call)
    let groups = try call.integer("group", default: 1, from: 1)
    let weights = try weights(call, map)
    let filters = weights.shape[0]
    guard map.channels % groups == 0, filters % groups == 0,
      weights.shape[1] == map.channels / groups
    else {
      throw call.failure(
        "has weights of shape \(weights.shape), which do not fit \(map.channels) channels in"
          + " \(groups) groups")
    }
    let windows = try ONNXWindow.read(call, size: Array(weights.shape.extents.dropFirst(2)), map)
    let layer = Conv2D(
      kernel: kernel(weights), bias: try call.array(2, "bias", shape: [filters])?.values,
      strides: windows.pair(\.stride), dilation: windows.pair(\.dilation), groups: groups,
      padding: windows.padding)
    let extents = zip(windows, map.extents).map { $0.count($1, ceiling: false) }
    return try add(
      map.onSamples(layer), for: call, reading: [laidOut(input, as: map.mapLayout, for: call)],
      shape: map.shape(channels: filters, extents))
  }

  /// ConvTranspose: weights `[in, out ÷ groups, …]`.
  mutating func transposedConvolution(_ call: ONNXCall) throws -> ONNXValue {
    let input = try call.input()
    let map = try checkedMap(input, call)
    let groups = try call.integer("group", default: 1, from: 1)
    let weights = try weights(call, map)
    guard weights.shape[0] == map.channels, map.channels % groups == 0,
      weights.shape[1] <= 1 << 30, groups <= 1 << 30
    else {
      throw call.failure(
        "has weights of shape \(weights.shape), which do not fit \(map.channels) channels in"
          + " \(groups) groups")
    }
    let placed = try transposedWindows(call, size: Array(weights.shape.extents.dropFirst(2)), map)
    let channels = weights.shape[1] * groups
    try count([channels] + placed.map(\.extent), call)
    let windows = placed.map(\.window)
    for (window, axis) in zip(windows, placed.indices)
    where window.count(placed[axis].extent, ceiling: false) != map.extents[axis] {
      throw call.unsupported("has padding of its output beyond its strides, which is not read")
    }
    let layer = ConvTranspose2D(
      adjointOf: Conv2D(
        kernel: kernel(weights), bias: nil, strides: windows.pair(\.stride),
        dilation: windows.pair(\.dilation), groups: groups, padding: windows.padding),
      bias: try call.array(2, "bias", shape: [channels])?.values,
      output: map.pair(placed.map(\.extent), 1))
    return try add(
      map.onSamples(layer), for: call, reading: [laidOut(input, as: map.mapLayout, for: call)],
      shape: map.shape(channels: channels, placed.map(\.extent)))
  }

  private func checkedMap(_ input: ONNXValue, _ call: ONNXCall) throws -> ONNXSpatial {
    let map = try ONNXSpatial(input, call)
    guard map.rank <= 2 else {
      throw call.unsupported("slides along \(map.rank) axes; one or two are read")
    }
    return map
  }

  private func weights(_ call: ONNXCall, _ map: ONNXSpatial) throws -> Tensor {
    guard
      let weights = try call.array(
        1, "weights", shape: Array(repeating: nil, count: map.rank + 2))
    else { throw call.failure("has no weights") }
    let size = try call.integers("kernel_shape", count: map.rank, from: 1)
    guard size == nil || size == Array(weights.shape.extents.dropFirst(2)) else {
      throw call.failure(
        "has weights of shape \(weights.shape); expected a kernel of \(call.text(size ?? []))")
    }
    return weights
  }

  /// Weights with an axis for rows.
  private func kernel(_ weights: Tensor) -> Tensor {
    guard weights.shape.rank == 3 else { return weights }
    return weights.reshaped([weights.shape[0], weights.shape[1], 1, weights.shape[2]])
  }

  /// Along each axis the windows of the convolution whose adjoint this is, and the output's extent.
  private func transposedWindows(
    _ call: ONNXCall, size: [Int], _ map: ONNXSpatial
  ) throws -> [(window: ONNXWindow, extent: Int)] {
    let rank = map.rank
    let windows = try ONNXWindow.read(call, size: size, map)
    let extra =
      try call.integers("output_padding", count: rank, from: 0)
      ?? Array(repeating: 0, count: rank)
    let asked = try call.integers("output_shape", from: 1)?.suffix(rank).map(\.self)
    guard asked == nil || asked?.count == rank else {
      throw call.failure("has an 'output_shape' of too few axes")
    }
    let mode = try call.text("auto_pad", default: "NOTSET")
    return try windows.indices.map { axis in
      let window = windows[axis]
      let input = map.extents[axis]
      let (reach, overflow) = window.stride.multipliedReportingOverflow(by: input - 1)
      guard !overflow, reach <= 1 << 30, extra[axis] <= 1 << 20 else {
        throw call.failure("makes a tensor of more than 2^30 numbers")
      }
      let whole = reach + window.span + extra[axis]
      var (before, after) = (window.before, window.after)
      if asked != nil || mode.hasPrefix("SAME") {
        let extent = asked?[axis] ?? input * window.stride
        let total = max(0, whole - extent)
        guard total <= 1 << 24 else {
          throw call.failure("cuts off \(total) cells of its output; the file is damaged")
        }
        (before, after) =
          mode == "SAME_UPPER"
          ? (total / 2, total - total / 2) : (total - total / 2, total / 2)
        return (window.padded(before, after), extent)
      }
      let extent = whole - before - after
      guard extent > 0 else { throw call.failure("cuts its whole output off as padding") }
      return (window.padded(before, after), extent)
    }
  }
}

extension ONNXWindow {
  /// The same with other padding.
  func padded(_ before: Int, _ after: Int) -> ONNXWindow {
    ONNXWindow(size: size, stride: stride, dilation: dilation, before: before, after: after)
  }
}

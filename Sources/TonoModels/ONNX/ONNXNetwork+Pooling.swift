import TonoCore
import TonoFiles
import TonoNetwork

/// Pooling.
extension ONNXNetwork {
  /// MaxPool, AveragePool and LpPool.
  mutating func pooling(_ call: ONNXCall) throws -> ONNXValue {
    let input = try call.input()
    let map = try ONNXSpatial(input, call)
    guard map.rank <= 3 else {
      throw call.unsupported("slides along \(map.rank) axes; up to three are read")
    }
    guard let size = try call.integers("kernel_shape", count: map.rank, from: 1) else {
      throw call.failure("has no attribute 'kernel_shape'")
    }
    let ceiling = try call.flag("ceil_mode")
    let windows = try ONNXWindow.read(call, size: size, map)
    let counts = zip(windows, map.extents).map { $0.count($1, ceiling: ceiling) }
    guard counts.allSatisfy({ $0 > 0 }) else {
      throw call.failure(
        "has a window of \(call.text(size)) cells, which does not fit \(call.text(map.extents))")
    }
    let shape = map.shape(channels: map.channels, counts)
    try count(shape, call)
    if let layer = try mapPooling(call, windows, map, counts) {
      return try add(
        map.onSamples(layer), for: call, reading: [laidOut(input, as: map.mapLayout, for: call)],
        shape: shape)
    }
    guard zip(windows, counts).allSatisfy({ $0.size * $1 <= 1 << 24 }) else {
      throw call.unsupported("slides windows of more than 2^24 cells along one axis")
    }
    let layer = WindowPooling(
      try operation(call),
      axes: zip(windows, counts).map { window, count in
        WindowPooling.Axis(
          size: window.size, stride: window.stride, dilation: window.dilation,
          before: window.before, after: window.after, windows: count)
      })
    return try add(
      map.onSamples(layer), for: call, reading: [laidOut(input, as: map.plainLayout, for: call)],
      shape: shape)
  }

  private func operation(_ call: ONNXCall) throws -> WindowPooling.Operation {
    switch call.kind {
    case "MaxPool": return .maximum
    case "AveragePool": return .average(countsPadding: try call.flag("count_include_pad"))
    default:
      let p = try call.integer("p", default: 2, from: 1)
      return .norm(p: Float(p))
    }
  }

  /// The faster layer on maps, where it does the same.
  private func mapPooling(
    _ call: ONNXCall, _ windows: [ONNXWindow], _ map: ONNXSpatial, _ counts: [Int]
  ) throws -> (any Layer)? {
    guard map.rank <= 2, call.kind != "LpPool", windows.allSatisfy({ $0.dilation == 1 }) else {
      return nil
    }
    let isPadded = windows.contains { $0.before + $0.after > 0 }
    if try call.flag("count_include_pad") && isPadded { return nil }
    // Windows that stick out are as good as padding, which neither wins nor counts.
    let reached = windows.indices.map { axis in
      let window = windows[axis]
      let needed = (counts[axis] - 1) * window.stride + window.span
      return window.padded(
        window.before, max(0, max(window.after, needed - window.before - map.extents[axis])))
    }
    guard zip(reached, map.extents).allSatisfy({ $0.count($1, ceiling: false) > 0 }),
      zip(zip(reached, map.extents), counts).allSatisfy({ pair, count in
        pair.0.count(pair.1, ceiling: false) == count
      })
    else { return nil }
    let (size, strides) = (reached.pair(\.size), reached.pair(\.stride))
    return call.kind == "MaxPool"
      ? MaxPooling2D(window: size, strides: strides, padding: reached.padding)
      : AveragePooling2D(window: size, strides: strides, padding: reached.padding)
  }

  /// GlobalMaxPool and GlobalAveragePool.
  mutating func globalPooling(_ call: ONNXCall) throws -> ONNXValue {
    let input = try call.input()
    let map = try ONNXSpatial(input, call)
    let isMaximum = call.kind == "GlobalMaxPool"
    let shape = map.shape(channels: map.channels, map.extents.map { _ in 1 })
    guard map.rank <= 2 else {
      let flat = try plain(input, keepsAll: !input.hasSampleAxis, for: call)
      let first = flat.layout.rank - map.rank
      return try add(
        Reduction(
          isMaximum ? .maximum : .mean, axes: Set(first..<flat.layout.rank), keepsAxes: true),
        for: call, reading: [flat], shape: shape)
    }
    let layer: any Layer =
      isMaximum ? GlobalMaxPooling2D(keepsAxes: true) : GlobalAveragePooling2D(keepsAxes: true)
    return try add(
      map.onSamples(layer), for: call, reading: [laidOut(input, as: map.mapLayout, for: call)],
      shape: shape)
  }
}

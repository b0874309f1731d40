import TonoCore
import TonoFiles
import TonoNetwork

/// Reductions.
extension ONNXNetwork {
  /// ReduceMean, ReduceSum, ReduceMax, ReduceMin and ReduceL2; axes are attributes, later inputs.
  mutating func reduction(_ call: ONNXCall) throws -> ONNXValue {
    let input = try call.input()
    let given = try call.integers(1, "axes") ?? call.integers("axes") ?? []
    if given.isEmpty, try call.flag("noop_with_empty_axes") {
      return try identity(input, call)
    }
    let rank = input.shape.count
    let axes = given.isEmpty ? Array(0..<rank) : try call.axes(given, rank: rank)
    let keeps = try call.flag("keepdims", default: true)
    let shape = input.shape.enumerated().compactMap { axis, extent in
      axes.contains(axis) ? (keeps ? 1 : nil) : extent
    }
    guard let operation = Reduction.Operation(rawValue: call.kind) else {
      throw call.unsupported("is not read")
    }
    if rank == 0 {
      return try add(
        Reduction(operation, axes: [0], keepsAxes: true), for: call, reading: [input], shape: [])
    }
    let keepsAll = axes.contains(0) || !input.hasSampleAxis
    let plain = try plain(input, keepsAll: keepsAll, for: call)
    let own = Set(axes.map { keepsAll ? $0 : $0 - 1 })
    // A tensor of one number keeps an axis, along which that is counted.
    let layer = Reduction(operation, axes: own, keepsAxes: keeps || own.count == plain.layout.rank)
    return try add(layer, for: call, reading: [plain], shape: shape)
  }
}

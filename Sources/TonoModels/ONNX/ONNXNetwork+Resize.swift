import TonoCore
import TonoFiles
import TonoNetwork

/// Maps made larger or smaller.
extension ONNXNetwork {
  /// Resize, and Upsample of old: along each axis by itself, by the nearest cell or by interpolation.
  mutating func resize(_ call: ONNXCall) throws -> ONNXValue {
    let input = try call.input()
    let plan = try ONNXResizePlan(call, input.shape)
    try count(plan.axes.map(\.target), call)
    for axis in plan.axes where axis.target > 1 << 22 || axis.extent > 1 << 22 {
      throw call.failure("makes an axis of \(axis.target) elements; at most 2^22 are read")
    }
    for axis in plan.axes where !axis.isIdentity { try spend(axis.cost(plan.sampling), call) }
    let changed = plan.axes.indices.filter { !plan.axes[$0].isIdentity }
    let shape = plan.axes.map(\.target)
    guard !changed.isEmpty else { return try identity(input, call) }
    let keepsAll = changed.contains(0) || !input.hasSampleAxis
    let first = keepsAll ? 0 : 1
    var value = try plain(input, keepsAll: keepsAll, for: call)
    if plan.sampling.mode == .nearest {
      let places = (first..<input.shape.count).map { axis in
        changed.contains(axis) ? plan.axes[axis].nearest(plan.sampling) : nil
      }
      return try add(
        Selection(kind: "Resize", places: places, fill: plan.sampling.extrapolation), for: call,
        reading: [value], shape: shape)
    }
    let fills =
      plan.sampling.extrapolation != 0 && plan.axes.contains { !$0.isInside(plan.sampling) }
    for axis in changed {
      value = try add(
        Interpolation(axis: axis - first, taps: plan.axes[axis].taps(plan.sampling)),
        part: axis == changed.last && !fills ? "" : "_\(axis)", for: call, reading: [value],
        shape: input.shape.indices.map { $0 <= axis ? shape[$0] : input.shape[$0] })
    }
    if fills {
      let places = (first..<input.shape.count).map { plan.axes[$0].places(plan.sampling) }
      value = try add(
        Selection(kind: "Resize", places: places, fill: plan.sampling.extrapolation), for: call,
        reading: [value], shape: shape)
    }
    return value
  }
}

import TonoCore

/// The buffers of a program: everything that changes while it runs, one for each thread that runs one.
///
/// Inputs and gradients are whole inputs `[C, H, W]`, outputs and seeds the cells of a target's region,
/// all in row-major order.
public final class Workspace {
  let values: AlignedFloats
  let gradients: AlignedFloats
  let winners: AlignedBuffer<UInt8>
  /// Floats of scratch memory for each share.
  let scratch: [AlignedFloats]
  let team: ThreadTeam
  private let plan: BufferPlan

  init(plan: BufferPlan, threads: Int) {
    self.plan = plan
    values = AlignedFloats(count: plan.valueCount)
    gradients = AlignedFloats(count: plan.gradientCount)
    winners = AlignedBuffer(count: plan.winnerCount)
    scratch = (0..<threads).map { _ in AlignedFloats(count: plan.scratchCount) }
    team = ThreadTeam(threads: threads)
  }

  /// The input that the next forward pass reads.
  public func input(_ name: String) -> UnsafeMutableBufferPointer<Float> {
    buffer(plan.inputs[name], name, \.values, in: values)
  }

  /// The gradient with respect to an input that the last backward pass left: zeros where the targets
  /// do not depend on it.
  public func gradient(_ name: String) -> UnsafeMutableBufferPointer<Float> {
    buffer(plan.inputs[name], name, \.gradient, in: gradients)
  }

  /// The cells of a target that the last forward pass computed.
  public func output(_ name: String) -> UnsafeMutableBufferPointer<Float> {
    buffer(plan.targets[name], name, \.values, in: values)
  }

  /// The scalar's gradient with respect to a target's cells, which the next backward pass reads.
  public func seed(_ name: String) -> UnsafeMutableBufferPointer<Float> {
    buffer(plan.targets[name], name, \.gradient, in: values)
  }

  private func buffer(
    _ slot: DenseSlot?, _ name: String, _ offset: KeyPath<DenseSlot, Int>, in memory: AlignedFloats
  ) -> UnsafeMutableBufferPointer<Float> {
    guard let slot else { preconditionFailure("the program has no \(name)") }
    return UnsafeMutableBufferPointer(
      start: memory.start + slot[keyPath: offset], count: slot.shape.count)
  }
}

/// Where everything lies in a workspace.
///
/// Targets keep both their values and their seeds among the values, since seeds are given, and
/// gradients are cleared before each backward pass.
struct BufferPlan: Sendable {
  var inputs: [String: DenseSlot] = [:]
  var targets: [String: DenseSlot] = [:]
  private(set) var valueCount = 0
  private(set) var gradientCount = 0
  private(set) var winnerCount = 0
  private(set) var scratchCount = 0

  /// Buffers begin at cache lines.
  private static let alignment = 16

  mutating func values(_ count: Int) -> Int { Self.take(count, &valueCount) }
  mutating func gradient(_ count: Int) -> Int { Self.take(count, &gradientCount) }
  mutating func winners(_ count: Int) -> Int { Self.take(count, &winnerCount) }
  mutating func needScratch(_ count: Int) { scratchCount = max(scratchCount, count) }

  private static func take(_ count: Int, _ total: inout Int) -> Int {
    defer { total += (count + alignment - 1) / alignment * alignment }
    return total
  }
}

import TonoCore

/// Cells from channels first to channels last: the part of a dense slot that a map slot holds.
struct ToMapStep: Step {
  let dense: DenseSlot
  let map: MapSlot

  var summary: String { "channels last, \(map.extent)" }

  func forward(_ workspace: Workspace, _ share: Share) {
    let (from, to) = (workspace.values.start + dense.values, workspace.values.start + map.values)
    visit(share) { source, target, count in
      copy(from + source, to + target, step: (1, map.cell), count)
    }
  }

  func backward(_ workspace: Workspace, _ share: Share) {
    let from = workspace.gradients.start + map.gradient
    let to = workspace.gradients.start + dense.gradient
    visit(share) { target, source, count in
      add(from + source, to + target, step: (map.cell, 1), count)
    }
  }

  private func visit(_ share: Share, _ body: (Int, Int, Int) -> Void) {
    visitRows(of: map, region: dense.region, share) { channel, row, columns, target in
      body(dense.offset(channel, row, columns.lowerBound), target, columns.count)
    }
  }
}

/// Cells from channels last to channels first: the region that a dense slot holds of a map slot.
struct ToDenseStep: Step {
  let map: MapSlot
  let dense: DenseSlot
  /// Whether the dense slot is a target's, whose gradient is given among the values.
  let isTarget: Bool

  var summary: String { "channels first, \(dense.shape)" }

  func forward(_ workspace: Workspace, _ share: Share) {
    let (from, to) = (workspace.values.start + map.values, workspace.values.start + dense.values)
    visit(share) { source, target, count in
      copy(from + source, to + target, step: (map.cell, 1), count)
    }
  }

  func backward(_ workspace: Workspace, _ share: Share) {
    let from = (isTarget ? workspace.values : workspace.gradients).start + dense.gradient
    let to = workspace.gradients.start + map.gradient
    visit(share) { target, source, count in
      add(from + source, to + target, step: (1, map.cell), count)
    }
  }

  private func visit(_ share: Share, _ body: (Int, Int, Int) -> Void) {
    visitRows(of: map, region: dense.region, share) { channel, row, columns, source in
      body(source, dense.offset(channel, row, columns.lowerBound), columns.count)
    }
  }
}

/// The region that a target's slot holds of another dense slot.
struct TargetStep: Step {
  let source: DenseSlot
  let target: DenseSlot

  var summary: String { "target \(target.shape)" }

  func forward(_ workspace: Workspace, _ share: Share) {
    guard share.index == 0 else { return }
    let memory = workspace.values.start
    for (index, offset) in source.offsets(of: target.region).enumerated() {
      memory[target.values + index] = memory[source.values + offset]
    }
  }

  func backward(_ workspace: Workspace, _ share: Share) {
    guard share.index == 0 else { return }
    for (index, offset) in source.offsets(of: target.region).enumerated() {
      workspace.gradients.start[source.gradient + offset] +=
        workspace.values.start[target.gradient + index]
    }
  }
}

/// Dense slots one after another, as a concatenation along the outermost axis has them.
struct ConcatenateStep: Step {
  let inputs: [DenseSlot]
  let output: DenseSlot

  var summary: String { "concatenation \(output.shape)" }

  func forward(_ workspace: Workspace, _ share: Share) {
    guard share.index == 0 else { return }
    var place = workspace.values.start + output.values
    for input in inputs {
      let count = input.shape.count
      copy(workspace.values.start + input.values, place, step: (1, 1), count)
      place += count
    }
  }

  func backward(_ workspace: Workspace, _ share: Share) {
    guard share.index == 0 else { return }
    var place = workspace.gradients.start + output.gradient
    for input in inputs {
      let count = input.shape.count
      add(place, workspace.gradients.start + input.gradient, step: (1, 1), count)
      place += count
    }
  }
}

extension DenseSlot {
  /// Floats from the first element to the cell of a map.
  fileprivate func offset(_ channel: Int, _ row: Int, _ column: Int) -> Int {
    let ranges = region.ranges
    return ((channel - ranges[0].lowerBound) * ranges[1].count + row - ranges[1].lowerBound)
      * ranges[2].count + column - ranges[2].lowerBound
  }

  /// Floats from the first element to each cell of a region that lies inside.
  fileprivate func offsets(of inner: Region) -> [Int] {
    Region(
      zip(inner.ranges, region.ranges).map {
        $0.lowerBound - $1.lowerBound..<$0.upperBound - $1.lowerBound
      }
    ).offsets(in: shape)
  }
}

/// Visits the rows that a map slot and a region have in common, channel by channel: a share of them.
private func visitRows(
  of map: MapSlot, region: Region, _ share: Share,
  _ body: (_ channel: Int, _ row: Int, _ columns: Range<Int>, _ offset: Int) -> Void
) {
  let rows = map.rows.clamped(to: region.ranges[1])
  let columns = map.columns.clamped(to: region.ranges[2])
  guard !columns.isEmpty else { return }
  for index in share.range(of: rows.count) {
    let row = rows.lowerBound + index
    for channel in map.channels.clamped(to: region.ranges[0]) {
      let offset = map.offset(row: row, column: columns.lowerBound)
      body(channel, row, columns, offset + channel - map.channels.lowerBound)
    }
  }
}

private func copy(
  _ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>, step: (from: Int, to: Int),
  _ count: Int
) {
  if step == (1, 1) {
    to.update(from: from, count: count)
  } else {
    for index in 0..<count { to[index * step.to] = from[index * step.from] }
  }
}

private func add(
  _ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>, step: (from: Int, to: Int),
  _ count: Int
) {
  if step == (1, 1) {
    for index in 0..<count { to[index] += from[index] }
  } else {
    for index in 0..<count { to[index * step.to] += from[index * step.from] }
  }
}

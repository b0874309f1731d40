import TonoCore

/// From a graph to the steps of a program.
struct Lowering {
  private(set) var steps: [any Step] = []
  private(set) var heldSteps: [any Step] = []
  private(set) var plan = BufferPlan()

  private let network: Network
  private let targets: [String: Region]
  private let exact: Bool
  private let kernels = KernelSet.current
  private let units: [NetworkUnit]

  /// The cells of each input and node that are computed.
  private var demands: [String: Region] = [:]
  /// The cells that convolutions read of it: as above, with the padding around it.
  private var frames: [String: (rows: Range<Int>, columns: Range<Int>)] = [:]
  private var maps: [String: MapSlot] = [:]
  private var dense: [String: DenseSlot] = [:]
  /// The inputs and nodes that depend on held inputs alone.
  private var constants: Set<String>

  init(
    _ network: Network, targets: [String: Region], held: Set<String>, exact: Bool
  ) throws {
    self.network = network
    self.targets = targets
    self.exact = exact
    constants = held
    let path = try network.path(to: Array(targets.keys))
    units = NetworkUnit.units(of: path, network, targets: Set(targets.keys))
  }

  // MARK: - From the targets back: which cells are needed

  private mutating func demand(_ name: String, _ region: Region) {
    demands[name] = demands[name]?.union(region) ?? region
  }

  private mutating func findDemands() throws {
    for (name, region) in targets { demand(name, region) }
    for unit in units.reversed() {
      guard let region = demands[unit.output] else { continue }
      switch unit {
      case .convolution(let block, _):
        let frame = block.frame(of: region)
        let shape = block.inputShape
        demand(
          block.input,
          Region([
            0..<shape[0], frame.rows.clamped(to: 0..<shape[1]),
            frame.columns.clamped(to: 0..<shape[2]),
          ]))
        let known = frames[block.input]
        frames[block.input] = (
          union(known?.rows, frame.rows), union(known?.columns, frame.columns)
        )
      case .layer(let node):
        for (input, region) in zip(node.inputs, try needs(of: node, for: region)) {
          demand(input, region)
        }
      }
    }
  }

  /// The cells of its inputs that a layer takes to compute a region: the same ones if it works cell by
  /// cell, else all, since layers know whole maps only.
  private func needs(of node: Network.Node, for region: Region) throws -> [Region] {
    if try isCellwise(node) { return [region] }
    return try node.inputs.map { Region(whole: try shape($0)) }
  }

  /// Whether a layer makes each cell of the same cell of its only input, so that it can compute any part.
  private func isCellwise(_ node: Network.Node) throws -> Bool {
    switch node.layer.role {
    case .activation: true
    case .view: try shape(node.inputs[0]) == shape(node.name)
    default: false
    }
  }

  // MARK: - From the inputs on: steps

  mutating func lower() throws {
    try findDemands()
    for input in network.inputs where demands[input.name] != nil {
      let slot = denseSlot(Region(whole: input.shape))
      dense[input.name] = slot
      plan.inputs[input.name] = slot
    }
    for unit in units {
      guard let region = demands[unit.output] else { continue }
      if unit.inputs.allSatisfy(constants.contains) { constants.insert(unit.output) }
      switch unit {
      case .convolution(let block, _): try lower(block, region)
      case .layer(let node): try lower(node, region)
      }
    }
    for (name, region) in targets.sorted(by: { $0.key < $1.key }) {
      let count = region.ranges.map(\.count).reduce(1, *)
      let target = DenseSlot(
        region: region, values: plan.values(count), gradient: plan.values(count))
      plan.targets[name] = target
      if let source = dense[name] {
        add(TargetStep(source: source, target: target), computing: name)
      } else if let source = maps[name] {
        add(ToDenseStep(map: source, dense: target, isTarget: true), computing: name)
      }
    }
  }

  private mutating func add(_ step: any Step, computing name: String) {
    if constants.contains(name) { heldSteps.append(step) } else { steps.append(step) }
  }

  private mutating func lower(_ block: ConvolutionBlock, _ region: Region) throws {
    let input = try map(block.input)
    if region.ranges[0].count == 1, frames[block.output] == nil,
      ChannelConvolutionStep.suits(block, input: input)
    {
      let output = mapSlot(
        channels: region.ranges[0], rows: region.ranges[1], columns: region.ranges[2], cell: 1)
      maps[block.output] = output
      add(
        ChannelConvolutionStep(
          block, input: input, output: output, plan: &plan, kernels: kernels),
        computing: block.output)
      return
    }
    // Padding that later convolutions read lies around the cells that this one writes.
    let frame = frames[block.output]
    let whole = mapSlot(
      channels: region.ranges[0], rows: union(frame?.rows, region.ranges[1]),
      columns: union(frame?.columns, region.ranges[2]), cell: wholeVectors(region.ranges[0].count))
    maps[block.output] = whole
    let written = whole.part(rows: region.ranges[1], columns: region.ranges[2])
    add(
      ConvolutionStep(
        block, input: input, output: written, plan: &plan, packed: network.packedWeights,
        exact: exact, kernels: kernels),
      computing: block.output)
  }

  private mutating func lower(_ node: Network.Node, _ region: Region) throws {
    let inputs = try node.inputs.map { try denseInput($0) }
    let cells = try isCellwise(node) ? inputs[0].region : Region(whole: try shape(node.name))
    switch node.layer {
    case let layer where layer.role == .view:
      // The same elements in the same place.
      dense[node.name] = DenseSlot(
        region: cells, values: inputs[0].values, gradient: inputs[0].gradient)
    // Those with steps of their own.
    case let layer as Concatenate where layer.axis == 0:
      let output = denseSlot(Region(whole: try shape(node.name)))
      dense[node.name] = output
      add(ConcatenateStep(inputs: inputs, output: output), computing: node.name)
    case let layer as Dense where region.ranges.count == 1:
      let output = denseSlot(region)
      dense[node.name] = output
      let asked = region.ranges[0]
      let key = PackedWeights.Key(node: node.name, normalization: nil, form: .dense)
      let weights =
        asked.count < layer.weights.shape[1]
        ? DenseStep.pack(layer, asked)
        : network.packedWeights.weights(key) { DenseStep.pack(layer, asked) }
      add(
        DenseStep(layer, weights: weights, input: inputs[0], output: output), computing: node.name)
    default:
      let output = denseSlot(cells)
      dense[node.name] = output
      add(LayerStep(layer: node.layer, inputs: inputs, output: output), computing: node.name)
    }
  }

  private func shape(_ name: String) throws -> Shape { try network.shape(of: name) }

  // MARK: - Slots

  private mutating func denseSlot(_ region: Region) -> DenseSlot {
    let count = region.ranges.map(\.count).reduce(1, *)
    return DenseSlot(region: region, values: plan.values(count), gradient: plan.gradient(count))
  }

  private mutating func mapSlot(
    channels: Range<Int>, rows: Range<Int>, columns: Range<Int>, cell: Int
  ) -> MapSlot {
    // Kernels touch up to 7 floats behind a row's last cell where cells are no whole vectors.
    let pitch = columns.count * cell + (cell % 8 == 0 ? 0 : 8)
    // Winograd's last tiles read up to 7 rows and columns beyond.
    let count = (rows.count + 7) * pitch + 7 * cell
    return MapSlot(
      channels: channels, rows: rows, columns: columns, cell: cell, pitch: pitch,
      values: plan.values(count), gradient: plan.gradient(rows.count * pitch))
  }

  /// An input or node with channels last, converted if it is kept otherwise.
  private mutating func map(_ name: String) throws -> MapSlot {
    if let map = maps[name] { return map }
    guard let source = dense[name], let frame = frames[name] else {
      preconditionFailure("\(name) is read before it is computed")
    }
    let channels = try shape(name)[0]
    let map = mapSlot(
      channels: 0..<channels, rows: frame.rows, columns: frame.columns,
      cell: channels < 8 ? channels : wholeVectors(channels))
    maps[name] = map
    add(ToMapStep(dense: source, map: map), computing: name)
    return map
  }

  /// An input or node with channels first, converted if it is kept otherwise.
  private mutating func denseInput(_ name: String) throws -> DenseSlot {
    if let slot = dense[name] { return slot }
    guard let source = maps[name], let region = demands[name] else {
      preconditionFailure("\(name) is read before it is computed")
    }
    let slot = denseSlot(region)
    dense[name] = slot
    add(ToDenseStep(map: source, dense: slot, isTarget: false), computing: name)
    return slot
  }
}

private func union(_ a: Range<Int>?, _ b: Range<Int>) -> Range<Int> {
  guard let a else { return b }
  return min(a.lowerBound, b.lowerBound)..<max(a.upperBound, b.upperBound)
}

extension MapSlot {
  /// Some rows and columns of it, as a slot of their own in the same memory.
  func part(rows: Range<Int>, columns: Range<Int>) -> MapSlot {
    let shift = offset(row: rows.lowerBound, column: columns.lowerBound)
    return MapSlot(
      channels: channels, rows: rows, columns: columns, cell: cell, pitch: pitch,
      values: values + shift, gradient: gradient + shift)
  }
}

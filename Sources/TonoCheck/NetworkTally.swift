import TonoCore
import TonoNetwork

/// What a network's nodes did over several examples.
///
/// Two tallies add up to that of all their examples; sums are taken in the order in which they are
/// added.
struct NetworkTally: Sendable {
  /// The lowest and the highest of some values; of none they are ±infinity.
  struct Range: Sendable {
    var low = Float.infinity
    var high = -Float.infinity

    /// Whether there were values, all of them the same.
    var isConstant: Bool { low == high }

    mutating func add(_ value: Float) {
      if value < low { low = value }
      if value > high { high = value }
    }

    mutating func add(_ other: Range) {
      low = min(low, other.low)
      high = max(high, other.high)
    }
  }

  /// Count, sum and sum of squares of some values.
  struct Moments: Sendable {
    var count = 0
    var sum = 0.0
    var squares = 0.0

    var mean: Double { sum / Double(max(1, count)) }

    var variance: Double { max(0, squares / Double(max(1, count)) - mean * mean) }

    mutating func add(_ value: Float) {
      count += 1
      sum += Double(value)
      squares += Double(value) * Double(value)
    }

    mutating func add(_ other: Moments) {
      count += other.count
      sum += other.sum
      squares += other.squares
    }
  }

  /// What one input or node did.
  struct Node: Sendable {
    /// How many values there were.
    var count = 0
    /// How many of them were NaN or infinite.
    var notFinite = 0
    /// The values of each channel; a vector's elements are channels.
    var channels: [Range] = []
    /// How many values were in the activation's flat part, out of how many.
    var flat = (count: 0, of: 0)
    /// Per channel of the input of what keeps statistics of training, and of a network's input.
    var moments: [Moments] = []
    /// The values of each element, for outputs.
    var elements: [Range] = []
  }

  /// How many examples there were.
  private(set) var examples = 0
  /// What each input and node did, by name.
  private(set) var nodes: [String: Node] = [:]

  /// Takes in what a pass through all nodes computed for one example.
  mutating func add(_ activations: Activations, of network: Network) {
    examples += 1
    for input in network.inputs {
      guard let tensor = activations.values[input.name] else { continue }
      nodes[input.name, default: Node()].add(tensor)
      nodes[input.name]?.addMoments(of: tensor)
    }
    let outputs = Set(network.outputs)
    for node in network.nodes {
      let output = activations[node.name]
      nodes[node.name, default: Node()].add(output)
      guard let first = node.inputs.first else { continue }
      if node.layer.trainedStatistics != nil {
        nodes[node.name]?.addMoments(of: activations[first])
      }
      if let part = node.layer.flatPart {
        let found = part.count(input: activations[first], output: output)
        nodes[node.name]?.flat.count += found.flat
        nodes[node.name]?.flat.of += found.all
      }
      if outputs.contains(node.name) { nodes[node.name]?.addElements(of: output) }
    }
  }

  /// Takes in further examples.
  mutating func add(_ other: NetworkTally) {
    examples += other.examples
    nodes.merge(other.nodes) { mine, theirs in mine.adding(theirs) }
  }
}

extension NetworkTally.Node {
  /// Takes in the values of one example, `[1] + shape`.
  fileprivate mutating func add(_ tensor: Tensor) {
    count += tensor.count
    eachChannel(of: tensor, \.channels, .init()) { range, value in
      range.add(value)
      return value.isFinite
    }
  }

  fileprivate mutating func addMoments(of tensor: Tensor) {
    eachChannel(of: tensor, \.moments, .init()) { moments, value in
      moments.add(value)
      return true
    }
  }

  /// Goes through the values channel by channel, and counts those that `add` says are not finite.
  private mutating func eachChannel<Value>(
    of tensor: Tensor, _ list: WritableKeyPath<Self, [Value]>, _ initial: Value,
    add: (inout Value, Float) -> Bool
  ) {
    let shape = tensor.shape.sample
    let channels = shape.extents.first ?? 1
    var values = self[keyPath: list]
    if values.isEmpty { values = Array(repeating: initial, count: channels) }
    let size = channels == 0 ? 0 : tensor.count / channels
    tensor.values.withUnsafeBufferPointer { elements in
      for channel in 0..<channels {
        var value = values[channel]
        for index in channel * size..<(channel + 1) * size where !add(&value, elements[index]) {
          notFinite += 1
        }
        values[channel] = value
      }
    }
    self[keyPath: list] = values
  }

  fileprivate mutating func addElements(of tensor: Tensor) {
    if elements.isEmpty { elements = Array(repeating: .init(), count: tensor.count) }
    for (index, value) in tensor.values.enumerated() { elements[index].add(value) }
  }

  fileprivate func adding(_ other: Self) -> Self {
    func sum<Value>(
      _ a: [Value], _ b: [Value], _ add: (inout Value, Value) -> Void
    ) -> [Value] {
      if a.isEmpty || b.isEmpty { return a.isEmpty ? b : a }
      var sums = a
      for (index, value) in b.enumerated() { add(&sums[index], value) }
      return sums
    }
    var result = self
    result.count += other.count
    result.notFinite += other.notFinite
    result.flat = (flat.count + other.flat.count, flat.of + other.flat.of)
    result.channels = sum(channels, other.channels) { $0.add($1) }
    result.moments = sum(moments, other.moments) { $0.add($1) }
    result.elements = sum(elements, other.elements) { $0.add($1) }
    return result
  }
}

import TonoAscent
import TonoCore
import TonoNetwork

/// A network compiled as ascents run it, beside its layers one by one.
struct CompiledCheck {
  /// The largest deviation of a right gradient.
  ///
  /// Compiled networks round otherwise, which decides between cells that nearly tie before a max-pool.
  static let tolerance = 0.1

  private let network: Network

  /// A check of a network as a whole.
  init(_ network: Network) { self.network = network }

  /// How far the compiled gradient is from that of the layers, Euclidean and relative, for random weights
  /// of all values of the nodes that no other reads.
  ///
  /// - Returns: nil if there is no slope, or the network's own gradient is not finite.
  /// - Throws: `NetworkError`, which a loaded network does not.
  func deviation(at activations: Activations, seed: UInt64) throws -> Double? {
    let read = Set(network.nodes.flatMap(\.inputs))
    let ends = try network.nodes.map(\.name).filter {
      try !read.contains($0) && !network.inputs(of: [$0]).isEmpty
    }
    guard !ends.isEmpty else { return nil }
    var random = RandomSource(seed: seed, text: "compiled")
    var seeds: [String: Tensor] = [:]
    for end in ends {
      let shape = activations[end].shape
      seeds[end] = Tensor(
        shape: shape, values: (0..<shape.count).map { _ in random.normal() })
    }
    let expected = network.backward(seeds, through: activations)

    let regions = try ends.map { end in
      (end, Region(try network.shape(of: end).extents.map { 0..<$0 }))
    }
    let program = try Program(network, targets: Dictionary(uniqueKeysWithValues: regions))
    let workspace = program.makeWorkspace()
    let inputs = try network.inputs(of: ends).map(\.name)
    for input in inputs {
      _ = workspace.input(input).update(from: activations[input].values)
    }
    program.forward(workspace)
    for (end, seed) in seeds { _ = workspace.seed(end).update(from: seed.values) }
    program.backward(workspace)

    var (errors, squares) = (0.0, 0.0)
    for input in inputs {
      for (own, compiled) in zip(expected[input]?.values ?? [], workspace.gradient(input)) {
        errors += (Double(own) - Double(compiled)) * (Double(own) - Double(compiled))
        squares += Double(own) * Double(own)
      }
    }
    guard squares > 0, squares.isFinite else { return nil }
    return errors.isFinite ? (errors / squares).squareRoot() : .infinity
  }
}

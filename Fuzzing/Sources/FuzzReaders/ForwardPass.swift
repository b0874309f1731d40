import TonoCore
import TonoNetwork

/// Runs what was read, if it is small enough to take no time.
enum ForwardPass {
  /// The most numbers that all nodes together compute.
  private static let mostNumbers = 1 << 14

  static func run(_ network: Network) throws {
    let shapes = try (network.inputs.map(\.name) + network.nodes.map(\.name)).map(network.shape)
    guard shapes.reduce(0, { $0 + min($1.count, mostNumbers + 1) }) <= mostNumbers else { return }
    let batch = network.inputs.map { input in
      let values = (0..<input.shape.count).map { Float($0 % 7) - 3 }
      return (input.name, Tensor(shape: input.shape.batched(1), values: values))
    }
    _ = try network.forward(
      Dictionary(batch, uniquingKeysWith: { $1 }), to: network.nodes.map(\.name))
  }
}

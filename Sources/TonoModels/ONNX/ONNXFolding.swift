import TonoCore
import TonoFiles
import TonoNetwork

/// Computes a layer on constants while a network is built.
struct ONNXFolding {
  private let layer: any Layer

  /// The largest whole number that a float counts exactly.
  private static let mostPlaces = 1 << 24

  /// The most multiplications that are done while a network is built: seconds of them.
  private static let mostWork = 1e10

  init(_ layer: any Layer) { self.layer = layer }

  /// Checks that the layer is no endless work on the constants of a small file.
  ///
  /// - Throws: `ModelError` if making `count` numbers takes too long.
  func checkWork(_ inputs: [ONNXValue], making count: Int, for call: ONNXCall) throws {
    let each = layer.workPerCell(inputs.map(\.layout))
    guard Double(count) * Double(each) <= Self.mostWork else {
      throw call.failure(
        "takes too long to compute from constants; simplify the model before exporting it")
    }
  }

  /// What the layer makes of constant inputs.
  ///
  /// Integers stay such where a layer only moves them: it is then run on their places instead.
  ///
  /// - Throws: `ONNXUnsupported` if it would compute with integers.
  func evaluate(_ inputs: [ONNXValue], for call: ONNXCall) throws -> ONNXConstant.Numbers {
    let constants = inputs.compactMap(\.constant)
    guard !constants.contains(where: { $0.numbers.count == 0 }) else {
      throw call.unsupported("computes with a tensor without elements")
    }
    let integers = constants.compactMap(\.integers)
    guard !integers.isEmpty, integers.count == constants.count else {
      return .floats(run(on: constants.map(\.floats), inputs).values)
    }
    let pool = Array(integers.joined())
    guard movesOnly, pool.count < Self.mostPlaces else {
      throw call.unsupported("computes with integers in a way that is not read")
    }
    var first = 0
    let places = integers.map { numbers in
      defer { first += numbers.count }
      return (first..<first + numbers.count).map { Float($0) }
    }
    return .integers(
      run(on: places, inputs).values.map { pool[Int($0)] })
  }

  private func run(on numbers: [[Float]], _ inputs: [ONNXValue]) -> Tensor {
    layer.forward(
      zip(numbers, inputs).map { Tensor(shape: $1.layout.batched(1), values: $0) })
  }

  /// Whether the layer takes its output from its inputs as it is.
  private var movesOnly: Bool { layer.role == .view || layer.role == .arrangement }
}

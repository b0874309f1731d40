import ArgumentParser
import TonoCore
import TonoNetwork

/// `tonobench accuracy`: how far both forms of convolution are from the same sums in double.
struct AccuracyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "accuracy",
    abstract: "Measure the rounding of direct and Winograd's convolutions.",
    discussion: """
      A convolution of 24 to 48 channels with square kernels, weights as He et al. 2015 draw them, on \
      a rectified map of noise. Errors are shares of the output's root mean square.
      """)

  @OptionGroup var output: OutputOptions

  private struct Record: Encodable {
    let kernel: Int
    let form: String
    let largestError: Double
    let typicalError: Double
  }

  func run() throws {
    try output.print(
      try (2...7).flatMap { size in
        try [true, false].map { try Self.record(size: size, exact: $0) }
      },
      as: { record in
        [
          "\(record.kernel)×\(record.kernel)", record.form, Self.scientific(record.largestError),
          Self.scientific(record.typicalError),
        ]
      }, "kernel", "form", "largest", "root mean square")
  }

  private static func record(size: Int, exact: Bool) throws -> Record {
    let (channels, filters, rows) = (24, 48, 24 + size)
    var noise = Noise()
    let deviation = (2 / Float(channels * size * size)).squareRoot()
    let kernel = Tensor(
      shape: [filters, channels, size, size],
      values: (0..<filters * channels * size * size).map { _ in deviation * noise.next() })
    let map = Tensor(
      shape: [channels, rows, rows],
      values: (0..<channels * rows * rows).map { _ in max(0, noise.next()) })
    let network = try Network(
      inputs: [.init(name: "x", shape: map.shape)],
      nodes: [.init(name: "y", layer: Conv2D(kernel: kernel, bias: nil), inputs: ["x"])],
      outputs: ["y"])
    let cells = rows - size + 1
    let program = try Program(
      network, targets: ["y": Region([0..<filters, 0..<cells, 0..<cells])], exact: exact)
    let workspace = program.makeWorkspace()
    _ = workspace.input("x").update(from: map.values)
    program.forward(workspace)

    let output = workspace.output("y")
    var (largest, squares, power) = (0.0, 0.0, 0.0)
    for index in output.indices {
      let (filter, cell) = (index / (cells * cells), index % (cells * cells))
      var sum = 0.0
      for tap in 0..<channels * size * size {
        let (channel, place) = (tap / (size * size), tap % (size * size))
        let row = cell / cells + place / size
        let column = cell % cells + place % size
        sum +=
          Double(kernel.values[filter * channels * size * size + tap])
          * Double(map.values[(channel * rows + row) * rows + column])
      }
      let error = Double(output[index]) - sum
      largest = max(largest, error.magnitude)
      squares += error * error
      power += sum * sum
    }
    let scale = (power / Double(output.count)).squareRoot()
    return Record(
      kernel: size, form: exact ? "direct" : "Winograd", largestError: largest / scale,
      typicalError: (squares / Double(output.count)).squareRoot() / scale)
  }

  /// A small number with two digits, as in 3.1e-06.
  private static func scientific(_ number: Double) -> String {
    var (mantissa, exponent) = (number, 0)
    while mantissa < 1, mantissa > 0 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    return mantissa.rounded(to: 1) + "e\(exponent)"
  }
}

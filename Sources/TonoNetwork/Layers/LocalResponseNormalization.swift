import TonoCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Each cell divided by a power of what its neighbouring channels answer in the same place:
/// y = x ÷ (bias + alpha ÷ size · Σ x²)^beta, the sum over `size` channels around its own.
///
/// Source: Krizhevsky, Sutskever & Hinton 2012, with ONNX' division by the size.
public struct LocalResponseNormalization: UnaryLayer {
  /// How many channels are summed, its own in the middle.
  public let size: Int
  /// What the mean square is multiplied by.
  public let alpha: Float
  /// The power.
  public let beta: Float
  /// What is added to it.
  public let bias: Float

  /// A normalization over `size` channels, at least one.
  public init(size: Int, alpha: Float, beta: Float, bias: Float) {
    precondition(size > 0, "at least one channel")
    (self.size, self.alpha, self.beta, self.bias) = (size, alpha, beta, bias)
  }

  /// `LocalResponseNormalization`.
  public var kind: String { "LocalResponseNormalization" }

  /// Each cell by its neighbours.
  public var role: LayerRole { .normalization }

  /// As many as there are channels, at most.
  public func workPerCell(_ inputs: [Shape]) -> Int { inputs[0][0] }

  /// The input's own shape, `[C, …]`.
  public func outputShape(_ input: Shape) throws -> Shape {
    guard input.rank > 0 else { throw ShapeError("\(kind) expects channels, got a single number") }
    return input
  }

  /// The normalized batch.
  public func forward(_ input: Tensor) -> Tensor {
    var output = input
    forEachCell(of: input.shape) { cells in
      for (channel, base) in bases(input, cells).enumerated() {
        output.values[cells(channel)] *= Float(pow(base, -Double(beta)))
      }
    }
    return output
  }

  /// dy·base^−beta less what x adds to the bases of its neighbours.
  public func backward(_ dOutput: Tensor, input: Tensor, output: Tensor) -> Tensor {
    var dInput = dOutput
    let (channels, factor) = (input.shape[1], 2 * Double(alpha * beta) / Double(size))
    forEachCell(of: input.shape) { cells in
      let bases = bases(input, cells)
      let shares = bases.indices.map { channel in
        Double(dOutput.values[cells(channel)]) * Double(output.values[cells(channel)])
          / bases[channel]
      }
      for channel in 0..<channels {
        // The channels whose neighbours this one is.
        let readers = max(0, channel - size / 2)...min(channels - 1, channel + (size - 1) / 2)
        let sum = shares[readers].reduce(0, +)
        let cell = cells(channel)
        dInput.values[cell] = Float(
          Double(dOutput.values[cell]) * pow(bases[channel], -Double(beta))
            - factor * Double(input.values[cell]) * sum)
      }
    }
    return dInput
  }

  /// The same cells of the channels around.
  public func inputRegion(of output: Region, input: Shape) -> Region {
    let range = output.ranges[0]
    guard !range.isEmpty else { return output }
    let channels = (range.lowerBound - (size - 1) / 2..<range.upperBound + size / 2)
      .clamped(to: 0..<input[0])
    return Region([channels] + output.ranges.dropFirst())
  }

  /// bias + alpha ÷ size · Σ x² of each channel in one place.
  private func bases(_ input: Tensor, _ cells: (Int) -> Int) -> [Double] {
    let channels = input.shape[1]
    return (0..<channels).map { channel in
      let read = max(0, channel - (size - 1) / 2)...min(channels - 1, channel + size / 2)
      let sum = read.reduce(0.0) { sum, other in
        let x = Double(input.values[cells(other)])
        return sum + x * x
      }
      return Double(bias) + Double(alpha) / Double(size) * sum
    }
  }

  /// Visits each place of a batch `[N, C, …]` with the offsets of its channels.
  private func forEachCell(of shape: Shape, _ body: (_ cells: (Int) -> Int) -> Void) {
    let (channels, count) = (shape[1], shape.extents.dropFirst(2).reduce(1, *))
    for sample in 0..<shape[0] {
      for cell in 0..<count { body { (sample * channels + $0) * count + cell } }
    }
  }
}

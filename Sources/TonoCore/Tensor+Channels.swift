/// Batches by their channels and maps.
extension Tensor {
  /// The sum of each channel of a batch `[N, C, …]`, taken in double precision.
  package var sums: Tensor {
    Tensor(shape: [shape[1]], values: channelSums { x, _ in x }.map(Float.init))
  }

  /// For each channel of a batch `[N, C, …]` the sum of a function of its elements.
  @inlinable package func channelSums(_ term: (_ element: Double, _ channel: Int) -> Double)
    -> [Double]
  {
    var sums = [Double](repeating: 0, count: shape[1])
    forEachChannel { channel, elements in
      sums[channel] += elements.reduce(0) { $0 + term(Double(values[$1]), channel) }
    }
    return sums
  }

  /// Visits the elements of every channel of every sample of a batch `[N, C, …]`.
  @inlinable package func forEachChannel(_ body: (_ channel: Int, _ elements: Range<Int>) -> Void) {
    let cells = count / max(1, shape[0] * shape[1])
    for plane in 0..<shape[0] * shape[1] {
      body(plane % shape[1], plane * cells..<(plane + 1) * cells)
    }
  }

  /// The run of elements of each map of a batch `[N, C, H, W]`.
  @inlinable package var planes: [Range<Int>] {
    let cells = shape[2] * shape[3]
    return (0..<shape[0] * shape[1]).map { $0 * cells..<($0 + 1) * cells }
  }

  /// One sample as maps, `[channels, rows, columns]`; a vector is one row.
  package var maps: Tensor {
    let columns = shape.extents.last ?? 1
    let rows = shape.extents.dropLast().last ?? 1
    return reshaped([count / max(1, rows * columns), rows, columns])
  }

  /// A map of one channel as a matrix; other shapes as they are.
  package var withoutChannel: Tensor {
    shape.rank == 3 && shape[0] == 1 ? reshaped(shape.sample) : self
  }
}

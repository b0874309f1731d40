import TonoCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A blur along rows and columns by a Gaussian, cut at three deviations, edges continued outwards.
struct GaussianBlur {
  private let weights: [Float]

  /// A blur of a deviation in cells, which is positive.
  init(deviation: Float) {
    let reach = Int((3 * deviation).rounded(.up))
    let weights = (-reach...reach).map { expf(-Float($0 * $0) / (2 * deviation * deviation)) }
    let total = weights.reduce(0, +)
    self.weights = weights.map { $0 / total }
  }

  /// Blurs cells in place; `scratch` has room for as many.
  func apply(
    to cells: UnsafeMutablePointer<Float>, _ maps: Maps, scratch: UnsafeMutablePointer<Float>
  ) {
    let (rows, columns) = (maps.rows, maps.columns)
    for row in 0..<maps.count * rows {
      smooth(cells + row * columns, into: scratch + row * columns, lines: columns, length: 1)
    }
    for map in 0..<maps.count {
      let start = map * rows * columns
      smooth(scratch + start, into: cells + start, lines: rows, length: columns)
    }
  }

  /// Smooths across lines of `length` elements that lie one behind the other.
  private func smooth(
    _ from: UnsafePointer<Float>, into to: UnsafeMutablePointer<Float>, lines: Int, length: Int
  ) {
    let reach = weights.count / 2
    to.clear(count: lines * length)
    for (index, weight) in weights.enumerated() {
      let shift = index - reach
      // Lines that look beyond the first or the last one see that one.
      let first = min(max(0, -shift), lines)
      let last = max(min(lines, lines - shift), first)
      func add(_ target: Int, _ source: Int, _ count: Int) {
        let (target, source) = (to + target * length, from + source * length)
        for element in 0..<count * length { target[element] += weight * source[element] }
      }
      for line in 0..<first { add(line, 0, 1) }
      add(first, first + shift, last - first)
      for line in last..<lines { add(line, lines - 1, 1) }
    }
  }
}

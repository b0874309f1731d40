import CTonoKernels
import TonoCore

/// What lies between samples and levels: frames in groups of eight, bands, and the levels of what they
/// hold.
extension KernelSet {
  /// How many frames are a group.
  package static let group = 8

  /// Weaves two windowed frames into one complex signal: z = window · (a + i·b).
  package func weave(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, window: UnsafePointer<Float>,
    into z: UnsafeMutablePointer<Float>, count: Int
  ) {
    sound.weave(a, b, window, Int64(count), z)
  }

  /// The adjoint of `weave`, added; b may overlap a and lies behind it.
  package func unweave(
    _ z: UnsafePointer<Float>, window: UnsafePointer<Float>,
    addingTo a: UnsafeMutablePointer<Float>,
    _ b: UnsafeMutablePointer<Float>, count: Int
  ) {
    sound.unweave(z, window, Int64(count), a, b)
  }

  /// What the bins of a group's frames hold, `[bins, 8]`: |X|², or |X|.
  ///
  /// - Parameters:
  ///   - z: the transforms of four pairs of `size` samples, `stride` floats apart, the first number again
  ///     behind the last.
  ///   - stride: floats from one pair to the next, at least 2 · (size + 1).
  ///   - size: samples of a frame.
  ///   - bins: how many are asked, from the first on.
  ///   - roots: whether |X| is asked.
  ///   - powers: room for `[bins, 8]`.
  package func powers(
    of z: UnsafePointer<Float>, stride: Int, size: Int, bins: Int, roots: Bool,
    into powers: UnsafeMutablePointer<Float>
  ) {
    sound.powers(z, Int64(stride), Int64(size), Int64(bins), roots ? 1 : 0, powers)
  }

  /// The adjoint of `powers`: what an inverse transform that does not divide turns into the gradient of
  /// the pairs' samples.
  ///
  /// - Parameters:
  ///   - slopes: `[bins, 8]`, doubled for bins that have no mirror image.
  ///   - z: what `powers` was computed of.
  ///   - stride: floats from one pair to the next.
  ///   - size: samples of a frame.
  ///   - bins: how many have slopes.
  ///   - roots: whether |X| was asked.
  ///   - dZ: room for as much as z.
  package func pullPowers(
    _ slopes: UnsafePointer<Float>, of z: UnsafePointer<Float>, stride: Int, size: Int, bins: Int,
    roots: Bool, into dZ: UnsafeMutablePointer<Float>
  ) {
    sound.pull_powers(z, Int64(stride), Int64(size), Int64(bins), roots ? 1 : 0, slopes, dZ)
  }

  /// y = matrix · x for eight columns side by side, of which some are written.
  package func multiply(
    _ matrix: SparseRows, _ x: UnsafePointer<Float>, step xStep: Int,
    into y: UnsafeMutablePointer<Float>, step yStep: Int, columns: Int
  ) {
    var rows = tono_sparse_rows(
      rows: Int32(matrix.rows), first: matrix.first.start, start: matrix.starts.start,
      weights: matrix.weights.start)
    sound.multiply_rows(&rows, x, Int64(xStep), y, Int64(yStep), Int32(columns))
  }

  /// numbers = gain · x + offset.
  ///
  /// - Returns: the first place of the largest.
  package func amplify(
    _ x: UnsafePointer<Float>, gain: Float, offset: Float,
    into numbers: UnsafeMutablePointer<Float>, count: Int
  ) -> Int {
    Int(sound.amplify(x, Int64(count), gain, offset, numbers))
  }

  /// Levels of numbers, and dlevel/dband; −1 where a level is the floor.
  ///
  /// Equal numbers have equal levels, wherever they stand.
  package func levels(
    of numbers: UnsafePointer<Float>, _ rule: LevelRule, into levels: UnsafeMutablePointer<Float>,
    slopes: UnsafeMutablePointer<Float>, count: Int
  ) {
    sound.levels(numbers, Int64(count), rule.values, levels, slopes)
  }

  /// The adjoint of `levels` and of their normalization: factor · (g − mean − tilt · y) times the slopes.
  ///
  /// - Returns: the sum of the gradient with respect to all levels, and of that at the floor.
  package func pullLevels(
    _ gradient: UnsafePointer<Float>, normalized y: UnsafePointer<Float>,
    slopes: UnsafePointer<Float>, factor: Float, mean: Float = 0, tilt: Float = 0,
    into dBands: UnsafeMutablePointer<Float>, count: Int
  ) -> (all: Double, floored: Double) {
    var sums = (0.0, 0.0)
    withUnsafeMutableBytes(of: &sums) { sums in
      guard let sums = sums.baseAddress?.assumingMemoryBound(to: Double.self) else { return }
      sound.pull_levels(gradient, y, slopes, Int64(count), factor, mean, tilt, dBands, sums)
    }
    return (sums.0, sums.1)
  }

  /// Samples of cells, x = limit · tanh(level · sinh(bend · cell) ÷ limit), and dx/dcell.
  package func bend(
    _ cells: UnsafePointer<Float>, limit: Float, level: Float, bend: Float,
    into samples: UnsafeMutablePointer<Float>, slopes: UnsafeMutablePointer<Float>, count: Int
  ) {
    sound.bend(
      cells, Int64(count), tono_bend(limit: limit, level: level, bend: bend), samples, slopes)
  }

  /// x ← x · y.
  ///
  /// - Returns: Σ x²: a finite number if every element is one.
  package func multiply(
    _ x: UnsafeMutablePointer<Float>, by y: UnsafePointer<Float>, count: Int
  ) -> Double {
    sound.multiply(x, y, Int64(count))
  }

  private var sound: tono_sound_kernels {
    @inline(__always) get { functions.pointee.sound }
  }
}

/// How what a band holds becomes a level: factor · ln(max(minimum, number)) − zero, and not below a floor.
package struct LevelRule {
  fileprivate let values: tono_level_rule

  /// A rule.
  ///
  /// - Parameters:
  ///   - factor: what the natural logarithm is multiplied by.
  ///   - minimum: what smaller numbers are raised to.
  ///   - zero: what is taken off.
  ///   - floor: the least level.
  ///   - gain: how many times what its band holds a number is.
  package init(factor: Float, minimum: Float, zero: Float, floor: Float, gain: Float) {
    values = tono_level_rule(factor: factor, minimum: minimum, zero: zero, floor: floor, gain: gain)
  }
}

/// A matrix whose rows have their numbers other than zero side by side.
package struct SparseRows: Sendable {
  /// How many rows there are.
  package let rows: Int
  let first: AlignedBuffer<Int32>
  let starts: AlignedBuffer<Int32>
  let weights: AlignedFloats

  /// A matrix.
  ///
  /// - Parameter rows: each row's first column, and its numbers from there on.
  package init(_ rows: [(first: Int, weights: [Float])]) {
    self.rows = rows.count
    first = AlignedBuffer(count: rows.count) { first in
      for (row, entry) in rows.enumerated() { first[row] = Int32(entry.first) }
    }
    starts = AlignedBuffer(count: rows.count + 1) { starts in
      for (row, entry) in rows.enumerated() {
        starts[row + 1] = starts[row] + Int32(entry.weights.count)
      }
    }
    let all = rows.flatMap(\.weights)
    weights = AlignedFloats(count: all.count) { weights in
      for (index, weight) in all.enumerated() { weights[index] = weight }
    }
  }
}

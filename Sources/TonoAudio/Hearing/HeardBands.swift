import Foundation
import TonoCore

/// What bands hold of a sound that is heard in some way, and its adjoint.
///
/// In place on `[bands, frames]`. It keeps what the adjoint needs, allocates nothing after it is made, and
/// serves one thread at a time.
final class HeardBands {
  /// ln(10) ÷ 10: from dB of energy to its natural logarithm.
  private static let nepersPerDecibel: Float = 0.230_258_51

  private let bands: Int
  private let frames: Int
  private let isAmplitude: Bool
  private let hopSeconds: Float
  /// How strongly random phases make a band's energy fluctuate: a table of them for each band.
  private let fluctuations: [AlignedFloats]
  private let tables: [Int]

  // What the adjoint needs of the last sound.
  private var way: Hearing.Way?
  private let input: AlignedFloats
  private let gains: AlignedFloats
  private let xi: AlignedFloats
  private let before: AlignedFloats
  private let masks: AlignedFloats
  private let after: AlignedFloats
  private let scratch: AlignedFloats

  init(_ frontEnd: FrontEnd) {
    (bands, frames) = (frontEnd.bands, frontEnd.frames)
    isAmplitude = frontEnd.spectrum == .amplitude
    hopSeconds = Float(frontEnd.frameSeconds)
    var random = RandomSource(seed: 17, text: "fluctuations")
    fluctuations = (0..<5).map { level in
      AlignedFloats(count: 8192) { table in
        for i in 0..<8192 {
          var sum: Float = 0
          for _ in 0..<(2 << level) {
            let x = random.normal()
            sum += x * x
          }
          table[i] = sum / Float(2 << level)
        }
      }
    }
    let widths =
      frontEnd.filters == .constantQ
      ? Array(repeating: Float(1), count: frontEnd.bands)
      : frontEnd.filterBank.filters.map { filter in
        let sum = filter.weights.reduce(0, +)
        let squares = filter.weights.reduce(0) { $0 + $1 * $1 }
        return squares > 0 ? sum * sum / squares : 1
      }
    tables = widths.map { min(4, max(0, Int(log2($0).rounded()))) }
    let count = bands * frames
    (input, gains) = (AlignedFloats(count: count), AlignedFloats(count: bands))
    (xi, before, masks) = (
      AlignedFloats(count: count), AlignedFloats(count: count), AlignedFloats(count: count)
    )
    (after, scratch) = (AlignedFloats(count: count), AlignedFloats(count: count))
  }

  // MARK: - Forward

  /// Replaces what bands hold by what they hold of the sound heard so.
  func apply(_ way: Hearing.Way, to x: UnsafeMutablePointer<Float>) {
    self.way = way
    var random = SplitMix64(seed: way.seed)
    let count = bands * frames
    input.start.update(from: x, count: count)
    if isAmplitude { for i in 0..<count { x[i] *= x[i] } }
    let colour = way.room != nil
    for band in 0..<bands {
      let place = bands > 1 ? Float(band) / Float(bands - 1) - 0.5 : 0
      var level = way.tilt * place
      if colour { level += 5 * Float.random(in: -1...1, using: &random) }
      if let cut = way.cut, band >= cut { level -= 12 * Float(band - cut + 1) }
      gains.start[band] = expf(level * Self.nepersPerDecibel)
      let row = x + band * frames
      for t in 0..<frames { row[t] *= gains.start[band] }
    }
    if let room = way.room {
      let q = expf(-hopSeconds / room.decay)
      for band in 0..<bands {
        let row = x + band * frames
        let own = xi.start + band * frames
        fill(own, band, &random)
        var tail: Float = 0
        for t in 0..<frames {
          tail = q * tail + room.energy * (1 - q) * row[t]
          row[t] += own[t] * tail
        }
      }
    }
    if let noise = way.noise {
      var sum: Float = 0
      for i in 0..<count { sum += x[i] }
      let level = noise * sum / Float(count)
      let slope = 6 * Float.random(in: -1...1, using: &random)
      for band in 0..<bands {
        let place = bands > 1 ? Float(band) / Float(bands - 1) - 0.5 : 0
        let colour = level * expf(slope * place * Self.nepersPerDecibel * 4)
        let row = x + band * frames
        let own = masks.start + band * frames
        fill(own, band, &random)
        for t in 0..<frames { row[t] += colour * own[t] }
      }
    }
    if let codec = way.codec {
      before.start.update(from: x, count: count)
      masks.start.update(from: x, count: count)
      smooth(masks.start)
      for band in 0..<bands {
        let own = after.start + band * frames
        if !codec.leavesOut { fill(own, band, &random) }
        let (row, mask) = (x + band * frames, masks.start + band * frames)
        for t in 0..<frames {
          let m = codec.masking * mask[t]
          if codec.leavesOut {
            row[t] = row[t] * row[t] / (row[t] + m + 1e-30)
          } else {
            row[t] += m * own[t]
          }
        }
      }
    }
    if isAmplitude {
      for i in 0..<count { x[i] = x[i].squareRoot() }
      scratch.start.update(from: x, count: count)
    }
  }

  private func fill(_ x: UnsafeMutablePointer<Float>, _ band: Int, _ random: inout SplitMix64) {
    let table = fluctuations[tables[band]].start
    var at = Int(random.next() & 8191)
    for t in 0..<frames {
      x[t] = table[at]
      at = (at + 1) & 8191
    }
  }

  /// What is around: two-sided exponentials along bands and frames.
  private func smooth(_ x: UnsafeMutablePointer<Float>) {
    let (up, down, back, on): (Float, Float, Float, Float) = (0.55, 0.3, 0.15, 0.3)
    for band in 1..<bands {
      let (from, to) = (x + (band - 1) * frames, x + band * frames)
      for t in 0..<frames { to[t] += up * from[t] }
    }
    for band in (0..<bands - 1).reversed() {
      let (from, to) = (x + (band + 1) * frames, x + band * frames)
      for t in 0..<frames { to[t] += down * from[t] }
    }
    for band in 0..<bands {
      let row = x + band * frames
      for t in 1..<frames { row[t] += on * row[t - 1] }
      for t in (0..<frames - 1).reversed() { row[t] += back * row[t + 1] }
    }
  }

  /// The adjoint of `smooth`: the same passes in reverse, each transposed.
  private func smoothAdjoint(_ x: UnsafeMutablePointer<Float>) {
    let (up, down, back, on): (Float, Float, Float, Float) = (0.55, 0.3, 0.15, 0.3)
    for band in 0..<bands {
      let row = x + band * frames
      for t in 0..<frames - 1 { row[t + 1] += back * row[t] }
      for t in (1..<frames).reversed() { row[t - 1] += on * row[t] }
    }
    for band in 0..<bands - 1 {
      let (from, to) = (x + band * frames, x + (band + 1) * frames)
      for t in 0..<frames { to[t] += down * from[t] }
    }
    for band in (1..<bands).reversed() {
      let (from, to) = (x + band * frames, x + (band - 1) * frames)
      for t in 0..<frames { to[t] += up * from[t] }
    }
  }

  // MARK: - Adjoint

  /// Replaces the gradient with respect to what bands held by that with respect to what they hold of the sound
  /// as it is.
  func adjoint(_ d: UnsafeMutablePointer<Float>) {
    guard let way else { return }
    let count = bands * frames
    if isAmplitude {
      for i in 0..<count { d[i] = scratch.start[i] > 0 ? d[i] / (2 * scratch.start[i]) : 0 }
    }
    if let codec = way.codec {
      // Of what is around, in after.
      for i in 0..<count {
        let (p, m) = (before.start[i], codec.masking * masks.start[i])
        if codec.leavesOut {
          let sum = p + m + 1e-30
          after.start[i] = -d[i] * p * p / (sum * sum) * codec.masking
          d[i] *= p * (p + 2 * m) / (sum * sum)
        } else {
          after.start[i] *= d[i] * codec.masking
        }
      }
      smoothAdjoint(after.start)
      for i in 0..<count { d[i] += after.start[i] }
    }
    if let room = way.room {
      let q = expf(-hopSeconds / room.decay)
      for band in 0..<bands {
        let (row, own) = (d + band * frames, xi.start + band * frames)
        var tail: Float = 0
        for t in (0..<frames).reversed() {
          tail = q * tail + own[t] * row[t]
          row[t] += room.energy * (1 - q) * tail
        }
      }
    }
    for band in 0..<bands {
      let row = d + band * frames
      for t in 0..<frames { row[t] *= gains.start[band] }
    }
    if isAmplitude { for i in 0..<count { d[i] *= 2 * input.start[i] } }
  }
}

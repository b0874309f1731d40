import Foundation
import TonoCore

/// Moves samples until their features are as near to a pattern as a sound can bring them.
///
/// Adam (Kingma & Ba 2015) on the mean square of the difference in network units, at a rate that falls
/// to nothing along a half cosine; the nearest sound on the way is kept. Steps are relative to the start's own
/// root mean square.
struct Refinement {
  /// How many steps are taken.
  let steps: Int
  /// The lengths of the first, as a share of the start's root mean square: where the longest find nothing
  /// nearer than the start, which is near already then, shorter ones are tried.
  var rates: [Float] = [0.05, 0.005, 0.0005]

  /// The nearest samples found from a start.
  ///
  /// - Parameters:
  ///   - start: `patternSampleCount` samples, not all zero.
  ///   - pattern: the features wanted, in network units.
  ///   - frontEnd: what makes features of samples.
  /// - Returns: as many samples.
  func refined(_ start: [Float], towards pattern: Tensor, _ frontEnd: FrontEnd) -> [Float] {
    for rate in rates {
      if let found = refined(start, towards: pattern, frontEnd, rate: rate) { return found }
    }
    return start
  }

  /// The nearest samples found; nil if none are nearer than the start.
  private func refined(
    _ start: [Float], towards pattern: Tensor, _ frontEnd: FrontEnd, rate: Float
  ) -> [Float]? {
    let scale = Waveform(samples: start, sampleRate: frontEnd.sampleRate).rootMeanSquare
    guard scale > 0, scale.isFinite else { return nil }
    // A pattern as features are, which keep to the dynamic range and to the maximum.
    let goal = frontEnd.input(ofLevels: frontEnd.levels(ofPattern: pattern)).values
    // Where the front end hears no loudness, numbers of the order of 1 are the best conditioned.
    let unit = frontEnd.hearsLoudness ? scale : 1
    let pass = DifferentiableFrontEnd(frontEnd)
    let fade = Fade(sampleCount: start.count, sampleRate: frontEnd.sampleRate)
    let kernels = KernelSet.current
    let count = start.count
    let (cells, best) = (AlignedFloats(count: count), AlignedFloats(count: count))
    let (first, second) = (AlignedFloats(count: count), AlignedFloats(count: count))
    let (features, slope) = (AlignedFloats(count: goal.count), AlignedFloats(count: goal.count))
    for i in 0..<count { cells.start[i] = start[i] / scale }
    var (nearest, isNearer) = (Double.infinity, false)
    for step in 0...steps {
      _ = kernels.paint(
        cells.start, factor: Double(unit), level: 0, into: pass.samples, count: count)
      fade.apply(to: pass.samples, count: count)
      pass.features(into: features.start)
      let distance = goal.withUnsafeBufferPointer { goal in
        difference(goal, features.start, into: slope.start)
      }
      guard distance.isFinite else { break }
      if distance < nearest {
        nearest = distance
        isNearer = step > 0
        if isNearer { best.start.update(from: cells.start, count: count) }
      }
      pass.pullBack(slope.start)
      fade.apply(to: pass.dSamples, count: count)
      let squares = kernels.sumOfSquares(pass.dSamples, count: count)
      guard squares > 0, squares.isFinite else { break }
      let progress = Double(step) / Double(steps)
      let t = Float(step + 1)
      let rule = AdamStep(
        rate: rate * Float(0.5 + 0.5 * cos(Double.pi * progress)),
        slope: Float(1 / (squares / Double(count)).squareRoot()), decays: (0.9, 0.999),
        shares: (0.1, 0.001), corrections: (1 - pow(0.9, t), 1 - pow(0.999, t)), epsilon: 1e-8)
      kernels.adam(
        rule, gradient: pass.dSamples, first: first.start, second: second.start,
        cells: cells.start, count: count)
    }
    return isNearer ? (0..<count).map { unit * best.start[$0] } : nil
  }

  /// Writes the way from features to the goal.
  ///
  /// - Returns: the sum of its squares.
  private func difference(
    _ goal: UnsafeBufferPointer<Float>, _ features: UnsafePointer<Float>,
    into slope: UnsafeMutablePointer<Float>
  ) -> Double {
    for i in goal.indices { slope[i] = goal[i] - features[i] }
    return KernelSet.current.sumOfSquares(slope, count: goal.count)
  }
}

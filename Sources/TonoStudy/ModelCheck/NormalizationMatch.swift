import TonoNetwork

/// A batch normalization's statistics beside those of the sounds shown: what training saw, and what comes
/// out of the front end now.
public struct NormalizationMatch: Codable, Hashable, Sendable {
  /// How far the mean on the sounds is from the moving mean, in deviations of training: the median over
  /// channels.
  public let shift: Double
  /// The variance on the sounds over the moving variance: the median over channels.
  public let varianceRatio: Double
  /// Whether no other normalization lies between it and the inputs.
  public let isFirst: Bool

  /// The largest shift of sounds that are like those of training.
  static let largestShift = 1.0
  /// The largest ratio, either way, of the variances.
  static let largestRatio = 8.0

  /// Whether the sounds are unlike those of training.
  public var isUnusual: Bool {
    shift > Self.largestShift || varianceRatio > Self.largestRatio
      || varianceRatio < 1 / Self.largestRatio
  }

  /// The match of a layer, given the moments of each channel of its input; nil without numbers, or with
  /// some that are not finite.
  init?(_ layer: BatchNormalization, _ moments: [NetworkTally.Moments], isFirst: Bool) {
    guard !moments.isEmpty, moments.count == layer.mean.count,
      moments.allSatisfy({ $0.mean.isFinite && $0.variance.isFinite })
    else { return nil }
    let expected = zip(layer.mean, layer.variance).map { mean, variance in
      (mean: Double(mean), variance: Double(variance) + Double(layer.epsilon))
    }
    let shifts = zip(moments, expected).map { found, expected in
      (found.mean - expected.mean).magnitude / expected.variance.squareRoot()
    }
    let ratios = zip(moments, expected).map { found, expected in
      (found.variance + Double(layer.epsilon)) / expected.variance
    }
    guard (shifts + ratios).allSatisfy(\.isFinite) else { return nil }
    shift = Self.median(shifts)
    varianceRatio = Self.median(ratios)
    self.isFirst = isFirst
  }

  private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}

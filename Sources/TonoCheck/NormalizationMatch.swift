import TonoCore
import TonoNetwork

/// A batch normalization's statistics beside those of the sounds shown: what training saw, and what comes
/// out of the front end now.
public struct NormalizationMatch: Codable, Hashable, Sendable {
  /// How far the mean on the sounds is from the moving mean, in deviations of training: the median over
  /// channels.
  public let shift: Double
  /// The variance on the sounds over the moving variance: the median over channels.
  public let varianceRatio: Double
  /// How unlike training the sounds are to a layer.
  enum Likeness: Comparable {
    case alike, somewhatUnlike, unlike
  }

  /// How unlike training the sounds are.
  ///
  /// The layers of TL-IMINET's recording tower are within 0.4 deviations and a factor of 1.4 on sounds of
  /// their own kind and of another, 0.5 to 1 or 2 to 4 with a wrong frequency range, sample rate or dynamic
  /// range, and at 25 to 65 without the normalization that it was trained with.
  var likeness: Likeness {
    let ratio = max(varianceRatio, 1 / max(varianceRatio, 1e-30))
    return shift > 2 || ratio > 8 ? .unlike : shift > 0.5 || ratio > 2.5 ? .somewhatUnlike : .alike
  }

  /// The match of a layer, given the moments of each channel of its input; nil without numbers, or with
  /// some that are not finite.
  init?(_ trained: TrainedStatistics, _ moments: [NetworkTally.Moments]) {
    let channels = trained.channels
    guard !moments.isEmpty, moments.count == channels.mean.count,
      moments.allSatisfy({ $0.mean.isFinite && $0.variance.isFinite })
    else { return nil }
    let expected = zip(channels.mean, channels.variance).map { mean, variance in
      (mean: mean, variance: variance + trained.epsilon)
    }
    let shifts = zip(moments, expected).map { found, expected in
      (found.mean - expected.mean).magnitude / expected.variance.squareRoot()
    }
    let ratios = zip(moments, expected).map { found, expected in
      (found.variance + trained.epsilon) / expected.variance
    }
    guard (shifts + ratios).allSatisfy(\.isFinite) else { return nil }
    shift = Self.median(shifts)
    varianceRatio = Self.median(ratios)
  }

  private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}

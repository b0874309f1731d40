import TonoNetwork

/// How the triangles of a mel filter bank are scaled.
public enum MelNorm: String, Sendable, Codable, CaseIterable {
  /// Each triangle has the same area: 2 / its width in Hz. librosa's default.
  case slaney
  /// Each triangle peaks at 1.
  case none
}

/// Triangular filters, evenly spaced in mel, that sum the power of Fourier bins into bands.
///
/// The weights are those of `librosa.filters.mel`, rounded to single precision at the same places.
public struct MelFilterBank: Sendable {
  /// The number of filters.
  public let bands: Int
  /// The number of Fourier bins they read.
  public let bins: Int
  /// Each band's non-zero weights.
  let filters: [Filter]

  /// The weights of one band: consecutive bins from `firstBin` on.
  struct Filter: Sendable {
    let firstBin: Int
    let weights: [Float]
  }

  /// A bank of `bands` triangles from `lowest` to `highest` Hz over the bins of a Fourier
  /// transform of `fftSize` samples.
  public init(
    sampleRate: Int, fftSize: Int, bands: Int, lowest: Double, highest: Double,
    scale: MelScale = .slaney, norm: MelNorm = .slaney
  ) {
    self.bands = bands
    let bins = fftSize / 2 + 1
    self.bins = bins
    let edges = Self.edges(bands: bands, lowest: lowest, highest: highest, scale: scale)
    let spacing = Double(sampleRate) / Double(fftSize)
    filters = (0..<bands).map { band in
      let (low, centre, high) = (edges[band], edges[band + 1], edges[band + 2])
      let area = norm == .slaney ? 2 / (high - low) : 1
      let weights = (0..<bins).map { bin in
        let hertz = Double(bin) * spacing
        let height = min((hertz - low) / (centre - low), (high - hertz) / (high - centre))
        return Float(Double(Float(max(0, height))) * area)
      }
      let first = weights.firstIndex { $0 > 0 } ?? 0
      let last = weights.lastIndex { $0 > 0 } ?? -1
      return Filter(firstBin: first, weights: first <= last ? Array(weights[first...last]) : [])
    }
  }

  /// The frequencies in Hz at which triangles begin, peak and end: `bands + 2`, evenly spaced in
  /// mel; triangle `b` spans `b ..< b + 2` and peaks at `b + 1`.
  static func edges(bands: Int, lowest: Double, highest: Double, scale: MelScale) -> [Double] {
    let (low, high) = (scale.mel(fromHertz: lowest), scale.mel(fromHertz: highest))
    let step = (high - low) / Double(bands + 1)
    return (0...bands + 1).map { scale.hertz(fromMel: low + Double($0) * step) }
  }

  /// All weights, `[bands, bins]`.
  public var weights: Tensor {
    var tensor = Tensor(shape: [bands, bins])
    for (band, filter) in filters.enumerated() {
      let start = band * bins + filter.firstBin
      tensor.values.replaceSubrange(start..<start + filter.weights.count, with: filter.weights)
    }
    return tensor
  }

  /// The band powers, `[bands, frames]`, of bin powers `[frames, bins]`.
  public func bandPower(ofBinPower power: [Float]) -> Tensor {
    let frames = power.count / bins
    return Tensor(shape: [bands, frames]) { result in
      for (band, filter) in filters.enumerated() {
        for frame in 0..<frames {
          let start = frame * bins + filter.firstBin
          var sum = 0.0
          for (offset, weight) in filter.weights.enumerated() {
            sum += Double(weight) * Double(power[start + offset])
          }
          result[band * frames + frame] = Float(sum)
        }
      }
    }
  }
}

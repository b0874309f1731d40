import TonoCore

/// How the triangles of a mel filter bank are scaled.
public enum MelNorm: String, Sendable, Codable, CaseIterable {
  /// Each triangle has the same area: 2 / its width in Hz. librosa's default.
  case slaney
  /// Each triangle peaks at 1.
  case none
}

/// On which axis the sides of a mel band's triangle are straight.
public enum MelSlopes: String, Sendable, Codable, CaseIterable {
  /// On that of frequency in Hz, as librosa and torchaudio have them.
  case hertz
  /// On that of mel, without the bin at 0 Hz, as HTK, TensorFlow and VGGish have them.
  case mel
}

/// Filters that sum what Fourier bins hold into bands.
public struct FilterBank: Sendable {
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

  private init(bins: Int, filters: [Filter]) {
    self.bands = filters.count
    self.bins = bins
    self.filters = filters
  }

  /// A bank of `bands` triangles, evenly spaced in mel from `lowest` to `highest` Hz, over the bins of a
  /// Fourier transform of `fftSize` samples.
  ///
  /// With slopes in Hz the weights are those of `librosa.filters.mel`, rounded to single precision at the
  /// same places; with slopes in mel and no norm those of `tf.signal.linear_to_mel_weight_matrix`.
  public static func mel(
    sampleRate: Int, fftSize: Int, bands: Int, lowest: Double, highest: Double,
    scale: MelScale = .slaney, norm: MelNorm = .slaney, slopes: MelSlopes = .hertz
  ) -> FilterBank {
    let bins = fftSize / 2 + 1
    let edges = edges(bands: bands, lowest: lowest, highest: highest, scale: scale)
    let spacing = Double(sampleRate) / Double(fftSize)
    let place: (Double) -> Double = slopes == .hertz ? { $0 } : { scale.mel(fromHertz: $0) }
    let places = (0..<bins).map { place(Double($0) * spacing) }
    return FilterBank(
      bins: bins,
      filters: (0..<bands).map { band in
        let (low, centre, high) = (
          place(edges[band]), place(edges[band + 1]), place(edges[band + 2])
        )
        let area = norm == .slaney ? 2 / (edges[band + 2] - edges[band]) : 1
        let weights = places.enumerated().map { bin, at in
          let height = min((at - low) / (centre - low), (high - at) / (high - centre))
          let counts = slopes == .hertz || bin > 0
          return Float(Double(Float(counts ? max(0, height) : 0)) * area)
        }
        let first = weights.firstIndex { $0 > 0 } ?? 0
        let last = weights.lastIndex { $0 > 0 } ?? -1
        return Filter(firstBin: first, weights: first <= last ? Array(weights[first...last]) : [])
      })
  }

  /// Some Fourier bins, each a band of its own.
  public static func linear(fftSize: Int, bins: Range<Int>) -> FilterBank {
    FilterBank(
      bins: fftSize / 2 + 1, filters: bins.map { Filter(firstBin: $0, weights: [1]) })
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
}

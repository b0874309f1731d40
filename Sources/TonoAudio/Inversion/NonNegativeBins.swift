import TonoCore

extension FilterBank {
  /// Non-negative bin powers that the bank sums to given band powers, by weighted least squares.
  ///
  /// Minimizes the *relative* error Σ ((H p − m) / m)², so that quiet bands count as much as loud
  /// ones. The bank has fewer bands than bins, so many p fit; the multiplicative steps
  /// `p ← p · Hᵀ(m/m²) / Hᵀ(H p/m²)` (Lee & Seung 2001, with weights 1/m²) keep p non-negative,
  /// never raise the error, and stay near their smooth start: each bin begins at the level of the
  /// bands around it. Bins that no band reads stay at zero.
  ///
  /// - Parameters:
  ///   - power: Band powers `[bands, frames]`, all positive.
  ///   - iterations: How many steps are made.
  /// - Returns: Bin powers `[bins, frames]`.
  /// - Complexity: O(iterations · frames · non-zero weights).
  func binPower(ofBandPower power: Tensor, iterations: Int) -> Tensor {
    let frames = power.shape[1]
    let inverse = power.values.map { 1 / $0 }
    let goal = bins(summing: inverse, frames: frames)
    var result = smoothStart(power.values, frames: frames)
    for _ in 0..<iterations {
      var estimate = bands(summing: result, frames: frames)
      for i in estimate.indices { estimate[i] *= inverse[i] * inverse[i] }
      let actual = bins(summing: estimate, frames: frames)
      for i in result.indices where actual[i] > 0 { result[i] *= goal[i] / actual[i] }
    }
    return Tensor(shape: [bins, frames], values: result)
  }

  /// Each bin at the mean level of the bands that read it, weighted as they read it.
  private func smoothStart(_ power: [Float], frames: Int) -> [Float] {
    let sums = filters.map { $0.weights.reduce(0, +) }
    var level = power
    for band in 0..<bands where sums[band] > 0 {
      for frame in 0..<frames { level[band * frames + frame] /= sums[band] }
    }
    var start = bins(summing: level, frames: frames)
    let reads = bins(summing: [Float](repeating: 1, count: bands), frames: 1)
    for bin in 0..<bins where reads[bin] > 0 {
      for frame in 0..<frames { start[bin * frames + frame] /= reads[bin] }
    }
    return start
  }

  /// `H p`: `[bins, frames]` to `[bands, frames]`.
  func bands(summing power: [Float], frames: Int) -> [Float] {
    accumulate(power, frames: frames, rows: bands) { band, bin in (target: band, source: bin) }
  }

  /// `Hᵀ q`: `[bands, frames]` to `[bins, frames]`.
  private func bins(summing power: [Float], frames: Int) -> [Float] {
    accumulate(power, frames: frames, rows: bins) { band, bin in (target: bin, source: band) }
  }

  /// Adds weighted rows of `source` to the `rows` of the result, for every non-zero weight.
  private func accumulate(
    _ source: [Float], frames: Int, rows: Int,
    _ route: (_ band: Int, _ bin: Int) -> (target: Int, source: Int)
  ) -> [Float] {
    var result = [Float](repeating: 0, count: rows * frames)
    result.withUnsafeMutableBufferPointer { result in
      source.withUnsafeBufferPointer { source in
        for (band, filter) in filters.enumerated() {
          for (offset, weight) in filter.weights.enumerated() {
            let rows = route(band, filter.firstBin + offset)
            let (target, from) = (rows.target * frames, rows.source * frames)
            for frame in 0..<frames { result[target + frame] += weight * source[from + frame] }
          }
        }
      }
    }
    return result
  }
}

import TonoNetwork

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Tensor {
  /// The elements smoothed along one axis by a Gaussian, cut at three deviations, edges continued.
  ///
  /// A line is `lines` elements that lie `step` apart.
  func smoothed(lines length: Int, step: Int, deviation: Float) -> Tensor {
    let reach = Int((3 * deviation).rounded(.up))
    let weights = (-reach...reach).map { expf(-Float($0 * $0) / (2 * deviation * deviation)) }
    let total = weights.reduce(0, +)
    var output = self
    for index in values.indices {
      let position = index / step % length
      let start = index - position * step
      var sum: Float = 0
      for (offset, weight) in zip(-reach...reach, weights) {
        sum += weight * values[start + min(max(position + offset, 0), length - 1) * step]
      }
      output.values[index] = sum / total
    }
    return output
  }
}

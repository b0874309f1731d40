#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A reproducible stream of random numbers, seeded from a number and a text, the neuron's own name,
/// so that neither order nor company nor threads can change what a neuron draws.
package struct RandomSource: RandomNumberGenerator {
  private var generator: SplitMix64

  /// The stream of a seed and a text (FNV-1a of its bytes).
  package init(seed: UInt64, text: String) {
    generator = SplitMix64(
      seed: text.utf8.reduce(0xcbf2_9ce4_8422_2325 ^ seed) {
        ($0 ^ UInt64($1)) &* 0x100_0000_01b3
      })
  }

  package mutating func next() -> UInt64 { generator.next() }

  /// A number with the standard normal distribution (Box & Muller 1958).
  package mutating func normal() -> Float {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return Float(radius * cos(2 * .pi * uniform()))
  }

  /// A number in 0..<1.
  private mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }
}

import TonoAudio

/// Random numbers that a seed and a few further numbers determine: `(seed, epoch, example)`.
///
/// Streams of different numbers have nothing to do with each other, whatever the order they are drawn in.
func seededRandom(_ seed: UInt64, _ numbers: Int...) -> SplitMix64 {
  var state = seed
  for number in numbers {
    var mixer = SplitMix64(seed: state ^ UInt64(bitPattern: Int64(number)))
    // The first number alone would let (a, b) and (b, a) meet.
    state = mixer.next() &+ mixer.next() &* 0x9e37_79b9_7f4a_7c15
  }
  return SplitMix64(seed: state)
}

/// Numbers between -√3 and √3, whose variance is 1: the same in every run.
struct Noise {
  private var state: UInt64 = 1

  /// The next one (Knuth's MMIX generator, whose upper bits are good).
  mutating func next() -> Float {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (Float(state >> 40) / Float(1 << 24) * 2 - 1) * 1.7320508
  }
}

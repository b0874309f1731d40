/// Times of something that is done again and again.
enum Stopwatch {
  /// The median time of one call, in seconds, after two calls that do not count.
  ///
  /// Calls go on for `seconds`, and until there are five.
  static func median(seconds: Double = 0.3, _ body: () throws -> Void) rethrows -> Double {
    for _ in 0..<2 { try body() }
    var times: [Double] = []
    var total = 0.0
    while total < seconds || times.count < 5 {
      let time = try once(body)
      times.append(time)
      total += time
    }
    return median(of: times)
  }

  /// The time of one call, in seconds.
  static func once(_ body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    return (ContinuousClock.now - start) / .seconds(1)
  }

  /// The middle of some numbers, of an even count the mean of the two.
  static func median(of numbers: [Double]) -> Double {
    let sorted = numbers.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}

import Foundation
import TonoCore

extension FrontEnd {
  /// Checks that the values make a front end.
  ///
  /// - Throws: `InputError` naming the first value that does not.
  public func validate() throws {
    try validateSizes()
    try validateBands()
    try validateLevels()
    guard !isOpenEnded || seconds != 0 else { return }
    try requirePositive([("seconds", seconds), ("frames", Double(frames))])
    try require(seconds <= Self.longest, "seconds is \(seconds)", "at most \(Int(Self.longest))")
    try require(
      frames <= Self.mostFrames, "frames is \(frames)", "at most \(Self.mostFrames)")
    try require(
      frames <= frameLimit, "frames is \(frames)",
      "at most the \(frameLimit) that \(seconds) s give")
  }

  /// Checks the numbers that lengths are computed from.
  func validateSizes() throws {
    var positive = [
      ("sampleRate", Double(sampleRate)), ("hop", Double(hop)), ("bands", Double(bands)),
    ]
    if filters != .constantQ {
      positive += [("fftSize", Double(fftSize)), ("windowLength", Double(windowLength))]
    }
    try requirePositive(positive)
    try require(
      sampleRate <= 1 << 20, "sampleRate is \(sampleRate) Hz", "at most \(1 << 20) Hz")
    try require(bands <= 1 << 14, "bands is \(bands)", "at most \(1 << 14)")
    try require(hop <= 1 << 24, "hop is \(hop)", "at most \(1 << 24)")
  }

  private func requirePositive(_ numbers: [(String, Double)]) throws {
    for (property, value) in numbers where !(value > 0 && value.isFinite) {
      throw InputError("the front end's \(property) is \(value); expected a positive number")
    }
  }

  /// Checks what the bands are.
  func validateBands() throws {
    let nyquist = Double(sampleRate) / 2
    try require(
      lowestFrequency >= 0 && lowestFrequency.isFinite, "lowestFrequency is \(lowestFrequency) Hz",
      "0 or more")
    if filters != .constantQ {
      try require(fftSize <= 1 << 20, "fftSize is \(fftSize)", "at most \(1 << 20)")
      try require(
        windowLength <= fftSize, "windowLength is \(windowLength)",
        "at most the fftSize, \(fftSize)")
    }
    switch filters {
    case .mel:
      try require(
        lowestFrequency < highestFrequency, "lowestFrequency is \(lowestFrequency) Hz",
        "0 or more and less than the highestFrequency, \(highestFrequency) Hz")
      try require(
        highestFrequency <= nyquist, "highestFrequency is \(highestFrequency) Hz",
        "at most half the sample rate of \(sampleRate) Hz")
    case .linear:
      let bins = fftSize / 2 + 1
      try require(
        lowestFrequency <= nyquist && firstBin + bands <= bins, "bands is \(bands)",
        "at most the \(max(0, bins - firstBin)) Fourier bins from \(lowestFrequency) Hz up")
    case .constantQ:
      try require(
        (1...1200).contains(binsPerOctave), "binsPerOctave is \(binsPerOctave)", "1 to 1200")
      try require(
        lowestFrequency > 0 && padding == .zeros,
        "lowestFrequency is \(lowestFrequency) Hz and its padding \(padding)",
        "a positive frequency and zeros for constant-Q filters")
      do { _ = try constantQ() } catch { throw InputError("the front end's bands: \(error)") }
    }
  }

  private func validateLevels() throws {
    var positive = [
      ("minimumPower", Double(minimumPower)), ("typicalDeviation", Double(typicalDeviation)),
      ("gain", Double(gain)),
    ]
    if let dynamicRange { positive.append(("dynamicRange", Double(dynamicRange))) }
    try requirePositive(positive)
    try require(typicalMean.isFinite, "typicalMean is \(typicalMean)", "a finite number")
    try require(offset >= 0 && offset.isFinite, "offset is \(offset)", "0 or a positive number")
    if case .value(let number) = reference {
      try require(
        number > 0 && number.isFinite, "reference is \(number)", "\"maximum\" or a positive number")
    }
    try require(
      logarithm != .none || dynamicRange == nil, "dynamicRange is \(dynamicRange ?? 0)",
      "none where logarithm is none")
    guard case .fixed(let mean, let deviation) = normalization else { return }
    for (property, numbers) in [("mean", mean), ("deviation", deviation)] {
      try require(
        numbers.count == 1 || numbers.count == bands,
        "normalization has \(numbers.count) numbers in \(property)",
        "one, or one for each of the \(bands) bands")
      try require(
        numbers.allSatisfy(\.isFinite), "normalization has a \(property) that is no finite number",
        "finite numbers")
    }
    try require(
      deviation.allSatisfy { $0 > 0 }, "normalization has a deviation of 0 or less",
      "positive numbers")
  }

  private func require(_ condition: Bool, _ got: String, _ expected: String) throws {
    guard condition else {
      throw InputError("the front end's \(got); expected \(expected)")
    }
  }
}

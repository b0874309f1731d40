import Foundation
import TonoCore

/// A front end as a JSON object.
///
/// `name`, `sampleRate`, `hop` and `bands` must be there, `fftSize` too unless `filters` is `constantQ`.
/// Without `seconds` or `frames` each is what the other gives; without both the front end is open-ended.
/// Everything else has librosa's default where it is left out.
extension FrontEnd: Codable {
  enum CodingKeys: String, CodingKey, CaseIterable {
    case name, sampleRate, seconds, filters, fftSize, windowLength, window, padding, hop, bands,
      frames
    case lowestFrequency, highestFrequency, melScale, melNorm, melSlopes, binsPerOctave
    case spectrum, gain, offset, minimumPower, logarithm, reference, dynamicRange
    case normalization, axes, typicalMean, typicalDeviation
  }

  /// Reads a front end; a key that is none of its own is refused, as a misspelt one would be ignored.
  public init(from decoder: any Decoder) throws {
    let known = Set(CodingKeys.allCases.map(\.rawValue))
    let all = try decoder.container(keyedBy: AnyKey.self)
    if let key = all.allKeys.first(where: { !known.contains($0.stringValue) }) {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: all, debugDescription: "a front end has no such key")
    }
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func optional<T: Decodable>(_ key: CodingKeys, _ type: T.Type = T.self) throws -> T? {
      try values.decodeIfPresent(type, forKey: key)
    }
    let filters = try optional(.filters) ?? Filters.mel
    let sampleRate = try values.decode(Int.self, forKey: .sampleRate)
    self.init(
      name: try values.decode(String.self, forKey: .name), sampleRate: sampleRate,
      seconds: try optional(.seconds) ?? 0,
      fftSize: filters == .constantQ ? 0 : try values.decode(Int.self, forKey: .fftSize),
      hop: try values.decode(Int.self, forKey: .hop),
      bands: try values.decode(Int.self, forKey: .bands), frames: try optional(.frames) ?? 0,
      highestFrequency: try optional(.highestFrequency) ?? Double(sampleRate) / 2,
      typicalMean: Self.assumedMean, typicalDeviation: Self.assumedDeviation)
    self.filters = filters
    windowLength = try optional(.windowLength) ?? windowLength
    window = try optional(.window) ?? window
    padding = try optional(.padding) ?? padding
    lowestFrequency = try optional(.lowestFrequency) ?? lowestFrequency
    melScale = try optional(.melScale) ?? melScale
    melNorm = try optional(.melNorm) ?? melNorm
    melSlopes = try optional(.melSlopes) ?? melSlopes
    binsPerOctave = try optional(.binsPerOctave) ?? binsPerOctave
    spectrum = try optional(.spectrum) ?? spectrum
    gain = try optional(.gain) ?? gain
    offset = try optional(.offset) ?? offset
    minimumPower = try optional(.minimumPower) ?? minimumPower
    logarithm = try optional(.logarithm) ?? logarithm
    reference = try optional(.reference) ?? reference
    dynamicRange = try optional(.dynamicRange)
    normalization = try optional(.normalization) ?? Normalization.none
    axes = try optional(.axes) ?? axes
    typicalMean = try optional(.typicalMean) ?? typicalMean
    typicalDeviation = try optional(.typicalDeviation) ?? typicalDeviation
  }

  /// What is taken for typical where a file does not say: real sounds' decibels re the maximum.
  private static let assumedMean: Float = -47
  private static let assumedDeviation: Float = 20

  /// The same front end with the frames of its length, or the length of its frames, where one is not said.
  ///
  /// - Throws: As `validate()`, of all but the two.
  func completed() throws -> FrontEnd {
    try validateSizes()
    try validateBands()
    var whole = self
    if seconds == 0, (1...Self.mostFrames).contains(frames) {
      whole.seconds = Double(patternReach(frames: frames)) / Double(sampleRate)
    } else if frames == 0, seconds > 0, seconds <= Self.longest {
      whole.frames = frameLimit
    }
    return whole
  }

  /// The most frames, and the longest sound in seconds, that a front end may have.
  static let mostFrames = 1 << 20
  static let longest = 3600.0

  /// Writes a front end; what its bands do not use is left out.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(name, forKey: .name)
    try values.encode(sampleRate, forKey: .sampleRate)
    if !isOpenEnded {
      try values.encode(seconds, forKey: .seconds)
      try values.encode(frames, forKey: .frames)
    }
    try values.encode(filters, forKey: .filters)
    if filters != .constantQ {
      try values.encode(fftSize, forKey: .fftSize)
      try values.encode(windowLength, forKey: .windowLength)
      try values.encode(window, forKey: .window)
      try values.encode(padding, forKey: .padding)
    }
    try values.encode(hop, forKey: .hop)
    try values.encode(bands, forKey: .bands)
    try values.encode(lowestFrequency, forKey: .lowestFrequency)
    switch filters {
    case .mel:
      try values.encode(highestFrequency, forKey: .highestFrequency)
      try values.encode(melScale, forKey: .melScale)
      try values.encode(melNorm, forKey: .melNorm)
      try values.encode(melSlopes, forKey: .melSlopes)
    case .linear: break
    case .constantQ: try values.encode(binsPerOctave, forKey: .binsPerOctave)
    }
    try values.encode(spectrum, forKey: .spectrum)
    try values.encode(gain, forKey: .gain)
    try values.encode(offset, forKey: .offset)
    try values.encode(minimumPower, forKey: .minimumPower)
    try values.encode(logarithm, forKey: .logarithm)
    try values.encode(reference, forKey: .reference)
    try values.encodeIfPresent(dynamicRange, forKey: .dynamicRange)
    try values.encode(normalization, forKey: .normalization)
    try values.encode(axes, forKey: .axes)
    try values.encode(typicalMean, forKey: .typicalMean)
    try values.encode(typicalDeviation, forKey: .typicalDeviation)
  }

  /// What reads the numbers in a file that the JSON names.
  public typealias ArrayReader = @Sendable (_ name: String) throws -> [Float]

  /// Where a decoder's `userInfo` has that reader.
  static let arrayReader = CodingUserInfoKey(rawValue: "arrays")

  /// Any key of an object.
  private struct AnyKey: CodingKey {
    let stringValue: String
    let intValue: Int? = nil

    init(stringValue: String) { self.stringValue = stringValue }

    init?(intValue: Int) { nil }
  }
}

extension FrontEnd.Normalization: Codable {
  private enum CodingKeys: String, CodingKey {
    case mean, deviation
  }

  /// Reads `"perExample"`, `"none"`, or an object of `mean` and `deviation`: each a number, an array of
  /// one for each band, or the name of a file that holds them.
  public init(from decoder: any Decoder) throws {
    if let single = try? decoder.singleValueContainer(), let name = try? single.decode(String.self)
    {
      switch name {
      case "perExample": self = .perExample
      case "none": self = .none
      default:
        throw DecodingError.dataCorruptedError(
          in: single,
          debugDescription: "expected \"perExample\", \"none\" or {\"mean\": …, \"deviation\": …}")
      }
      return
    }
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let reader = FrontEnd.arrayReader.flatMap { decoder.userInfo[$0] } as? FrontEnd.ArrayReader
    func numbers(_ key: CodingKeys) throws -> [Float] {
      if let number = try? values.decode(Float.self, forKey: key) { return [number] }
      if let array = try? values.decode([Float].self, forKey: key) { return array }
      let file = try values.decode(String.self, forKey: key)
      guard let reader else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: values,
          debugDescription: "a file can only be named by a JSON file of its own; give the numbers")
      }
      return try reader(file)
    }
    self = .fixed(mean: try numbers(.mean), deviation: try numbers(.deviation))
  }

  /// Writes a name, or the numbers.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .perExample, .none:
      var single = encoder.singleValueContainer()
      try single.encode(self == .none ? "none" : "perExample")
    case .fixed(let mean, let deviation):
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(mean, forKey: .mean)
      try values.encode(deviation, forKey: .deviation)
    }
  }
}

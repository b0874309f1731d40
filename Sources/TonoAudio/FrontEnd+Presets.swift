import Foundation

extension FrontEnd {
  /// The front ends that have a name, in the order in which they are listed.
  ///
  /// Those of TL-IMINET (Zhang, Pardo & Duan, TASLP 2019), with librosa's zero padding. Their
  /// typical means and deviations are averages over real examples, computed by
  /// `Scripts/reference/typical_levels.py DATA`.
  public static let presets = [recording, imitation]

  /// Means over 660 clips of UrbanSound8K, between which they vary by 10.0 and 2.7 dB.
  private static let recording = FrontEnd(
    name: "tl-iminet/recording", sampleRate: 44_100, seconds: 4, fftSize: 1024, hop: 1024,
    bands: 128, frames: 128, highestFrequency: 22_050, typicalMean: -47.44, typicalDeviation: 19.88)

  /// Means over 450 simulated vocal imitations, between which they vary by 9.6 and 3.6 dB.
  private static let imitation = FrontEnd(
    name: "tl-iminet/imitation", sampleRate: 16_000, seconds: 4, fftSize: 133, hop: 133,
    bands: 39, frames: 482, highestFrequency: 5_000, typicalMean: -47.36, typicalDeviation: 19.81)

  /// The preset of that name.
  ///
  /// - Throws: `AudioError` listing the known names.
  public static func named(_ name: String) throws -> FrontEnd {
    guard let preset = presets.first(where: { $0.name == name }) else {
      let names = presets.map(\.name).joined(separator: ", ")
      throw AudioError(
        "'\(name)' is not a front end; use one of \(names), or the path of a JSON file")
    }
    return preset
  }

  /// The preset of that name, or else the front end in the JSON file at that path.
  ///
  /// - Throws: `AudioError` listing the known names, or naming the file and what is wrong in it.
  public static func load(_ nameOrPath: String) throws -> FrontEnd {
    guard FileManager.default.fileExists(atPath: nameOrPath) else { return try named(nameOrPath) }
    if let preset = presets.first(where: { $0.name == nameOrPath }) { return preset }
    guard let data = FileManager.default.contents(atPath: nameOrPath) else {
      throw AudioError("\(nameOrPath): cannot be read; expected the JSON file of a front end")
    }
    return try parse(data, from: nameOrPath)
  }

  /// The front end that JSON text describes; `place` says in errors where the text is from.
  ///
  /// - Throws: `AudioError` saying what is wrong in it.
  public static func parse(_ json: Data, from place: String) throws -> FrontEnd {
    do {
      let frontEnd = try JSONDecoder().decode(FrontEnd.self, from: json)
      try frontEnd.validate()
      return frontEnd
    } catch let error as DecodingError {
      throw AudioError("\(place): \(sentence(error))")
    } catch let error as AudioError {
      throw AudioError("\(place): \(error)")
    }
  }

  /// What is wrong in a JSON file, in words.
  private static func sentence(_ error: DecodingError) -> String {
    func place(_ path: [any CodingKey]) -> String {
      path.last.map { "'\($0.stringValue)'" } ?? "the file"
    }
    return switch error {
    case .keyNotFound(let key, _): "'\(key.stringValue)' is missing; add it"
    case .typeMismatch(let type, let context):
      "\(place(context.codingPath)) is not a \(type); correct it"
    case .valueNotFound(_, let context): "\(place(context.codingPath)) is null; give it a value"
    case .dataCorrupted(let context):
      "\(place(context.codingPath)) is not valid (\(context.debugDescription)); correct it"
    @unknown default: "it does not describe a front end (\(error))"
    }
  }

  // MARK: - Validity

  /// Checks that the values make a front end.
  ///
  /// - Throws: `AudioError` naming the first value that does not.
  public func validate() throws {
    let positive: [(String, Double)] = [
      ("sampleRate", Double(sampleRate)), ("seconds", seconds), ("fftSize", Double(fftSize)),
      ("windowLength", Double(windowLength)), ("hop", Double(hop)), ("bands", Double(bands)),
      ("frames", Double(frames)), ("minimumPower", Double(minimumPower)),
      ("dynamicRange", Double(dynamicRange)), ("typicalDeviation", Double(typicalDeviation)),
    ]
    for (property, value) in positive where !(value > 0 && value.isFinite) {
      throw AudioError("the front end's \(property) is \(value); expected a positive number")
    }
    try require(typicalMean.isFinite, "typicalMean is \(typicalMean)", "a finite number")
    try require(
      windowLength <= fftSize, "windowLength is \(windowLength)", "at most the fftSize, \(fftSize)")
    try require(
      sampleRate <= 1 << 20, "sampleRate is \(sampleRate) Hz", "at most \(1 << 20) Hz")
    try require(fftSize <= 1 << 20, "fftSize is \(fftSize)", "at most \(1 << 20)")
    try require(bands <= 1 << 14, "bands is \(bands)", "at most \(1 << 14)")
    try require(seconds <= 3600, "seconds is \(seconds)", "at most 3600")
    try require(
      lowestFrequency >= 0 && lowestFrequency < highestFrequency,
      "lowestFrequency is \(lowestFrequency) Hz",
      "0 or more and less than the highestFrequency, \(highestFrequency) Hz")
    try require(
      highestFrequency <= Double(sampleRate) / 2, "highestFrequency is \(highestFrequency) Hz",
      "at most half the sample rate of \(sampleRate) Hz")
    let spare = sampleCount + 2 * padding.margin(fftSize: fftSize) - fftSize
    let most = spare < 0 ? 0 : 1 + spare / hop
    try require(
      frames <= most, "frames is \(frames)", "at most the \(most) that \(seconds) s give")
  }

  private func require(_ condition: Bool, _ got: String, _ expected: String) throws {
    guard condition else {
      throw AudioError("the front end's \(got); expected \(expected)")
    }
  }
}

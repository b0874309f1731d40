import TonoAscent
import TonoCore

/// What `run.json` holds: what was asked, and what became of each objective.
public struct RunManifest: Sendable {
  /// The form of `run.json` that is written; 1, which knew single neurons alone, is read too.
  public static let version = 2

  /// The model's path as it was given; its content is known by the plan.
  public var modelPath: String
  /// Everything that decides what the files hold.
  public var plan: RunPlan
  /// How many threads the last session ran on; they change the times, not the results.
  public var threads: Int
  /// The instruction set of the last session's kernels, by its name in `tonoscope --version`.
  ///
  /// Another one rounds otherwise: a run may be continued on it, but its patterns then agree with those
  /// of one machine up to rounding, not to the byte.
  public var instructionSet: String
  /// Per input name the unit and the meaning of the arrays.
  public var units: [String: String]
  /// The objectives that are finished: neurons in the order of the network's layers and channels, then the
  /// composed ones as they were finished.
  public var patterns: [PatternRecord]
}

extension RunManifest: Codable {
  private enum CodingKeys: String, CodingKey {
    case version, modelPath, plan, threads, instructionSet, units
    case patterns = "neurons"
  }

  /// Reads a manifest of version 1 or 2.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let version = try values.decodeIfPresent(Int.self, forKey: .version) ?? 1
    guard (1...Self.version).contains(version) else {
      throw DecodingError.dataCorruptedError(
        forKey: .version, in: values, debugDescription: "version \(version)")
    }
    modelPath = try values.decode(String.self, forKey: .modelPath)
    plan = try values.decode(RunPlan.self, forKey: .plan)
    threads = try values.decode(Int.self, forKey: .threads)
    instructionSet = try values.decode(String.self, forKey: .instructionSet)
    units = try values.decode([String: String].self, forKey: .units)
    patterns = try values.decode([PatternRecord].self, forKey: .patterns)
  }

  /// Writes a manifest of version 2.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(Self.version, forKey: .version)
    try values.encode(modelPath, forKey: .modelPath)
    try values.encode(plan, forKey: .plan)
    try values.encode(threads, forKey: .threads)
    try values.encode(instructionSet, forKey: .instructionSet)
    try values.encode(units, forKey: .units)
    try values.encode(patterns, forKey: .patterns)
  }
}

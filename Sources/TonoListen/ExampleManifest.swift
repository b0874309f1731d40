import Foundation
import TonoAscent
import TonoAudio
import TonoCore
import TonoModels
import TonoFiles

/// What `examples.json` holds: what was asked, and the examples found for each neuron.
public struct ExampleManifest: Codable, Equatable, Sendable {
  /// The toolkit's version.
  public var version = tonoscopeVersion
  /// The model's path as it was given.
  public var modelPath: String
  /// The model file.
  public var model: ModelIdentity
  /// The instruction set of the kernels, by its name in `tonoscope --version`.
  public var instructionSet: String
  /// The input that the sounds were shown to.
  public var input: String
  /// What turned sounds into that input.
  public var frontEnd: FrontEnd
  /// The folder of the sounds as it was given.
  public var sounds: String
  /// How many examples of either kind were asked for each neuron.
  public var count: Int
  /// The loudness of the cut-outs, in LUFS.
  public var loudness: Double
  /// The level that they do not exceed, in dBTP.
  public var truePeak: Double
  /// How many files were heard.
  public var files: Int
  /// How many examples these were.
  public var examples: Int
  /// The files that could not be used, by their paths.
  public var skipped: [SoundFolder.Skipped]
  /// The neurons, in the order in which they were asked.
  public var neurons: [Neuron]

  /// A neuron's examples.
  public struct Neuron: Codable, Equatable, Sendable {
    /// What the examples excite.
    public var objective: Objective
    /// The examples with its largest values, largest first.
    public var most: [Example]
    /// The examples with its smallest values, smallest first.
    public var least: [Example]

    private enum CodingKeys: String, CodingKey {
      case objective = "neuron"
      case most, least
    }
  }

  /// One example of a neuron.
  public struct Example: Codable, Equatable, Sendable {
    /// Its place, from 1.
    public var rank: Int
    /// The neuron's value: the mean of its map, or that of its unit or element.
    public var value: Float
    /// The sound file, by its path in the folder.
    public var file: String
    /// Where the example begins, in seconds of the file.
    public var start: Double
    /// How long it is, in seconds, without the zeros behind a short one.
    public var length: Double
    /// What the most excited cell sees, which is what is marked and played.
    public var field: ExampleField
    /// What is left of the value where the sound is played elsewhere; nil where it is not positive.
    public var playedElsewhere: PlayedElsewhere?
    /// The cut-out, relative to the directory.
    public var sound: String
    /// The picture, relative to the directory.
    public var picture: String
  }
}

extension ExampleManifest.Neuron {
  /// The table that a terminal shows: per example its rank, value, time and file.
  public var table: String {
    func rows(_ end: String, _ examples: [ExampleManifest.Example]) -> [[String]] {
      examples.map { example in
        [
          "\(end) \(example.rank)", example.value.short,
          example.playedElsewhere.map { String(format: "%.0f %%", 100 * $0.least) } ?? "–",
          ExampleWriter.span(example.field.seconds), example.file,
        ]
      }
    }
    return TonoCore.table(
      ["\(objective)", "value", "elsewhere", "time", "file"],
      rows("most", most) + rows("least", least),
      rightAligned: [1, 2, 3]
    ).joined(separator: "\n")
  }
}

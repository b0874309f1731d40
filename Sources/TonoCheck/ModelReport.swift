import Foundation
import TonoAudio
import TonoCore
import TonoNetwork

/// What `tonoscope check` found in a model.
public struct ModelReport: Codable, Sendable {
  /// The toolkit's version.
  public var version = tonoscopeVersion
  /// The model's path as it was given.
  public var modelPath: String
  /// The file's format, as in `Keras 2 HDF5`.
  public var format: String
  /// How many trained numbers there are.
  public var parameters: Int
  /// The instruction set of the kernels, by its name in `tonoscope --version`.
  public var instructionSet: String
  /// What all random numbers were drawn from.
  public var seed: UInt64
  /// How many start noises were shown.
  public var starts: Int
  /// The sounds that were shown, if there were any.
  public var sounds: Sounds?
  /// The inputs.
  public var inputs: [Input]
  /// The layers, each after those it reads.
  public var layers: [Layer]
  /// Nodes of the file that cannot be computed.
  public var missing: [Missing]
  /// How different the outputs are on different sounds.
  public var answers: [Answer]?
  /// How far the compiled network's gradient, which ascents climb, is from that of its layers one by one
  /// on the first noise: Euclidean, relative; none if there is no slope.
  public var compiledDeviation: Double?
  /// The verdict, most important first; empty if everything fits.
  public var findings: [Finding] = []

  /// The sounds that were shown.
  public struct Sounds: Codable, Sendable {
    /// The folder as it was given.
    public var path: String
    /// How many files were heard.
    public var files: Int
    /// How many files there are.
    public var of: Int
    /// How many examples of the front end's length these were.
    public var examples: Int
    /// The files that could not be used, by their paths.
    public var skipped: [SoundFolder.Skipped]
  }

  /// One input.
  public struct Input: Codable, Sendable {
    /// The name in the file.
    public var name: String
    /// The shape of one sample, channels-first.
    public var shape: Shape
    /// The front end before it, if it is known.
    public var frontEnd: String?
    /// What the noises were to it.
    public var noise: Levels
    /// What the sounds were to it.
    public var sounds: Levels?
  }

  /// Numbers in network units.
  public struct Levels: Codable, Sendable {
    /// The lowest.
    public var lowest: Float
    /// The highest.
    public var highest: Float
    /// Their mean.
    public var mean: Double
    /// Their standard deviation.
    public var deviation: Double
  }

  /// One layer.
  public struct Layer: Codable, Sendable {
    /// The name in the file.
    public var name: String
    /// The kind, in Keras' terms.
    public var kind: String
    /// The shape of one sample of its output, channels-first.
    public var shape: Shape
    /// What its backward pass is beside finite differences; none if it reads nothing that varies.
    public var gradient: Gradient?
    /// What is wrong with its weights.
    public var weights: [WeightFlaw]
    /// What `flat` counts, if its activation has a flat part: `zero` or `saturated`.
    public var flatPart: String?
    /// What it did on the noises.
    public var noise: Activity
    /// What it did on the sounds.
    public var sounds: Activity?
    /// A batch normalization's statistics beside those of the sounds.
    public var normalization: NormalizationMatch?
  }

  /// A layer's backward pass beside finite differences.
  public struct Gradient: Codable, Sendable {
    /// The largest deviation, relative to the slopes; infinite if the gradient is no finite number, none
    /// if the layer has no slope at any point tried.
    public var deviation: Double?
  }

  /// What a layer did on some inputs.
  public struct Activity: Codable, Sendable {
    /// How many channels it has; a vector's elements are channels.
    public var channels: Int
    /// The channels that are dead: the same number at every position of every input (behind a ReLU:
    /// zero), so that no gradient leads away from there; none where a single number tells nothing.
    public var dead: [Int]?
    /// The share of values in the flat part of its activation.
    public var flat: Double?
    /// How many values are NaN or infinite.
    public var notFinite: Int
  }

  /// A node that cannot be computed.
  public struct Missing: Codable, Sendable {
    /// The name in the file.
    public var name: String
    /// Why, in a sentence.
    public var reason: String
  }

  /// How different an output is on different sounds.
  public struct Answer: Codable, Sendable {
    /// The output's name.
    public var output: String
    /// The largest difference that one of its elements has between sounds, relative to the output's largest
    /// magnitude.
    public var spread: Double
  }

  /// One sentence of the verdict.
  public struct Finding: Codable, Sendable {
    /// How bad it is.
    public var severity: Severity
    /// What it is about.
    public var topic: Topic
    /// The layers or inputs concerned.
    public var layers: [String]
    /// What was found.
    public var problem: String
    /// What to do about it, where that differs from face to face.
    public var remedy: Remedy?

    /// What was found, and what to do, in words that suit no face in particular.
    public var text: String { sentence { $0.description } }

    /// What was found, and what to do, in a face's own words.
    public func sentence(_ words: (Remedy) -> String) -> String {
      problem + (remedy.map { "; \(words($0))" } ?? "")
    }
  }

  /// How bad a finding is.
  public enum Severity: String, Codable, Sendable, Comparable, CaseIterable {
    /// Results cannot be trusted.
    case wrong
    /// Something does not fit, most likely.
    case doubtful
    /// Good to know.
    case hint

    /// The worse comes first.
    public static func < (a: Severity, b: Severity) -> Bool {
      (allCases.firstIndex(of: a) ?? 0) < (allCases.firstIndex(of: b) ?? 0)
    }
  }

  /// What a finding is about.
  public enum Topic: String, Codable, Sendable {
    /// Trained arrays.
    case weights
    /// Values of layers that are NaN or infinite.
    case notFinite
    /// A backward pass.
    case gradient
    /// Nodes that cannot be computed.
    case missing
    /// What stands between sounds and an input.
    case frontEnd
    /// What the outputs say to different sounds.
    case answers
    /// Channels that never change.
    case dead
    /// Activations at their ends.
    case saturation
  }

  /// Whether something is wrong, so that results cannot be trusted.
  public var isWrong: Bool { findings.contains { $0.severity == .wrong } }
}

extension ModelReport {
  /// The report as JSON; an infinite number is the text `infinity`.
  ///
  /// - Throws: what the encoder throws, which is nothing for reports.
  public func encoded() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "infinity", negativeInfinity: "-infinity", nan: "nan")
    return [UInt8](try encoder.encode(self))
  }

  /// Reads what ``encoded()`` wrote.
  ///
  /// - Throws: `DecodingError` for anything else.
  public init(json: Data) throws {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "infinity", negativeInfinity: "-infinity", nan: "nan")
    self = try decoder.decode(Self.self, from: json)
  }
}

// MARK: - JSON

extension ModelReport.Finding {
  private enum CodingKeys: String, CodingKey { case severity, topic, layers, text }

  /// Reads a finding, whose remedy is part of its text.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    severity = try values.decode(ModelReport.Severity.self, forKey: .severity)
    topic = try values.decode(ModelReport.Topic.self, forKey: .topic)
    layers = try values.decode([String].self, forKey: .layers)
    problem = try values.decode(String.self, forKey: .text)
  }

  /// Writes a finding, with the remedy in words that suit no face in particular.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(severity, forKey: .severity)
    try values.encode(topic, forKey: .topic)
    try values.encode(layers, forKey: .layers)
    try values.encode(text, forKey: .text)
  }
}

import Foundation
import TonoAudio
import TonoCore
import TonoFiles

/// Sounds one after another with a short silence between them, and what is heard when.
public struct SoundSheet: Sendable {
  /// One sound and when it is heard, in seconds.
  public struct Cue: Codable, Hashable, Sendable {
    /// What it is.
    public let label: String
    /// When it begins.
    public let start: Double
    /// When it has ended.
    public let end: Double
  }

  /// How long the silences are, in seconds.
  public static let gapSeconds = 0.25

  /// All of it.
  public private(set) var sound: Waveform
  /// What is heard when, in order.
  public private(set) var cues: [Cue] = []

  /// A sheet without a sound yet.
  public init(sampleRate: Int) { sound = Waveform(samples: [], sampleRate: sampleRate) }

  /// Appends a sound of the sheet's sample rate.
  public mutating func append(_ next: Waveform, label: String) {
    precondition(next.sampleRate == sound.sampleRate, "a sound at \(next.sampleRate) Hz")
    if !cues.isEmpty {
      let gap = Int(Self.gapSeconds * Double(sound.sampleRate))
      sound.samples += [Float](repeating: 0, count: gap)
    }
    let start = sound.seconds
    sound.samples += next.samples
    cues.append(Cue(label: label, start: start, end: sound.seconds))
  }

  /// The cues as a table of comma-separated values with a header, times in seconds.
  public var table: String {
    let rows = cues.map { cue in
      let label = cue.label.replacing("\"", with: "\"\"")
      return "\(Self.seconds(cue.start)),\(Self.seconds(cue.end)),\"\(label)\""
    }
    return (["start,end,label"] + rows).joined(separator: "\n") + "\n"
  }

  /// The cues as Audacity's label track: start, end and label between tabs.
  public var labels: String {
    cues.map { cue in
      let label = cue.label.replacing("\t", with: " ").replacing("\n", with: " ")
      return "\(Self.seconds(cue.start))\t\(Self.seconds(cue.end))\t\(label)\n"
    }.joined()
  }

  private static func seconds(_ time: Double) -> String { String(format: "%.6f", time) }
}

import Foundation
import TonoAscent
import TonoAudio
import TonoCore
import TonoFiles
import TonoModels
import TonoRender

/// Everything that decides what a run's files hold: two runs with equal plans write equal patterns.
///
/// The neurons asked, the number of threads and the time of day are left out on purpose: a neuron's
/// result does not depend on them, so a run can be continued, and neurons added to it.
public struct RunPlan: Codable, Equatable, Sendable {
  /// The toolkit's version.
  public var version = tonoscopeVersion
  /// The model file.
  public var model: ModelIdentity
  /// Per input name the front end before it.
  public var frontEnds: [String: FrontEnd]
  /// Per input name on what it is climbed.
  public var canvases: [String: Canvas]
  /// The ascent.
  public var ascent: AscentSettings
  /// Per input name what real sounds have in common, where sounds are to keep to it.
  public var naturalSounds: [String: NaturalSound]
  /// Per input name the SHA-256 of the spectrogram to start from.
  public var spectrograms: [String: String]
  /// Per name of an input that is held the SHA-256 of what it is held at.
  public var held: [String: String]
  /// How patterns become sounds, if they do.
  public var sound: Inversion?
  /// The pictures' colours, if there are pictures.
  public var colormap: Colormap?
  /// Whether a neuron's picture is bare: one pixel for each cell, without axes.
  public var barePictures: Bool
  /// Whether the pictures of a contact sheet have one colour scale, or each its own.
  public var sharesScale: Bool

  /// A plan.
  public init(
    model: ModelIdentity, frontEnds: [String: FrontEnd], canvases: [String: Canvas],
    ascent: AscentSettings, naturalSounds: [String: NaturalSound] = [:],
    spectrograms: [String: String] = [:], held: [String: String] = [:],
    sound: Inversion?, colormap: Colormap?, barePictures: Bool = false, sharesScale: Bool = false
  ) {
    self.model = model
    self.frontEnds = frontEnds
    self.canvases = canvases
    self.ascent = ascent
    self.naturalSounds = naturalSounds
    self.spectrograms = spectrograms
    self.held = held
    self.sound = sound
    self.colormap = colormap
    self.barePictures = barePictures
    self.sharesScale = sharesScale
  }

  /// The inputs that are kept at zero mean and unit variance.
  public var normalizedInputs: Set<String> {
    Set(canvases.filter { $0.value.normalizes(behind: frontEnds[$0.key]) }.keys)
  }

  /// Where two plans differ, each as in `ascent.steps is 200 there, 100 now`.
  func differences(from other: RunPlan) throws -> [String] {
    let (old, new) = (try other.leaves(), try leaves())
    return Set(old.keys).union(new.keys).sorted().compactMap { path in
      let (was, now) = (old[path] ?? "absent", new[path] ?? "absent")
      return was == now ? nil : "\(path) is \(was) there, \(now) now"
    }
  }

  /// Each number and text of the plan's JSON under the path of its keys.
  private func leaves() throws -> [String: String] {
    var leaves: [String: String] = [:]
    func visit(_ value: Any, _ path: String) {
      if let object = value as? [String: Any] {
        for (key, value) in object { visit(value, path.isEmpty ? key : "\(path).\(key)") }
      } else if let array = value as? [Any] {
        leaves[path] = array.map { "\($0)" }.joined(separator: " ")
      } else {
        leaves[path] = "\(value)"
      }
    }
    visit(try JSONSerialization.jsonObject(with: JSONEncoder().encode(self)), "")
    return leaves
  }
}

// MARK: - JSON

extension RunPlan {
  private enum CodingKeys: String, CodingKey {
    case version, model, frontEnds, canvases, ascent, naturalSounds, spectrograms, held, sound,
      colormap
    case barePictures, sharesScale
  }

  private enum EarlierKeys: String, CodingKey { case boundsLevels, normalizedInputs }

  /// Reads a plan, also of version 1 of `run.json`, where a canvas was a name and two flags.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    version = try values.decode(String.self, forKey: .version)
    model = try values.decode(ModelIdentity.self, forKey: .model)
    let frontEnds = try values.decode([String: FrontEnd].self, forKey: .frontEnds)
    self.frontEnds = frontEnds
    ascent = try values.decode(AscentSettings.self, forKey: .ascent)
    naturalSounds =
      try values.decodeIfPresent([String: NaturalSound].self, forKey: .naturalSounds) ?? [:]
    spectrograms = try values.decode([String: String].self, forKey: .spectrograms)
    held = try values.decode([String: String].self, forKey: .held)
    sound = try values.decodeIfPresent(Inversion.self, forKey: .sound)
    colormap = try values.decodeIfPresent(Colormap.self, forKey: .colormap)
    barePictures = try values.decode(Bool.self, forKey: .barePictures)
    sharesScale = try values.decode(Bool.self, forKey: .sharesScale)
    let earlier = try decoder.container(keyedBy: EarlierKeys.self)
    guard let normalized = try earlier.decodeIfPresent([String].self, forKey: .normalizedInputs)
    else {
      canvases = try values.decode([String: Canvas].self, forKey: .canvases)
      return
    }
    let bounds = try earlier.decode(Bool.self, forKey: .boundsLevels)
    let kinds = try values.decode([String: Canvas.Kind].self, forKey: .canvases)
    canvases = Dictionary(
      uniqueKeysWithValues: kinds.map { input, kind in
        let canvas = Canvas(
          kind, behind: frontEnds[input], normalizes: normalized.contains(input),
          boundsLevels: bounds)
        return (input, canvas)
      })
  }
}

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
  public var canvases: [String: CanvasKind]
  /// Whether cells of a spectrogram are kept within the levels of real examples.
  public var boundsLevels: Bool
  /// The inputs that are kept at zero mean and unit variance.
  public var normalizedInputs: [String]
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
    model: ModelIdentity, frontEnds: [String: FrontEnd], canvases: [String: CanvasKind],
    boundsLevels: Bool = false, normalizedInputs: [String], ascent: AscentSettings,
    naturalSounds: [String: NaturalSound] = [:], spectrograms: [String: String] = [:],
    held: [String: String] = [:], sound: Inversion?, colormap: Colormap?,
    barePictures: Bool = false, sharesScale: Bool = false
  ) {
    self.model = model
    self.frontEnds = frontEnds
    self.canvases = canvases
    self.boundsLevels = boundsLevels
    self.normalizedInputs = normalizedInputs
    self.ascent = ascent
    self.naturalSounds = naturalSounds
    self.spectrograms = spectrograms
    self.held = held
    self.sound = sound
    self.colormap = colormap
    self.barePictures = barePictures
    self.sharesScale = sharesScale
  }

  /// What is optimized before an input.
  ///
  /// Cells of a spectrogram lie on the sphere of normalized examples, or around the levels that are
  /// typical of the front end.
  func canvas(of input: String) -> Canvas {
    let frontEnd = frontEnds[input]
    let normalizes = normalizedInputs.contains(input)
    let typical = normalizes ? nil : frontEnd?.typicalInput
    let cells = SpectrogramCanvas(
      normalizes: normalizes, level: typical?.mean ?? 0, spread: typical?.deviation ?? 1,
      bounds: boundsLevels ? frontEnd.map { SpectrogramCanvas.Bounds($0) } : nil)
    return switch (canvases[input] ?? .spectrogram, frontEnd) {
    case (.waveform, let frontEnd?): .waveform(frontEnd)
    case (.melPower, let frontEnd?): .melPower(frontEnd)
    case (.fourier, _): .fourier(FourierCanvas(cells))
    default: .spectrogram(cells)
    }
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

extension SpectrogramCanvas.Bounds {
  /// The levels that examples behind a front end keep within.
  init(_ frontEnd: FrontEnd) {
    let range = frontEnd.inputRange
    self.init(
      lowest: range.lowerBound, highest: range.upperBound,
      range: range.upperBound - range.lowerBound)
  }
}

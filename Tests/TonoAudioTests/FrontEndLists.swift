import TonoAudio
import TonoCore

extension FrontEnd {
  /// TL-IMINET's.
  static let towers = presets.filter { $0.name.hasPrefix("tl-iminet/") }

  /// Every preset; those that are open-ended with 60 frames.
  static let all = presets.map { preset in
    preset.fitted(
      to: preset.axes == .bandsFrames ? [1, preset.bands, 60] : [1, 60, preset.bands])
  }

  /// One preset for each way of analysis.
  static let analyses = all.filter {
    ["tl-iminet/recording", "tl-iminet/imitation", "iminet", "vggish", "openl3/linear"]
      .contains($0.name)
  }
}

import TonoCore
import TonoNetwork

/// Channels that are dead, and activations that are saturated: good to know before an ascent.
extension ModelVerdict {
  /// From this share on an activation counts as saturated.
  private static let notableFlat = 0.5
  /// From this share on channels that are dead are worth a word.
  private static let notableDead = 0.1

  /// The channels that are dead in a layer, and not already in what it reads.
  private func dead(
    _ layer: ModelReport.Layer, _ activity: KeyPath<ModelReport.Layer, ModelReport.Activity?>
  ) -> Int {
    guard let own = layer[keyPath: activity], let dead = own.dead, own.notFinite == 0,
      let node = try? network.node(layer.name)
    else { return 0 }
    guard let before = report.layers.first(where: { $0.name == node.inputs.first }),
      let read = before[keyPath: activity], let handed = read.dead, read.channels == own.channels
    else { return dead.count }
    return Set(dead).subtracting(handed).count
  }

  var deadFindings: [ModelReport.Finding] {
    var (asleep, unused, pruned): ([ModelReport.Layer], [ModelReport.Layer], [ModelReport.Layer])
    (asleep, unused, pruned) = ([], [], [])
    for layer in report.layers {
      let least = max(1, Self.notableDead * Double(layer.noise.channels))
      let (noise, sounds) = (dead(layer, \.onNoise), dead(layer, \.sounds))
      if layer.flatPart == nil {
        // Its inputs being dead is told of the layer where they die.
        if layer.hasWeights(in: network), Double(noise) >= least, noise < layer.noise.channels {
          pruned.append(layer)
        }
      } else if Double(sounds) >= least {
        unused.append(layer)
      } else if Double(noise) >= least {
        asleep.append(layer)
      }
    }
    /// How many are dead in each layer, and in brackets on what else.
    func counts(_ layers: [ModelReport.Layer], onSounds: Bool = false) -> String {
      list(
        layers.map { layer in
          let (noise, sounds) = (dead(layer, \.onNoise), dead(layer, \.sounds))
          let head = "\(layer.name) \(onSounds ? sounds : noise) of \(layer.noise.channels)"
          if onSounds { return "\(head) (\(noise) on noise)" }
          return report.sounds == nil ? head : "\(head) (\(sounds) on your sounds)"
        })
    }
    var findings: [ModelReport.Finding] = []
    if !unused.isEmpty {
      let all = unused.contains { dead($0, \.sounds) == $0.noise.channels }
      findings.append(
        finding(
          all ? .doubtful : .hint, .dead, unused.map(\.name),
          "channels are dead on your sounds: \(counts(unused, onSounds: true)). The model may do without "
            + "them, or its front end is wrong; an ascent says which of them it cannot wake"))
    }
    if !asleep.isEmpty {
      findings.append(
        finding(
          .hint, .dead, asleep.map(\.name),
          "channels are dead on noise: \(counts(asleep)). An ascent wakes such by climbing what comes "
            + "before the activation first",
          remedy: report.sounds == nil ? .startFromSoundOrListen : .startFromSound))
    }
    if !pruned.isEmpty {
      findings.append(
        finding(
          .hint, .dead, pruned.map(\.name),
          "channels say the same to everything, as if pruned: \(counts(pruned)); there is no pattern of "
            + "them"))
    }
    return findings
  }

  var saturationFindings: [ModelReport.Finding] {
    report.layers.compactMap { layer in
      guard layer.flatPart == FlatPart.Meaning.saturated.rawValue else { return nil }
      let found = [("noise", layer.noise), ("your sounds", layer.sounds)].compactMap {
        what, activity in
        activity?.flat.flatMap { flat in
          flat >= Self.notableFlat ? "\(ModelReport.share(flat)) on \(what)" : nil
        }
      }
      guard !found.isEmpty else { return nil }
      let before = (try? network.node(layer.name))?.inputs.first ?? ""
      let remedy =
        (try? network.node(before)) == nil ? "" : "; maximize what it reads instead: \(before)"
      return finding(
        .hint, .saturation, [layer.name],
        "\(layer.name) is saturated (\(found.joined(separator: ", "))), and has next to no gradient "
          + "there\(remedy)")
    }
  }
}

extension ModelReport.Layer {
  /// What it did on the noises.
  fileprivate var onNoise: ModelReport.Activity? { noise }

  fileprivate func hasWeights(in network: Network) -> Bool {
    (try? network.node(name))?.layer.parameterCount ?? 0 > 0
  }
}

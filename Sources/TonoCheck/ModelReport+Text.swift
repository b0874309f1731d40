import Foundation
import TonoCore
import TonoNetwork

extension ModelReport {
  /// The same with remedies in words that suit no face in particular.
  public var text: String { text { $0.description } }

  /// The tables and the verdict that a terminal shows.
  ///
  /// - Parameter words: what the face calls a remedy.
  /// - Returns: the lines, with line feeds between.
  public func text(_ words: (Remedy) -> String) -> String {
    [[headline], inputTable, layerTable, remarks, verdict(words)].filter { !$0.isEmpty }
      .map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  private var headline: String {
    var parts = [format, "\(starts) noises"]
    if let sounds {
      let of = sounds.of == sounds.files ? "" : " (of \(sounds.of))"
      parts.append("\(sounds.examples) examples of \(sounds.files) sounds\(of)")
      if !sounds.skipped.isEmpty { parts.append("\(sounds.skipped.count) skipped") }
    }
    return parts.joined(separator: ", ")
  }

  private var inputTable: [String] {
    var header = ["input", "shape", "front end", "noise: mean ± deviation", "range"]
    if sounds != nil { header += ["sounds: mean ± deviation", "range"] }
    return table(
      header,
      inputs.map { input in
        [input.name, "\(input.shape)", input.frontEnd ?? "–"]
          + [input.noise, input.sounds].compactMap { $0 }.flatMap { [$0.middle, $0.range] }
      })
  }

  private var layerTable: [String] {
    var header = ["layer", "kind", "shape", "gradient off by", "dead on noise"]
    if sounds != nil { header.append("on sounds") }
    header.append("flat on noise")
    if sounds != nil { header.append("on sounds") }
    let comparesTraining = layers.contains { $0.normalization != nil }
    if comparesTraining { header.append("sounds off training") }
    return table(
      header,
      layers.map { layer in
        let activities = [layer.noise, layer.sounds].compactMap { $0 }
        return [layer.name, layer.kind, "\(layer.shape)", layer.gradientText]
          + activities.map { layer.deadText($0) }
          + activities.map { $0.flat.map(ModelReport.share) ?? "" }
          + (comparesTraining ? [layer.normalization?.short ?? ""] : [])
      }, rightAligned: Set(3..<header.count))
  }

  private var remarks: [String] {
    var lines = [
      "Dead: channels with one value everywhere, on all inputs. Flat: values at a ReLU's zero, or "
        + "where a bounded activation has no slope."
    ]
    if layers.contains(where: { $0.normalization != nil }) {
      lines.append(
        "Off training: how far the mean is from the moving mean, in its deviations, and the variance over "
          + "the moving one; medians of the channels.")
    }
    if let compiledDeviation {
      lines.append(
        "The compiled network that is climbed: gradient off by \(Self.short(compiledDeviation)).")
    }
    for answer in answers ?? [] {
      lines.append("\(answer.output) differs by \(Self.share(answer.spread)) between sounds.")
    }
    return lines
  }

  private func verdict(_ words: (Remedy) -> String) -> [String] {
    var lines = findings.map { "\($0.severity.rawValue): \($0.sentence(words))" }
    if !findings.contains(where: { $0.severity != .hint }) {
      lines.insert("everything fits", at: 0)
    }
    if sounds == nil {
      lines.append(
        "not looked at: sounds; \(words(.listen))")
    }
    return lines
  }

  /// A share in per cent, small ones not as zero.
  static func share(_ share: Double) -> String {
    if share > 0, share < 0.01 {
      return share < 0.001 ? "<0.1 %" : String(format: "%.1f %%", 100 * share)
    }
    return share < 1 && share > 0.99 ? ">99 %" : String(format: "%.0f %%", 100 * share)
  }

  /// A deviation with the digits that matter.
  static func short(_ deviation: Double) -> String {
    deviation == 0 || deviation >= 0.01
      ? String(format: "%.2g", deviation) : String(format: "%.0e", deviation)
  }
}

extension ModelReport.Levels {
  fileprivate var middle: String {
    // No minus before a zero.
    let mean = (100 * mean).rounded() / 100 + 0
    return String(format: "%.2f ± %.2f", mean, deviation)
  }

  fileprivate var range: String { String(format: "%.1f … %.1f", lowest, highest) }
}

extension ModelReport.Layer {
  /// The gradient's deviation; `–` if there is nothing to compare, `flat` if no slope was seen.
  fileprivate var gradientText: String {
    guard let gradient else { return "–" }
    guard let deviation = gradient.deviation else { return "flat" }
    if deviation <= GradientCheck.tolerance { return ModelReport.short(deviation) }
    return deviation.isFinite ? "WRONG \(ModelReport.short(deviation))" : "NaN"
  }

  /// How many channels are dead; nothing for layers that only hand on what they read.
  fileprivate func deadText(_ activity: ModelReport.Activity) -> String {
    if activity.notFinite > 0 { return "NaN" }
    guard let dead = activity.dead, !Self.handingOn.contains(kind) else { return "" }
    return dead.isEmpty ? "0" : "\(dead.count) of \(activity.channels)"
  }

  private static let handingOn: Set<String> = [
    "Flatten", "Reshape", "Permute", "Dropout", "Identity", "Concatenate", "ZeroPadding2D",
  ]
}

extension NormalizationMatch {
  /// The match in words.
  var text: String {
    String(
      format:
        "the mean is off by %.2f of its deviations, the variance by a factor of \(ratioFormat)",
      shift, varianceRatio)
  }

  /// The match in numbers.
  fileprivate var short: String { String(format: "%.2f, × \(ratioFormat)", shift, varianceRatio) }

  private var ratioFormat: String { varianceRatio < 100 ? "%.2f" : "%.0f" }
}

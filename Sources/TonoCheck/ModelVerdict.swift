import TonoCore
import TonoNetwork

/// What a report comes to: sentences that say what to do, most important first.
struct ModelVerdict {
  /// Outputs that differ less than this between sounds are all the same.
  private static let leastSpread = 1e-3
  /// How many layers a sentence names.
  private static let named = 4

  let report: ModelReport
  let network: Network

  /// The verdict on a report without findings yet.
  init(_ report: ModelReport, _ network: Network) {
    self.report = report
    self.network = network
  }

  /// The sentences.
  var findings: [ModelReport.Finding] {
    let found = [
      weightFindings, valueFindings, gradientFindings, missingFindings, frontEndFindings,
      answerFindings, deadFindings, saturationFindings,
    ].flatMap { $0 }
    return ModelReport.Severity.allCases.flatMap { severity in
      found.filter { $0.severity == severity }
    }
  }

  func finding(
    _ severity: ModelReport.Severity, _ topic: ModelReport.Topic, _ layers: [String],
    _ problem: String, remedy: Remedy? = nil
  ) -> ModelReport.Finding {
    ModelReport.Finding(
      severity: severity, topic: topic, layers: layers, problem: problem, remedy: remedy)
  }

  /// Some texts in a row, of more than a few the first.
  func list(_ texts: [String], by separator: String = "; ") -> String {
    let rest = texts.count - Self.named
    return texts.prefix(Self.named).joined(separator: separator)
      + (rest > 0 ? "\(separator)and \(rest) more" : "")
  }

  // MARK: - What is wrong

  private var weightFindings: [ModelReport.Finding] {
    func flaws(_ kind: WeightFlaw.Kind) -> (layers: [String], text: String)? {
      let found = report.layers.flatMap { layer in
        layer.weights.filter { $0.kind == kind }.map { (layer: layer.name, flaw: $0) }
      }
      guard !found.isEmpty else { return nil }
      let texts = found.map { found in
        found.flaw.count == found.flaw.of
          ? "\(found.layer), \(found.flaw.array)"
          : "\(found.layer), \(found.flaw.array) (\(found.flaw.count) of \(found.flaw.of))"
      }
      return (found.map(\.layer), list(texts))
    }
    let sentences: [(WeightFlaw.Kind, ModelReport.Severity, String)] = [
      (
        .notFinite, .wrong,
        "weights are NaN or infinite: training diverged or the file is damaged; take an earlier "
          + "checkpoint"
      ),
      (
        .negativeVariance, .wrong,
        "moving variances are negative, which no training gives: the arrays are damaged or in the "
          + "wrong order; export the model again"
      ),
      (
        .allZero, .doubtful,
        "weights are all zero, so that nothing passes; see whether they were exported"
      ),
      (
        .untrained, .doubtful,
        "moving means are all 0 and variances all 1, as before training; see whether the weights "
          + "were loaded before the model was saved"
      ),
      (
        .huge, .doubtful,
        "weights are larger than a million: training diverged, or the file was misread; compare "
          + "them with the framework's"
      ),
    ]
    return sentences.compactMap { kind, severity, sentence in
      flaws(kind).map { finding(severity, .weights, $0.layers, "\($0.text): \(sentence)") }
    }
  }

  /// Layers whose values are not finite although those they read are.
  private var valueFindings: [ModelReport.Finding] {
    func findings(
      of activity: (ModelReport.Layer) -> ModelReport.Activity?, on what: String
    ) -> ModelReport.Finding? {
      let broken = Set(
        report.layers.filter { activity($0)?.notFinite ?? 0 > 0 }.map(\.name))
      let first = network.nodes.filter { node in
        broken.contains(node.name) && !node.inputs.contains(where: broken.contains)
      }
      let guilty = Set(report.layers.filter(\.hasBrokenWeights).map(\.name))
      let innocent = first.map(\.name).filter { !guilty.contains($0) }
      guard !innocent.isEmpty else { return nil }
      return finding(
        .wrong, .notFinite, innocent,
        "\(list(innocent, by: ", ")): values are NaN or infinite on \(what), though all that is read "
          + "is finite; look at the numbers that go in, such as a logarithm's zeros")
    }
    return [
      findings(of: \.sounds, on: "your sounds") ?? findings(of: \.noise, on: "noise")
    ].compactMap { $0 }
  }

  private var gradientFindings: [ModelReport.Finding] {
    var findings: [ModelReport.Finding] = []
    // Broken weights are told of as such.
    let deviations = report.layers.filter { !$0.hasBrokenWeights }.compactMap { layer in
      layer.gradient?.deviation.map { (layer: layer, deviation: $0) }
    }
    let wrong = deviations.filter {
      $0.deviation > GradientCheck.tolerance && $0.deviation.isFinite
    }
    if !wrong.isEmpty {
      let texts = wrong.map {
        "\($0.layer.name) (\($0.layer.kind)) by \(ModelReport.short($0.deviation))"
      }
      findings.append(
        finding(
          .wrong, .gradient, wrong.map(\.layer.name),
          "gradients disagree with finite differences: \(list(texts)); patterns of these layers and of "
            + "those behind them cannot be trusted. This is a fault of Tonoscope",
          remedy: .report(.architecture)))
    }
    let endless = deviations.filter { !$0.deviation.isFinite }.map(\.layer.name)
    if !endless.isEmpty {
      findings.append(
        finding(
          .wrong, .gradient, endless,
          "\(list(endless, by: ", ")): the gradient is NaN or infinite at usual values (a root's or "
            + "logarithm's slope at 0?), and so is every ascent through it; climb a layer before it"
        ))
    }
    if findings.isEmpty, let deviation = report.compiledDeviation,
      deviation > CompiledCheck.tolerance
    {
      findings.append(
        finding(
          .wrong, .gradient, [],
          "the compiled network's gradient is \(ModelReport.short(deviation)) off that of its layers; "
            + "that is a fault of Tonoscope", remedy: .report(.exactConvolution)))
    }
    return findings
  }

  // MARK: - What does not fit

  private var missingFindings: [ModelReport.Finding] {
    guard !report.missing.isEmpty else { return [] }
    let reasons = Dictionary(grouping: report.missing, by: \.reason).sorted { $0.key < $1.key }
    let texts = reasons.map { reason, nodes in
      "\(reason) (\(list(nodes.map(\.name), by: ", ")))"
    }
    return [
      finding(
        .doubtful, .missing, report.missing.map(\.name),
        "nodes of the file are missing, with all that reads them; only the layers above were checked. "
          + list(texts))
    ]
  }

  private var frontEndFindings: [ModelReport.Finding] {
    var findings: [ModelReport.Finding] = []
    let matches = report.layers.compactMap { layer in
      layer.weights.contains { $0.kind == .untrained }
        ? nil : layer.normalization.map { (layer: layer.name, match: $0) }
    }
    if let first = matches.first(where: { $0.match.likeness == .unlike }) {
      let (inputs, frontEnds) = inputs(of: first.layer)
      findings.append(
        finding(
          .doubtful, .frontEnd, [first.layer] + inputs,
          "to \(first.layer) your sounds are not what it was trained on: \(first.match.text). '\(frontEnds)' "
            + "is probably not the front end of \(list(inputs, by: ", ")); compare normalization, decibels "
            + "and their reference, and bands with the training's code", remedy: .giveRightFrontEnd)
      )
    } else if let first = matches.first(where: { $0.match.likeness == .somewhatUnlike }) {
      let (inputs, frontEnds) = inputs(of: first.layer)
      findings.append(
        finding(
          .hint, .frontEnd, [first.layer] + inputs,
          "to \(first.layer) your sounds differ from what it was trained on: \(first.match.text). They may "
            + "be of another kind; or '\(frontEnds)' is off in a detail, such as sample rate, frequency "
            + "range or dynamic range"))
    }
    for input in report.inputs where input.sounds?.deviation == 0 {
      findings.append(
        finding(
          .doubtful, .frontEnd, [input.name],
          "\(input.name): every sound gives the same number everywhere; see whether they are silent"
        ))
    }
    return findings
  }

  /// The inputs that a layer sees, and the names of their front ends.
  private func inputs(of layer: String) -> (names: [String], frontEnds: String) {
    let names = (try? network.inputs(of: [layer]).map(\.name)) ?? []
    let frontEnds = report.inputs.filter { names.contains($0.name) }.compactMap(\.frontEnd)
    return (names, list(frontEnds, by: "', '"))
  }

  private var answerFindings: [ModelReport.Finding] {
    guard report.sounds?.examples ?? 0 >= 4 else { return [] }
    let same = (report.answers ?? []).filter { $0.spread < Self.leastSpread }.map(\.output)
    guard !same.isEmpty else { return [] }
    return [
      finding(
        .doubtful, .answers, same,
        "\(list(same, by: ", ")): the answer to all sounds is the same to "
          + "\(ModelReport.share(Self.leastSpread)); the weights are not those of the training, or the "
          + "front end is wrong")
    ]
  }
}

extension ModelReport.Layer {
  /// Whether its weights alone make its values NaN or infinite.
  fileprivate var hasBrokenWeights: Bool {
    weights.contains { $0.kind == .notFinite || $0.kind == .negativeVariance }
  }
}

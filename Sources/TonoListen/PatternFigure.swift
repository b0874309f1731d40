import Foundation
import TonoAscent
import TonoAudio
import TonoCore
import TonoFiles
import TonoNetwork
import TonoRender

/// Draws inputs of a network with true axes: Hz on the bands' own scale upwards and seconds to the right where a
/// front end is known, bins and frames where not.
public struct PatternFigure: Sendable {
  private let frontEnds: [String: FrontEnd]
  private let normalizedInputs: Set<String>
  private let colormap: Colormap
  private let unit: String?

  /// A way to draw inputs.
  ///
  /// - Parameters:
  ///   - frontEnds: per input name the front end before it.
  ///   - normalizedInputs: the inputs whose units are deviations from their own mean.
  ///   - colormap: the colours of the values.
  ///   - unit: what the values are, if they are not the inputs themselves but belong to their cells.
  public init(
    frontEnds: [String: FrontEnd], normalizedInputs: Set<String>, colormap: Colormap,
    unit: String? = nil
  ) {
    self.unit = unit
    self.frontEnds = frontEnds
    self.normalizedInputs = normalizedInputs
    self.colormap = colormap
  }

  /// A picture of some inputs side by side.
  ///
  /// - Parameters:
  ///   - title: the headline.
  ///   - subtitle: the smaller line below it.
  ///   - inputs: the inputs, from the left.
  ///   - marks: per input name the cells that are outlined.
  /// - Returns: the picture, not drawn yet.
  /// - Throws: `InputError` if the inputs cannot be drawn.
  public func page(
    title: String, subtitle: String, _ inputs: [(name: String, tensor: Tensor)],
    marks: [String: [Heatmap.Mark]] = [:]
  ) throws -> Figure {
    try Figure(
      title: title, subtitle: subtitle,
      tiles: [Figure.Tile(panels(inputs, scales: scales(of: [inputs]), marks: marks))])
  }

  /// An input alone, one pixel for each cell; several channels stand one above the other.
  ///
  /// - Throws: `InputError` if the input cannot be drawn.
  public func bare(_ input: (name: String, tensor: Tensor)) throws -> Image {
    let maps = maps(of: input)
    return try Heatmap(
      maps.reshaped([maps.shape[0] * maps.shape[1], maps.shape[2]]),
      scale: scale(of: [input.tensor], input: input.name)
    ).image
  }

  /// A contact sheet: one tile for each neuron, dead ones with words in place of a picture.
  ///
  /// - Parameters:
  ///   - title: the line above the sheet.
  ///   - subtitle: the smaller line below it.
  ///   - entries: the neurons, in the order of their tiles.
  ///   - sharesScale: whether all tiles have the same colours for the same values.
  /// - Returns: the sheet, not drawn yet.
  /// - Throws: `InputError` if the inputs cannot be drawn.
  public func contactSheet(
    title: String, subtitle: String, _ entries: [Entry], sharesScale: Bool
  ) throws -> Figure {
    let shared = sharesScale ? scales(of: entries.map(\.inputs)) : nil
    let names = entries.first { !$0.inputs.isEmpty }?.inputs.map(\.name) ?? []
    let tiles = try entries.map { entry in
      Figure.Tile(
        title: entry.title, subtitle: entry.subtitle,
        entry.inputs.isEmpty
          ? (names.isEmpty ? [""] : names).map { _ in Figure.Panel(blank: entry.absence) }
          : try panels(entry.inputs, scales: shared ?? scales(of: [entry.inputs])))
    }
    return try Figure(title: title, subtitle: subtitle, tiles: tiles)
  }

  /// One neuron on a contact sheet.
  public struct Entry: Sendable {
    /// The neuron, in short.
    public let title: String
    /// Its activation, or that it is dead.
    public let subtitle: String
    /// Its inputs; none if there is no pattern.
    public let inputs: [(name: String, tensor: Tensor)]
    /// Why there is none, in a word or two.
    public let absence: String

    /// One neuron with its inputs, or with the reason why it has none.
    public init(
      title: String, subtitle: String, inputs: [(name: String, tensor: Tensor)], absence: String
    ) {
      self.absence = absence
      self.title = title
      self.subtitle = subtitle
      self.inputs = inputs
    }
  }

  // MARK: - Panels

  private func panels(
    _ inputs: [(name: String, tensor: Tensor)], scales: [String: ColorScale],
    marks: [String: [Heatmap.Mark]] = [:]
  ) throws -> [Figure.Panel] {
    try inputs.flatMap { name, tensor in
      let maps = maps(of: (name, tensor))
      return try (0..<maps.shape[0]).map { channel in
        let matrix = maps.sample(channel)
        let heatmap = try Heatmap(
          matrix, scale: scales[name] ?? scale(of: [tensor], input: name),
          rowAxis: rowAxis(of: name, matrix.shape), columnAxis: columnAxis(of: name, matrix.shape),
          marks: marks[name] ?? [])
        let title = inputs.count == 1 ? "" : name
        return Figure.Panel(
          title: maps.shape[0] == 1 ? title : "\(title) channel \(channel)", heatmap)
      }
    }
  }

  /// An input as maps, `[channels, rows, columns]`: bands × frames where its front end is known.
  private func maps(of input: (name: String, tensor: Tensor)) -> Tensor {
    guard let frontEnd = frontEnds[input.name], input.tensor.count == frontEnd.inputShape.count
    else { return input.tensor.maps }
    return frontEnd.spectrogram(of: input.tensor).reshaped([1, frontEnd.bands, frontEnd.frames])
  }

  private func scales(of pages: [[(name: String, tensor: Tensor)]]) -> [String: ColorScale] {
    let tensors = Dictionary(grouping: pages.joined(), by: \.name).mapValues { $0.map(\.tensor) }
    return tensors.reduce(into: [:]) { $0[$1.key] = scale(of: $1.value, input: $1.key) }
  }

  /// The outermost 0.5 % of cells on either side do not stretch the colours.
  private func scale(of tensors: [Tensor], input: String) -> ColorScale {
    let label = unit(of: input)
    guard !colormap.isDiverging else {
      return .symmetric(of: tensors, colormap: colormap, label: label)
    }
    return .robust(of: tensors, percentiles: 0.5...99.5, colormap: colormap, label: label)
  }

  /// What an input's cells are measured in.
  public func unit(of input: String) -> String {
    if let unit { return unit }
    if normalizedInputs.contains(input) { return "level (standard deviations)" }
    return frontEnds[input]?.unit ?? "input (network units)"
  }

  private func rowAxis(of input: String, _ shape: Shape) -> Axis {
    let rows = shape.extents.suffix(2).first ?? 1
    guard let frontEnd = frontEnds[input] else {
      return .linear(label: "bin", from: -0.5, to: Double(rows) - 0.5, cells: rows)
    }
    let octaves = [1_000.0, 4_000, 2_000, 8_000, 500, 16_000, 250, 125]
    return .nonlinear(label: "frequency (Hz)", values: octaves + [0], cells: rows) {
      frontEnd.bandPosition(of: $0) + 0.5
    }
  }

  private func columnAxis(of input: String, _ shape: Shape) -> Axis {
    let columns = shape.extents.last ?? 1
    guard let frontEnd = frontEnds[input] else {
      return .linear(label: "frame", from: -0.5, to: Double(columns) - 0.5, cells: columns)
    }
    // A frame is centred on its time: the first one's cell begins half a hop before zero.
    return .linear(
      label: "time (s)", from: frontEnd.firstFrameSeconds - 0.5 * frontEnd.frameSeconds,
      to: frontEnd.firstFrameSeconds + (Double(columns) - 0.5) * frontEnd.frameSeconds,
      cells: columns)
  }
}

/// The room beside the plots of a figure: for titles, ticks, labels and colour bars, in points.
struct FigureGutters {
  /// How far the ticks and their texts reach to the left of the plots of each slot.
  let rowTexts: [Double]

  /// How far the ticks and their texts reach below the plots.
  let columnTexts: Double

  /// Whether each panel has its own colour bar.
  let hasOwnBars: Bool

  /// The scales whose colour bars stand once, beside the grid.
  let sharedScales: [ColorScale]

  /// Which labels stand once, at the edge of the page.
  let hasOuterRowLabel: Bool
  let hasOuterColumnLabel: Bool
  let hasOuterBarLabel: Bool

  /// Which lines any tile has above its plots.
  let hasTileTitles: Bool
  let hasTileSubtitles: Bool
  let hasPanelTitles: Bool

  private let grid: FigureGrid
  private let barTexts: [Double]
  private let rowLabels: [Double]
  private let columnLabel: Double
  private let barLabels: [Double]
  private var style: FigureStyle { grid.style }

  init(_ grid: FigureGrid, ruler: Page) {
    self.grid = grid
    let (style, slots, tiles) = (grid.style, grid.slots, grid.tiles)
    func reach(_ axis: Axis) -> Double { Self.reach(of: axis, style: style, ruler: ruler) }
    func label(_ texts: [String]) -> Double {
      texts.allSatisfy(\.isEmpty) ? 0 : style.textGap + style.axisLabel.size
    }
    let heatmaps = slots.flatMap(\.heatmaps)
    rowTexts = slots.map { $0.heatmaps.map { reach($0.rowAxis) }.max() ?? 0 }
    columnTexts =
      heatmaps.contains { !$0.columnAxis.ticks.isEmpty }
      ? style.tickLength + style.textGap + style.tickText.size : 0
    rowLabels = slots.map { label($0.heatmaps.map(\.rowAxis.label)) }
    columnLabel = label(heatmaps.map(\.columnAxis.label))
    barLabels = slots.map { label($0.heatmaps.map(\.scale.label)) }
    barTexts = slots.map { slot in
      slot.heatmaps.map { reach($0.scale.axis(height: grid.height)) }.max() ?? 0
    }
    let scales = slots.compactMap { $0.heatmaps.first?.scale }.reduce(into: [ColorScale]()) {
      if !$0.contains($1) { $0.append($1) }
    }
    let ownBars = !slots.allSatisfy(\.sharesScale) || tiles.count == 1 && scales.count > 1
    hasOwnBars = ownBars
    sharedScales = ownBars ? [] : scales
    let isSimple = slots.count == 1
    hasOuterRowLabel = isSimple && slots[0].sharesRowAxis && rowLabels[0] > 0
    hasOuterColumnLabel = isSimple && slots[0].sharesColumnAxis && columnLabel > 0
    hasOuterBarLabel =
      ownBars && isSimple && barLabels[0] > 0 && Set(heatmaps.map(\.scale.label)).count == 1
    hasTileTitles = tiles.contains { !$0.title.isEmpty }
    hasTileSubtitles = tiles.contains { !$0.subtitle.isEmpty }
    hasPanelTitles = tiles.contains { $0.panels.contains { !$0.title.isEmpty } }
  }

  /// Between the titles of a tile and those of its panels.
  var panelTitleGap: Double { hasTileTitles || hasTileSubtitles ? 2 : 0 }

  /// How far ticks and their texts reach from an upright edge.
  static func reach(of axis: Axis, style: FigureStyle, ruler: Page) -> Double {
    let texts = axis.ticks.map { ruler.width(of: $0.text, style.tickText) }.max() ?? 0
    let ticks = axis.ticks.isEmpty ? 0 : style.tickLength
    return ticks + (texts > 0 ? style.textGap + texts : 0)
  }

  /// The lines above a row of plots.
  var header: Double {
    let lines =
      (hasTileTitles ? style.tileTitle.lineHeight : 0)
      + (hasTileSubtitles ? style.tileSubtitle.lineHeight : 0)
      + (hasPanelTitles ? style.panelTitle.lineHeight + panelTitleGap : 0)
    return lines > 0 ? lines + style.titleGap : 0
  }

  /// The row axis to the left of a plot.
  func left(slot: Int, column: Int) -> Double {
    guard column == 0 || !grid.slots[slot].sharesRowAxis else { return 0 }
    return rowTexts[slot] + (hasOuterRowLabel ? 0 : rowLabels[slot])
  }

  /// The colour bar to the right of a plot.
  func right(slot: Int) -> Double {
    guard hasOwnBars else { return 0 }
    let label = hasOuterBarLabel ? 0 : barLabels[slot]
    return style.smallBarGap + style.smallBarWidth + barTexts[slot] + label
  }

  /// The column axes below a row of plots.
  func bottom(isLowest: Bool) -> Double {
    guard isLowest || !grid.slots.allSatisfy(\.sharesColumnAxis) else { return 0 }
    return columnTexts + (hasOuterColumnLabel ? 0 : columnLabel)
  }

  /// The label of all row axes.
  var outerLeft: Double { hasOuterRowLabel ? rowLabels[0] : 0 }

  /// The label of all column axes.
  var outerBottom: Double { hasOuterColumnLabel ? columnLabel : 0 }

  /// The label of all colour bars.
  var outerRight: Double { hasOuterBarLabel ? barLabels[0] : 0 }
}

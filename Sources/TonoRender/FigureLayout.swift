/// Where everything of a figure stands on its page, in points from the top left.
struct FigureLayout {
  /// The plot of a panel.
  struct PlacedPanel {
    let content: Figure.Panel.Content
    let plot: Rectangle
  }

  /// An axis beside a plot or a colour bar.
  struct PlacedAxis {
    enum Edge { case left, bottom, right }

    let axis: Axis
    let cells: Int
    let edge: Edge
    let plot: Rectangle
    var hasTexts = true
  }

  /// A colour bar.
  struct PlacedBar {
    let scale: ColorScale
    let clipping: (below: Bool, above: Bool)
    let bar: Rectangle
  }

  /// A line of text that begins at a point.
  struct PlacedLine {
    let line: FittedText
    let origin: Point
  }

  /// The label of an axis, centred on a point.
  struct PlacedLabel {
    let text: String
    let centre: Point
    let limit: Double
    let isUpright: Bool
  }

  let grid: FigureGrid
  private(set) var size = Point(x: 0, y: 0)
  private(set) var panels: [PlacedPanel] = []
  private(set) var axes: [PlacedAxis] = []
  private(set) var bars: [PlacedBar] = []
  private(set) var lines: [PlacedLine] = []
  private(set) var labels: [PlacedLabel] = []

  private let figure: Figure
  private let gutters: FigureGutters
  private var style: FigureStyle { grid.style }

  /// The page of a figure; `ruler` measures its texts.
  init(_ figure: Figure, ruler: Page) throws {
    self.figure = figure
    grid = FigureGrid(figure, scale: ruler.scale)
    gutters = FigureGutters(grid, ruler: ruler)
    let top = headlineBottom()
    let plots = plotOrigins(below: top)
    for index in figure.tiles.indices { placeTile(index, plots: plots, ruler: ruler) }
    let right = placeSharedBars(plots: plots, ruler: ruler)
    placeOuterLabels(plots: plots)
    placeHeadline(left: plots.x[0][0], right: right, ruler: ruler)
    size.y = snapped(plots.bottom + style.margin)
  }

  /// The nearest whole pixel.
  private func snapped(_ length: Double) -> Double {
    (length * Double(grid.scale)).rounded() / Double(grid.scale)
  }

  // MARK: - The grid of plots

  /// The left edges of plots by column of tiles and slot, their top edges by row, and the end of
  /// the grid with its axes.
  private struct Plots {
    var x: [[Double]] = []
    var y: [Double] = []
    var right = 0.0
    var bottom = 0.0
  }

  private func plotOrigins(below top: Double) -> Plots {
    var plots = Plots()
    var x = style.margin + gutters.outerLeft
    for column in 0..<grid.columns {
      var row: [Double] = []
      if column > 0 { x += style.gap }
      for slot in grid.slots.indices {
        if slot > 0 { x += style.gap }
        x = snapped(x + gutters.left(slot: slot, column: column))
        row.append(x)
        x += grid.widths[slot] + gutters.right(slot: slot)
      }
      plots.x.append(row)
    }
    plots.right = x
    var y = top
    for row in 0..<grid.rows {
      if row > 0 { y += style.rowGap }
      y = snapped(y + gutters.header)
      plots.y.append(y)
      y += grid.height + gutters.bottom(isLowest: row == grid.rows - 1)
    }
    plots.bottom = y + gutters.outerBottom
    return plots
  }

  // MARK: - Tiles

  private mutating func placeTile(_ index: Int, plots: Plots, ruler: Page) {
    let tile = figure.tiles[index]
    let (row, column) = (index / grid.columns, index % grid.columns)
    let left = plots.x[column][0]
    let lastSlot = grid.slots.count - 1
    let right = plots.x[column][lastSlot] + grid.widths[lastSlot] + gutters.right(slot: lastSlot)
    var baseline = plots.y[row] - gutters.header
    func place(_ text: String, _ style: TextStyle, x: Double, limit: Double) -> PlacedLine {
      PlacedLine(
        line: ruler.fit(text, style, within: limit), origin: Point(x: x, y: baseline))
    }
    if gutters.hasTileTitles {
      baseline += style.tileTitle.lineHeight
      lines.append(place(tile.title, style.tileTitle, x: left, limit: right - left))
    }
    if gutters.hasTileSubtitles {
      baseline += style.tileSubtitle.lineHeight
      lines.append(place(tile.subtitle, style.tileSubtitle, x: left, limit: right - left))
    }
    if gutters.hasPanelTitles { baseline += style.panelTitle.lineHeight + gutters.panelTitleGap }
    for (slot, panel) in tile.panels.enumerated() {
      let x = plots.x[column][slot]
      if gutters.hasPanelTitles {
        lines.append(place(panel.title, style.panelTitle, x: x, limit: grid.widths[slot]))
      }
      placePanel(panel, index: index, slot: slot, x: x, y: plots.y[row])
    }
  }

  /// Places a panel at the bottom left of its room.
  private mutating func placePanel(
    _ panel: Figure.Panel, index: Int, slot: Int, x: Double, y: Double
  ) {
    let plotSize = grid.plotSize(of: panel, slot: slot)
    let plot = Rectangle(
      x: x, y: snapped(y + grid.height - plotSize.y), width: plotSize.x, height: plotSize.y)
    // An empty panel at the edge of the page still carries the axes that its neighbours share.
    let shared = grid.slots[slot]
    panels.append(PlacedPanel(content: panel.content, plot: plot))
    let isLeftmost = index % grid.columns == 0
    let isLowest = index + grid.columns >= figure.tiles.count
    if let heatmap = panel.heatmap ?? (shared.sharesRowAxis ? shared.heatmaps.first : nil) {
      let hasTexts = isLeftmost || !shared.sharesRowAxis
      if hasTexts || panel.heatmap != nil {
        axes.append(
          PlacedAxis(
            axis: heatmap.rowAxis, cells: heatmap.rows, edge: .left, plot: plot,
            hasTexts: hasTexts))
      }
      if hasTexts && !gutters.hasOuterRowLabel {
        placeLabel(
          heatmap.rowAxis.label, beside: plot,
          distance: gutters.rowTexts[slot] + style.textGap + style.axisLabel.size / 2)
      }
    }
    if let heatmap = panel.heatmap ?? (shared.sharesColumnAxis ? shared.heatmaps.first : nil) {
      let hasTexts = isLowest || !shared.sharesColumnAxis
      if hasTexts || panel.heatmap != nil {
        axes.append(
          PlacedAxis(
            axis: heatmap.columnAxis, cells: heatmap.columns, edge: .bottom, plot: plot,
            hasTexts: hasTexts))
      }
      if hasTexts && !gutters.hasOuterColumnLabel {
        placeLabel(heatmap.columnAxis.label, below: plot)
      }
    }
    if gutters.hasOwnBars, let heatmap = panel.heatmap {
      placeBar(
        heatmap.scale, of: [heatmap],
        in: Rectangle(
          x: snapped(plot.maxX + style.smallBarGap), y: plot.y, width: style.smallBarWidth,
          height: plot.height))
      if !gutters.hasOuterBarLabel {
        placeLabel(
          heatmap.scale.label, beside: plot,
          distance: -(plot.width + gutters.right(slot: slot) - style.axisLabel.size / 2))
      }
    }
  }

  private mutating func placeLabel(_ text: String, beside plot: Rectangle, distance: Double) {
    labels.append(
      PlacedLabel(
        text: text, centre: Point(x: plot.x - distance, y: plot.midY), limit: plot.height,
        isUpright: true))
  }

  private mutating func placeLabel(_ text: String, below plot: Rectangle) {
    labels.append(
      PlacedLabel(
        text: text,
        centre: Point(
          x: plot.midX,
          y: plot.maxY + gutters.columnTexts + style.textGap + style.axisLabel.size / 2),
        limit: plot.width + 2 * style.gap, isUpright: false))
  }

  // MARK: - Colour bars

  /// A colour bar in a rectangle, with room for the arrows of values beyond its ends.
  private mutating func placeBar(
    _ scale: ColorScale, of heatmaps: [Heatmap], in rectangle: Rectangle
  ) {
    let clipping = (
      below: heatmaps.contains { $0.clipping.below }, above: heatmaps.contains { $0.clipping.above }
    )
    let arrow = snapped(rectangle.width * 0.7)
    let bar = Rectangle(
      x: rectangle.x, y: rectangle.y + (clipping.above ? arrow : 0), width: rectangle.width,
      height: snapped(
        rectangle.height - (clipping.above ? arrow : 0) - (clipping.below ? arrow : 0)))
    bars.append(PlacedBar(scale: scale, clipping: clipping, bar: bar))
    axes.append(
      PlacedAxis(axis: scale.axis(height: bar.height), cells: 1, edge: .right, plot: bar))
  }

  /// Places the colour bars of the page to the right of the grid and returns where they end.
  private mutating func placeSharedBars(plots: Plots, ruler: Page) -> Double {
    guard !gutters.hasOwnBars else { return plots.right + gutters.outerRight }
    var x = plots.right
    let bottom = plots.y[grid.rows - 1] + grid.height
    let height = snapped(min(bottom - plots.y[0], max(style.tallestBar, grid.height)))
    for scale in gutters.sharedScales {
      x = snapped(x + style.gap)
      let axis = scale.axis(height: height)
      let heatmaps = grid.slots.flatMap(\.heatmaps).filter { $0.scale == scale }
      let rectangle = Rectangle(x: x, y: plots.y[0], width: style.barWidth, height: height)
      placeBar(scale, of: heatmaps, in: rectangle)
      x += style.barWidth + FigureGutters.reach(of: axis, style: style, ruler: ruler)
      if !scale.label.isEmpty {
        labels.append(
          PlacedLabel(
            text: scale.label,
            centre: Point(
              x: x + style.textGap + style.axisLabel.size / 2, y: rectangle.midY),
            limit: height, isUpright: true))
        x += style.textGap + style.axisLabel.size
      }
    }
    return x
  }

  // MARK: - Labels and headlines

  /// Places the labels that stand once for the whole grid.
  private mutating func placeOuterLabels(plots: Plots) {
    guard let heatmap = grid.slots[0].heatmaps.first else { return }
    let plotsBottom = plots.y[grid.rows - 1] + grid.height
    let midY = (plots.y[0] + plotsBottom) / 2
    let height = plotsBottom - plots.y[0]
    if gutters.hasOuterRowLabel {
      labels.append(
        PlacedLabel(
          text: heatmap.rowAxis.label,
          centre: Point(x: style.margin + style.axisLabel.size / 2, y: midY), limit: height,
          isUpright: true))
    }
    if gutters.hasOuterBarLabel {
      labels.append(
        PlacedLabel(
          text: heatmap.scale.label,
          centre: Point(
            x: plots.right + gutters.outerRight - style.axisLabel.size / 2, y: midY),
          limit: height, isUpright: true))
    }
    if gutters.hasOuterColumnLabel {
      let left = plots.x[0][0]
      let right = plots.x[grid.columns - 1][0] + grid.widths[0]
      labels.append(
        PlacedLabel(
          text: heatmap.columnAxis.label,
          centre: Point(
            x: (left + right) / 2, y: plots.bottom - style.axisLabel.size / 2),
          limit: right - left + 2 * style.gap, isUpright: false))
    }
  }

  /// Where the grid begins, below the headline.
  private func headlineBottom() -> Double {
    var y = style.margin
    if !figure.title.isEmpty { y += style.pageTitle.lineHeight }
    if !figure.subtitle.isEmpty { y += style.pageSubtitle.lineHeight }
    return y > style.margin ? y + style.titleGap : y
  }

  private mutating func placeHeadline(left: Double, right: Double, ruler: Page) {
    let wanted = max(
      ruler.width(of: figure.title, style.pageTitle),
      ruler.width(of: figure.subtitle, style.pageSubtitle))
    let end = max(right, min(left + wanted, style.narrowestPage))
    size.x = snapped(end + style.margin)
    var baseline = style.margin - 0.3 * style.pageTitle.size
    for (text, style) in [
      (figure.title, style.pageTitle), (figure.subtitle, style.pageSubtitle),
    ] where !text.isEmpty {
      baseline += style.lineHeight
      lines.append(
        PlacedLine(
          line: ruler.fit(text, style, within: end - left), origin: Point(x: left, y: baseline)))
    }
  }
}

extension ColorScale {
  /// The axis of a colour bar of this height in points, over one cell: with two ticks or more.
  func axis(height: Double) -> Axis {
    let (low, high) = (Double(range.lowerBound), Double(range.upperBound))
    guard low < high else {
      return Axis(label: label, ticks: [.init(position: 0.5, text: TickText.shortest(low))])
    }
    let intervals = min(max(2, Int(height / 24)), 8)
    let axes = (intervals...8).lazy.map {
      Axis.linear(label: label, from: low, to: high, cells: 1, intervals: $0)
    }
    return axes.first { $0.ticks.count > 1 } ?? axes[axes.startIndex]
  }
}

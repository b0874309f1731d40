/// Where everything of a plot of lines lies, in points.
struct LinePlotLayout {
  /// The colours of lines in the order of their names: told apart by the colour-blind (Okabe & Ito 2008).
  static let colors: [Color] = [0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0x56B4E9, 0xE69F00]
    .map { Color(hex: $0) }

  private static let plotSize = Point(x: 400, y: 150)
  private static let gutter = (left: 52.0, right: 16.0, bottom: 34.0)

  let plot: LinePlot
  let style = FigureStyle()
  private let scale: Int
  private let top: Double
  private let names: [String]

  init(_ plot: LinePlot, scale: Int) {
    self.plot = plot
    self.scale = scale
    top = style.margin + style.pageTitle.lineHeight + style.tickText.lineHeight + style.titleGap
    var names: [String] = []
    for line in plot.panels.flatMap(\.lines) where !names.contains(line.name) {
      names.append(line.name)
    }
    self.names = names
  }

  /// The size of the page.
  var size: Point {
    Point(
      x: Self.gutter.left + Self.plotSize.x + Self.gutter.right,
      y: (top + Double(plot.panels.count) * (Self.plotSize.y + style.gap) - style.gap
        + Self.gutter.bottom).rounded(.up))
  }

  /// The rectangle of a panel.
  func rectangle(of panel: Int) -> Rectangle {
    Rectangle(
      x: Self.gutter.left, y: top + Double(panel) * (Self.plotSize.y + style.gap),
      width: Self.plotSize.x, height: Self.plotSize.y)
  }

  /// What the axis to the right covers.
  var range: ClosedRange<Double> { Self.range(of: plot.panels.flatMap(\.lines), \.x) }

  /// What the upward axis of a panel covers.
  func range(of panel: LinePlot.Panel) -> ClosedRange<Double> {
    panel.range ?? Self.range(of: panel.lines, \.y)
  }

  /// From the least to the greatest finite number; a little around it where they are one.
  private static func range(
    of lines: [LinePlot.Line], _ coordinate: (((x: Double, y: Double)) -> Double)
  ) -> ClosedRange<Double> {
    let values = lines.flatMap(\.points).map(coordinate).filter(\.isFinite)
    let (low, high) = (values.min() ?? 0, values.max() ?? 1)
    return low < high ? low...high : low - 0.5...high + 0.5
  }

  // MARK: - Drawing

  /// Draws the plot on a page.
  func draw(on page: Page) {
    page.write(
      plot.title,
      at: Point(x: Self.gutter.left, y: style.margin + style.pageTitle.digitHeight), style.pageTitle
    )
    drawLegend(on: page)
    for (index, panel) in plot.panels.enumerated() { draw(panel, at: index, on: page) }
    let last = rectangle(of: plot.panels.count - 1)
    let (width, bottom) = (page.width(of: plot.label, style.axisLabel), size.y - 8)
    page.write(plot.label, at: Point(x: last.midX - width / 2, y: bottom), style.axisLabel)
  }

  private func drawLegend(on page: Page) {
    let base = top - style.titleGap
    var x = Self.gutter.left
    for (index, name) in names.enumerated() {
      let middle = base - style.tickText.digitHeight / 2
      page.stroke(
        [Point(x: x, y: middle), Point(x: x + 18, y: middle)], width: 1.5, color: color(index))
      page.write(name, at: Point(x: x + 22, y: base), style.tickText)
      x += 22 + page.width(of: name, style.tickText) + style.gap
    }
  }

  private func color(_ index: Int) -> Color { Self.colors[index % Self.colors.count] }

  private func draw(_ panel: LinePlot.Panel, at index: Int, on page: Page) {
    let plotted = rectangle(of: index)
    let (across, up) = (range, range(of: panel))
    func x(_ value: Double) -> Double {
      plotted.x + (value - across.lowerBound) / (across.upperBound - across.lowerBound)
        * plotted.width
    }
    func y(_ value: Double) -> Double {
      plotted.maxY - (value - up.lowerBound) / (up.upperBound - up.lowerBound) * plotted.height
    }
    for tick in Axis.niceTicks(from: up.lowerBound, to: up.upperBound, intervals: 5) {
      drawGridLine([
        Point(x: plotted.x, y: y(tick.value)), Point(x: plotted.maxX, y: y(tick.value)),
      ])
      let width = page.width(of: tick.text, style.tickText)
      page.write(
        tick.text,
        at: Point(
          x: plotted.x - style.textGap - width, y: y(tick.value) + style.tickText.digitHeight / 2),
        style.tickText)
    }
    for tick in Axis.niceTicks(from: across.lowerBound, to: across.upperBound, intervals: 10) {
      drawGridLine([
        Point(x: x(tick.value), y: plotted.y), Point(x: x(tick.value), y: plotted.maxY),
      ])
      guard index == plot.panels.count - 1 else { continue }
      let width = page.width(of: tick.text, style.tickText)
      page.write(
        tick.text,
        at: Point(
          x: x(tick.value) - width / 2,
          y: plotted.maxY + style.textGap + style.tickText.digitHeight), style.tickText)
    }
    page.frame(plotted, width: 0.5, color: style.ink)
    for line in panel.lines {
      let color = color(names.firstIndex(of: line.name) ?? 0)
      let pieces = line.points.split { !$0.x.isFinite || !$0.y.isFinite }
      for piece in pieces {
        let points = piece.map {
          Point(x: x($0.x), y: min(max(y($0.y), plotted.y), plotted.maxY))
        }
        if points.count == 1 {
          page.frame(
            Rectangle(x: points[0].x - 0.5, y: points[0].y - 0.5, width: 1, height: 1), width: 1,
            color: color)
        }
        page.stroke(points, width: 1.5, color: color)
      }
    }
    let length = page.width(of: panel.label, style.axisLabel)
    page.write(
      panel.label, at: Point(x: 14, y: plotted.midY + length / 2), style.axisLabel, isUpright: true)

    func drawGridLine(_ points: [Point]) {
      page.stroke(points, width: 0.5, color: Color(hex: 0xDDDDDD))
    }
  }
}

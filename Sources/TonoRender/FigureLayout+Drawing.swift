extension FigureLayout {
  /// Draws the figure on a page.
  func draw(on page: Page) {
    for panel in panels { draw(panel, on: page) }
    for bar in bars { draw(bar, on: page) }
    for axis in axes { draw(axis, on: page) }
    for line in lines { page.write(line.line.text, at: line.origin, line.line.style) }
    for label in labels {
      page.write(
        label.text, centredAt: label.centre, grid.style.axisLabel, within: label.limit,
        isUpright: label.isUpright)
    }
  }

  /// The drawn page with the smooth edges of its letters in 16 greys, so that all its colours
  /// fit a palette; the plots and colour bars stay as they are.
  func withFewGreys(_ image: Image) -> Image {
    var image = image
    var kept = [Bool](repeating: false, count: image.width * image.height)
    for rectangle in panels.map(\.plot) + bars.map(\.bar) {
      let (left, top) = (grid.pixels(rectangle.x), grid.pixels(rectangle.y))
      for y in top..<top + grid.pixels(rectangle.height) {
        for x in left..<left + grid.pixels(rectangle.width) { kept[y * image.width + x] = true }
      }
    }
    for index in kept.indices where !kept[index] {
      for offset in 3 * index..<3 * index + 3 {
        image.pixels[offset] = UInt8((Int(image.pixels[offset]) + 8) / 17 * 17)
      }
    }
    return image
  }

  private var hairline: Double { max(0.5, 1 / Double(grid.scale)) }

  // MARK: - Panels

  private func draw(_ panel: PlacedPanel, on page: Page) {
    switch panel.content {
    case .heatmap(let heatmap):
      let image = heatmap.image(
        width: grid.pixels(panel.plot.width), height: grid.pixels(panel.plot.height),
        palette: heatmap.scale.colormap.colors(steps: grid.colorSteps))
      page.place(image, at: Point(x: panel.plot.x, y: panel.plot.y))
      page.frame(panel.plot, width: hairline, color: grid.style.ink)
      for mark in heatmap.marks { draw(mark, of: heatmap, in: panel.plot, on: page) }
    case .blank(let words):
      page.frame(panel.plot, width: hairline, color: grid.style.faint, dashed: true)
      let lines = words.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      let style = grid.style.blank
      let top = panel.plot.midY - style.lineHeight * Double(lines.count - 1) / 2
      for (index, line) in lines.enumerated() {
        let centre = Point(x: panel.plot.midX, y: top + style.lineHeight * Double(index))
        page.write(line, centredAt: centre, style, within: panel.plot.width - 6)
      }
    }
  }

  /// Outlines cells in white within black, which shows on any colour.
  private func draw(
    _ mark: Heatmap.Mark, of heatmap: Heatmap, in plot: Rectangle, on page: Page
  ) {
    let rows = mark.rows.clamped(to: 0..<heatmap.rows)
    let columns = mark.columns.clamped(to: 0..<heatmap.columns)
    guard !rows.isEmpty, !columns.isEmpty else { return }
    let width = plot.width / Double(heatmap.columns)
    let height = plot.height / Double(heatmap.rows)
    let rectangle = Rectangle(
      x: plot.x + width * Double(columns.lowerBound),
      y: plot.maxY - height * Double(rows.upperBound),
      width: width * Double(columns.count), height: height * Double(rows.count))
    page.frame(rectangle, width: 4 * hairline, color: .black)
    page.frame(rectangle, width: 2 * hairline, color: .white)
  }

  // MARK: - Colour bars

  private func draw(_ placed: PlacedBar, on page: Page) {
    let bar = placed.bar
    let colors = placed.scale.colormap.colors(steps: grid.colorSteps)
    let (width, height) = (grid.pixels(bar.width), grid.pixels(bar.height))
    let isConstant = placed.scale.range.lowerBound == placed.scale.range.upperBound
    let pixels = (0..<height).flatMap { y in
      let color = colors[isConstant ? 128 : (2 * (height - y) - 1) * 128 / height]
      return (0..<width).flatMap { _ in [color.red, color.green, color.blue] }
    }
    page.place(Image(width: width, height: height, pixels: pixels), at: Point(x: bar.x, y: bar.y))
    page.frame(bar, width: hairline, color: grid.style.ink)
    let arrow = bar.width * 0.6
    if placed.clipping.above {
      drawArrow(from: bar.y - hairline, to: bar.y - arrow, colors[255])
    }
    if placed.clipping.below {
      drawArrow(from: bar.maxY + hairline, to: bar.maxY + arrow, colors[0])
    }

    /// A triangle on an end of the bar: there are values beyond it.
    func drawArrow(from base: Double, to tip: Double, _ color: Color) {
      let corners = [
        Point(x: bar.x, y: base), Point(x: bar.midX, y: tip), Point(x: bar.maxX, y: base),
      ]
      page.fill(corners, color: color)
      page.stroke(corners, width: hairline, color: grid.style.ink)
    }
  }

  // MARK: - Axes

  private func draw(_ placed: PlacedAxis, on page: Page) {
    let style = grid.style.tickText
    var taken: [ClosedRange<Double>] = []
    for tick in placed.axis.ticks {
      let place = placed.place(of: tick)
      drawTick(at: place, of: placed, on: page)
      guard placed.hasTexts else { continue }
      let width = page.width(of: tick.text, style)
      let extent = placed.edge == .bottom ? width + 5 : style.digitHeight + 4
      var centre = place
      if placed.edge == .bottom {
        // A long text at the end of an axis must not reach into the next panel's.
        let room = grid.style.overhang
        let (low, high) = (placed.plot.x - room + width / 2, placed.plot.maxX + room - width / 2)
        if low <= high { centre = min(max(place, low), high) }
      }
      let span = centre - extent / 2...centre + extent / 2
      guard !taken.contains(where: { $0.overlaps(span) }) else { continue }
      taken.append(span)
      page.write(
        tick.text, at: placed.origin(of: width, centre: centre, style: grid.style), style)
    }
  }

  private func drawTick(at place: Double, of placed: PlacedAxis, on page: Page) {
    let length = grid.style.tickLength
    // On the middle of a pixel, where a line of one pixel is sharp.
    let sharp = ((place * Double(grid.scale)).rounded(.down) + 0.5) / Double(grid.scale)
    let plot = placed.plot
    let points =
      switch placed.edge {
      case .left: [Point(x: plot.x - length, y: sharp), Point(x: plot.x, y: sharp)]
      case .right: [Point(x: plot.maxX, y: sharp), Point(x: plot.maxX + length, y: sharp)]
      case .bottom: [Point(x: sharp, y: plot.maxY), Point(x: sharp, y: plot.maxY + length)]
      }
    page.stroke(points, width: hairline, color: grid.style.ink)
  }
}

extension FigureLayout.PlacedAxis {
  /// Where a tick is along its edge, in points from the top or left of the page.
  func place(of tick: Axis.Tick) -> Double {
    let fraction = tick.position / Double(cells)
    return edge == .bottom ? plot.x + fraction * plot.width : plot.maxY - fraction * plot.height
  }

  /// Where the text of a tick begins, given its width and its centre along the edge.
  fileprivate func origin(of width: Double, centre: Double, style: FigureStyle) -> Point {
    let distance = style.tickLength + style.textGap
    let rise = style.tickText.digitHeight / 2
    return switch edge {
    case .left: Point(x: plot.x - distance - width, y: centre + rise)
    case .right: Point(x: plot.maxX + distance, y: centre + rise)
    case .bottom:
      Point(x: centre - width / 2, y: plot.maxY + distance + style.tickText.digitHeight)
    }
  }
}

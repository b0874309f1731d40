import Foundation

/// What the panels at one place of every tile have in common: the left ones of all pairs, say.
struct FigureSlot {
  /// The heat maps at this place, in the order of the tiles.
  let heatmaps: [Heatmap]

  /// Whether all heat maps have as many rows, and the same axis along them.
  let sharesRowAxis: Bool

  /// Whether all heat maps have as many columns, and the same axis along them.
  let sharesColumnAxis: Bool

  /// Whether all heat maps have the same colours.
  let sharesScale: Bool

  init(_ heatmaps: [Heatmap]) {
    self.heatmaps = heatmaps
    sharesRowAxis = heatmaps.allSatisfy {
      $0.rows == heatmaps[0].rows && $0.rowAxis == heatmaps[0].rowAxis
    }
    sharesColumnAxis = heatmaps.allSatisfy {
      $0.columns == heatmaps[0].columns && $0.columnAxis == heatmaps[0].columnAxis
    }
    sharesScale = heatmaps.allSatisfy { $0.scale == heatmaps[0].scale }
  }
}

/// How a figure's tiles are arranged, and how large their plots are.
struct FigureGrid {
  let style = FigureStyle()
  let scale: Int
  let tiles: [Figure.Tile]
  let slots: [FigureSlot]

  /// Tiles side by side, and rows of tiles.
  let columns: Int
  let rows: Int

  /// The room for a plot: a width for each slot, and one height for all, in points.
  let widths: [Double]
  let height: Double

  /// How high the plots should be, in points.
  private let target: Double

  init(_ figure: Figure, scale: Int) {
    self.scale = scale
    tiles = figure.tiles
    let count = tiles.map(\.panels.count).max() ?? 1
    slots = (0..<count).map { slot in
      FigureSlot(figure.tiles.compactMap { $0.panels[safe: slot]?.heatmap })
    }
    let side = style.side(tiles: tiles.count, slots: count)
    let heatmaps = slots.flatMap(\.heatmaps)
    let target =
      heatmaps.map { side / CellSize.aspect(rows: $0.rows, columns: $0.columns).squareRoot() }.max()
      ?? side
    self.target = target
    let style = style
    let sizes = slots.map { slot in
      slot.heatmaps.map { Self.plotSize($0, target: target, scale: scale, style: style) }
    }
    // Panels side by side are equally high: as high as whole pixels make the finest of them.
    let finest = heatmaps.max { $0.rows < $1.rows }.map {
      Self.plotSize($0, target: target, scale: scale, style: style).y
    }
    let height = (count > 1 ? finest : sizes.joined().map(\.y).max()) ?? target
    self.height = height
    widths = sizes.map { $0.map(\.x).max() ?? height }
    let tileSize = Point(x: widths.reduce(0, +) + 2 * style.gap, y: height + 3 * style.rowGap)
    columns = min(figure.columns ?? Self.columns(for: tiles.count, of: tileSize), tiles.count)
    rows = (tiles.count + columns - 1) / columns
  }

  /// A length in whole pixels.
  func pixels(_ length: Double) -> Int { Int((length * Double(scale)).rounded()) }

  /// How many colours a colour map is drawn in.
  var colorSteps: Int { style.colorSteps(tiles: tiles.count) }

  /// How large a panel's plot is, in points; an empty panel is as large as its neighbours.
  func plotSize(of panel: Figure.Panel, slot: Int) -> Point {
    guard let heatmap = panel.heatmap ?? slots[slot].heatmaps.first else {
      return Point(x: widths[slot], y: height)
    }
    let size = Self.plotSize(heatmap, target: target, scale: scale, style: style)
    return Point(x: size.x, y: slots.count > 1 ? height : size.y)
  }

  private static func plotSize(
    _ heatmap: Heatmap, target: Double, scale: Int, style: FigureStyle
  ) -> Point {
    let cell = CellSize(
      rows: heatmap.rows, columns: heatmap.columns, height: target * Double(scale),
      largest: Int(style.largestCell) * scale)
    return Point(
      x: Double(cell.width * heatmap.columns) / Double(scale),
      y: Double(cell.height * heatmap.rows) / Double(scale))
  }

  /// How many tiles stand side by side on a page a little wider than high with few empty places.
  private static func columns(for count: Int, of tile: Point) -> Int {
    func badness(_ columns: Int) -> Double {
      let rows = (count + columns - 1) / columns
      let aspect = Double(columns) * tile.x / (Double(rows) * tile.y)
      let empty = Double(rows * columns - count) / Double(count)
      return abs(log(aspect / 1.3)) + 2 * empty
    }
    return (1...count).min { badness($0) < badness($1) } ?? 1
  }
}

extension Array {
  /// The element at an index, or nil if there is none.
  subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}

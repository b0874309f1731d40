/// The measures of a figure, in points (1/72 inch).
struct FigureStyle {
  let pageTitle = TextStyle(size: 12, isBold: true)
  let pageSubtitle = TextStyle(size: 9, color: Color(hex: 0x555555))
  let tileTitle = TextStyle(size: 8.5)
  let tileSubtitle = TextStyle(size: 7.5, color: Color(hex: 0x666666))
  let panelTitle = TextStyle(size: 8, color: Color(hex: 0x444444))
  let blank = TextStyle(size: 9, color: Color(hex: 0x666666))
  let axisLabel = TextStyle(size: 9)
  let tickText = TextStyle(size: 8)

  let ink = Color(hex: 0x333333)
  let faint = Color(hex: 0x999999)

  let margin = 12.0
  /// Between a tile's panels, and between tiles, where no axis or colour bar stands.
  let gap = 16.0
  /// How far the text of a tick may reach beyond the end of its axis.
  let overhang = 7.0
  /// Between the title of a tile and its panels.
  let titleGap = 5.0
  /// Between a row of tiles and the title of the next.
  let rowGap = 9.0
  let tickLength = 3.0
  /// Between a tick and its text, and between that and the axis' label.
  let textGap = 3.0
  let barWidth = 9.0
  let smallBarWidth = 6.0
  /// Between a panel and its own colour bar.
  let smallBarGap = 5.0
  let tallestBar = 280.0
  /// A page is at least as wide as this, if its title needs it.
  let narrowestPage = 340.0

  /// The side of a square as large as a panel, by how many tiles and panels a tile there are.
  func side(tiles: Int, slots: Int) -> Double {
    switch (tiles, slots) {
    case (1, 1): 320
    case (...4, _): 256
    default: 128
    }
  }

  /// How many colours a colour map is drawn in.
  ///
  /// A contact sheet has 64, which keeps its file to a third of the size: in the maps of even
  /// perceptual steps they are 1.6 CIELAB units of lightness apart, less than the eye can tell.
  func colorSteps(tiles: Int) -> Int { tiles <= 4 ? 256 : 64 }

  /// No cell is larger than this.
  let largestCell = 64.0
}

import Synchronization
import TonoCore

/// A page of heat maps that a paper could print: one, a pair, or a contact sheet of many.
///
/// What all panels share is drawn once: axes at the outer edges, and one colour bar if there is
/// one colour scale. Panels that differ have their own.
public struct Figure: Sendable, Equatable {
  /// One place in a figure: a heat map, or a text where there is none to draw.
  public struct Panel: Sendable, Equatable {
    /// What a panel shows.
    public enum Content: Sendable, Equatable {
      /// A matrix.
      case heatmap(Heatmap)
      /// Words in an empty frame, as in `dead`.
      case blank(String)
    }

    /// A short line above the panel; it may be empty.
    public let title: String

    /// What is shown.
    public let content: Content

    /// A panel with a heat map.
    public init(title: String = "", _ heatmap: Heatmap) {
      self.title = title
      self.content = .heatmap(heatmap)
    }

    /// An empty frame with words in it; they may have several lines.
    public init(title: String = "", blank words: String) {
      self.title = title
      self.content = .blank(words)
    }

    /// The heat map, if there is one.
    public var heatmap: Heatmap? {
      if case .heatmap(let heatmap) = content { heatmap } else { nil }
    }
  }

  /// Panels that belong together, side by side under one title: mostly one, or a pair.
  public struct Tile: Sendable, Equatable {
    /// A short line above the panels; it may be empty.
    public let title: String

    /// A smaller line below the title; it may be empty.
    public let subtitle: String

    /// The panels from the left.
    public let panels: [Panel]

    /// A tile of panels that stand side by side.
    public init(title: String = "", subtitle: String = "", _ panels: [Panel]) {
      self.title = title
      self.subtitle = subtitle
      self.panels = panels
    }
  }

  /// The headline of the page; it may be empty.
  public let title: String

  /// A smaller line below the headline; it may be empty.
  public let subtitle: String

  /// The tiles, row by row from the top left.
  public let tiles: [Tile]

  /// How many tiles stand side by side; `nil` for a page a little wider than high.
  public let columns: Int?

  /// A page of tiles, row by row.
  ///
  /// - Throws: `InputError` if there is no panel, or no room for a tile.
  public init(
    title: String = "", subtitle: String = "", tiles: [Tile], columns: Int? = nil
  ) throws {
    guard tiles.contains(where: { !$0.panels.isEmpty }) else {
      throw InputError("a figure has at least one panel; got none")
    }
    if let columns, columns < 1 {
      throw InputError("a figure has at least one column of tiles; got \(columns)")
    }
    self.title = title
    self.subtitle = subtitle
    self.tiles = tiles
    self.columns = columns
  }

  /// A page with a single heat map.
  public init(title: String = "", subtitle: String = "", _ heatmap: Heatmap) {
    self.title = title
    self.subtitle = subtitle
    self.tiles = [Tile([Panel(heatmap)])]
    self.columns = nil
  }

  /// The figure as a PNG file in memory.
  ///
  /// - Parameters:
  ///   - scale: Pixels a point (1/72 inch): 2 for screens and drafts, 4 for print.
  ///   - text: Provenance to store in the file, by keyword.
  /// - Returns: The bytes of the file.
  /// - Throws: `InputError` if the figure is too large to draw, or a keyword is not allowed.
  public func png(scale: Int = 2, text: [String: String] = [:]) throws -> [UInt8] {
    try PNG.encode(image(scale: scale), text: text, pixelsPerInch: 72 * Double(scale))
  }

  /// The figure as a picture of `scale` pixels a point.
  ///
  /// - Throws: `InputError` if the figure is too large to draw.
  public func image(scale: Int = 2) throws -> Image {
    precondition(scale > 0, "\(scale) pixels a point")
    return try Self.withPen {
      let ruler = try Page(width: 1, height: 1, scale: scale)
      let layout = try FigureLayout(self, ruler: ruler)
      let page = try Page(
        width: Int((layout.size.x * Double(scale)).rounded(.up)),
        height: Int((layout.size.y * Double(scale)).rounded(.up)), scale: scale)
      layout.draw(on: page)
      let image = try page.image()
      return layout.grid.colorSteps < 256 ? layout.withFewGreys(image) : image
    }
  }

  /// One picture is drawn at a time: fontconfig and cairo's font caches are shared by all pages.
  static func withPen(_ draw: () throws -> Image) throws -> Image {
    try pen.withLock { _ in try draw() }
  }

  private static let pen = Mutex(())
}

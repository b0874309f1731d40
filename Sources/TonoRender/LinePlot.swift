import TonoCore

/// Lines over one axis, in panels one above the other: how numbers change in the course of something.
public struct LinePlot: Sendable {
  /// One line.
  public struct Line: Sendable, Equatable {
    /// What it is called in the legend.
    public let name: String
    /// Its points from left to right; a point that is not finite interrupts it.
    public let points: [(x: Double, y: Double)]

    /// A line through points.
    public init(name: String, points: [(x: Double, y: Double)]) {
      self.name = name
      self.points = points
    }

    /// Whether two lines are called the same and go through the same points.
    public static func == (a: Line, b: Line) -> Bool {
      a.name == b.name && a.points.elementsEqual(b.points, by: ==)
    }
  }

  /// Lines that share both axes.
  public struct Panel: Sendable, Equatable {
    /// What is measured upwards, with its unit.
    public let label: String
    /// The lines; one of a name has the same colour in all panels.
    public let lines: [Line]
    /// The values at the lower and upper edge; nothing for those of the lines.
    public let range: ClosedRange<Double>?

    /// A panel of lines.
    public init(label: String, lines: [Line], range: ClosedRange<Double>? = nil) {
      self.label = label
      self.lines = lines
      self.range = range
    }
  }

  /// What stands above.
  public let title: String
  /// What is measured to the right, with its unit.
  public let label: String
  /// The panels, the uppermost first.
  public let panels: [Panel]

  /// A plot of panels.
  ///
  /// - Throws: `InputError` without a panel.
  public init(title: String, label: String, panels: [Panel]) throws {
    guard !panels.isEmpty else { throw InputError("a plot has at least one panel; got none") }
    self.title = title
    self.label = label
    self.panels = panels
  }

  /// The plot as a PNG file in memory, of `scale` pixels a point.
  ///
  /// - Parameters:
  ///   - scale: Pixels a point (1/72 inch).
  ///   - text: Provenance to store in the file, by keyword.
  /// - Returns: The bytes of the file.
  /// - Throws: `InputError` if it is too large to draw.
  public func png(scale: Int = 2, text: [String: String] = [:]) throws -> [UInt8] {
    try PNG.encode(image(scale: scale), text: text, pixelsPerInch: 72 * Double(scale))
  }

  /// The plot as a picture of `scale` pixels a point.
  ///
  /// - Throws: `InputError` if it is too large to draw.
  public func image(scale: Int = 2) throws -> Image {
    try Figure.withPen {
      let layout = LinePlotLayout(self, scale: scale)
      let page = try Page(
        width: Int(layout.size.x) * scale, height: Int(layout.size.y) * scale, scale: scale)
      layout.draw(on: page)
      return try page.image()
    }
  }
}

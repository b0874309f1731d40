import Testing
import TonoCore

@testable import TonoRender

@Suite struct LinePlotTests {
  private func plot(_ y: [Double], range: ClosedRange<Double>? = nil) throws -> LinePlot {
    let points = y.enumerated().map { (x: Double($0.offset), y: $0.element) }
    return try LinePlot(
      title: "Training", label: "epoch",
      panels: [
        .init(label: "loss", lines: [.init(name: "training", points: points)], range: range),
        .init(label: "accuracy", lines: [.init(name: "other", points: points)], range: 0...1),
      ])
  }

  @Test("a line goes through its points in the colour of its name")
  func points() throws {
    let plot = try plot([0, 1, 0.5], range: 0...1)
    let layout = LinePlotLayout(plot, scale: 2)
    let image = try PNG.decode(plot.png())
    #expect(image.width == Int(layout.size.x) * 2 && image.height == Int(layout.size.y) * 2)
    for (panel, color) in zip([0, 1], LinePlotLayout.colors) {
      let plotted = layout.rectangle(of: panel)
      // A quarter of the way the first stretch is at half its height.
      let (x, y) = (plotted.x + plotted.width / 4, plotted.maxY - plotted.height / 2)
      #expect(image[Int(2 * x), Int(2 * y)] == color)
    }
  }

  @Test("points that are not finite interrupt a line, and lines of one value have an axis")
  func oddities() throws {
    for y in [[], [1], [1, 1], [1, .nan, 2, .infinity], [.nan]] as [[Double]] {
      #expect(try plot(y).png().count > 100)
    }
    #expect(throws: InputError.self) { try LinePlot(title: "", label: "", panels: []) }
  }

  @Test("the same plot gives the same bytes")
  func repeatable() throws {
    #expect(try plot([1, 2, 3]).png() == plot([1, 2, 3]).png())
  }
}

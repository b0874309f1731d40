import Foundation
import Testing
import TonoCore

@testable import TonoRender

@Suite struct FigureTests {
  static let sizes = [(39, 482), (128, 128), (7, 3), (1, 1), (1, 500), (500, 2)]

  @Test(arguments: sizes)
  func everyCellIsABlockOfItsColor(_ rows: Int, _ columns: Int) throws {
    let heatmap = try Sample.heatmap(rows, columns)
    let figure = Figure(title: "conv_1:17", heatmap)
    let image = try PNG.decode(figure.png())
    let plot = try figure.layout.panels[0].plot
    let (left, top) = (Int(plot.x * 2), Int(plot.y * 2))
    let (width, height) = (Int(plot.width * 2), Int(plot.height * 2))
    #expect(width % columns == 0 && height % rows == 0, "whole pixels a cell")
    for y in 0..<height {
      for x in 0..<width {
        let row = rows - 1 - y / (height / rows)
        let value = heatmap.matrix.values[row * columns + x / (width / columns)]
        #expect(image[left + x, top + y] == heatmap.scale.color(of: value))
      }
    }
    // The frame around the plot covers no cell.
    for x in 0..<width {
      #expect(image[left + x, top - 1] == Color(hex: 0x333333))
      #expect(image[left + x, top + height] == Color(hex: 0x333333))
    }
  }

  @Test func rowZeroIsAtTheBottom() throws {
    var matrix = Tensor(shape: [5, 4])
    matrix.values[1] = 1
    let figure = Figure(try Heatmap(matrix, scale: .full(of: [matrix], label: "")))
    let (image, plot) = (try figure.image(), try figure.layout.panels[0].plot)
    func color(_ fractionAcross: Double, _ fractionDown: Double) -> Color {
      image[
        Int((plot.x + plot.width * fractionAcross) * 2),
        Int((plot.y + plot.height * fractionDown) * 2)]
    }
    #expect(color(0.375, 0.9) == Colormap.magma[255])
    #expect(color(0.375, 0.1) == Colormap.magma[0])
    #expect(color(0.625, 0.9) == Colormap.magma[0])
  }

  @Test func ticksAreDrawnAtTheirPlaces() throws {
    let heatmap = try Heatmap(
      Tensor(shape: [10, 10]), scale: ColorScale(range: 0...1, label: ""),
      rowAxis: Axis(label: "", ticks: [.init(position: 2.5, text: "a")]),
      columnAxis: Axis(label: "", ticks: [.init(position: 7.5, text: "b")]))
    let figure = Figure(heatmap)
    let (image, plot) = (try figure.image(), try figure.layout.panels[0].plot)
    let (right, bottom) = (Int(plot.maxX * 2), Int(plot.maxY * 2))
    let (left, top) = (Int(plot.x * 2), Int(plot.y * 2))
    let dark = Color(hex: 0x333333)
    let below = (left..<right).filter { image[$0, bottom + 4] == dark }
    #expect(below == [left + (right - left) * 3 / 4])
    let beside = (top..<bottom).filter { image[left - 5, $0] == dark }
    #expect(beside == [top + (bottom - top) * 3 / 4])
  }

  @Test func sharedScaleHasOneColorBarAndOwnScalesOneEach() throws {
    let scale = ColorScale(range: -1...1, label: "level (σ)")
    #expect(try Sample.sheet(12, rows: 39, columns: 482, scale: scale).layout.bars.count == 1)
    #expect(try Sample.sheet(12, rows: 39, columns: 482).layout.bars.count == 12)
    #expect(try Sample.pairs(3, shared: scale).layout.bars.count == 1)
    #expect(try Sample.pairs(3).layout.bars.count == 6)
    #expect(try Sample.pairs(1).layout.bars.count == 2)
  }

  @Test func sharedAxesAreLabelledOnceAndTextsStandAtTheEdges() throws {
    let layout = try Sample.sheet(
      10, rows: 128, columns: 128, scale: ColorScale(range: -1...1, label: "")
    ).layout
    #expect(layout.labels.map(\.text).sorted() == ["band", "time (s)"])
    #expect(layout.grid.columns == 4 && layout.grid.rows == 3)
    #expect(layout.axes.filter { $0.edge == .left && $0.hasTexts }.count == 3)
    // The lowest panel of every column has the texts, though the last row is not full.
    #expect(layout.axes.filter { $0.edge == .bottom && $0.hasTexts }.count == 4)
  }

  @Test func panelsThatDifferHaveTheirOwnAxes() throws {
    let tiles = try [(4, 9), (5, 9)].map {
      Figure.Tile([.init(try Sample.heatmap($0.0, $0.1, scale: .init(range: -1...1, label: "")))])
    }
    let layout = try Figure(tiles: tiles, columns: 2).layout
    #expect(layout.axes.filter { $0.edge == .left && $0.hasTexts }.count == 2)
    #expect(layout.labels.filter { $0.text == "band" }.count == 2)
  }

  @Test func pairsAreEquallyHighAndAligned() throws {
    let panels = try Sample.pairs(4).layout.panels
    #expect(panels.count == 8)
    for (left, right) in stride(from: 0, to: 8, by: 2).map({ (panels[$0], panels[$0 + 1]) }) {
      #expect(left.plot.y == right.plot.y && left.plot.height == right.plot.height)
      #expect(left.plot.maxX < right.plot.x)
    }
  }

  @Test(arguments: sizes)
  func nothingLeavesThePageOrOverlaps(_ rows: Int, _ columns: Int) throws {
    let heatmap = try Sample.heatmap(rows, columns)
    let endless = String(repeating: "a long title ", count: 40)
    let figures = try [
      Figure(title: endless, subtitle: endless, heatmap),
      Sample.sheet(7, rows: rows, columns: columns),
      Figure(
        title: endless,
        tiles: (0..<6).map { _ in .init(title: endless, subtitle: endless, [.init(heatmap)]) }),
    ]
    for layout in try figures.map({ try $0.layout }) {
      for line in layout.lines {
        #expect(line.origin.x >= 0 && line.origin.x + line.line.width <= layout.size.x)
        #expect(line.origin.y <= layout.size.y)
      }
      let boxes = layout.panels.map(\.plot) + layout.bars.map(\.bar)
      for (index, box) in boxes.enumerated() {
        #expect(box.x > 0 && box.y > 0 && box.maxX < layout.size.x && box.maxY < layout.size.y)
        for other in boxes[..<index] {
          #expect(
            box.maxX < other.x || other.maxX < box.x || box.maxY < other.y || other.maxY < box.y)
        }
      }
    }
  }

  @Test func longTitlesEndInAnEllipsis() throws {
    let page = try Page(width: 1, height: 1, scale: 2)
    let style = TextStyle(size: 10)
    let short = page.fit("conv_1:17", style, within: 200)
    #expect(short.text == "conv_1:17" && short.style == style)
    let long = page.fit(String(repeating: "word ", count: 50), style, within: 200)
    #expect(long.text.hasPrefix("word word") && long.text.hasSuffix("…"))
    #expect(long.width <= 200 && long.width > 180)
    let shrunk = page.fit("conv_1:17", style, within: short.width * 0.9)
    #expect(shrunk.text == "conv_1:17" && shrunk.style.size < 10)
    #expect(page.fit("conv_1:17", style, within: 0).text == "")
  }

  @Test func unicodeTextLeavesInk() throws {
    func ink(_ title: String) throws -> Int {
      let image = try Figure(title: title, Sample.heatmap(1, 1)).image()
      return stride(from: 0, to: image.pixels.count, by: 3).count { image.pixels[$0] < 128 }
    }
    let blank = try ink(" ")
    for title in ["größer ½ −3 σ", "♪ ♫", "нейрон", "νευρών", "a\u{301}"] {
      #expect(try ink(title) > blank + 20)
    }
  }

  @Test func blankTilesAreEmptyFramesWithWords() throws {
    let scale = ColorScale(range: -1...1, label: "")
    let tiles = [
      Figure.Tile(title: "a", [.init(try Sample.heatmap(16, 16, scale: scale))]),
      Figure.Tile(title: "b", [.init(blank: "dead\n8 starts tried")]),
    ]
    let figure = try Figure(tiles: tiles, columns: 2)
    let (image, layout) = (try figure.image(), try figure.layout)
    let plot = layout.panels[1].plot
    #expect(plot.width == layout.panels[0].plot.width)
    #expect(image[Int(plot.x * 2) + 3, Int(plot.y * 2) + 3] == .white)
    let middle = (Int(plot.x * 2)..<Int(plot.maxX * 2)).contains { x in
      (Int(plot.midY * 2) - 20..<Int(plot.midY * 2) + 20).contains { image[x, $0].red < 160 }
    }
    #expect(middle, "the words")
    _ = try Figure(tiles: [.init([.init(blank: "dead")]), .init([.init(blank: "")])]).png()
  }

  @Test func marksOutlineTheirCells() throws {
    let mark = Heatmap.Mark(rows: 2..<4, columns: 1..<9)
    let plain = Figure(try Sample.heatmap(8, 10))
    let marked = Figure(try Sample.heatmap(8, 10, marks: [mark]))
    let (before, after) = (try plain.image(), try marked.image())
    let plot = try plain.layout.panels[0].plot
    let cell = (width: Int(plot.width * 2) / 10, height: Int(plot.height * 2) / 8)
    let (left, bottom) = (Int(plot.x * 2), Int(plot.maxY * 2))
    // Just outside the marked cells, and not inside.
    #expect(after[left + cell.width - 1, bottom - 3 * cell.height] == .white)
    #expect(after[left + 5 * cell.width, bottom - 2 * cell.height] == .white)
    let corner = (x: left + cell.width, y: bottom - 3 * cell.height)
    #expect(after[corner.x, corner.y] == before[corner.x, corner.y])
    let outside = Heatmap.Mark(rows: 20..<30, columns: 0..<4)
    #expect(try Figure(Sample.heatmap(8, 10, marks: [outside])).image() == before)
  }

  @Test func clippedValuesPutArrowsOnTheBar() throws {
    let whole = try Figure(Sample.heatmap(8, 8)).layout.bars[0]
    #expect(!whole.clipping.below && !whole.clipping.above)
    let scale = ColorScale(range: -0.5...2, label: "")
    let clipped = try Figure(Sample.heatmap(8, 8, scale: scale)).layout.bars[0]
    #expect(clipped.clipping.below && !clipped.clipping.above)
    #expect(clipped.bar.height < whole.bar.height)
  }

  @Test func bytesDoNotDependOnThreads() async throws {
    let figure = try Sample.sheet(6, rows: 39, columns: 60)
    let first = try figure.png(text: ["Title": "conv_1", "Seed": "1"])
    let all = try await withThrowingTaskGroup(of: [UInt8].self) { group in
      for _ in 0..<8 {
        group.addTask { try figure.png(text: ["Seed": "1", "Title": "conv_1"]) }
      }
      return try await group.reduce(into: [[UInt8]]()) { $0.append($1) }
    }
    #expect(all.allSatisfy { $0 == first })
  }

  /// Even with noise over a tenth of the range in every cell.
  @Test func contactSheetsStaySmall() throws {
    let scale = ColorScale(range: -1.5...1.5, label: "")
    let tiles = try (0..<48).map { index in
      var matrix = Sample.matrix(128, 128, phase: Float(index))
      for cell in matrix.values.indices {
        let hash = UInt32(truncatingIfNeeded: cell + 16_384 * index) &* 2_654_435_761
        matrix.values[cell] += 0.3 * Float(hash >> 8 & 0xFFFF) / 65_536
      }
      return Figure.Tile(title: "conv_1:\(index)", [.init(try Heatmap(matrix, scale: scale))])
    }
    let bytes = try Figure(tiles: tiles).png()
    #expect(bytes.count < 600_000)
    #expect(bytes[25] == 3, "a palette")
  }

  @Test(arguments: [1, 2, 3, 4])
  func scaleSetsThePixelsAPoint(_ scale: Int) throws {
    let figure = Figure(title: "conv_1", try Sample.heatmap(8, 8))
    let image = try figure.image(scale: scale)
    let size = try FigureLayout(figure, ruler: Page(width: 1, height: 1, scale: scale)).size
    #expect(image.width == Int(size.x * Double(scale)))
    #expect(image.height == Int(size.y * Double(scale)))
  }

  @Test func impossibleFiguresAreRefused() throws {
    let heatmap = try Sample.heatmap(2, 40_000)
    #expect(throws: InputError.self) { try Figure(heatmap).png() }
    #expect(throws: InputError.self) { try Figure(tiles: []) }
    #expect(throws: InputError.self) { try Figure(tiles: [.init([])]) }
    #expect(throws: InputError.self) {
      try Figure(tiles: [.init([.init(blank: "dead")])], columns: 0)
    }
  }
}

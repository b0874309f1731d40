import Foundation
import Testing
import TonoCore

@testable import TonoRender

@Suite struct AxisTests {
  @Test func linearAxisHasRoundTicksWhereTheyBelong() {
    let axis = Axis.linear(label: "time (s)", from: 0, to: 4, cells: 482)
    #expect(
      axis.ticks.map(\.text) == ["0.0", "0.5", "1.0", "1.5", "2.0", "2.5", "3.0", "3.5", "4.0"])
    for (index, tick) in axis.ticks.enumerated() {
      #expect(abs(tick.position - Double(index) / 8 * 482) < 1e-9)
    }
  }

  @Test(arguments: [
    (0.0, 10.0, ["0", "2", "4", "6", "8", "10"]), (-80, 0, ["−80", "−60", "−40", "−20", "0"]),
    (0.3, 0.9, ["0.4", "0.6", "0.8"]), (0, 3e-6, ["0", "1e−6", "2e−6", "3e−6"]),
    (0, 4e6, ["0", "1e6", "2e6", "3e6", "4e6"]), (95, 1005, ["200", "400", "600", "800", "1000"]),
  ])
  func linearAxisChoosesOneTwoOrFive(_ from: Double, _ to: Double, _ texts: [String]) {
    let axis = Axis.linear(label: "", from: from, to: to, cells: 7, intervals: 5)
    #expect(axis.ticks.map(\.text) == texts)
  }

  /// Every tick's text says the value at its place, there are enough but not too many.
  @Test(arguments: [1e-9, 0.0123, 0.4, 1, 3.3, 47, 999, 123_456, 7e8], [2, 5, 8])
  func ticksSayTheValueAtTheirPlace(_ span: Double, _ intervals: Int) throws {
    for from in [-span, -span / 3, 0, span / 7] {
      let axis = Axis.linear(
        label: "", from: from, to: from + span, cells: 10, intervals: intervals)
      #expect(axis.ticks.count <= intervals + 1)
      #expect(axis.ticks.count * 3 >= intervals)
      for tick in axis.ticks {
        let said = try #require(Double(tick.text.replacingOccurrences(of: "−", with: "-")))
        #expect(abs(said - (from + tick.position / 10 * span)) < span * 1e-5)
      }
    }
  }

  @Test func fallingAxisCountsDownwards() {
    let axis = Axis.linear(label: "", from: 10, to: 0, cells: 5, intervals: 2)
    #expect(axis.ticks.map(\.text) == ["0", "5", "10"])
    #expect(axis.ticks.map(\.position) == [5, 2.5, 0])
  }

  @Test(arguments: [(1.0, 1.0), (0, .infinity), (.nan, 1), (0, .nan)])
  func emptyOrEndlessAxisHasNoTicks(_ from: Double, _ to: Double) {
    #expect(Axis.linear(label: "", from: from, to: to, cells: 3).ticks.isEmpty)
  }

  @Test func nonlinearAxisKeepsTheOrderAndDropsWhatIsOff() {
    let axis = Axis.nonlinear(
      label: "frequency (Hz)", values: [1000, 100, 10, 1_000_000], cells: 4
    ) { log10($0) - 1 }
    #expect(axis.ticks.map(\.text) == ["1k", "100", "10"])
    #expect(axis.ticks.map(\.position) == [2, 1, 0])
  }

  @Test func numberedCellsHaveTicksInTheirMiddle() {
    #expect(Axis.indices(label: "", count: 3).ticks.map(\.position) == [0.5, 1.5, 2.5])
    #expect(
      Axis.indices(label: "", count: 500).ticks.map(\.text) == ["0", "100", "200", "300", "400"])
    #expect(Axis.indices(label: "", count: 1).ticks.map(\.text) == ["0"])
  }

  @Test(arguments: [
    (0.0, "0"), (500, "500"), (1000, "1k"), (2500, "2.5k"), (22050, "22.05k"), (1e6, "1M"),
    (-3000, "−3k"), (0.25, "0.25"),
  ])
  func prefixedTextIsShort(_ value: Double, _ text: String) {
    #expect(TickText.prefixed(value) == text)
  }
}

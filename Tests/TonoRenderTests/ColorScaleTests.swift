import Foundation
import Testing
import TonoCore

@testable import TonoRender

@Suite struct ColorScaleTests {
  private let odd = Tensor(shape: [2, 3], values: [.nan, -2, 0.5, .infinity, 3, -.infinity])

  @Test func fullRangeHoldsAllFiniteValues() {
    let other = Tensor(shape: [1, 1], values: [-7])
    #expect(ColorScale.full(of: [odd], label: "").range == -2...3)
    #expect(ColorScale.full(of: [odd, other], label: "").range == -7...3)
  }

  @Test func symmetricRangeHasZeroInTheMiddleOfTheMap() {
    let scale = ColorScale.symmetric(of: [odd], label: "")
    #expect(scale.range == -3...3)
    #expect(scale.entry(of: 0) == 128)
    #expect(scale.colormap.isDiverging)
  }

  /// `numpy.percentile(numpy.arange(11) ** 2, [25, 96])` is `[6.5, 92.4]`.
  @Test func percentilesAreInterpolatedAsNumPyDoes() {
    let squares = Tensor(
      shape: [1, 12], values: [.nan] + (0..<11).reversed().map { Float($0 * $0) })
    let range = ColorScale.robust(of: [squares], percentiles: 25...96, label: "").range
    #expect(abs(range.lowerBound - 6.5) < 1e-5)
    #expect(abs(range.upperBound - 92.4) < 1e-4)
  }

  @Test func rangeIsCutIntoEvenSteps() {
    let scale = ColorScale(range: -1...3, label: "")
    for entry in 0..<256 {
      #expect(scale.entry(of: -1 + 4 * (Float(entry) + 0.5) / 256) == entry)
    }
    #expect(scale.entry(of: -1) == 0)
    #expect(scale.entry(of: 3) == 255)
    #expect(scale.entry(of: -1e30) == 0)
    #expect(scale.entry(of: 1e30) == 255)
  }

  @Test func widestRangeDoesNotOverflow() {
    let most = Float.greatestFiniteMagnitude
    let scale = ColorScale(range: -most...most, label: "")
    #expect(scale.entry(of: 0) == 128)
    #expect(scale.entry(of: most) == 255)
  }

  @Test func constantValuesHaveTheMiddleColor() {
    let flat = Tensor(shape: [2, 2], repeating: 5)
    for scale in [
      ColorScale.full(of: [flat], label: ""), .robust(of: [flat], label: ""),
      ColorScale(range: 5...5, label: ""),
    ] {
      #expect(scale.entry(of: 5) == 128)
      #expect(scale.entry(of: 4) == 0)
      #expect(scale.entry(of: 6) == 255)
    }
  }

  @Test func withoutFiniteValuesThereIsStillAScale() {
    let empty = Tensor(shape: [1, 2], values: [.nan, .infinity])
    #expect(ColorScale.full(of: [empty], label: "").range == 0...0)
    #expect(ColorScale.robust(of: [empty], label: "").range == 0...0)
    #expect(ColorScale.symmetric(of: [], label: "").range == 0...0)
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func undefinedValuesHaveTheNeutralColor(_ value: Float) {
    let scale = ColorScale(colormap: .grey, range: 0...1, label: "")
    #expect(scale.entry(of: value) == nil)
    #expect(scale.color(of: value) == Colormap.grey.undefinedColor)
  }

  @Test func codesAndDecodes() throws {
    let scale = ColorScale(colormap: .cividis, range: -80...0, label: "level (dB)")
    let json = try JSONEncoder().encode(scale)
    #expect(try JSONDecoder().decode(ColorScale.self, from: json) == scale)
  }

  /// A colour bar of any height and range has two ticks to be read from, all on the bar.
  @Test(arguments: [Float(-0.35)...0.35, -80...0, 0...1e-7, 3.1...3.2, -1e9...2e9, 0...7])
  func barsHaveTicksEnough(_ range: ClosedRange<Float>) {
    let scale = ColorScale(range: range, label: "")
    for height in [10.0, 58, 120, 280] {
      let ticks = scale.axis(height: height).ticks
      #expect(ticks.count >= 2 && ticks.count <= 9)
      #expect(ticks.allSatisfy { $0.position >= 0 && $0.position <= 1 })
      #expect(Set(ticks.map(\.text)).count == ticks.count)
    }
    #expect(ColorScale(range: 2...2, label: "").axis(height: 99).ticks.map(\.text) == ["2"])
  }
}

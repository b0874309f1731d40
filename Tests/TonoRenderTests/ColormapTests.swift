import Foundation
import Testing
import TonoCore

@testable import TonoRender

@Suite struct ColormapTests {
  @Test(arguments: Colormap.allCases)
  func hasDistinctEntriesFarFromTheUndefinedColor(_ colormap: Colormap) {
    #expect(colormap.colors.count == 256)
    #expect(Set(colormap.colors).count > 230)
    for color in colormap.colors {
      #expect(color.squaredDistance(to: colormap.undefinedColor) > 30 * 30)
    }
  }

  @Test(arguments: Colormap.allCases.filter { !$0.isDiverging })
  func sequentialMapsGetLighterWithEveryStep(_ colormap: Colormap) {
    let lightness = colormap.colors(steps: 64).map(lightness)
    let lights = stride(from: 0, to: 256, by: 4).map { lightness[$0] }
    for (darker, lighter) in zip(lights, lights.dropFirst()) {
      #expect(lighter > darker)
      #expect(lighter - darker < 3, "an uneven step")
    }
  }

  @Test func divergingMapIsLightestAndNeutralInTheMiddle() {
    let colors = Colormap.coolwarm.colors
    let middle = colors[128]
    #expect(abs(Int(middle.red) - Int(middle.blue)) < 4)
    #expect(lightness(middle) > lightness(colors[0]) + 30)
    #expect(lightness(middle) > lightness(colors[255]) + 30)
    #expect(colors[0].blue > colors[0].red && colors[255].red > colors[255].blue)
  }

  /// The published end points of the tables, times 255 and rounded.
  @Test func endsAreThePublishedOnes() {
    #expect(Colormap.viridis[0] == Color(red: 68, green: 1, blue: 84))
    #expect(Colormap.viridis[255] == Color(red: 253, green: 231, blue: 37))
    #expect(Colormap.magma[0] == Color(red: 0, green: 0, blue: 4))
    #expect(Colormap.magma[255] == Color(red: 252, green: 253, blue: 191))
    #expect(Colormap.grey[77] == Color(red: 77, green: 77, blue: 77))
  }

  @Test func stepsKeepTheirEntriesInsideTheMap() {
    #expect(Colormap.magma.colors(steps: 256) == Colormap.magma.colors)
    let coarse = Colormap.magma.colors(steps: 64)
    #expect(Set(coarse).count == 64)
    #expect(Set(coarse).isSubset(of: Set(Colormap.magma.colors)))
  }

  @Test(arguments: Colormap.allCases)
  func isFoundByItsNameAndCodesAsIt(_ colormap: Colormap) throws {
    #expect(try Colormap.named(colormap.rawValue) == colormap)
    let json = try JSONEncoder().encode([colormap])
    #expect(String(decoding: json, as: UTF8.self) == "[\"\(colormap.rawValue)\"]")
    #expect(try JSONDecoder().decode([Colormap].self, from: json) == [colormap])
  }

  @Test func unknownNameIsRefusedWithTheKnownOnes() {
    let error = #expect(throws: InputError.self) { try Colormap.named("jet") }
    let text = error?.description ?? ""
    #expect(text.contains("'jet'"))
    for colormap in Colormap.allCases { #expect(text.contains(colormap.rawValue)) }
  }

  /// The lightness L* of CIELAB, 0…100.
  private func lightness(_ color: Color) -> Double {
    func linear(_ channel: UInt8) -> Double {
      let value = Double(channel) / 255
      return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    let luminance =
      0.2126 * linear(color.red) + 0.7152 * linear(color.green) + 0.0722 * linear(color.blue)
    return luminance > 0.008856 ? 116 * cbrt(luminance) - 16 : 903.3 * luminance
  }
}

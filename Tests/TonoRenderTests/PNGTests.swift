import Foundation
import Testing
import TonoCore

@testable import TonoRender

@Suite struct PNGTests {
  /// A picture with as many colours as it can have, at most `colors`.
  private func picture(width: Int, height: Int, colors: Int) -> Image {
    let pixels = (0..<width * height).flatMap { index -> [UInt8] in
      let color = Color(hex: UInt32(truncatingIfNeeded: (index * 31 % colors) &* 2_654_435_761))
      return [color.red, color.green, color.blue]
    }
    return Image(width: width, height: height, pixels: pixels)
  }

  @Test(arguments: [(1, 1), (7, 3), (500, 2), (1, 300), (64, 64)], [1, 2, 255, 256, 257, 4000])
  func decodesToTheSamePixels(_ size: (Int, Int), _ colors: Int) throws {
    let image = picture(width: size.0, height: size.1, colors: colors)
    #expect(try PNG.decode(PNG.encode(image)) == image)
  }

  @Test func upTo256ColorsMakeAPalette() throws {
    for (colors, kind) in [(256, UInt8(3)), (257, 2)] {
      let bytes = try PNG.encode(picture(width: 32, height: 32, colors: colors))
      #expect(bytes[25] == kind, "the colour type in the header")
    }
  }

  @Test func textIsStoredAsUTF8InTheOrderOfItsKeywords() throws {
    let image = picture(width: 3, height: 2, colors: 4)
    let text = ["Title": "conv_1:17 — ünïcode ♪", "Author": "", "Settings": "{\"seed\": 1}\n"]
    let bytes = try PNG.encode(image, text: text)
    let chunks = chunks(of: bytes)
    let stored = chunks.filter { $0.name == "iTXt" }.map { chunk in
      let parts = chunk.data.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
      // Keyword, NUL, compression flag and method, then two empty strings, each ended by NUL.
      return [parts[0], parts[1].dropFirst(4)].map { String(decoding: $0, as: UTF8.self) }
    }
    #expect(stored == text.sorted { $0.key < $1.key }.map { [$0.key, $0.value] })
    #expect(try PNG.decode(bytes) == image)
  }

  @Test func saysHowLargeItIsOnPaper() throws {
    let image = picture(width: 3, height: 2, colors: 4)
    let sized = chunks(of: try PNG.encode(image, pixelsPerInch: 144)).first { $0.name == "pHYs" }
    #expect(sized?.data == [0, 0, 22, 37, 0, 0, 22, 37, 1], "5669 pixels a metre")
    #expect(!chunks(of: try PNG.encode(image)).contains { $0.name == "pHYs" })
  }

  @Test(arguments: [
    "", " Title", "Title ", "two  spaces", "Größe", String(repeating: "k", count: 80),
  ])
  func impossibleKeywordIsRefused(_ keyword: String) {
    let image = picture(width: 1, height: 1, colors: 1)
    #expect(throws: InputError.self) { try PNG.encode(image, text: [keyword: "text"]) }
  }

  @Test func damagedBytesAreRefused() throws {
    let bytes = try PNG.encode(picture(width: 64, height: 64, colors: 4000))
    for damaged in [[], [1, 2, 3], Array(bytes.prefix(20)), Array(bytes.prefix(bytes.count / 2))] {
      #expect(throws: InputError.self) { try PNG.decode(damaged) }
    }
  }

  @Test func tooWideAPictureIsRefused() {
    let wide = Image(width: 1_000_001, height: 1, pixels: Array(repeating: 0, count: 3_000_003))
    #expect(throws: InputError.self) { try PNG.encode(wide) }
  }

  private func chunks(of bytes: [UInt8]) -> [(name: String, data: [UInt8])] {
    var chunks: [(String, [UInt8])] = []
    var start = 8
    while start + 12 <= bytes.count {
      let length = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
      let name = String(decoding: bytes[start + 4..<start + 8], as: UTF8.self)
      chunks.append((name, Array(bytes[start + 8..<start + 8 + length])))
      start += 12 + length
    }
    return chunks
  }
}

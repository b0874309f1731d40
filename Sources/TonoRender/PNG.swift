import CTonoPNG
import CTonoPNGWriter
import TonoCore

/// Pictures as PNG files in memory, through libpng.
public enum PNG {
  /// The bytes of a PNG file with this picture, lossless; equal pictures give equal bytes.
  ///
  /// Pictures of at most 256 colours are stored with a palette, others as 8-bit RGB; rows plain or
  /// as differences from their neighbours, whichever makes the smaller file.
  ///
  /// - Parameters:
  ///   - image: The picture, in sRGB.
  ///   - text: Provenance: keywords (1 to 79 ASCII characters) and what they say, as iTXt chunks
  ///     in the order of the keywords.
  ///   - pixelsPerInch: How large the picture is on paper; `nil` leaves it unsaid.
  /// - Returns: The bytes of the file.
  /// - Throws: `InputError` for a keyword or a size that PNG does not allow.
  public static func encode(
    _ image: Image, text: [String: String] = [:], pixelsPerInch: Double? = nil
  ) throws -> [UInt8] {
    if let keyword = text.keys.sorted().first(where: { !isKeyword($0) }) {
      throw InputError(
        "'\(keyword)' cannot be a keyword of a PNG; use 1 to 79 ASCII characters, with single"
          + " spaces only between words")
    }
    let indexed = IndexedPixels(image)
    var smallest: [UInt8] = []
    for isFiltered in [false, true] {
      let bytes = try write(
        image, indexed: indexed, isFiltered: isFiltered, text: text, pixelsPerInch: pixelsPerInch)
      if smallest.isEmpty || bytes.count < smallest.count { smallest = bytes }
    }
    return smallest
  }

  /// The picture in the bytes of a PNG file of any kind, as 8-bit sRGB; transparent pixels lie
  /// on white.
  ///
  /// - Throws: `InputError` if the bytes are not a whole PNG file.
  public static func decode(_ bytes: [UInt8]) throws -> Image {
    var header = png_image()
    header.version = png_uint_32(PNG_IMAGE_VERSION)
    defer { png_image_free(&header) }
    guard png_image_begin_read_from_memory(&header, bytes, bytes.count) != 0 else {
      throw InputError("\(bytes.count) bytes are not a PNG picture: \(message(of: header))")
    }
    header.format = png_uint_32(PNG_FORMAT_RGB)
    let (width, height) = (Int(header.width), Int(header.height))
    var pixels = [UInt8](repeating: 0, count: 3 * width * height)
    var white = png_color(red: 255, green: 255, blue: 255)
    guard png_image_finish_read(&header, &white, &pixels, 0, nil) != 0 else {
      throw InputError("a PNG of \(bytes.count) bytes is damaged: \(message(of: header))")
    }
    return Image(width: width, height: height, pixels: pixels)
  }

  private static func isKeyword(_ keyword: String) -> Bool {
    (1...79).contains(keyword.utf8.count) && keyword.utf8.allSatisfy { (32...126).contains($0) }
      && !keyword.hasPrefix(" ") && !keyword.hasSuffix(" ") && !keyword.contains("  ")
  }

  private static func message(of header: png_image) -> String {
    withUnsafeBytes(of: header.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  private static func write(
    _ image: Image, indexed: IndexedPixels?, isFiltered: Bool, text: [String: String],
    pixelsPerInch: Double?
  ) throws -> [UInt8] {
    let words = text.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }.map(cString)
    defer { words.forEach { $0.deallocate() } }
    let texts = stride(from: 0, to: words.count, by: 2).map { index in
      tono_png_text(keyword: words[index].baseAddress, text: words[index + 1].baseAddress)
    }
    let pixels = indexed?.indices ?? image.pixels
    let palette = indexed?.palette ?? []
    return try pixels.withUnsafeBufferPointer { pixels in
      try palette.withUnsafeBufferPointer { palette in
        try texts.withUnsafeBufferPointer { texts in
          var picture = tono_png_picture()
          picture.width = UInt32(image.width)
          picture.height = UInt32(image.height)
          picture.pixels = pixels.baseAddress
          picture.palette = palette.isEmpty ? nil : palette.baseAddress
          picture.palette_count = Int32(palette.count / 3)
          picture.pixels_per_metre = UInt32(((pixelsPerInch ?? 0) / 0.0254).rounded())
          picture.is_filtered = isFiltered ? 1 : 0
          picture.texts = texts.baseAddress
          picture.text_count = Int32(texts.count)
          return try write(picture)
        }
      }
    }
  }

  private static func write(_ picture: tono_png_picture) throws -> [UInt8] {
    var picture = picture
    var bytes: UnsafeMutablePointer<UInt8>?
    var count = 0
    var message = [CChar](repeating: 0, count: Int(TONO_PNG_MESSAGE_SIZE))
    guard tono_png_write(&picture, &bytes, &count, &message) != 0 else {
      let words = String(
        decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      throw InputError(
        "libpng cannot write a picture of \(picture.width)×\(picture.height) pixels: \(words)")
    }
    defer { tono_png_free(bytes) }
    return Array(UnsafeBufferPointer(start: bytes, count: count))
  }

  private static func cString(_ string: String) -> UnsafeMutableBufferPointer<CChar> {
    let bytes = string.utf8CString
    let copy = UnsafeMutableBufferPointer<CChar>.allocate(capacity: bytes.count)
    _ = copy.initialize(from: bytes)
    return copy
  }
}

/// A picture of opaque sRGB pixels, rows from the top: a value.
public struct Image: Sendable, Equatable {
  /// Pixels in a row, at least one.
  public let width: Int

  /// Rows, at least one.
  public let height: Int

  /// Red, green and blue of every pixel: `[height, width, 3]`, row-major.
  public internal(set) var pixels: [UInt8]

  /// A picture over `pixels`: `[height, width, 3]`, row-major from the top left.
  public init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(width > 0 && height > 0, "a picture of \(width)×\(height) pixels")
    precondition(
      pixels.count == 3 * width * height,
      "\(pixels.count) bytes for \(width)×\(height) pixels of 3 bytes")
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// The colour of the pixel in column `x` from the left and row `y` from the top.
  public subscript(x: Int, y: Int) -> Color {
    let offset = 3 * (y * width + x)
    return Color(red: pixels[offset], green: pixels[offset + 1], blue: pixels[offset + 2])
  }
}

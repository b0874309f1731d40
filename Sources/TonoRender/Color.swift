/// An opaque colour in sRGB, 8 bits a channel.
public struct Color: Hashable, Sendable {
  /// How much red, 0…255.
  public let red: UInt8
  /// How much green, 0…255.
  public let green: UInt8
  /// How much blue, 0…255.
  public let blue: UInt8

  /// A colour of three channels, each 0…255.
  public init(red: UInt8, green: UInt8, blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// A colour written `0xRRGGBB`.
  public init(hex: UInt32) {
    self.init(
      red: UInt8(truncatingIfNeeded: hex >> 16), green: UInt8(truncatingIfNeeded: hex >> 8),
      blue: UInt8(truncatingIfNeeded: hex))
  }

  /// The colour written `0xRRGGBB`.
  public var hex: UInt32 { UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue) }

  static let white = Color(hex: 0xFFFFFF)
  static let black = Color(hex: 0x000000)
}

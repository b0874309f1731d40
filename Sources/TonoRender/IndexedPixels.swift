/// A picture of at most 256 colours as a palette and one index a pixel.
struct IndexedPixels {
  /// RGB triples of the palette.
  let palette: [UInt8]

  /// The index of every pixel's colour, rows from the top.
  let indices: [UInt8]

  /// The picture's palette and indices; nil if it has more than 256 colours.
  init?(_ image: Image) {
    var found: [UInt32: Int] = [:]
    var colors: [Color] = []
    var last: (hex: UInt32, index: Int)?
    var indices: [Int] = []
    indices.reserveCapacity(image.width * image.height)
    for y in 0..<image.height {
      for x in 0..<image.width {
        let color = image[x, y]
        let hex = color.hex
        if last?.hex != hex {
          if found[hex] == nil {
            guard colors.count < 256 else { return nil }
            found[hex] = colors.count
            colors.append(color)
          }
          last = (hex, found[hex, default: 0])
        }
        indices.append(last?.index ?? 0)
      }
    }
    let order = Self.chain(of: colors)
    var places = [UInt8](repeating: 0, count: colors.count)
    for (place, index) in order.enumerated() { places[index] = UInt8(place) }
    palette = order.flatMap { [colors[$0].red, colors[$0].green, colors[$0].blue] }
    self.indices = indices.map { places[$0] }
  }

  /// The colours in an order in which neighbours are alike: from each to the nearest one left.
  ///
  /// Similar pixels then have similar indices, and their differences compress well.
  private static func chain(of colors: [Color]) -> [Int] {
    var left = Array(colors.indices)
    var order: [Int] = []
    var current = Color.black
    while let nearest = left.indices.min(by: {
      current.squaredDistance(to: colors[left[$0]]) < current.squaredDistance(to: colors[left[$1]])
    }) {
      let index = left.remove(at: nearest)
      order.append(index)
      current = colors[index]
    }
    return order
  }
}

extension Color {
  /// How different two colours are: the square of their distance in RGB.
  func squaredDistance(to other: Color) -> Int {
    let difference = [(red, other.red), (green, other.green), (blue, other.blue)]
    return difference.reduce(0) { sum, channel in
      let step = Int(channel.0) - Int(channel.1)
      return sum + step * step
    }
  }
}

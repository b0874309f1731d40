/// A line of text as it is written: cut and made smaller until it fits.
struct FittedText: Equatable {
  var text: String
  var style: TextStyle
  var width: Double
}

extension Page {
  /// A line of text no wider than `limit`: smaller by up to a fifth, then cut with an ellipsis.
  func fit(_ text: String, _ style: TextStyle, within limit: Double) -> FittedText {
    let text = String(text.map { $0.isNewline ? " " : $0 })
    let natural = width(of: text, style)
    if natural <= limit { return FittedText(text: text, style: style, width: natural) }
    var style = style
    style.size *= max(0.8, 0.99 * limit / natural)
    let smaller = width(of: text, style)
    if smaller <= limit { return FittedText(text: text, style: style, width: smaller) }
    // The longest beginning that fits, by bisection: it gets no narrower with more characters.
    let characters = Array(text)
    var (fits, tooLong) = (0, characters.count)
    while fits + 1 < tooLong {
      let middle = (fits + tooLong) / 2
      if width(of: cut(characters, to: middle), style) <= limit {
        fits = middle
      } else {
        tooLong = middle
      }
    }
    let shortened = fits == 0 ? "" : cut(characters, to: fits)
    return FittedText(text: shortened, style: style, width: width(of: shortened, style))
  }

  private func cut(_ characters: [Character], to count: Int) -> String {
    var kept = characters.prefix(count)
    while kept.last?.isWhitespace == true { kept.removeLast() }
    return String(kept) + "…"
  }

  /// Writes a line centred on a point: halfway along it, and halfway up its digits.
  func write(
    _ text: String, centredAt centre: Point, _ style: TextStyle, within limit: Double,
    isUpright: Bool = false
  ) {
    let line = fit(text, style, within: limit)
    let rise = line.style.digitHeight / 2
    let origin =
      isUpright
      ? Point(x: centre.x + rise, y: centre.y + line.width / 2)
      : Point(x: centre.x - line.width / 2, y: centre.y + rise)
    write(line.text, at: origin, line.style, isUpright: isUpright)
  }
}

extension TextStyle {
  /// About how high digits and capitals of a sans-serif font are, in points.
  var digitHeight: Double { 0.72 * size }

  /// From one baseline to the next, in points.
  var lineHeight: Double { 1.35 * size }
}

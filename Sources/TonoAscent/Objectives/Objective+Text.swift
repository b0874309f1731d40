import TonoCore

/// The text form.
extension Objective: CustomStringConvertible, Codable {
  /// The sum, as in `nyu_conv_3:17 - 0.5*nyu_conv_3:4`.
  public var description: String {
    terms.enumerated().map { index, term in
      let sign =
        term.weight.sign == .minus ? (index == 0 ? "-" : " - ") : (index == 0 ? "" : " + ")
      let weight = term.weight.magnitude
      return sign + (weight == 1 ? "" : "\(weight)*") + term.readout.description
    }.joined()
  }

  /// Reads what ``description`` prints, and the same with other spaces.
  ///
  ///     objective = ["-"] term { (" + " | " - ") term }
  ///     term      = [ number "*" ] readout
  ///     readout   = layer ":" channel [ "@" row "," column ]
  ///               | ("mean" | "square") "(" layer ")"
  ///               | "direction(" layer ", [" numbers "]" [ ", " power ] ")"
  ///     layer     = its name, in quotation marks where it would be read as something else
  ///
  /// - Throws: ``ObjectiveError`` with the place where the text is none.
  public init(_ text: String) throws {
    var parser = ObjectiveParser(text)
    try self.init(terms: parser.terms())
  }

  /// Reads the text form.
  public init(from decoder: any Decoder) throws {
    try self.init(try decoder.singleValueContainer().decode(String.self))
  }

  /// Writes the text form.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension Readout: CustomStringConvertible {
  /// The text form: see ``Readout``.
  public var description: String {
    let name = Self.quoted(layer)
    return switch (cells, measure) {
    case (_, .direction(let direction, let power)):
      "direction(\(name), [\(direction.map { "\($0)" }.joined(separator: ", "))], \(power))"
    case (_, .meanSquare): "square(\(name))"
    case (.all, .mean): "mean(\(name))"
    case (.channel(let channel), .mean): "\(name):\(channel)"
    case (.unit(let channel, let unit), .mean): "\(name):\(channel)@\(unit.row),\(unit.column)"
    }
  }

  /// A layer's name, in quotation marks if it holds what the grammar gives another meaning.
  private static func quoted(_ name: String) -> String {
    let isPlain =
      !name.isEmpty && !name.contains(" + ") && !name.contains(" - ")
      && !name.contains(where: { "\"()[],*".contains($0) }) && !name.hasPrefix("-")
      && !name.hasPrefix("+")
      && name.first?.isWhitespace == false && name.last?.isWhitespace == false
    if isPlain { return name }
    return "\"" + name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}

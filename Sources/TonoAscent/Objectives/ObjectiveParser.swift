import TonoCore

/// Reads an objective's text from left to right.
struct ObjectiveParser {
  private let text: String
  private var rest: Substring

  /// A parser of a whole text.
  init(_ text: String) {
    self.text = text
    rest = text[...]
  }

  /// The terms of the text.
  mutating func terms() throws -> [Objective.Term] {
    skipSpace()
    var terms = [try term(sign: take("-") ? -1 : 1)]
    while true {
      skipSpace()
      if rest.isEmpty { return terms }
      guard let sign: Float = take("+") ? 1 : take("-") ? -1 : nil else {
        throw failure("expected + or - here, or the end")
      }
      terms.append(try term(sign: sign))
    }
  }

  private mutating func term(sign: Float) throws -> Objective.Term {
    skipSpace()
    var weight = sign
    if let star = rest.firstIndex(of: "*"),
      let factor = Float(rest[..<star].trimmingSpace), factor.isFinite
    {
      weight *= factor
      rest = rest[rest.index(after: star)...]
      skipSpace()
    }
    return Objective.Term(weight: weight, readout: try readout())
  }

  private mutating func readout() throws -> Readout {
    for (name, make) in [
      ("mean", Readout.mean(of:)), ("square", Readout.meanSquare(of:)),
    ] as [(String, (String) -> Readout)] where take(name + "(") {
      let layer = try layer { $0 == ")" }
      try expect(")")
      return make(layer)
    }
    if take("direction(") {
      let layer = try layer { $0 == "," }
      try expect(",")
      skipSpace()
      try expect("[")
      let numbers = try numbers()
      skipSpace()
      var power = 0
      if take(",") {
        skipSpace()
        power = try index()
        skipSpace()
      }
      try expect(")")
      return try .direction(numbers, in: layer, cosinePower: power)
    }
    return Readout(try neuron())
  }

  private mutating func neuron() throws -> NeuronReference {
    let start = rest
    guard rest.first != "+" else {
      throw failure("expected LAYER:CHANNEL or LAYER:CHANNEL@ROW,COLUMN here")
    }
    if rest.first == "\"" {
      let layer = try layer { _ in false }
      try expect(":")
      let channel = try index()
      guard take("@") else { return NeuronReference(layer: layer, channel: channel) }
      let row = try index()
      try expect(",")
      return NeuronReference(
        layer: layer, channel: channel, unit: .init(row: row, column: try index()))
    }
    let end = [" + ", " - "].compactMap { rest.firstRange(of: $0)?.lowerBound }.min()
    let own = rest[..<(end ?? rest.endIndex)]
    rest = rest[own.endIndex...]
    do {
      return try NeuronReference(String(own.trimmingSpace))
    } catch is NeuronError {
      rest = start
      throw failure("expected LAYER:CHANNEL or LAYER:CHANNEL@ROW,COLUMN here")
    }
  }

  /// A layer's name: in quotation marks, or up to a character that ends it.
  private mutating func layer(until ends: (Character) -> Bool) throws -> String {
    skipSpace()
    guard take("\"") else {
      let name = rest.prefix { !ends($0) }
      rest = rest[name.endIndex...]
      guard !name.trimmingSpace.isEmpty else { throw failure("expected a layer's name here") }
      return String(name.trimmingSpace)
    }
    var name = ""
    while let character = rest.popFirst() {
      if character == "\"" { return name }
      name.append(character == "\\" ? rest.popFirst() ?? character : character)
    }
    throw failure("expected a closing quotation mark")
  }

  /// Numbers up to the closing bracket.
  private mutating func numbers() throws -> [Float] {
    guard let end = rest.firstIndex(of: "]") else { throw failure("expected ] behind numbers") }
    let numbers = rest[..<end].split(separator: ",").map { Float($0.trimmingSpace) }
    guard !numbers.contains(nil) else { throw failure("expected numbers with commas between here") }
    rest = rest[rest.index(after: end)...]
    return numbers.compactMap(\.self)
  }

  private mutating func index() throws -> Int {
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    guard let index = Int(digits) else { throw failure("expected a whole number here") }
    rest = rest[digits.endIndex...]
    return index
  }

  // MARK: - Characters

  private mutating func skipSpace() { rest = rest.drop(while: \.isWhitespace) }

  private mutating func take(_ token: String) -> Bool {
    guard rest.hasPrefix(token) else { return false }
    rest = rest.dropFirst(token.count)
    return true
  }

  private mutating func expect(_ token: String) throws {
    guard take(token) else { throw failure("expected \(token) here") }
  }

  /// That the text is no objective from here on.
  private func failure(_ expected: String) -> ObjectiveError {
    let place = rest.isEmpty ? "at its end" : "at '\(rest.prefix(40))'"
    return ObjectiveError("'\(text)' is no objective: \(expected), \(place)")
  }
}

extension Substring {
  /// Without space at either end.
  fileprivate var trimmingSpace: Substring {
    let front = drop(while: \.isWhitespace)
    return front[
      ..<(front.lastIndex { !$0.isWhitespace }.map(front.index(after:)) ?? front.startIndex)]
  }
}

import Foundation
import TonoCore
import TonoFiles
import TonoNetwork

/// One node of an ``Architecture`` while its layer is built: its settings and arrays, checked.
struct LayerDecoder {
  private let node: Architecture.Node
  private let url: URL
  private let array: (_ name: String, _ place: String) throws -> Tensor
  private var known: Set<String> = []

  /// How many more places along axes may be listed: a short text may stand for very many.
  private(set) var mostPlaces: Int

  /// A decoder of a node; `url` is the architecture's file, and `array` finds arrays by their names.
  init(
    _ node: Architecture.Node, url: URL, mostPlaces: Int,
    array: @escaping (_ name: String, _ place: String) throws -> Tensor
  ) {
    self.node = node
    self.url = url
    self.mostPlaces = mostPlaces
    self.array = array
  }

  /// The layer, with its constants and what is wrapped around it: see ``DescribedNode``.
  ///
  /// - Throws: `ModelError` if its kind is unknown, or settings or arrays are missing, make no sense,
  ///   or are none that this kind has.
  mutating func layer() throws -> any Layer {
    guard !node.inputs.isEmpty else {
      throw failure("reads nothing; name at least one of its 'inputs'")
    }
    var constants: [Int: Tensor] = [:]
    for role in node.weights.keys.sorted() {
      if let place = DescribedNode.constantPlace(role) { constants[place] = try tensor(role) }
    }
    let count = node.inputs.count + constants.count
    if let place = constants.keys.max(), place >= count {
      throw failure(
        "has a constant 'input\(place)', but \(count) inputs in all; they count from 0")
    }
    let layer = try bareLayer()
    return constants.isEmpty ? layer : WithConstants(layer, constants)
  }

  /// The layer alone.
  private mutating func bareLayer() throws -> any Layer {
    if node.kind == DescribedNode.distributedKind {
      return TimeDistributed(try distributedLayer())
    }
    guard let kind = LayerDescription.kinds[node.kind] else {
      let known = (LayerDescription.kinds.keys + [DescribedNode.distributedKind]).sorted()
      throw ModelError(
        url,
        "node '\(node.name)' is of the unknown kind '\(node.kind.prefix(40))'; the known kinds are"
          + " \(known.joined(separator: ", "))")
    }
    let layer = try kind.init(from: &self)
    try refuseUnknown(Array(node.settings.keys) + node.weights.keys)
    return layer
  }

  private func refuseUnknown(_ keys: [String]) throws {
    for key in keys.sorted() where !known.contains(key) {
      let names =
        known.isEmpty ? "it has none" : "known are \(known.sorted().joined(separator: ", "))"
      throw failure("has the unknown setting or weight '\(key.prefix(40))'; \(names)")
    }
  }

  /// The layer that is applied to each part.
  private mutating func distributedLayer() throws -> any Layer {
    let json = setting("layer") ?? .null
    let members: Set = ["kind", "settings"]
    guard let kind = json["kind"].string, json.object?.keys.allSatisfy(members.contains) == true,
      json["settings"].isNull || json["settings"].object != nil
    else {
      throw failure(setting: "layer", expected: #"{"kind": KIND, "settings": {…}}"#)
    }
    try refuseUnknown(Array(node.settings.keys))
    var inner = node
    inner.kind = kind
    inner.settings = json["settings"].object ?? [:]
    inner.weights = node.weights.filter { DescribedNode.constantPlace($0.key) == nil }
    var decoder = LayerDecoder(inner, url: url, mostPlaces: mostPlaces, array: array)
    defer { mostPlaces = decoder.mostPlaces }
    return try decoder.layer()
  }

  /// An error about the node; `problem` continues the sentence.
  func failure(_ problem: String) -> ModelError {
    ModelError(url, "node '\(node.name)' (\(node.kind)) \(problem)")
  }

  /// An error about a setting that is missing or makes no sense.
  func failure(setting key: String, expected: String) -> ModelError {
    failure("has an unsupported '\(key)'; expected \(expected)")
  }

  // MARK: - Settings

  /// The value of a setting, if it is there.
  mutating func setting(_ key: String) -> JSONValue? {
    known.insert(key)
    let value = node.settings[key] ?? .null
    return value.isNull ? nil : value
  }

  /// A whole number of at least `minimum`.
  mutating func integer(_ key: String, default value: Int?, minimum: Int) throws -> Int {
    let setting = setting(key)
    guard let integer = setting == nil ? value : setting?.size, integer >= minimum else {
      throw failure(setting: key, expected: "a whole number from \(minimum) to 2^24")
    }
    return integer
  }

  /// A number; what JSON has no number for is `"infinity"`, `"-infinity"` or `"nan"`.
  mutating func number(_ key: String, default value: Float?) throws -> Float {
    let setting = setting(key)
    guard let number = setting == nil ? value : setting?.float else {
      throw failure(setting: key, expected: "a number")
    }
    return number
  }

  /// One of some words.
  mutating func word<Word: RawRepresentable<String> & CaseIterable>(
    _ key: String, default value: Word?
  ) throws -> Word {
    let setting = setting(key)
    guard let word = setting == nil ? value : setting?.string.flatMap(Word.init) else {
      let words = Word.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
      throw failure(setting: key, expected: "one of \(words)")
    }
    return word
  }

  /// True or false.
  mutating func bool(_ key: String, default value: Bool) throws -> Bool {
    guard let setting = setting(key) else { return value }
    guard let bool = setting.bool else { throw failure(setting: key, expected: "true or false") }
    return bool
  }

  /// Whole numbers of at least `minimum`, such as axes or strides, one for each of some axes.
  mutating func integers(
    _ key: String, minimum: Int, _ number: (JSONValue) -> Int? = \.size
  ) throws -> [Int] {
    let list = setting(key)?.array ?? []
    let integers = list.compactMap(number).filter { $0 >= minimum }
    guard !list.isEmpty, list.count <= Architecture.mostAxes, integers.count == list.count else {
      throw failure(setting: key, expected: "a list of whole numbers of at least \(minimum)")
    }
    return integers
  }

  /// The shape of a sample: extents of at least 1.
  mutating func extents(_ key: String) throws -> [Int] {
    try integers(key, minimum: 1, \.extent)
  }

  /// Takes from the number of places that may be listed.
  mutating func spend(places count: Int) throws {
    mostPlaces -= count
    guard mostPlaces >= 0 else {
      throw failure("and those before it list more than 2^24 places along axes; list fewer")
    }
  }

  /// Two numbers of at least 1: along rows and along columns.
  mutating func pair(_ key: String, default value: Pair?) throws -> Pair {
    if node.settings[key] == nil, let value {
      known.insert(key)
      return value
    }
    let numbers = try integers(key, minimum: 1)
    guard numbers.count == 2 else {
      throw failure(setting: key, expected: "two whole numbers of at least 1: rows and columns")
    }
    return Pair(rows: numbers[0], columns: numbers[1])
  }

  /// `"valid"`, `"same"`, or `[top, bottom, left, right]`.
  mutating func padding() throws -> Padding {
    switch setting("padding") {
    case nil, .string("valid"): return .valid
    case .string("same"): return .same
    case let setting:
      let cells = setting?.array?.compactMap(\.size).filter { $0 >= 0 } ?? []
      guard cells.count == 4, setting?.array?.count == 4 else {
        throw failure(
          setting: "padding", expected: "'valid', 'same' or [top, bottom, left, right]")
      }
      return .explicit(top: cells[0], bottom: cells[1], left: cells[2], right: cells[3])
    }
  }

  // MARK: - Weights

  /// An array of so many axes, or of any number but none; none of them is empty.
  ///
  /// - Throws: `ModelError` if the node does not name one, or it has other axes.
  mutating func tensor(_ role: String, rank: Int? = nil) throws -> Tensor {
    guard let tensor = try optionalTensor(role, rank: rank) else {
      throw failure("names no array for its \(role); add \"\(role)\" to its \"weights\"")
    }
    return tensor
  }

  /// So many numbers, if the node names an array of this role.
  mutating func optionalVector(_ role: String, count: Int) throws -> [Float]? {
    guard let tensor = try optionalTensor(role, rank: 1) else { return nil }
    guard tensor.count == count else {
      throw failure("has a \(role) of \(tensor.count) numbers; expected \(count)")
    }
    return tensor.values
  }

  private mutating func optionalTensor(_ role: String, rank: Int?) throws -> Tensor? {
    known.insert(role)
    guard let reference = node.weights[role] else { return nil }
    var tensor = try array(reference.name, "the \(role) of node '\(node.name)' (\(node.kind))")
    let axes = tensor.shape.rank
    guard axes == rank ?? axes, (1...Architecture.mostAxes).contains(axes), tensor.count > 0 else {
      let expected = rank.map { "\($0)" } ?? "1 to \(Architecture.mostAxes)"
      throw failure(
        "has a \(role) of shape \(tensor.shape), called '\(reference.name.prefix(100))'; expected"
          + " \(expected) axes that are not empty")
    }
    if let permutation = reference.permutation {
      guard permutation.count == axes else {
        throw failure("permutes \(permutation.count) axes of its \(role), which has \(axes)")
      }
      tensor = Permute(axes: permutation).forward(tensor.reshaped(tensor.shape.batched(1)))
        .sample(0)
    }
    return tensor
  }
}

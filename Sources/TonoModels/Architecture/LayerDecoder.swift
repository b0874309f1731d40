import Foundation
import TonoNetwork

/// One node of an ``Architecture`` while its layer is built: its settings and arrays, checked.
struct LayerDecoder {
  private let node: Architecture.Node
  private let url: URL
  private let array: (_ name: String, _ place: String) throws -> Tensor
  private var known: Set<String> = []

  /// A decoder of a node; `url` is the architecture's file, and `array` finds arrays by their names.
  init(
    _ node: Architecture.Node, url: URL,
    array: @escaping (_ name: String, _ place: String) throws -> Tensor
  ) {
    self.node = node
    self.url = url
    self.array = array
  }

  /// The layer.
  ///
  /// - Throws: `ModelError` if its kind is unknown, or settings or arrays are missing, make no sense,
  ///   or are none that this kind has.
  mutating func layer() throws -> any DescribedLayer {
    guard let kind = LayerDescription.kinds[node.kind] else {
      let known = LayerDescription.kinds.keys.sorted().joined(separator: ", ")
      throw ModelError(
        url,
        "node '\(node.name)' is of the unknown kind '\(node.kind.prefix(40))'; the known kinds are"
          + " \(known)")
    }
    let layer = try kind.init(from: &self)
    for key in (Array(node.settings.keys) + node.weights.keys).sorted() where !known.contains(key) {
      let names =
        known.isEmpty ? "it has none" : "known are \(known.sorted().joined(separator: ", "))"
      throw failure("has the unknown setting or weight '\(key.prefix(40))'; \(names)")
    }
    return layer
  }

  /// An error about the node; `problem` continues the sentence.
  func failure(_ problem: String) -> ModelError {
    ModelError(url, "node '\(node.name)' (\(node.kind)) \(problem)")
  }

  private func failure(setting key: String, expected: String) -> ModelError {
    failure("has an unsupported '\(key)'; expected \(expected)")
  }

  // MARK: - Settings

  /// The value of a setting, if it is there.
  private mutating func setting(_ key: String) -> JSONValue? {
    known.insert(key)
    let value = node.settings[key] ?? .null
    return value.isNull ? nil : value
  }

  /// A whole number of at least `minimum`.
  mutating func integer(_ key: String, default value: Int?, minimum: Int) throws -> Int {
    let setting = setting(key)
    guard let integer = setting == nil ? value : setting?.integer, integer >= minimum else {
      throw failure(setting: key, expected: "a whole number from \(minimum) to a million")
    }
    return integer
  }

  /// A finite number.
  mutating func number(_ key: String, default value: Float?) throws -> Float {
    let setting = setting(key)
    guard let number = setting == nil ? value : setting?.number.map(Float.init),
      setting == nil || number.isFinite
    else { throw failure(setting: key, expected: "a number") }
    return number
  }

  /// True or false.
  mutating func bool(_ key: String, default value: Bool) throws -> Bool {
    guard let setting = setting(key) else { return value }
    guard let bool = setting.bool else { throw failure(setting: key, expected: "true or false") }
    return bool
  }

  /// Whole numbers of at least `minimum`, such as axes or extents; at most eight.
  mutating func integers(_ key: String, minimum: Int) throws -> [Int] {
    let list = setting(key)?.array ?? []
    let integers = list.compactMap(\.integer).filter { $0 >= minimum }
    guard !list.isEmpty, list.count <= 8, integers.count == list.count else {
      throw failure(setting: key, expected: "a list of whole numbers of at least \(minimum)")
    }
    return integers
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
      let cells = setting?.array?.compactMap(\.integer).filter { $0 >= 0 } ?? []
      guard cells.count == 4, setting?.array?.count == 4 else {
        throw failure(
          setting: "padding", expected: "'valid', 'same' or [top, bottom, left, right]")
      }
      return .explicit(top: cells[0], bottom: cells[1], left: cells[2], right: cells[3])
    }
  }

  // MARK: - Weights

  /// An array of so many axes, none of them empty.
  ///
  /// - Throws: `ModelError` if the node does not name one, or it has other axes.
  mutating func tensor(_ role: String, rank: Int) throws -> Tensor {
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

  private mutating func optionalTensor(_ role: String, rank: Int) throws -> Tensor? {
    known.insert(role)
    guard let reference = node.weights[role] else { return nil }
    var tensor = try array(reference.name, "the \(role) of node '\(node.name)' (\(node.kind))")
    guard tensor.shape.rank == rank, tensor.count > 0 else {
      throw failure(
        "has a \(role) of shape \(tensor.shape), called '\(reference.name.prefix(100))'; expected \(rank) axes"
      )
    }
    if let permutation = reference.permutation {
      guard permutation.count == rank else {
        throw failure("permutes \(permutation.count) axes of its \(role), which has \(rank)")
      }
      tensor = Permute(axes: permutation).forward(tensor.reshaped(tensor.shape.batched(1)))
        .sample(0)
    }
    return tensor
  }
}

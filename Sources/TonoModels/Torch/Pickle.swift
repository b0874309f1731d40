import TonoCore
import TonoFiles

/// What a Python pickle holds: plain values, containers and tensors, and nothing else.
///
/// Containers lie in one list and refer to each other by their places in it, so that neither cycles
/// nor any depth of nesting need recursion. What lists and dictionaries hold lies beside them: as a part
/// of an enumeration it would be copied whenever it grows.
struct Pickle {
  /// A value, or the place of an object.
  enum Value: Sendable {
    case none
    case bool(Bool)
    case int(Int)
    case float(Double)
    case string(String)
    case bytes([UInt8])
    case object(Int)
  }

  /// A container, or what a file of PyTorch adds.
  enum Object: Sendable {
    /// A list: its place among `lists`.
    case list(Int)
    case tuple([Value])
    /// A dictionary: its place among `dictionaries`.
    case dictionary(Int)
    /// A set, which weights have no use for.
    case set
    indirect case global(PickleGlobal)
    indirect case storage(TorchStorage)
    indirect case tensor(TorchTensor)
    /// Something without meaning for weights.
    case other
  }

  /// The objects, in the order in which they were made.
  var objects: [Object] = []

  /// The elements of lists.
  var lists: [[Value]] = []

  /// The members of dictionaries.
  var dictionaries: [[(key: Value, value: Value)]] = []

  /// The value that the pickle stands for.
  var root = Value.none

  /// The object that a value refers to, if it does.
  func object(_ value: Value) -> Object? {
    guard case .object(let place) = value else { return nil }
    return objects[place]
  }

  /// The longest key that is looked at, in bytes, and the longest list of whole numbers.
  ///
  /// A small file can refer to a large text or list again and again.
  private static let longestKey = 1000
  private static let longestShape = 16

  /// A new list.
  mutating func list(_ elements: [Value]) -> Object {
    lists.append(elements)
    return .list(lists.count - 1)
  }

  /// A new dictionary.
  mutating func dictionary(_ members: [(key: Value, value: Value)]) -> Object {
    dictionaries.append(members)
    return .dictionary(dictionaries.count - 1)
  }

  /// The members of a dictionary that have strings for keys.
  ///
  /// - Returns: nothing if this is no dictionary.
  func members(_ value: Value) -> [String: Value]? {
    guard case .dictionary(let place)? = object(value) else { return nil }
    return dictionaries[place].reduce(into: [:]) { members, pair in
      if case .string(let key) = pair.key, key.utf8.count <= Self.longestKey {
        members[key] = pair.value
      }
    }
  }

  /// The elements of a tuple or list.
  func elements(_ value: Value) -> [Value]? {
    switch object(value) {
    case .tuple(let elements)?: elements
    case .list(let place)?: lists[place]
    default: nil
    }
  }

  /// The whole numbers of a tuple or list of nothing else and no more than a shape has.
  func integers(_ value: Value) -> [Int]? {
    guard let elements = elements(value), elements.count <= Self.longestShape else { return nil }
    let integers = elements.compactMap { if case .int(let integer) = $0 { integer } else { nil } }
    return integers.count == elements.count ? integers : nil
  }
}

/// Why a pickle is not read, as a whole sentence without its full stop.
struct PickleError: Error, Equatable, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

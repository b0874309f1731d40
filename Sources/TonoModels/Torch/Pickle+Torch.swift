import TonoCore
import TonoFiles

/// What the known names make of their arguments.
extension Pickle {
  /// The value of a call of a known name: the only things that a pickle can make besides plain
  /// values and containers.
  ///
  /// - Throws: ``PickleError`` if `function` is no known name, or the arguments are not its own.
  mutating func value(of function: Value, _ arguments: Value) throws -> Value {
    guard case .global(let global)? = object(function), let arguments = elements(arguments) else {
      throw PickleError("the pickle calls something that is no function; the file is damaged")
    }
    switch global {
    case .rebuildTensor: return add(.tensor(try tensor(arguments, typed: false)))
    case .rebuildTypedTensor: return add(.tensor(try tensor(arguments, typed: true)))
    case .rebuildParameter:
      guard let first = arguments.first, case .tensor? = object(first) else {
        throw PickleError("the pickle makes a parameter of no tensor; the file is damaged")
      }
      return first
    case .orderedDictionary, .dictionary:
      // Members come afterwards; those of another dictionary are that dictionary.
      return arguments.first ?? add(dictionary([]))
    case .size, .tuple: return add(.tuple(arguments.first.flatMap(elements) ?? []))
    case .list: return add(list(arguments.first.flatMap(elements) ?? []))
    case .set: return add(.set)
    case .encode, .device, .storage, .type: return add(.other)
    }
  }

  /// The storage that a persistent identifier names: `("storage", type, key, place, count)`.
  ///
  /// - Throws: ``PickleError`` if it is none.
  mutating func storage(_ identifier: Value) throws -> Value {
    guard let parts = elements(identifier), parts.count >= 5, case .string("storage") = parts[0],
      case .global(.storage(let format, let type))? = object(parts[1]),
      case .string(let key) = parts[2]
    else {
      throw PickleError("the pickle refers to something that is no storage; the file is damaged")
    }
    return add(.storage(TorchStorage(key: key, format: format, type: type)))
  }

  private mutating func add(_ object: Object) -> Value {
    objects.append(object)
    return .object(objects.count - 1)
  }

  /// A tensor: storage, offset, extents, strides, two of no matter here, and the type if the storage
  /// has none.
  private func tensor(_ arguments: [Value], typed: Bool) throws -> TorchTensor {
    guard arguments.count >= (typed ? 7 : 6), case .storage(let storage)? = object(arguments[0]),
      case .int(let offset) = arguments[1], offset >= 0,
      let extents = integers(arguments[2]), let strides = integers(arguments[3]),
      extents.count == strides.count, extents.allSatisfy({ $0 >= 0 })
    else { throw PickleError("the pickle has a malformed tensor; the file is damaged") }
    var format = storage.format
    if typed, case .global(.type(let type))? = object(arguments[6]) { format = type }
    return TorchTensor(
      storage: storage, format: format, offset: offset, extents: extents, strides: strides)
  }
}

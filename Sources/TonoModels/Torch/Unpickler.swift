/// Runs a Python pickle that can build plain values, containers and tensors, and can call nothing.
///
/// A pickle is a program for a machine with a stack and a memo. Of its names of Python only those of
/// ``PickleGlobal`` are known, so that it can neither import nor run anything. It runs in one loop,
/// and what it may pile up is limited. Source: CPython, Lib/pickletools.py; protocols 2 to 5, as
/// `torch.save` writes them.
struct Unpickler {
  /// The most values on the stack, in the memo, and objects: a tensor takes some 90 bytes of a
  /// pickle, and makes nine.
  private let mostValues: Int

  private var reader: PickleReader
  private var pickle = Pickle()
  private var stack: [Pickle.Value] = []
  /// The heights of the stack at which marks lie.
  private var marks: [Int] = []
  private var memo: [Int: Pickle.Value] = [:]

  /// What a pickle holds.
  ///
  /// - Throws: ``PickleError`` if it asks for anything but weights, is damaged, or piles up too much.
  static func unpickle(_ bytes: [UInt8]) throws -> Pickle {
    var machine = Unpickler(reader: PickleReader(bytes), mostValues: 10_000 + bytes.count / 4)
    while try machine.step() {}
    return machine.pickle
  }

  private init(reader: PickleReader, mostValues: Int) {
    self.reader = reader
    self.mostValues = mostValues
  }

  /// Runs one instruction.
  ///
  /// - Returns: whether another one follows.
  private mutating func step() throws -> Bool {
    let code = try reader.byte()
    switch Unicode.Scalar(code) {
    // The protocol, frames, the end.
    case "\u{80}":
      let version = try reader.byte()
      guard (2...5).contains(version) else {
        throw PickleError("the pickle has the protocol \(version); expected 2 to 5")
      }
    case "\u{95}": _ = try reader.bytes(8)
    case ".":
      pickle.root = try pop()
      return false
    // Plain values.
    case "N": try push(.none)
    case "\u{88}": try push(.bool(true))
    case "\u{89}": try push(.bool(false))
    case "J": try push(.int(reader.signed(4) ?? 0))
    case "K": try push(.int(reader.unsigned(1)))
    case "M": try push(.int(reader.unsigned(2)))
    case "\u{8A}": try pushInteger(bytes: reader.unsigned(1))
    case "\u{8B}": try pushInteger(bytes: reader.unsigned(4))
    case "G":
      let bits = try reader.bytes(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      try push(.float(Double(bitPattern: bits)))
    case "\u{8C}": try push(.string(reader.text(reader.unsigned(1))))
    case "X": try push(.string(reader.text(reader.unsigned(4))))
    case "\u{8D}": try push(.string(reader.text(reader.unsigned(8))))
    case "C", "U": try push(.bytes(Array(reader.bytes(reader.unsigned(1)))))
    case "B", "T": try push(.bytes(Array(reader.bytes(reader.unsigned(4)))))
    case "\u{8E}", "\u{96}": try push(.bytes(Array(reader.bytes(reader.unsigned(8)))))
    // Containers.
    case "]": try make(.list([]))
    case ")": try make(.tuple([]))
    case "}": try make(.dictionary([]))
    case "\u{8F}": try make(.set([]))
    case "l": try make(.list(popMark()))
    case "t": try make(.tuple(popMark()))
    case "d": try make(.dictionary(pairs(popMark())))
    case "\u{91}": try make(.set(popMark()))
    case "\u{85}": try make(.tuple(pop(1)))
    case "\u{86}": try make(.tuple(pop(2)))
    case "\u{87}": try make(.tuple(pop(3)))
    case "a": try add(pop(1))
    case "e", "\u{90}": try add(popMark())
    case "s": try add(pairs(pop(2)))
    case "u": try add(pairs(popMark()))
    // The stack and the memo.
    case "(":
      guard marks.count < mostValues else { throw tooMuch }
      marks.append(stack.count)
    case "0": if marks.last == stack.count { marks.removeLast() } else { _ = try pop() }
    case "1": _ = try popMark()
    case "2": try push(top())
    case "q": try remember(at: reader.unsigned(1))
    case "r": try remember(at: reader.unsigned(4))
    case "\u{94}": try remember(at: memo.count)
    case "h": try recall(reader.unsigned(1))
    case "j": try recall(reader.unsigned(4))
    // Names, and what they make.
    case "c": try make(.global(PickleGlobal(module: reader.line(), name: reader.line())))
    case "\u{93}":
      let names = try pop(2)
      guard case .string(let module) = names[0], case .string(let name) = names[1] else {
        throw damaged
      }
      try make(.global(PickleGlobal(module: module, name: name)))
    case "R", "\u{81}":
      let (function, arguments) = (try pop(2)).pair
      try check()
      try push(pickle.value(of: function, arguments))
    case "b":
      // The state of an object: attributes, which no container here has.
      _ = try pop()
      _ = try top()
    case "Q":
      let identifier = try pop()
      try check()
      try push(pickle.storage(identifier))
    default:
      throw PickleError(
        "the pickle has the instruction \(code) at byte \(reader.position - 1), which no file of"
          + " weights needs; it is damaged or no file of torch.save")
    }
    return true
  }

  private var damaged: PickleError {
    PickleError(
      "the pickle makes no sense at byte \(reader.position - 1); the file is damaged, copy or"
        + " download it again")
  }

  private var tooMuch: PickleError {
    PickleError(
      "the pickle piles up more than \(mostValues) values, which no file of weights does")
  }

  // MARK: - The stack

  private mutating func push(_ value: Pickle.Value) throws {
    guard stack.count < mostValues else { throw tooMuch }
    stack.append(value)
  }

  private mutating func pushInteger(bytes count: Int) throws {
    if let integer = try reader.signed(count) { try push(.int(integer)) } else { try make(.other) }
  }

  private func top() throws -> Pickle.Value {
    guard let value = stack.last, stack.count > marks.last ?? 0 else { throw damaged }
    return value
  }

  private mutating func pop() throws -> Pickle.Value {
    let value = try top()
    stack.removeLast()
    return value
  }

  private mutating func pop(_ count: Int) throws -> [Pickle.Value] {
    guard stack.count - (marks.last ?? 0) >= count else { throw damaged }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  /// The values above the last mark.
  private mutating func popMark() throws -> [Pickle.Value] {
    guard let mark = marks.popLast() else { throw damaged }
    defer { stack.removeLast(stack.count - mark) }
    return Array(stack[mark...])
  }

  // MARK: - Objects

  private func check() throws {
    guard pickle.objects.count < mostValues else { throw tooMuch }
  }

  private mutating func make(_ object: Pickle.Object) throws {
    try check()
    pickle.objects.append(object)
    try push(.object(pickle.objects.count - 1))
  }

  /// Adds elements to the list or set on top of the stack, in place.
  private mutating func add(_ values: [Pickle.Value]) throws {
    guard case .object(let place) = try top() else { throw damaged }
    switch pickle.objects[place] {
    case .list(var elements):
      pickle.objects[place] = .other
      elements += values
      pickle.objects[place] = .list(elements)
    case .set(var elements):
      pickle.objects[place] = .other
      elements += values
      pickle.objects[place] = .set(elements)
    default: throw damaged
    }
  }

  /// Adds members to the dictionary on top of the stack, in place.
  private mutating func add(_ pairs: [(key: Pickle.Value, value: Pickle.Value)]) throws {
    guard case .object(let place) = try top(),
      case .dictionary(var members) = pickle.objects[place]
    else { throw damaged }
    pickle.objects[place] = .other
    members += pairs
    pickle.objects[place] = .dictionary(members)
  }

  private func pairs(
    _ values: [Pickle.Value]
  ) throws -> [(key: Pickle.Value, value: Pickle.Value)] {
    guard values.count % 2 == 0 else { throw damaged }
    return stride(from: 0, to: values.count, by: 2).map { (values[$0], values[$0 + 1]) }
  }

  private mutating func remember(at index: Int) throws {
    guard memo.count < mostValues else { throw tooMuch }
    memo[index] = try top()
  }

  private mutating func recall(_ index: Int) throws {
    guard let value = memo[index] else { throw damaged }
    try push(value)
  }
}

extension [Pickle.Value] {
  /// The first two.
  fileprivate var pair: (Pickle.Value, Pickle.Value) { (self[0], self[1]) }
}

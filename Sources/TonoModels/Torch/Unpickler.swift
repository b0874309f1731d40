import TonoCore
import TonoFiles

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
  private var budget: MemoryBudget
  /// The most values that were on the stack at once.
  private var height = 0

  /// What a value in a container or on the stack, an object and an entry of the memo take, with the
  /// room that they leave to grow.
  private static let (valueSize, objectSize, memoSize) = (48, 64, 96)

  /// What a call makes at most: a tensor, its extents and its strides.
  private static let callSize = 256

  /// What a pickle holds.
  ///
  /// - Throws: ``PickleError`` if it asks for anything but weights, is damaged, or piles up too much.
  static func unpickle(_ bytes: [UInt8]) throws -> Pickle {
    var machine = Unpickler(bytes)
    while try machine.step() {}
    return machine.pickle
  }

  private init(_ bytes: [UInt8]) {
    reader = PickleReader(bytes)
    mostValues = 10_000 + bytes.count / 4
    budget = MemoryBudget(bytes: bytes.count)
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
    case "\u{8C}": try pushText(reader.unsigned(1))
    case "X": try pushText(reader.unsigned(4))
    case "\u{8D}": try pushText(reader.unsigned(8))
    case "C", "U": try pushBytes(reader.unsigned(1))
    case "B", "T": try pushBytes(reader.unsigned(4))
    case "\u{8E}", "\u{96}": try pushBytes(reader.unsigned(8))
    // Containers.
    case "]": try make(pickle.list([]))
    case ")": try make(.tuple([]))
    case "}": try make(pickle.dictionary([]))
    case "\u{8F}": try make(.set)
    case "l": try make(pickle.list(popMark()))
    case "t": try make(.tuple(popMark()))
    case "d": try make(pickle.dictionary(pairs(popMark())))
    case "\u{91}":
      _ = try popMark()
      try make(.set)
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
      try spend(Self.valueSize)
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
      try spend(Self.callSize)
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

  private mutating func spend(_ size: Int) throws {
    guard budget.spend(size) else { throw tooMuch }
  }

  private var damaged: PickleError {
    PickleError(
      "the pickle makes no sense at byte \(reader.position - 1); the file is damaged, copy or"
        + " download it again")
  }

  private var tooMuch: PickleError {
    PickleError(
      "the pickle piles up more than \(mostValues) values or far more memory than it is long, which no"
        + " file of weights does")
  }

  // MARK: - The stack

  private mutating func push(_ value: Pickle.Value) throws {
    guard stack.count < mostValues else { throw tooMuch }
    if stack.count == height {
      height += 1
      try spend(Self.valueSize)
    }
    stack.append(value)
  }

  private mutating func pushText(_ count: Int) throws {
    let text = try reader.text(count)
    try spend(count)
    try push(.string(text))
  }

  private mutating func pushBytes(_ count: Int) throws {
    let bytes = Array(try reader.bytes(count))
    try spend(count + Self.objectSize)
    try push(.bytes(bytes))
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
    try spend(count * Self.valueSize)
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  /// The values above the last mark.
  private mutating func popMark() throws -> [Pickle.Value] {
    guard let mark = marks.popLast() else { throw damaged }
    try spend((stack.count - mark) * Self.valueSize)
    defer { stack.removeLast(stack.count - mark) }
    return Array(stack[mark...])
  }

  // MARK: - Objects

  private mutating func check() throws {
    guard pickle.objects.count < mostValues else { throw tooMuch }
    try spend(Self.objectSize)
  }

  private mutating func make(_ object: Pickle.Object) throws {
    try check()
    pickle.objects.append(object)
    try push(.object(pickle.objects.count - 1))
  }

  /// Adds elements to the list or set on top of the stack.
  private mutating func add(_ values: [Pickle.Value]) throws {
    switch pickle.object(try top()) {
    case .list(let place)?: pickle.lists[place] += values
    case .set?: break
    default: throw damaged
    }
  }

  /// Adds members to the dictionary on top of the stack.
  private mutating func add(_ pairs: [(key: Pickle.Value, value: Pickle.Value)]) throws {
    guard case .dictionary(let place)? = pickle.object(try top()) else { throw damaged }
    pickle.dictionaries[place] += pairs
  }

  private func pairs(
    _ values: [Pickle.Value]
  ) throws -> [(key: Pickle.Value, value: Pickle.Value)] {
    guard values.count % 2 == 0 else { throw damaged }
    return stride(from: 0, to: values.count, by: 2).map { (values[$0], values[$0 + 1]) }
  }

  private mutating func remember(at index: Int) throws {
    guard memo.count < mostValues else { throw tooMuch }
    try spend(Self.memoSize)
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

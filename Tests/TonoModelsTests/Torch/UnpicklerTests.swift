import Foundation
import Testing
import TonoCore

@testable import TonoModels

/// The machine that runs pickles, with programs that mean harm.
struct UnpicklerTests {
  private static func error(_ pickle: [UInt8]) -> PickleError? {
    #expect(throws: PickleError.self) { try Unpickler.unpickle(pickle) }
  }

  private static func program(_ text: String) -> [UInt8] { [0x80, 2] + text.utf8 }

  @Test func plainValues() throws {
    // {"a": (1, -2, None), "b": [True, 0.5]}, as Python's pickle.dumps writes it.
    let pickle: [UInt8] =
      [0x80, 4, 0x95] + [UInt8](repeating: 0, count: 8) + [
        0x7D, 0x94, 0x28, 0x8C, 1, 0x61, 0x4B, 1,
      ]
      + [0x8A, 1, 0xFE, 0x4E, 0x87, 0x94, 0x8C, 1, 0x62, 0x5D, 0x94, 0x28, 0x88, 0x47, 0x3F, 0xE0]
      + [UInt8](repeating: 0, count: 6) + [0x65, 0x75, 0x2E]
    let read = try Unpickler.unpickle(pickle)
    let members = try #require(read.members(read.root))
    #expect(members.keys.sorted() == ["a", "b"])
    #expect(read.integers(try #require(members["a"])) == nil)
    guard case .tuple(let tuple)? = read.object(try #require(members["a"])),
      case .int(1) = tuple[0], case .int(-2) = tuple[1], case .none = tuple[2],
      let list = read.elements(try #require(members["b"])), case .bool(true) = list[0],
      case .float(0.5) = list[1]
    else { throw PickleError("other values") }
  }

  @Test(arguments: [
    ("cos\nsystem\n(Vtouch /tmp/x\ntR.", "os.system"),
    ("cposix\nsystem\n.", "posix.system"), ("cbuiltins\neval\n.", "builtins.eval"),
    ("c__builtin__\nexec\n.", "__builtin__.exec"), ("csubprocess\nPopen\n.", "subprocess.Popen"),
    ("ctorch.serialization\nload\n.", "torch.serialization.load"),
    ("ctorch\nload\n.", "torch.load"),
    ("ccollections\nOrderedDict.__init__\n.", "collections.OrderedDict.__init__"),
    ("c__main__\nNet\n.", "__main__.Net"),
  ])
  func otherNamesAreRefusedByName(text: String, name: String) throws {
    let error = Self.error(Self.program(text))
    #expect(error?.description.contains("asks for \(name), ") == true)
    #expect(error?.description.contains("nothing is called") == true)
  }

  @Test func namesOnTheStackAreRefusedToo() {
    let pickle: [UInt8] = [0x80, 4, 0x8C, 2, 0x6F, 0x73, 0x8C, 6] + Array("system".utf8) + [0x93]
    #expect(Self.error(pickle)?.description.contains("asks for os.system") == true)
  }

  @Test(arguments: [
    "", ".", "t.", "a.", "(.", "s.", "}(K\u{1}u.", "h\u{1}.", "R.", "NNR.", "N(R.", "Q.", "NQ.",
    "0.", "2.", "1.", "b.", "\u{85}.", "X\u{7f}\u{7f}\u{7f}\u{7f}a", "B\u{7f}\u{7f}\u{7f}\u{7f}a",
    "inothing\nreally\n.", "Pid\n.", "I1\n.", "S'a'\n.", "o.", "Nb.",
  ])
  func nonsenseIsRefused(text: String) {
    // Each scalar of the text is a byte.
    let bytes = [0x80, 2] + text.unicodeScalars.map { UInt8($0.value) }
    #expect(Self.error(bytes) != nil)
  }

  @Test func otherProtocolsAreRefused() {
    #expect(Self.error([0x80, 1, 0x4E, 0x2E])?.description.contains("protocol 1") == true)
    #expect(Self.error([0x80, 6, 0x4E, 0x2E])?.description.contains("protocol 6") == true)
  }

  /// A list of ten of a list of ten of …: as many references, and no more copies.
  @Test func laughsAreNotLaughedABillionTimes() throws {
    var pickle: [UInt8] = [0x80, 2, 0x5D, 0x71, 0]
    for level in UInt8(1)..<200 {
      pickle += [0x5D, 0x71, level, 0x28]
      for _ in 0..<10 { pickle += [0x68, level - 1] }
      pickle += [0x65]
    }
    pickle += [0x2E]
    let read = try Unpickler.unpickle(pickle)
    #expect(read.objects.count == 200)
  }

  /// Depth is no matter: nothing here recurses, also not when it is freed.
  @Test func towersStand() throws {
    let height = 20_000
    let tuples = [0x80, 2, 0x29] + [UInt8](repeating: 0x85, count: height) + [0x2E]
    #expect(Self.error(tuples)?.description.contains("piles up more than") == true)
    // With enough other bytes the same tower is allowed.
    let filler = (0..<40_000).flatMap { _ -> [UInt8] in [0x4E, 0x30] }
    let tall = [0x80, 2] + filler + [0x29] + [UInt8](repeating: 0x85, count: height) + [0x2E]
    #expect(try Unpickler.unpickle(tall).objects.count == height + 1)
  }

  @Test func piledUpValuesAreLimited() {
    for instruction: UInt8 in [0x4E, 0x28, 0x5D, 0x7D, 0x29] {
      let pickle = [0x80, 2] + [UInt8](repeating: instruction, count: 1_000_000) + [0x2E]
      #expect(Self.error(pickle)?.description.contains("piles up") == true)
    }
    let memo = [0x80, 2, 0x4E] + [UInt8](repeating: 0x94, count: 1_000_000) + [0x2E]
    #expect(Self.error(memo)?.description.contains("piles up") == true)
  }

  /// Lists and dictionaries grow in place.
  @Test(.timeLimit(.minutes(1))) func growingContainersAreNotCopied() throws {
    let list: [UInt8] = [0x28, 0x4E, 0x4E, 0x65]
    let member: [UInt8] = [0x4E, 0x4E, 0x73]
    for (container, growth) in [(UInt8(0x5D), list), (0x7D, member)] {
      let program = [[UInt8]](repeating: growth, count: 200_000).joined()
      let pickle = [0x80, 2, container] + program + [0x2E]
      #expect(try Unpickler.unpickle(pickle).objects.count == 1)
    }
  }

  /// A set of a long list, again and again, takes no time and no room.
  @Test(.timeLimit(.minutes(1))) func longListsAreNotCopied() throws {
    var pickle: [UInt8] = [0x80, 2] + Array("cbuiltins\nset\n".utf8)
    pickle += [0x71, 0, 0x28] + [UInt8](repeating: 0x4E, count: 10_000) + [0x6C, 0x85, 0x71, 1]
    for _ in 0..<10_000 { pickle += [0x68, 0, 0x68, 1, 0x52, 0x30] }
    #expect(try Unpickler.unpickle(pickle + [0x2E]).objects.count == 10_003)
  }
}

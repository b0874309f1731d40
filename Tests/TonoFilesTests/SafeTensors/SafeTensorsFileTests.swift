import Foundation
import TestSupport
import Testing
import TonoCore

@testable import TonoFiles

/// safetensors files: every type of numbers, and headers that lie.
struct SafeTensorsFileTests {
  /// A file of this header and so many bytes behind it.
  private static func read(_ header: String, bytes: Int = 16) throws -> SafeTensorsFile {
    let folder = try TemporaryFolder()
    var data = Data()
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { data.append(contentsOf: $0) }
    data += header.utf8
    data += Data(repeating: 1, count: bytes)
    try data.write(to: folder["x.safetensors"])
    return try SafeTensorsFile(folder["x.safetensors"])
  }

  private static func described(
    _ name: String = "a", _ type: String = "F32", _ shape: String = "[2]",
    offsets: String = "[0, 8]"
  ) -> String {
    #""\#(name)": {"dtype": "\#(type)", "shape": \#(shape), "data_offsets": \#(offsets)}"#
  }

  @Test func everyTypeIsRead() throws {
    let file = try SafeTensorsFile(Fixture.url("formats/types.safetensors"))
    for (name, tensor) in TypesFixture.arrays {
      #expect(try file.tensor(name) == tensor, "\(name)")
    }
  }

  @Test func whatIsWrittenIsRead() throws {
    let folder = try TemporaryFolder()
    let arrays: [(name: String, tensor: Tensor)] = [
      ("b", Tensor(shape: [2, 3], values: [1, -0.0, .nan, .infinity, 0x1p-140, 3])),
      ("a \"quoted\" é", Tensor(shape: [], values: [7])), ("none", Tensor(shape: [0, 4])),
    ]
    let bytes = SafeTensorsFile.encode(arrays, metadata: ["key": "line\n\"two\""])
    #expect(bytes == SafeTensorsFile.encode(arrays, metadata: ["key": "line\n\"two\""]))
    try bytes.write(to: folder["x.safetensors"])
    let file = try SafeTensorsFile(folder["x.safetensors"])
    #expect(file.metadata == ["key": "line\n\"two\""])
    #expect(file.names == Set(arrays.map(\.name)))
    for (name, tensor) in arrays {
      let read = try file.tensor(name)
      #expect(read.shape == tensor.shape)
      #expect(read.values.map(\.bitPattern) == tensor.values.map(\.bitPattern))
    }
  }

  @Test func gapsAndForeignMetadataAreNoReasonToRefuse() throws {
    let file = try Self.read(
      #"{"__metadata__": {"format": "pt", "n": 1}, \#(Self.described(offsets: "[8, 16]"))}"#)
    #expect(file.metadata == ["format": "pt"])
    #expect(try file.tensor("a").count == 2)
  }

  @Test(arguments: [
    ("[]", "is no object"), ("{", "is not valid JSON"),
    ("{\(described(offsets: "[0, 24]"))}", "claims bytes 0 to 24 of 16"),
    ("{\(described(offsets: "[8, 0]"))}", "claims bytes 8 to 0"),
    ("{\(described(offsets: "[-8, 0]"))}", "has no 'dtype'"),
    ("{\(described(offsets: "[0.5, 8]"))}", "has no 'dtype'"),
    ("{\(described(offsets: "[0, 1e300]"))}", "has no 'dtype'"),
    ("{\(described(offsets: "[0, 4]"))}", "has 4 bytes, but its shape 2 of F32"),
    ("{\(described("a", "F32", "[1152921504606846976]"))}", "has 8 bytes, but its shape"),
    (
      "{\(described("a", "F32", "[1152921504606846976, 1048576, 0]", offsets: "[0, 0]"))}",
      "takes another"
    ),
    ("{\(described("a", "F32", "[-1]"))}", "has no shape"),
    ("{\(described("a", "F8_E4M3"))}", "has numbers of the type 'F8_E4M3'"),
    ("{\"a\": 1}", "has no 'dtype'"),
    (
      "{\(described()), \(described("b", offsets: "[4, 12]"))}",
      "the arrays 'a' and 'b' overlap"
    ),
    ("{\(described()), \(described())}", "names 'a' twice"),
    (String(repeating: "{\"a\":", count: 10_000), "nested too deeply"),
  ])
  func lyingHeadersAreRefused(header: String, reason: String) throws {
    let error = #expect(throws: InputError.self) { try Self.read(header) }
    let sentence = try #require(error).description
    #expect(sentence.contains(reason) && sentence.contains("x.safetensors"), "\(sentence)")
  }

  @Test func namesCannotControlATerminal() throws {
    let error = #expect(throws: InputError.self) {
      try Self.read("{\(Self.described("a\\n\\u001b[2J", "F8_E4M3"))}")
    }
    #expect(error?.problem.hasPrefix("array 'a\u{FFFD}\u{FFFD}[2J'") == true)
  }

  @Test func headersLongerThanTheFileAreRefused() throws {
    let folder = try TemporaryFolder()
    for length: UInt64 in [9, 1 << 32, .max] {
      var data = withUnsafeBytes(of: length.littleEndian) { Data($0) }
      data += "{}      ".utf8
      try data.write(to: folder["x.safetensors"])
      let error = #expect(throws: InputError.self) { try SafeTensorsFile(folder["x.safetensors"]) }
      #expect(error?.problem.contains("header claims \(length) bytes") == true)
    }
  }
}

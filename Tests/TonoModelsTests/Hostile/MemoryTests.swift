import Foundation
import TestSupport
import Testing
import TonoCore
import TonoFiles
import TonoNetwork

@testable import TonoModels

/// Files of which each byte would become a hundred in memory: refused before they are.
struct MemoryTests {
  private static func refusal(of bytes: Data) throws -> String {
    let folder = try TemporaryFolder()
    try bytes.write(to: folder["input"])
    let error = #expect(throws: ModelError.self) { try ModelFile.load(folder["input"]) }
    return try #require(error).problem
  }

  private static func repeated(_ unit: String, _ count: Int) -> String {
    String(repeating: unit, count: count)
  }

  @Test(arguments: [("0,", 2_000_000), ("[],", 1_000_000), (#"{"":0},"#, 500_000)])
  func treesOfTinyValues(unit: String, count: Int) {
    let text = "[" + Self.repeated(unit, count) + "0]"
    let error = #expect(throws: JSONError.self) { try JSONParser.parse(Data(text.utf8)) }
    #expect(error?.description == "is JSON of more small values than a model has")
  }

  @Test func aModelsTextIsNoTreeOfTinyValues() throws {
    let layer =
      #"{"class_name": "Conv2D", "config": {"name": "c", "strides": [1, 1], "filters": 32}}"#
    let text = "[" + Self.repeated(layer + ", ", 40_000) + "0]"
    #expect(try JSONParser.parse(Data(text.utf8)).array?.count == 40_001)
  }

  // MARK: - safetensors

  private static func safetensors(_ header: String, numbers: Int = 0) -> Data {
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) } + Data(header.utf8)
      + Data(repeating: 0, count: numbers)
  }

  /// The header is read without a tree, so that a large one is no reason to refuse a file.
  @Test func manyArraysAreRead() throws {
    let folder = try TemporaryFolder()
    let entries = (0..<100_000).map {
      #""layer.\#($0)":{"dtype":"F32","shape":[1],"data_offsets":[\#(4 * $0),\#(4 * $0 + 4)]}"#
    }
    let header = "{" + entries.joined(separator: ",") + "}"
    try Self.safetensors(header, numbers: 400_000).write(to: folder["input"])
    #expect(try SafeTensorsFile(folder["input"]).names.count == 100_000)
  }

  @Test(arguments: [
    #"{"a":{"dtype":"F32","dtype":"F32"}}"#, #"{"__metadata__":{},"__metadata__":{}}"#,
    #"{"__metadata__":{"a":"","a":""}}"#,
  ])
  func namesThatStandTwice(header: String) throws {
    #expect(try Self.refusal(of: Self.safetensors(header)).contains("twice in one object"))
  }

  /// Layers that all name one array, each with its axes in another order, so that none is shared.
  @Test func arraysThatAreNamedAgainAndAgain() throws {
    let width = 512
    let nodes = (0..<8).map { index -> JSONValue in
      .object([
        "name": .string("d\(index)"), "kind": .string("Dense"),
        "inputs": .array([.string(index == 0 ? "x" : "d\(index - 1)")]),
        "weights": .object([
          "kernel": .object([
            "name": .string("w"), "permute": .array([JSONValue(1), JSONValue(0)]),
          ])
        ]),
      ])
    }
    let architecture = JSONValue.object([
      "version": JSONValue(1), "nodes": .array(nodes), "outputs": .array([.string("d7")]),
      "inputs": .array([
        .object(["name": .string("x"), "shape": .array([JSONValue(width)])])
      ]),
    ])
    let array = (name: "w", tensor: Tensor(shape: [width, width], repeating: 0))
    let bytes = SafeTensorsFile.encode(
      [array], metadata: [StateDict.architectureKey: architecture.text])
    #expect(try Self.refusal(of: bytes).contains("more numbers than the file can hold"))
  }

  // MARK: - Archives

  /// An end that claims more entries than there can be, in each of its two forms.
  @Test func archivesOfCountlessEntries() throws {
    let bytes = try ZipArchive.encode([("a/data.pkl", [0x80, 2, 0x7D, 0x2E])])
    let end = try #require(bytes.indices.last { bytes[$0...].starts(with: [0x50, 0x4B, 5, 6]) })
    let wide: [UInt8] =
      [0x50, 0x4B, 6, 6] + [UInt8](repeating: 0, count: 28) + [0x40, 0x42, 0x0F, 0, 0, 0, 0, 0]
      + [UInt8](repeating: 0, count: 16)
    let locator: [UInt8] =
      [0x50, 0x4B, 6, 7, 0, 0, 0, 0, UInt8(end)] + [UInt8](repeating: 0, count: 11)
    let problem = try Self.refusal(of: Data(bytes[..<end] + wide + locator + bytes[end...]))
    #expect(problem.contains("claims 1000000 entries"), "\(problem)")
    #expect(throws: ZipError.self) {
      try ZipArchive.read(bytes[..<end] + wide + locator + bytes[end...], budget: 100) { _ in }
    }
  }

  // MARK: - Pickles

  /// Calls that each make a tensor, lists in lists, and texts in one list.
  @Test func pilesOfObjects() {
    let programs: [[UInt8]] = [
      [0x29] + [UInt8](repeating: 0x85, count: 8 << 20),
      [0x5D, 0x28] + [[UInt8]](repeating: [0x43, 1, 0x61, 0x65, 0x28], count: 1 << 20).joined(),
    ]
    for program in programs {
      let error = #expect(throws: PickleError.self) {
        try Unpickler.unpickle([0x80, 2] + program + [0x2E])
      }
      #expect(error?.description.contains("piles up") == true)
    }
  }

  @Test func viewsAreReadInTheirOrder() throws {
    let storage = TorchStorage(key: "0", format: .float32, type: "FloatStorage")
    let view = TorchTensor(
      storage: storage, format: .float32, offset: 2, extents: [2, 3], strides: [1, 10])
    #expect(Array(view.places) == [2, 12, 22, 3, 13, 23])
  }

  // MARK: - ONNX

  private static func field(_ number: Int, _ content: Data) -> Data {
    var bytes = Data([UInt8(number << 3 | 2)])
    var length = content.count
    while length > 127 {
      bytes.append(UInt8(length & 127 | 128))
      length >>= 7
    }
    bytes.append(UInt8(length))
    return bytes + content
  }

  private static func onnx(_ graph: Data) -> Data {
    Data([8, 8]) + field(7, graph) + field(8, Data([0x10, 13]))
  }

  private static func many(_ number: Int, _ count: Int) -> Data {
    Data(repeatElement([UInt8(number << 3 | 2), 0], count: count).joined())
  }

  /// Fields of two bytes: nodes, attributes of a node, its inputs, arrays, values, axes.
  @Test(arguments: ["nodes", "attributes", "inputs", "arrays", "values", "axes"])
  func emptyMessages(kind: String) throws {
    let graph =
      switch kind {
      case "nodes": Self.many(1, 1 << 20)
      case "attributes": Self.field(1, Self.many(5, 1 << 20))
      case "inputs": Self.field(1, Self.many(1, 4 << 20))
      case "arrays": Self.many(5, 1 << 20)
      case "values": Self.many(13, 1 << 20)
      default:
        Self.field(11, Self.field(2, Self.field(1, Self.field(2, Self.many(1, 2 << 20)))))
      }
    let problem = try Self.refusal(of: Self.onnx(graph))
    #expect(problem.contains("far more nodes, attributes and names"), "\(problem)")
  }

  @Test func smallIntegersAreNotWidened() throws {
    let count = 5 << 20
    let size = Data([0x08, 0x80, 0x80, 0xC0, 0x02])
    let array = Self.field(
      5,
      size + Data([0x10, 3]) + Self.field(8, Data("w".utf8))
        + Self.field(9, Data(repeating: 1, count: count)))
    let node = Self.field(
      1,
      Self.field(1, Data("w".utf8)) + Self.field(2, Data("y".utf8))
        + Self.field(4, Data("Relu".utf8)))
    let problem = try Self.refusal(of: Self.onnx(array + node))
    #expect(problem.contains("initializer 'w' holds small whole numbers"), "\(problem)")
  }
}

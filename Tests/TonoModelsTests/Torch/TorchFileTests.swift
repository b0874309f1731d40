import Foundation
import TestSupport
import Testing
import TonoCore
import TonoFiles
import TonoNetwork

@testable import TonoModels

/// Files of `torch.save`: the same weights in many words, and what is refused.
struct TorchFileTests {
  private static let architecture = Fixture.url("formats/small.architecture.json")

  private static func load(_ name: String) throws -> Model {
    try ModelFile.load(Fixture.url("formats/\(name)"), architecture: architecture)
  }

  private static func output(of model: Model) throws -> Tensor {
    let values = (0..<70).map { Float($0 % 7) - 3 }
    return try model.network.forward(
      ["x": Tensor(shape: [1, 1, 10, 7], values: values)], to: ["softmax"])["softmax"]
  }

  @Test(arguments: [
    "checkpoint.pth", "nested.pt", "parallel.pt", "parameters.pt", "protocol_3.pt",
    "protocol_4.pt", "protocol_5.pt", "views.pt", "double.pt", "small.safetensors",
  ])
  func otherWordsGiveTheSameModel(name: String) throws {
    let expected = try Self.output(of: Self.load("small.pt"))
    #expect(Set(expected.values).count == 5)
    #expect(try Self.output(of: Self.load(name)) == expected)
  }

  /// `small.architecture.json` lies beside `small.pt`.
  @Test func theArchitectureBesideIsFound() throws {
    let model = try ModelFile.load(Fixture.url("formats/small.pt"))
    #expect(model.format == "PyTorch state dict")
    #expect(model.architectureURL?.lastPathComponent == "small.architecture.json")
    #expect(try Self.output(of: model) == Self.output(of: Self.load("small.pt")))
  }

  @Test func everyTypeIsRead() throws {
    let url = Fixture.url("formats/types.pt")
    let file = try TorchFile(ZipArchive(url, budget: 1 << 20), byteCount: 1 << 14, url: url)
    for (name, tensor) in TypesFixture.arrays {
      #expect(try file.tensor(name) == tensor, "\(name)")
    }
  }

  @Test func numbersThatAreNotRealAreNamed() throws {
    let url = Fixture.url("formats/complex.pt")
    let file = try TorchFile(ZipArchive(url, budget: 1 << 20), byteCount: 1 << 14, url: url)
    #expect(try file.tensor("real").values == [0, 0])
    let error = #expect(throws: ModelError.self) { try file.tensor("complex") }
    #expect(error?.problem.contains("ComplexFloatStorage") == true)
  }

  @Test(arguments: [
    ("evil.pt", "asks for posix.system, which no state dict needs"),
    ("module.pt", "which makes it a whole module, not a state dict"),
    ("script.pt", "TorchScript archive"), ("legacy.pt", "PyTorch before 1.6"),
    ("no_tensors.pt", "holds no state dict"),
  ])
  func otherFilesAreRefused(name: String, reason: String) throws {
    let error = #expect(throws: ModelError.self) { try Self.load(name) }
    let sentence = try #require(error).description
    #expect(sentence.contains(reason), "\(sentence)")
    #expect(sentence.contains("torch.save(model.state_dict()") && sentence.contains(name))
    #expect(!FileManager.default.fileExists(atPath: "/tmp/tonoscope-was-here"))
  }

  @Test func weightsAloneNeedAnArchitecture() throws {
    let error = #expect(throws: ModelError.self) {
      try ModelFile.load(Fixture.url("formats/double.pt"))
    }
    let sentence = try #require(error).problem
    #expect(sentence.contains("0.bias") && sentence.contains("without the architecture"))
    let keras = #expect(throws: ModelError.self) {
      try ModelFile.load(
        Fixture.url("formats/small.pt"), architecture: Fixture.url("formats/layers_keras.json"))
    }
    #expect(try #require(keras).problem.contains("one of Keras"))
  }

  // MARK: - Made by hand

  /// A pickle of one dictionary with one tensor `w`: a view of storage `key`, of 4 floats.
  private static func pickle(
    offset: Int32 = 0, extents: [Int32] = [4], strides: [Int32] = [1], key: String = "0",
    storage: String = "FloatStorage"
  ) -> [UInt8] {
    func text(_ string: String) -> [UInt8] { [0x8C, UInt8(string.utf8.count)] + string.utf8 }
    func integer(_ value: Int32) -> [UInt8] {
      [0x4A] + withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
    func tuple(_ values: [Int32]) -> [UInt8] { [0x28] + values.flatMap(integer) + [0x74] }
    func global(_ line: String) -> [UInt8] { [0x63] + Array(line.utf8) + [0x0A] }
    return [0x80, 2, 0x7D] + text("w") + global("torch._utils\n_rebuild_tensor_v2") + [0x28]
      + [0x28] + text("storage") + global("torch\n\(storage)") + text(key) + text("cpu")
      + integer(4) + [0x74, 0x51] + integer(offset) + tuple(extents) + tuple(strides)
      + [0x89, 0x7D, 0x74, 0x52, 0x73, 0x2E]
  }

  private static func file(
    _ pickle: [UInt8], storage: [UInt8] = [UInt8](repeating: 0, count: 16),
    more: [(name: String, contents: [UInt8])] = []
  ) throws -> TorchFile {
    let folder = try TemporaryFolder()
    let bytes = try ZipArchive.encode(
      [("a/data.pkl", pickle), ("a/data/0", storage)] + more)
    try Data(bytes).write(to: folder["x.pt"])
    return try TorchFile(
      ZipArchive(folder["x.pt"], budget: 1 << 20), byteCount: bytes.count, url: folder["x.pt"])
  }

  @Test func aPickleByHandIsRead() throws {
    let storage: [UInt8] = (0..<4).flatMap { (k: Int) -> [UInt8] in
      withUnsafeBytes(of: Float(k).bitPattern.littleEndian) { Array($0) }
    }
    let file = try Self.file(
      Self.pickle(offset: 0, extents: [2, 2], strides: [1, 2]), storage: storage)
    #expect(try file.tensor("w") == Tensor(shape: [2, 2], values: [0, 2, 1, 3]))
  }

  @Test(arguments: [
    (pickle(offset: 1), "reaches beyond its storage"), (pickle(extents: [5]), "reaches beyond"),
    (pickle(strides: [2]), "reaches beyond"), (pickle(strides: [-1]), "reaches beyond"),
    (
      pickle(
        extents: [Int32](repeating: .max, count: 8), strides: [Int32](repeating: 0, count: 8)),
      "more numbers than the file can hold"
    ),
    (pickle(extents: [.max], strides: [0]), "more numbers than the file can hold"),
    (pickle(key: "../../etc/passwd"), "has no 'a/data/../../etc/passwd'"),
  ])
  func tensorsBeyondTheirStorageAreRefused(pickle: [UInt8], reason: String) throws {
    let file = try Self.file(pickle)
    let error = #expect(throws: ModelError.self) { try file.tensor("w") }
    #expect(error?.problem.contains(reason) == true, "\(error?.description ?? "")")
  }

  @Test func oddArchivesAreRefused() throws {
    let negative = #expect(throws: ModelError.self) { try Self.file(Self.pickle(extents: [-1])) }
    #expect(negative?.problem.contains("malformed tensor") == true)
    let order = #expect(throws: ModelError.self) {
      try Self.file(Self.pickle(), more: [("a/byteorder", Array("big".utf8))])
    }
    #expect(order?.problem.contains("big-endian") == true)
  }

  /// Names that lead out of an archive are no names of anything here.
  @Test func pathsThatClimbLeadNowhere() throws {
    let file = try Self.file(
      Self.pickle(), more: [("../climbed.txt", [1]), ("/tmp/tonoscope-climbed.txt", [1])])
    #expect(try file.tensor("w").count == 4)
    #expect(!FileManager.default.fileExists(atPath: "/tmp/tonoscope-climbed.txt"))
  }
}

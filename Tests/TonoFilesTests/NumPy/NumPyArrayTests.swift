import Foundation
import TestSupport
import Testing
import TonoCore

@testable import TonoFiles

/// 0, 1, 2, … in row-major order: what most fixtures hold.
func counting(_ shape: Shape) -> Tensor {
  Tensor(shape: shape, values: (0..<shape.count).map(Float.init))
}

@Suite struct NumPyArrayTests {
  @Test(arguments: [
    [], [0], [1], [7], [0, 3], [39, 482], [1, 128, 128], [2, 3, 4, 5], [123456],
  ])
  func roundTrip(_ extents: [Int]) throws {
    var tensor = counting(Shape(extents))
    if tensor.count > 2 { tensor.values[1] = -.infinity }
    #expect(try NumPyArray.decode(NumPyArray.encode(tensor), file: "memory") == tensor)
  }

  /// Byte for byte what NumPy writes.
  @Test(
    arguments: zip(
      ["scalar", "empty", "vector", "matrix", "cube"],
      [
        [], [0, 3], [5], [3, 4], [2, 3, 4],
      ]))
  func writesAsNumPyDoes(_ name: String, _ extents: [Int]) throws {
    let expected = [UInt8](try Data(contentsOf: Fixture.url("numpy/\(name).npy")))
    #expect(NumPyArray.encode(counting(Shape(extents))) == expected)
  }

  @Test(arguments: [
    "f2", "f2_big", "f8", "f4_big", "f8_big", "i2", "i2_big", "i4", "i4_big", "i8", "u2", "u4",
    "u8_big", "u1", "i1",
  ])
  func readsEveryType(_ type: String) throws {
    #expect(try NumPyArray.read(Fixture.url("numpy/type_\(type).npy")) == counting([2, 3]))
  }

  @Test(arguments: ["version_2", "version_3"])
  func readsEveryVersion(_ name: String) throws {
    #expect(try NumPyArray.read(Fixture.url("numpy/\(name).npy")) == counting([2, 3]))
  }

  @Test func readsColumnMajorOrder() throws {
    #expect(try NumPyArray.read(Fixture.url("numpy/column_major.npy")) == counting([2, 3, 4]))
  }

  @Test func readsBooleans() throws {
    let read = try NumPyArray.read(Fixture.url("numpy/type_b1.npy"))
    #expect(read.values == [0, 1, 0, 1, 1, 0])
  }

  @Test func readsSignsOfWideIntegers() throws {
    let read = try NumPyArray.read(Fixture.url("numpy/negative_i8.npy"))
    #expect(read.values == [-1, -0x1p40])
  }

  @Test func readsHalvesToTheirEdges() throws {
    let values = try NumPyArray.read(Fixture.url("numpy/half.npy")).values
    #expect(values.prefix(5) == [0, 0, 1, -2.5, 65504])
    #expect(values[1].sign == .minus)
    #expect(values[5] == 0x1p-24)
    #expect(abs(values[6] - 6.1e-5) < 0x1p-24)
    #expect(values[7] == .infinity && values[8] == -.infinity && values[9].isNaN)
  }

  @Test(arguments: [
    ("object", "pickled Python objects"), ("complex", "<c8"), ("record", "records"),
    ("text", "<U3"),
  ])
  func refusesWhatIsNoNumber(_ name: String, _ reason: String) throws {
    let error = #expect(throws: InputError.self) {
      try NumPyArray.read(Fixture.url("numpy/refused_\(name).npy"))
    }
    #expect(error?.description.contains(reason) == true)
    #expect(error?.description.contains("refused_\(name).npy") == true)
  }

  /// Whatever is cut off is missed: no shorter file is an array.
  @Test func refusesEveryTruncation() {
    let whole = NumPyArray.encode(counting([3, 4]))
    for length in whole.indices {
      #expect(throws: InputError.self) {
        try NumPyArray.decode(Array(whole[..<length]), file: "memory")
      }
    }
    #expect(throws: InputError.self) { try NumPyArray.decode(whole + [0], file: "memory") }
  }

  @Test(arguments: [
    "(9223372036854775807, 9223372036854775807)", "(99999999999999999999,)", "(-3,)", "(1e9,)",
    "(4000000000000,)", "'all'", "(3, 'x')",
  ])
  func refusesAbsurdShapes(_ shape: String) {
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': \(shape), }\n"
    let bytes =
      [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + header.utf8 + [
        0, 0, 0, 0,
      ]
    #expect(throws: InputError.self) { try NumPyArray.decode(bytes, file: "memory") }
  }

  /// NumPy itself writes about a hundred bytes.
  @Test func refusesLongHeaders() {
    let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (0,), }"
    let header = [UInt8](text.utf8) + [UInt8](repeating: 0x20, count: 1 << 20)
    let length = withUnsafeBytes(of: UInt32(header.count).littleEndian) { Array($0) }
    let bytes = [0x93] + [UInt8]("NUMPY".utf8) + [2, 0] + length + header
    let error = #expect(throws: InputError.self) {
      try NumPyArray.decode(bytes, file: "long.npy")
    }
    #expect(error?.description.contains("at most 65536 are read") == true)
  }

  /// What a damaged header holds cannot control a terminal.
  @Test func errorsAreOneLine() {
    let bytes = NumPyArray.encode(counting([2, 3])).map { $0 == 0x66 ? 0x0A : $0 }
    let error = #expect(throws: InputError.self) { try NumPyArray.decode(bytes, file: "a.npy") }
    #expect(error?.description.contains { $0.isNewline } == false)
  }

  @Test func namesAFileThatIsMissing() {
    let error = #expect(throws: InputError.self) {
      try NumPyArray.read(URL(filePath: "/nowhere/at/all.npy"))
    }
    #expect(error?.description.hasPrefix("/nowhere/at/all.npy: there is no such file") == true)
  }
}

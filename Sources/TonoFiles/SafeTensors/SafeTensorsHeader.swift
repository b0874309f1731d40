import Foundation
import TonoCore

/// The header of a safetensors file: where each array lies, and texts.
///
/// It is read in one pass and never becomes a tree of JSON, which would take many times its memory.
struct SafeTensorsHeader {
  /// One array of a file.
  struct Entry: Sendable {
    let format: NumberFormat
    let shape: Shape
    /// Its bytes, counted from the first behind the header.
    let range: Range<Int>
  }

  /// The texts under `__metadata__`.
  private(set) var metadata: [String: String] = [:]

  /// The arrays by their names.
  private(set) var entries: [String: Entry] = [:]

  private static let metadataName = "__metadata__"
  private static let mostAxes = 16

  /// What a text under `__metadata__` takes besides its characters.
  private static let textSize = 120

  /// The file, for messages.
  private let url: URL
  /// How many bytes of numbers the file has.
  private let byteCount: Int

  /// Reads a header in front of so many bytes of numbers.
  ///
  /// - Throws: `InputError` if it is no JSON or an array does not lie where it should.
  init(_ text: [UInt8], byteCount: Int, url: URL) throws {
    self.url = url
    self.byteCount = byteCount
    do {
      try read(text)
    } catch let error as JSONError {
      throw InputError(
        url,
        "the safetensors header \(error); the file is damaged, copy or download it again")
    }
    try checkOverlaps()
  }

  private mutating func read(_ text: [UInt8]) throws {
    var reader = JSONReader(text)
    guard reader.kind() == .object else {
      try reader.skip()
      try reader.end()
      throw JSONError("is no object")
    }
    var hasMetadata = false
    try reader.open()
    while try reader.another(until: "}") {
      let name = try reader.name()
      if name == Self.metadataName {
        guard !hasMetadata else { throw Self.twice(name) }
        hasMetadata = true
        metadata = try Self.texts(&reader, MemoryBudget(bytes: text.count))
      } else {
        let entry = try entry(name, DescribedArray(&reader))
        guard entries.updateValue(entry, forKey: name) == nil else { throw Self.twice(name) }
      }
    }
    try reader.end()
  }

  private static func twice(_ name: String) -> JSONError {
    JSONError("is JSON that names '\(name)' twice in one object")
  }

  /// The members of an object that are strings.
  private static func texts(
    _ reader: inout JSONReader, _ budget: MemoryBudget
  ) throws -> [String: String] {
    var budget = budget
    guard reader.kind() == .object else {
      try reader.skip()
      return [:]
    }
    var texts: [String: String] = [:]
    try reader.open()
    while try reader.another(until: "}") {
      let name = try reader.name()
      guard reader.kind() == .string else {
        try reader.skip()
        continue
      }
      let text = try reader.string()
      guard budget.spend(textSize + name.utf8.count + text.utf8.count) else {
        throw JSONError("has more small texts under '\(metadataName)' than describe a model")
      }
      guard texts.updateValue(text, forKey: name) == nil else { throw twice(name) }
    }
    return texts
  }

  /// The checked entry of an array.
  private func entry(_ name: String, _ described: DescribedArray) throws -> Entry {
    func failure(_ problem: String) -> InputError {
      InputError(url, "array '\(name.prefix(200))' \(problem); the file is damaged")
    }
    guard let dtype = described.type, let extents = described.shape,
      let offsets = described.offsets, offsets.count == 2, let start = offsets[0],
      let end = offsets[1]
    else { throw failure("has no 'dtype', 'shape' or 'data_offsets'") }
    guard let format = NumberFormat(safeTensors: dtype) else {
      let known = NumberFormat.safeTensorsNames.sorted().joined(separator: ", ")
      throw InputError(
        url,
        "array '\(name.prefix(200))' has numbers of the type '\(dtype.prefix(40))'; known are"
          + " \(known); convert it to F32")
    }
    let shape = extents.compactMap(\.self)
    guard shape.count == extents.count, shape.count <= Self.mostAxes, start <= end,
      end <= byteCount
    else { throw failure("claims bytes \(start) to \(end) of \(byteCount), or has no shape") }
    let size = shape.reduce(format.byteCount as Int?) { size, extent in
      guard let (product, overflow) = size?.multipliedReportingOverflow(by: extent) else {
        return nil
      }
      return overflow ? nil : product
    }
    guard end - start == size else {
      let text = shape.map(String.init).joined(separator: "×")
      throw failure(
        "has \(end - start) bytes, but its shape \(text.isEmpty ? "[]" : text) of \(dtype) takes"
          + " another number")
    }
    return Entry(format: format, shape: Shape(shape), range: start..<end)
  }

  /// Checks that no two arrays share bytes.
  private func checkOverlaps() throws {
    let sorted = entries.values.lazy.map(\.range).filter { !$0.isEmpty }
      .sorted { $0.lowerBound < $1.lowerBound }
    for (one, next) in zip(sorted, sorted.dropFirst()) where one.upperBound > next.lowerBound {
      let names = entries.filter { $0.value.range.overlaps(next) }.keys.sorted().prefix(2)
        .map { "'\($0.prefix(200))'" }
      throw InputError(
        url, "the arrays \(names.joined(separator: " and ")) overlap; the file is damaged")
    }
  }

  /// What a header says of one array, of which nothing is checked yet.
  private struct DescribedArray {
    var type: String?
    /// Nothing for what is no whole number.
    var shape: [Int?]?
    var offsets: [Int?]?

    /// Reads an array's object.
    init(_ reader: inout JSONReader) throws {
      guard reader.kind() == .object else {
        try reader.skip()
        return
      }
      var names: Set<String> = []
      try reader.open()
      while try reader.another(until: "}") {
        let name = try reader.name()
        switch name {
        case "dtype" where reader.kind() == .string: type = try reader.string()
        case "shape": shape = try Self.numbers(&reader)
        case "data_offsets": offsets = try Self.numbers(&reader)
        default:
          try reader.skip()
          continue
        }
        guard names.insert(name).inserted else { throw SafeTensorsHeader.twice(name) }
      }
    }

    /// The first whole numbers of a list, and one more than are allowed if there are such.
    private static func numbers(_ reader: inout JSONReader) throws -> [Int?]? {
      guard reader.kind() == .array else {
        try reader.skip()
        return nil
      }
      var numbers: [Int?] = []
      try reader.open()
      while try reader.another(until: "]") {
        let isNumber = reader.kind() == .number
        let number = isNumber ? whole(try reader.number()) : nil
        if !isNumber { try reader.skip() }
        if numbers.count <= mostAxes { numbers.append(number) }
      }
      return numbers
    }

    /// A whole number from 0 that a double tells exactly.
    private static func whole(_ number: Double) -> Int? {
      guard number >= 0, number <= 0x1p60 else { return nil }
      return Int(exactly: number)
    }
  }
}

extension NumberFormat {
  /// The type of numbers that safetensors files call `name`.
  fileprivate init?(safeTensors name: String) {
    guard let format = Self.bySafeTensorsName[name] else { return nil }
    self = format
  }

  /// The names of the types that are read.
  fileprivate static var safeTensorsNames: [String] { Array(bySafeTensorsName.keys) }

  private static let bySafeTensorsName: [String: NumberFormat] = [
    "F64": .float64, "F32": .float32, "F16": .float16, "BF16": .bfloat16, "I64": .int64,
    "I32": .int32, "I16": .int16, "I8": .int8, "U64": .uint64, "U32": .uint32, "U16": .uint16,
    "U8": .uint8, "BOOL": .bool,
  ]
}

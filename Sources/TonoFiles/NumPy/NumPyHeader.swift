import TonoCore

/// The header of a `.npy` file: what the elements are, and how they lie.
struct NumPyHeader {
  /// The type of an element.
  let elements: NumPyElements
  /// The extents, outermost first whatever the order in the file.
  let shape: Shape
  /// Whether the first axis varies fastest.
  var isColumnMajor = false

  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  private static let alignment = 64
  /// The longest header that is read, in bytes: that of an array of numbers takes about a hundred.
  private static let longest = 1 << 16
  /// NumPy leaves room for the first extent to grow to as many digits.
  private static let roomForGrowth = 21

  /// How many bytes the elements take; nil if more than can be counted.
  var byteCount: Int? {
    var count = elements.format.byteCount
    for extent in shape.extents {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      if overflow { return nil }
      count = product
    }
    return count
  }

  /// The header of a version 1.0 file, up to the first element.
  func encoded() -> [UInt8] {
    let extents = shape.extents.map(String.init)
    let tuple = extents.count == 1 ? "(\(extents[0]),)" : "(\(extents.joined(separator: ", ")))"
    var text =
      "{'descr': '\(elements.code)', 'fortran_order': \(isColumnMajor ? "True" : "False"), "
      + "'shape': \(tuple), }"
    if let first = extents.first {
      text += String(repeating: " ", count: Self.roomForGrowth - first.count)
    }
    let prefix = Self.magic.count + 4
    let length = text.utf8.count + 1
    text += String(
      repeating: " ", count: Self.alignment - (prefix + length) % Self.alignment)
    text += "\n"
    let size = UInt16(text.utf8.count)
    return Self.magic + [1, 0, UInt8(size & 0xff), UInt8(size >> 8)] + text.utf8
  }

  /// The header of a file of version 1, 2 or 3, and where the elements start.
  ///
  /// - Throws: ``InputError`` if there is none, or its elements are not numbers.
  static func decode(_ bytes: [UInt8], file: String) throws -> (NumPyHeader, start: Int) {
    guard bytes.starts(with: magic), bytes.count >= 12 else {
      throw InputError("\(file) is not a NumPy array (.npy); write it with numpy.save")
    }
    let version = bytes[6]
    guard (1...3).contains(version) else {
      throw InputError(
        "\(file) is a NumPy array of format version \(version), known are 1 to 3; "
          + "save it again with numpy.save")
    }
    let prefix = version == 1 ? 10 : 12
    let length = bytes[8..<prefix].reversed().reduce(0) { $0 << 8 | Int($1) }
    let start = prefix + length
    guard start <= bytes.count else {
      throw InputError("\(file) is truncated within its NumPy header; save it again")
    }
    guard length <= longest else {
      throw InputError(
        "\(file) has a NumPy header of \(length) bytes, at most \(longest) are read; save it again as"
          + " an array of plain numbers")
    }
    let text = String(decoding: bytes[prefix..<start], as: UTF8.self)
    return (try parse(text, file: file), start)
  }

  private static func parse(_ text: String, file: String) throws -> NumPyHeader {
    guard let code = text.firstMatch(of: /['"]descr['"]\s*:\s*['"]([^'"]*)['"]/)?.1 else {
      throw InputError(
        "\(file) is a NumPy array of records; save each of its fields as an array of its own")
    }
    guard let elements = NumPyElements(code: String(code)) else {
      let objects = code.hasSuffix("O") ? " (pickled Python objects, which are never loaded)" : ""
      throw InputError(
        "\(file) is a NumPy array of type '\(code)'\(objects), expected real numbers; "
          + "convert it with .astype('float32')")
    }
    let order = text.firstMatch(of: /['"]fortran_order['"]\s*:\s*(True|False)/)?.1
    let tuple = text.firstMatch(of: /['"]shape['"]\s*:\s*\(([0-9L,\s]*)\)/)?.1
    let extents = tuple?.split(separator: /[L,\s]+/).map { Int($0) }
    guard let order, let extents, extents.count <= 64, !extents.contains(nil) else {
      throw InputError("\(file) has a damaged NumPy header: \(text.prefix(120)); save it again")
    }
    return NumPyHeader(
      elements: elements, shape: Shape(extents.compactMap(\.self)), isColumnMajor: order == "True")
  }
}

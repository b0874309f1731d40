import CTonoHDF5
import Foundation
import TonoCore
import TonoFiles

/// An open attribute of an HDF5 object, read as text.
struct HDF5Attribute: ~Copyable {
  private let handle: HDF5Handle
  private let url: URL
  private let byteCount: Int
  private let place: String

  /// A view of an open attribute; `place` names it in messages.
  init(handle: consuming HDF5Handle, url: URL, byteCount: Int, place: String) {
    self.handle = handle
    self.url = url
    self.byteCount = byteCount
    self.place = place
  }

  /// The strings: of fixed or variable length, one or an array, in row-major order.
  ///
  /// An array without elements is an empty list whatever its type: h5py gives `[]` the type float.
  ///
  /// - Throws: `ModelError` if the attribute is not text or not valid UTF-8.
  func strings() throws -> [String] {
    guard let space = HDF5Handle(H5Aget_space(handle.id), close: H5Sclose),
      let type = HDF5Handle(H5Aget_type(handle.id), close: H5Tclose)
    else { throw unreadable() }
    let count = Int(H5Sget_simple_extent_npoints(space.id))
    if count == 0 { return [] }
    guard H5Tget_class(type.id) == H5T_STRING else {
      throw ModelError(url, "\(place) is not text")
    }
    // One element is a pointer when the length varies, else the characters themselves; in the
    // file neither takes less than a byte.
    let size = H5Tget_size(type.id)
    guard count > 0, count <= byteCount, size > 0, size <= byteCount,
      count <= 2 * byteCount / size
    else {
      throw ModelError(url, "\(place) claims to be larger than the file; the file is damaged")
    }
    guard H5Tis_variable_str(type.id) > 0 else {
      return try fixedStrings(count: count, size: size, type: type)
    }
    guard let character = HDF5Handle(H5Tget_super(type.id), close: H5Tclose),
      H5Tget_size(character.id) == 1
    else { throw ModelError(url, "\(place) has malformed text; the file is damaged") }
    return try variableStrings(count: count, type: type, space: space)
  }

  /// Reads strings that all take `size` bytes, padded with zeros or blanks.
  private func fixedStrings(count: Int, size: Int, type: borrowing HDF5Handle) throws -> [String] {
    var bytes = [UInt8](repeating: 0, count: count * size)
    guard H5Aread(handle.id, type.id, &bytes) >= 0 else { throw unreadable() }
    let padding: UInt8 = H5Tget_strpad(type.id) == H5T_STR_SPACEPAD ? 0x20 : 0
    return try (0..<count).map { index in
      let field = bytes[index * size..<(index + 1) * size]
      let text = field.prefix { $0 != 0 }
      let end = text.lastIndex { $0 != padding }.map { $0 + 1 } ?? text.startIndex
      return try decode(text[..<end])
    }
  }

  /// Reads strings that the library allocates one by one.
  private func variableStrings(
    count: Int, type: borrowing HDF5Handle, space: borrowing HDF5Handle
  ) throws -> [String] {
    var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
    guard H5Aread(handle.id, type.id, &pointers) >= 0 else { throw unreadable() }
    defer {
      _ = H5Dvlen_reclaim(type.id, space.id, tono_hdf5_default_properties(), &pointers)
    }
    return try pointers.map { pointer in
      guard let pointer else { return "" }
      let characters = UnsafeBufferPointer(start: pointer, count: strlen(pointer))
      return try decode(characters.map { UInt8(bitPattern: $0) })
    }
  }

  /// Text of UTF-8 bytes; ASCII is a part of it.
  private func decode(_ bytes: some Collection<UInt8>) throws -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ModelError(url, "\(place) is not valid UTF-8; the file is damaged")
    }
    return text
  }

  private func unreadable() -> ModelError {
    ModelError(url, "\(place) cannot be read: \(lastHDF5Error())")
  }
}

import Foundation
import TonoCore

/// NumPy's array files, `.npy`: a header that is a Python dictionary, then the elements.
///
/// Writes version 1.0, little-endian 32-bit floats in row-major order: byte for byte what
/// `numpy.save` writes. Reads versions 1 to 3, floats, integers and booleans of either byte order,
/// row-major or column-major, all as 32-bit floats. Format: NumPy Enhancement Proposal 1,
/// `numpy.lib.format`.
public enum NumPyArray {
  /// The bytes of a `.npy` file that holds `tensor`.
  public static func encode(_ tensor: Tensor) -> [UInt8] {
    NumPyHeader(elements: .float32, shape: tensor.shape).encoded()
      + tensor.values.withUnsafeBytes { Array($0) }
  }

  /// The array in the bytes of a `.npy` file; `file` names it in errors.
  ///
  /// - Throws: ``InputError`` if the bytes are no array of numbers, or too few or too many.
  public static func decode(_ bytes: [UInt8], file: String) throws -> Tensor {
    let (header, start) = try NumPyHeader.decode(bytes, file: file)
    guard let size = header.byteCount, bytes.count - start == size else {
      throw InputError(
        "\(file) is damaged: an array of shape \(header.shape) with elements "
          + "'\(header.elements.code)' does not fit its \(bytes.count - start) bytes of data; "
          + "save it again")
    }
    let values = bytes.withUnsafeBytes { bytes in
      header.elements.format.floats(
        UnsafeRawBufferPointer(rebasing: bytes[start...]), at: 0..<header.shape.count,
        isBigEndian: header.elements.isBigEndian)
    }
    guard header.isColumnMajor else { return Tensor(shape: header.shape, values: values) }
    return Tensor(shape: header.shape, columnMajor: values)
  }

  /// The array in a `.npy` file.
  ///
  /// - Throws: ``InputError`` if the file cannot be read or is no array of numbers.
  public static func read(_ url: URL) throws -> Tensor {
    try decode([UInt8](try InputFile.bytes(of: url)), file: url.path)
  }
}

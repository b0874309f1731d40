import Foundation
import TonoNetwork

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
  /// - Throws: ``StudyError`` if the bytes are no array of numbers, or too few or too many.
  public static func decode(_ bytes: [UInt8], file: String) throws -> Tensor {
    let (header, start) = try NumPyHeader.decode(bytes, file: file)
    guard let size = header.byteCount, bytes.count - start == size else {
      throw StudyError(
        "\(file) is damaged: an array of shape \(header.shape) with elements "
          + "'\(header.elements.code)' does not fit its \(bytes.count - start) bytes of data; "
          + "save it again")
    }
    let values = header.elements.floats(bytes, from: start, count: header.shape.count)
    guard header.isColumnMajor else { return Tensor(shape: header.shape, values: values) }
    return Tensor(shape: header.shape, columnMajor: values)
  }

  /// The array in a `.npy` file.
  ///
  /// - Throws: ``StudyError`` if the file cannot be read or is no array of numbers.
  public static func read(_ url: URL) throws -> Tensor {
    try decode(try InputFile.bytes(of: url), file: url.path)
  }
}

extension Tensor {
  /// A tensor of elements that are in column-major order: the first axis varies fastest.
  fileprivate init(shape: Shape, columnMajor elements: [Float]) {
    var strides: [Int] = []
    var stride = 1
    for extent in shape.extents {
      strides.append(stride)
      stride *= extent
    }
    let axes = zip(shape.extents, strides).reversed()
    let values = (0..<elements.count).map { index in
      var (rest, offset) = (index, 0)
      for (extent, stride) in axes {
        offset += rest % extent * stride
        rest /= extent
      }
      return elements[offset]
    }
    self.init(shape: shape, values: values)
  }
}

import Foundation
import TonoCore
import TonoFiles

/// What a file holds, judged by its first bytes and never by its name.
enum FileFormat: String {
  case hdf5 = "an HDF5 file"
  case keras = "a Keras 3 archive (.keras)"
  case torch = "a PyTorch file"
  case pickle = "a Python pickle"
  case zip = "a zip archive"
  case onnx = "an ONNX file"
  case safetensors = "a safetensors file"
  case json = "a JSON text"
  case gitPointer = "a Git LFS pointer, not the file itself"
  case text = "a text"
  case empty = "an empty file"
  case unknown = "an unknown kind of file"

  /// The kind of file that begins with these bytes, of which there should be a few kilobytes.
  init(head: Data) {
    let bytes = [UInt8](head)
    func begins(_ text: String, at offset: Int = 0) -> Bool {
      bytes.dropFirst(offset).starts(with: text.utf8)
    }
    // The HDF5 signature is at 0, or behind a block of the user's: at 512, 1024, 2048, ….
    let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
    let isHDF5 = [0, 512, 1024, 2048].contains { bytes.dropFirst($0).starts(with: signature) }
    if bytes.isEmpty {
      self = .empty
    } else if isHDF5 {
      self = .hdf5
    } else if bytes.count > 8, bytes[3] < 8, bytes[4..<8].allSatisfy({ $0 == 0 }),
      begins("{", at: 8)
    {
      // A header of at most 100 MB, behind its length, which may begin like
      // a pickle.
      self = .safetensors
    } else if begins("PK\u{3}\u{4}") {
      self = Self.archive(bytes)
    } else if bytes[0] == 0x80, bytes.count > 1, (2...5).contains(bytes[1]) {
      self = .pickle
    } else if bytes[0] == 0x08, bytes.count > 2, bytes[1] < 0x20, bytes[2] & 0x07 == 2 {
      self = .onnx
    } else if begins("version https://git-lfs") {
      self = .gitPointer
    } else if let text = String(validating: bytes.prefix(256).filter { $0 < 0x80 }, as: UTF8.self),
      text.utf8.count * 10 > min(bytes.count, 256) * 9, !text.utf8.contains(0)
    {
      self = text.drop(while: \.isWhitespace).hasPrefix("{") ? .json : .text
    } else {
      self = .unknown
    }
  }

  /// Which program's zip archive this is, by the name of its first entry.
  private static func archive(_ bytes: [UInt8]) -> FileFormat {
    guard bytes.count > 30 else { return .zip }
    let length = Int(bytes[26]) + Int(bytes[27]) << 8
    let name = String(decoding: bytes.dropFirst(30).prefix(length), as: UTF8.self)
    if ["metadata.json", "config.json", "model.weights.h5"].contains(name) { return .keras }
    return name.hasSuffix("/data.pkl") || name.hasSuffix("/version") ? .torch : .zip
  }
}

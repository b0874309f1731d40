import CTonoCrypto
import Foundation
import TonoCore

/// The fingerprint of a file.
public enum FileDigest {
  /// How much of a file is in memory at once, in bytes.
  private static let blockSize = 1 << 20

  /// The SHA-256 of a file's bytes, in lowercase hexadecimal: what `sha256sum` prints.
  ///
  /// - Throws: ``InputError`` if the file cannot be read.
  /// - Complexity: O(bytes of the file), a block of 1 MiB in memory.
  public static func sha256(of url: URL) throws -> String {
    try sha256 { add in
      try forEachBlock(of: url) { block in block.withUnsafeBytes(add) }
    }
  }

  /// The SHA-256 of bytes in memory, in lowercase hexadecimal.
  ///
  /// - Throws: ``InputError`` if libcrypto fails.
  public static func sha256(of bytes: some ContiguousBytes) throws -> String {
    try sha256 { add in bytes.withUnsafeBytes(add) }
  }

  /// The SHA-256 of the bytes that `feed` adds.
  private static func sha256(
    _ feed: (_ add: (UnsafeRawBufferPointer) -> Void) throws -> Void
  ) throws -> String {
    guard let context = EVP_MD_CTX_new() else {
      throw InputError("libcrypto has no memory for a SHA-256; close other programs")
    }
    defer { EVP_MD_CTX_free(context) }
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var length: UInt32 = 0
    var succeeded = EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1
    try feed { block in
      let added = EVP_DigestUpdate(context, block.baseAddress, block.count)
      succeeded = succeeded && added == 1
    }
    succeeded = succeeded && EVP_DigestFinal_ex(context, &digest, &length) == 1
    guard succeeded else {
      throw InputError("libcrypto cannot compute a SHA-256; check its installation")
    }
    return digest.prefix(Int(length)).map { byte in
      let hex = String(byte, radix: 16)
      return byte < 16 ? "0" + hex : hex
    }.joined()
  }

  private static func forEachBlock(of url: URL, _ body: (Data) -> Void) throws {
    do {
      let file = try FileHandle(forReadingFrom: url)
      defer { try? file.close() }
      while let block = try file.read(upToCount: blockSize), !block.isEmpty { body(block) }
    } catch {
      throw InputError(unreadable: url)
    }
  }
}

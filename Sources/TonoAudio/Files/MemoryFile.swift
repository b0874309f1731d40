import CTonoSndfile

/// A file in memory, for libsndfile's virtual input and output.
struct MemoryFile {
  var bytes: [UInt8] = []
  var position = 0

  /// The callbacks; their user data is a pointer to a `MemoryFile`.
  static var operations: SF_VIRTUAL_IO {
    SF_VIRTUAL_IO(
      get_filelen: { sf_count_t(MemoryFile.at($0).pointee.bytes.count) },
      seek: { MemoryFile.at($2).pointee.seek(to: Int($0), from: $1) },
      read: { MemoryFile.at($2).pointee.read(into: $0, count: Int($1)) },
      write: { MemoryFile.at($2).pointee.write($0, count: Int($1)) },
      tell: { sf_count_t(MemoryFile.at($0).pointee.position) })
  }

  private static func at(_ data: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<MemoryFile> {
    guard let data else { preconditionFailure("libsndfile lost the pointer it was given") }
    return data.assumingMemoryBound(to: MemoryFile.self)
  }

  private mutating func seek(to offset: Int, from origin: Int32) -> sf_count_t {
    switch origin {
    case SEEK_CUR: position += offset
    case SEEK_END: position = bytes.count + offset
    default: position = offset
    }
    position = max(0, position)
    return sf_count_t(position)
  }

  private mutating func read(into target: UnsafeMutableRawPointer?, count: Int) -> sf_count_t {
    let start = max(0, min(position, bytes.count))
    let end = start + max(0, min(count, bytes.count - start))
    UnsafeMutableRawBufferPointer(start: target, count: count).copyBytes(from: bytes[start..<end])
    position = end
    return sf_count_t(end - start)
  }

  private mutating func write(_ source: UnsafeRawPointer?, count: Int) -> sf_count_t {
    let source = UnsafeRawBufferPointer(start: source, count: count)
    let missing = position + count - bytes.count
    if missing > 0 { bytes += [UInt8](repeating: 0, count: missing) }
    bytes.replaceSubrange(position..<(position + count), with: source)
    position += count
    return sf_count_t(count)
  }
}

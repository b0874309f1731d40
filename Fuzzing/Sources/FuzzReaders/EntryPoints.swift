import Foundation

/// The chosen reader; set once, before the first input.
nonisolated(unsafe) private var reader: Reader?

/// Takes the reader from `--reader=NAME`: libFuzzer leaves flags with two dashes to us.
@_cdecl("tonofuzz_choose")
public func choose(_ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>)
{
  let prefix = "--reader="
  let flags = (0..<Int(count)).compactMap { arguments[$0].map { String(cString: $0) } }
  let name = flags.first { $0.hasPrefix(prefix) }?.dropFirst(prefix.count)
  guard let chosen = name.flatMap({ Reader(rawValue: String($0)) }) else {
    let names = Reader.allCases.map(\.rawValue).joined(separator: ", ")
    print("Give the reader with \(prefix)NAME; there are \(names).")
    exit(2)
  }
  reader = chosen
}

/// Reads one input.
@_cdecl("tonofuzz_read")
public func read(_ bytes: UnsafePointer<UInt8>?, _ count: Int) {
  reader?.read(Data(UnsafeBufferPointer(start: bytes, count: count)))
}

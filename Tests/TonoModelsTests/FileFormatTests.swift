import Foundation
import Testing

@testable import TonoModels

@Suite struct FileFormatTests {
  /// A header of some lengths begins with the byte of a pickle.
  @Test func headersOfAnyLengthAreKnown() {
    for length: [UInt8] in [[0x80, 0x02, 0, 0], [0x50, 0x4B, 0x03, 0x04], [0x08, 0x07, 0x0A, 0]] {
      let head = Data(length + [0, 0, 0, 0]) + Data("{\"a\": {}}".utf8)
      #expect(FileFormat(head: head) == .safetensors)
    }
  }
}

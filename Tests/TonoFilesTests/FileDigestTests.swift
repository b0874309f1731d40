import Foundation
import TestSupport
import Testing
import TonoCore

@testable import TonoFiles

@Suite struct FileDigestTests {
  /// The first two from FIPS 180-4's examples, the last, of several blocks, from Python's hashlib.
  @Test(arguments: [
    (Data(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    (Data("abc".utf8), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      Data((0..<2_500_000).map { UInt8($0 * 7 % 251) }),
      "403bb1275324b44dfa833fde4e61792de41208fa49123b4af13355a2a9205e0a"
    ),
  ])
  func isSHA256(_ data: Data, _ digest: String) throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write(data, to: folder["file"])
    #expect(try FileDigest.sha256(of: folder["file"]) == digest)
    #expect(try FileDigest.sha256(of: data) == digest)
  }

  @Test func namesAFileThatCannotBeRead() throws {
    let folder = try TemporaryFolder()
    let missing = #expect(throws: InputError.self) { try FileDigest.sha256(of: folder["none"]) }
    #expect(missing?.description.contains("there is no such file") == true)
    let inside = #expect(throws: InputError.self) { try FileDigest.sha256(of: folder.url) }
    #expect(inside?.description.contains("this is a folder") == true)
  }
}

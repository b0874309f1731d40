import Foundation
import TestSupport
import Testing
import TonoCore
import TonoFiles

@testable import TonoAudio

/// Front ends in files, with the numbers that they name beside them.
@Suite struct FrontEndFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Three bands, normalized by what stands for MEAN.
  private func frontEnd(mean: String) throws -> FrontEnd {
    let json = """
      { "name": "mine", "sampleRate": 8000, "fftSize": 64, "hop": 32, "bands": 3, "frames": 5,
        "normalization": {"mean": \(mean), "deviation": 2} }
      """
    try Data(json.utf8).write(to: folder["mine.json"])
    return try FrontEnd.load(folder["mine.json"].path)
  }

  @Test("means may be numbers, lists, arrays of NumPy, or text")
  func means() throws {
    let values: [Float] = [-40, -50, -60.5]
    try Data(NumPyArray.encode(Tensor(shape: [3, 1], values: values)))
      .write(to: folder["mean.npy"])
    try Data("-4.0e+01\n-50, -60.5\n".utf8).write(to: folder["mean.txt"])
    let expected = FrontEnd.Normalization.fixed(mean: values, deviation: [2])
    #expect(try frontEnd(mean: "\"mean.npy\"").normalization == expected)
    #expect(try frontEnd(mean: "\"mean.txt\"").normalization == expected)
    #expect(try frontEnd(mean: "[-40, -50, -60.5]").normalization == expected)
    #expect(
      try frontEnd(mean: "-40").normalization == .fixed(mean: [-40], deviation: [2]))
    // Written again, the numbers travel with it.
    let encoded = try JSONEncoder().encode(try frontEnd(mean: "\"mean.npy\""))
    #expect(try FrontEnd.parse(encoded, from: "a model").normalization == expected)
  }

  @Test("what is wrong with the numbers is said")
  func faults() throws {
    try Data("-40 nought".utf8).write(to: folder["words.txt"])
    try Data("-40 -50".utf8).write(to: folder["two.txt"])
    for (mean, words) in [
      ("\"missing.npy\"", "missing.npy"), ("\"words.txt\"", "'nought' is no number"),
      ("\"two.txt\"", "2 numbers in mean"), ("true", "mean"),
    ] {
      let error = #expect(throws: (any Error).self) { try frontEnd(mean: mean) }
      #expect(error.map { "\($0)" }?.contains(words) == true, "\(String(describing: error))")
    }
  }
}

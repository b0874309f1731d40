import Foundation
import TestSupport
import TonoCore
import TonoNetwork

/// Arrays that librosa computed: a JSON index of a file of little-endian floats.
struct ReferenceArrays {
  private struct Entry: Decodable {
    let name: String
    let shape: [Int]
    /// Counted in floats; absent when the array is not in the file.
    let offset: Int?
  }

  private let entries: [String: Entry]
  private let floats: [Float]

  /// The committed values of synthetic sounds: the files of that name.
  static func committed(_ name: String = "front_end") throws -> ReferenceArrays {
    let entries = try JSONDecoder().decode(
      [Entry].self, from: Data(contentsOf: Fixture.url("audio/\(name).json")))
    return try ReferenceArrays(entries, blob: Fixture.url("audio/\(name).f32"))
  }

  /// The values of real sounds in the shared folder `reference/values`.
  static func shared() throws -> ReferenceArrays? {
    guard let json = Fixture.shared("reference/values/mel.json"),
      let blob = Fixture.shared("reference/values/mel.f32")
    else { return nil }
    struct Index: Decodable { let arrays: [Entry] }
    return try ReferenceArrays(
      JSONDecoder().decode(Index.self, from: Data(contentsOf: json)).arrays, blob: blob)
  }

  private init(_ entries: [Entry], blob: URL) throws {
    self.entries = Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0) })
    floats = try Data(contentsOf: blob).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
  }

  /// The array of that name, if the file holds it.
  subscript(name: String) -> Tensor? {
    guard let entry = entries[name], let offset = entry.offset else { return nil }
    let shape = Shape(entry.shape)
    return Tensor(shape: shape, values: Array(floats[offset..<offset + shape.count]))
  }
}

extension Tensor {
  /// The largest difference of an element from the same one of `other`.
  func largestDifference(from other: Tensor) -> Float {
    precondition(count == other.count)
    return zip(values, other.values).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  /// Every `step`-th column of a matrix, from the first.
  func columns(every step: Int) -> Tensor {
    let (rows, columns) = (shape[0], shape[1])
    let kept = Array(stride(from: 0, to: columns, by: step))
    return Tensor(
      shape: [rows, kept.count],
      values: (0..<rows).flatMap { row in kept.map { values[row * columns + $0] } })
  }
}

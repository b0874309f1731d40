import Foundation
import TonoCore
import TonoFiles

/// Where an array lies that is not in the model's file itself.
struct ONNXExternalData {
  /// The file with the numbers.
  private let file: URL
  /// Where in it they begin.
  private let offset: Int
  /// How many bytes the model says they have, if it does.
  private let length: Int?
  /// The model's file, for messages.
  private let model: URL
  /// What the array is, for messages.
  private let place: String

  /// Where a tensor's numbers lie, in the model's folder or below it.
  ///
  /// - Throws: `ModelError` if they are said to be anywhere else, or the numbers are none.
  init(_ tensor: Onnx_TensorProto, beside model: URL, at place: String) throws {
    let entries = Dictionary(
      tensor.externalData.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
    let location = entries["location"] ?? ""
    let parts = location.split(separator: "/", omittingEmptySubsequences: false)
    guard !location.isEmpty, !location.hasPrefix("/"), !parts.contains(".."),
      !location.contains("\\"), !location.utf8.contains(0)
    else {
      throw ModelError(
        model,
        "\(place) lies in '\(location)'; expected a file in the model's own folder or below it")
    }
    func number(_ key: String) throws -> Int? {
      guard let text = entries[key] else { return nil }
      guard let number = Int(text), number >= 0 else {
        throw ModelError(
          model, "\(place) has the \(key) '\(text)' in '\(location)'; expected a number of bytes")
      }
      return number
    }
    file = model.deletingLastPathComponent().appending(path: location)
    offset = try number("offset") ?? 0
    length = try number("length")
    self.model = model
    self.place = place
  }

  /// So many bytes.
  ///
  /// - Throws: `ModelError` if the model says another number, or the file is not there or too short.
  func read(_ count: Int) throws -> Data {
    guard length == nil || length == count else {
      throw ModelError(
        model, "\(place) has \(length ?? 0) bytes in '\(name)'; expected \(count)")
    }
    let attributes = try? FileManager.default.attributesOfItem(
      atPath: file.resolvingSymlinksInPath().path)
    guard let attributes, attributes[.type] as? FileAttributeType == .typeRegular else {
      throw ModelError(
        model, "\(place) lies in '\(name)', which is not there; copy it beside the model")
    }
    let size = (attributes[.size] as? NSNumber)?.intValue ?? 0
    guard offset <= size, count <= size - offset else {
      throw ModelError(
        model,
        "\(place) ends behind the \(size) bytes of '\(name)'; copy that file again")
    }
    guard let handle = try? FileHandle(forReadingFrom: file),
      (try? handle.seek(toOffset: UInt64(offset))) != nil,
      let data = try? handle.read(upToCount: count) ?? Data(), data.count == count
    else {
      throw ModelError(model, "'\(name)' cannot be read; check its permissions")
    }
    try? handle.close()
    return data
  }

  private var name: String { file.lastPathComponent }
}

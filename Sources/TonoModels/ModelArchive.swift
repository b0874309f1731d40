import Foundation
import TonoCore
import TonoFiles
import TonoNetwork

/// A model in a zip archive: one of Keras 3, or a file of `torch.save`.
enum ModelArchive {
  /// How many bytes of contents are read from an archive of so many bytes.
  ///
  /// Weights hardly shrink, and both programs store them as they are.
  private static func budget(ofArchive bytes: Int) -> Int { max(1 << 20, 8 * bytes) }

  /// Reads the model of an archive, whose kind is told from the names in it.
  ///
  /// - Throws: `ModelError` if it is damaged, or no model.
  static func load(_ url: URL, architecture: URL?) throws -> Model {
    let byteCount = try InputFile.size(of: url)
    do {
      let archive = try ZipArchive(url, budget: budget(ofArchive: byteCount))
      let names = archive.entries.map(\.name)
      if names.contains(KerasArchive.config) {
        return try KerasArchive(url: url, architecture: architecture).load(archive)
      }
      guard names.contains(where: { $0.hasSuffix("/data.pkl") }) else {
        throw ModelError(
          url,
          "this looks like a zip archive, but is neither a Keras model (.keras) nor a file of"
            + " torch.save (.pt): it has no '\(KerasArchive.config)' and no 'data.pkl'")
      }
      let file = try TorchFile(archive, byteCount: byteCount, url: url)
      return try StateDict(arrays: file, format: "PyTorch state dict").load(
        architecture: architecture)
    } catch let error as ZipError {
      throw ModelError(url, error)
    }
  }
}

extension ZipArchive {
  /// The entries by their names.
  ///
  /// - Throws: `ModelError` if a name stands twice: two programs might read different ones.
  func entriesByName(of url: URL) throws -> [String: Entry] {
    var entries: [String: Entry] = [:]
    for entry in self.entries where entries.updateValue(entry, forKey: entry.name) != nil {
      throw ModelError(
        url, "the archive has two entries '\(entry.name.prefix(100))'; save the model again")
    }
    return entries
  }
}

extension ModelError {
  /// An error about an archive or an entry of it.
  init(_ url: URL, _ error: ZipError) {
    self.init(
      url, (error.entry.map { "entry '\($0.prefix(100))' " } ?? "the archive ") + error.problem)
  }
}

import Foundation
import TonoCore
import TonoFiles
import TonoNetwork

/// A model in Keras' own archive (`.keras`): a zip of the architecture, `config.json`, the weights,
/// `model.weights.h5`, and `metadata.json`.
struct KerasArchive {
  /// The architecture's name in the archive.
  static let config = "config.json"

  private static let weights = "model.weights.h5"
  private static let metadata = "metadata.json"

  /// The archive's file.
  let url: URL

  /// The JSON of `to_json()`, if the architecture is not to come from the archive itself.
  let architecture: URL?

  /// Reads the model of an open archive.
  ///
  /// The HDF5 library reads from files alone: the weights go to a file of their own in the folder for
  /// temporary files, which only its owner may read, and which is removed again.
  ///
  /// - Throws: `ModelError`, and `ZipError` for an entry that is damaged.
  func load(_ archive: consuming ZipArchive) throws -> Model {
    let entries = try archive.entriesByName(of: url)
    guard let config = entries[Self.config], let weights = entries[Self.weights] else {
      throw ModelError(
        url,
        "the Keras archive has no '\(Self.weights)'; save the model again with"
          + " model.save(\"model.keras\")")
    }
    let version = try entries[Self.metadata].flatMap { entry in
      JSONValue(parsing: try archive.contents(of: entry))?["keras_version"].string
    }
    let model =
      if let architecture {
        try KerasModelParser(url: architecture).parse(try InputFile.text(of: architecture))
      } else {
        try KerasModelParser(url: url).parse(try archive.contents(of: config))
      }
    let content = try Self.withFile(try archive.contents(of: weights), of: url) { file in
      do {
        return try HDF5.read(file) { try KerasWeights(reading: $0, variablesOf: model) }
      } catch let error as ModelError {
        throw ModelError(url, "in '\(Self.weights)' \(error.problem)")
      }
    }
    return try content.model(
      model, version: version ?? "3", form: "archive", url: url, architecture: architecture)
  }

  /// Hands bytes to `body` as a private file.
  private static func withFile<Result>(
    _ bytes: [UInt8], of url: URL, _ body: (URL) throws -> Result
  ) throws -> Result {
    let folder = FileManager.default.temporaryDirectory
    var path = Array(folder.appending(path: "tonoscope-XXXXXX").path.utf8CString)
    let descriptor = mkstemp(&path)
    guard descriptor >= 0 else {
      throw ModelError(url, "no temporary file can be made in \(folder.path); set TMPDIR")
    }
    defer { close(descriptor) }
    let file = URL(
      filePath: String(decoding: path.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self))
    defer { unlink(file.path) }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
    do {
      try handle.write(contentsOf: Data(bytes))
    } catch {
      throw ModelError(url, "its weights cannot be unpacked to \(folder.path); free some space")
    }
    return try body(file)
  }
}

extension KerasWeights {
  /// The model with these weights.
  ///
  /// - Throws: `ModelError` if a layer is unknown or does not fit.
  func model(
    _ model: KerasModel, version: String, form: String, url: URL, architecture: URL?,
    flipsKernels: Bool = false
  ) throws -> Model {
    let major = version.prefix { $0 != "." }
    var builder = try KerasNetwork(
      model: model, weights: self, flipsKernels: flipsKernels, url: url,
      isKeras3: (Int(major) ?? 2) >= 3)
    return Model(
      network: try builder.build(), format: "Keras \(major) \(form)", weightsURL: url,
      architectureURL: architecture, warnings: warnings)
  }
}

import Foundation
import TonoCore
import TonoFiles
import TonoNetwork

/// Arrays by name, as safetensors files and PyTorch's state dicts hold them, on the way to a network:
/// they know nothing of its architecture.
struct StateDict {
  /// The arrays.
  let arrays: any NamedArrays

  /// What kind of file they are from, for people.
  let format: String

  /// The architecture that the file itself carries, if it does.
  var embedded: String?

  /// The key of an embedded architecture among a safetensors file's metadata.
  static let architectureKey = "tonoscope.architecture"

  /// What safetensors files with an embedded architecture are called.
  static let ownFormat = "Tonoscope safetensors"

  /// The network.
  ///
  /// The architecture is the one given, or else the one in `NAME.architecture.json` beside
  /// `NAME.pt`, or the embedded one, or that of a TL-IMINET network known by the arrays' names.
  ///
  /// - Throws: `ModelError`.
  func load(architecture given: URL?) throws -> Model {
    let file = given ?? fileBeside
    let architecture = try architecture(from: file)
    let (network, warnings) = try architecture.network(with: arrays, url: file ?? arrays.url)
    return Model(
      network: network, format: format, weightsURL: arrays.url, architectureURL: file,
      warnings: warnings, frontEnds: architecture.frontEnds.mapValues { Data($0.text.utf8) },
      architecture: architecture)
  }

  /// The architecture's file beside that of the weights, if there is one.
  private var fileBeside: URL? {
    let url = arrays.url.deletingPathExtension().appendingPathExtension("architecture.json")
    return FileManager.default.fileExists(atPath: url.path) ? url : nil
  }

  private func architecture(from file: URL?) throws -> Architecture {
    if let file { return try Architecture(parsing: try InputFile.text(of: file), of: file) }
    if let embedded { return try Architecture(parsing: embedded.utf8, of: arrays.url) }
    let plain = Set(arrays.names).union(arrays.aliases.keys)
    if let known = Architecture.tlIminet(of: plain) { return known }
    let some = arrays.names.sorted().prefix(3).joined(separator: ", ")
    throw ModelError(
      arrays.url,
      "the file holds weights alone (\(some.prefix(200)), …), without the architecture",
      remedy: .giveArchitecture)
  }
}

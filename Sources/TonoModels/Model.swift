import Foundation
import TonoNetwork

/// A network and where it came from: read from a file, or built or trained in code.
public struct Model: Sendable {
  /// The network, channels-first, with the file's layer names.
  public let network: Network

  /// What kind of file it was read from, such as `Keras 2 HDF5`; of one that was built in code the kind
  /// that ``ModelFile/encode(_:frontEnds:)`` saves it as.
  public let format: String

  /// Where it came from.
  public let source: Source

  /// What is odd about the file but no reason to refuse it: a sentence each.
  public let warnings: [String]

  /// What stands before the inputs, by their names: the JSON of front ends, as the file or whoever built
  /// the model says it.
  public internal(set) var frontEnds: [String: Data] = [:]

  /// The architecture that the network was built from, if it is of this project's own JSON.
  var architecture: Architecture? = nil

  /// Where a model came from.
  public enum Source: Hashable, Sendable {
    /// A file with the weights, and one with the architecture where it is not the same.
    case files(weights: URL, architecture: URL?)
    /// Nowhere: it was built or trained in code, under this name.
    case code(name: String)
  }

  /// A model that was built or trained in code.
  ///
  /// It is studied, checked and saved as one that was read from a file. Its ``format`` and its identity are
  /// those of the safetensors file that it would be saved as: saved and read again it is the same model.
  ///
  /// - Parameters:
  ///   - network: the network.
  ///   - name: what people know it by, in messages and manifests, where others have a path.
  ///   - frontEnds: what stands before the inputs, by their names: the JSON of front ends.
  /// - Precondition: `frontEnds` names inputs of the network.
  public init(_ network: Network, name: String, frontEnds: [String: Data] = [:]) {
    precondition(
      frontEnds.keys.allSatisfy { name in network.inputs.contains { $0.name == name } },
      "front ends stand before inputs of the network")
    self.network = network
    self.frontEnds = frontEnds
    format = StateDict.ownFormat
    source = .code(name: name)
    warnings = []
  }

  /// A model as a reader has made it.
  init(
    network: Network, format: String, weightsURL: URL, architectureURL: URL?, warnings: [String],
    frontEnds: [String: Data] = [:], architecture: Architecture? = nil
  ) {
    self.network = network
    self.format = format
    self.warnings = warnings
    self.frontEnds = frontEnds
    self.architecture = architecture
    source = .files(weights: weightsURL, architecture: architectureURL)
  }

  /// What people know it by: the path of its weights as it was given, or the name that it has in code.
  public var name: String {
    switch source {
    case .files(let weights, _): weights.relativePath
    case .code(let name): name
    }
  }

  /// The file with the architecture, where it is not that of the weights.
  public var architectureURL: URL? {
    guard case .files(_, let architecture) = source else { return nil }
    return architecture
  }

  /// The subject of errors about the model.
  var subject: URL {
    switch source {
    case .files(let weights, _): weights
    case .code(let name): URL(filePath: name)
    }
  }
}

import Foundation
import TonoCore
import TonoFiles
import TonoNetwork

/// A network as it was read from a file.
public struct Model: Sendable {
  /// The network, channels-first, with the file's layer names.
  public let network: Network

  /// What kind of file it was read from, such as `Keras 2 HDF5`.
  public let format: String

  /// The file with the weights.
  public let weightsURL: URL

  /// The file with the architecture, where it is not the same.
  public let architectureURL: URL?

  /// What is odd about the file but no reason to refuse it: a sentence each.
  public let warnings: [String]

  /// What the file says stands before the inputs, by their names: the JSON of front ends.
  public internal(set) var frontEnds: [String: Data] = [:]

  /// The architecture that the network was built from, if it is of this project's own JSON.
  var architecture: Architecture? = nil
}

import Foundation
import TonoCore
import TonoFiles
import TonoNetwork

/// The arrays of a file of weights, by their names.
protocol NamedArrays {
  /// The file, for messages.
  var url: URL { get }

  /// The names of all arrays that are numbers.
  var names: Set<String> { get }

  /// The array of a name, converted to 32-bit floats.
  ///
  /// - Throws: `ModelError` if the file is damaged there.
  func tensor(_ name: String) throws -> Tensor
}

extension NamedArrays {
  /// The array of a name, or that of the same name without PyTorch's wrappers: `DataParallel` puts
  /// `module` somewhere into the path, as in `left_branch.module.0.weight`.
  ///
  /// - Throws: `ModelError` if there is none, or the file is damaged there.
  func tensor(named name: String, aliases: [String: String], for place: String) throws -> Tensor {
    if names.contains(name) { return try tensor(name) }
    if let alias = aliases[name] { return try tensor(alias) }
    // Distances between texts take their product in time.
    let near =
      names.count <= 1000 && name.utf8.count <= 200
      ? nearest(to: name, in: names.filter { $0.utf8.count <= 200 }, count: 3) : []
    let hint = near.isEmpty ? "" : "; the nearest are \(near.joined(separator: ", "))"
    throw ModelError(
      url,
      "\(place) has its array called '\(name.prefix(200))', which the file does not have\(hint); is"
        + " the architecture this file's?")
  }

  /// The names by what they are without `module` in their paths.
  var aliases: [String: String] {
    Dictionary(
      names.sorted().compactMap { name in
        let parts = name.split(separator: ".")
        let plain = parts.filter { $0 != "module" }
        return plain.count == parts.count ? nil : (plain.joined(separator: "."), name)
      }, uniquingKeysWith: { first, _ in first })
  }
}

extension SafeTensorsFile: NamedArrays {}

import Foundation
import TonoCore
import TonoFiles
import TonoNetwork

/// Reading the JSON.
extension Architecture {
  /// The most layers that are read.
  private static let mostNodes = 100_000

  /// The longest name, in bytes: names are those of folders.
  private static let longestName = 200

  /// The architecture that JSON text describes; `url` is the file, for messages.
  ///
  /// - Throws: `ModelError` if this is not JSON, not an architecture, or not one of this version.
  init(parsing text: some Sequence<UInt8>, of url: URL) throws {
    func failure(_ problem: String, remedy: Remedy? = nil) -> ModelError {
      ModelError(url, "the architecture " + problem, remedy: remedy)
    }
    let json: JSONValue
    do {
      json = try JSONParser.parse(text)
    } catch {
      throw failure("\(error)", remedy: .printArchitecture)
    }
    guard let version = json["version"].integer, json["nodes"].array != nil else {
      let keras = json["class_name"].isNull ? "" : " but one of Keras"
      throw failure(
        "is not one of Tonoscope's\(keras): it has no 'version' and 'nodes'",
        remedy: .printArchitecture)
    }
    guard version == Self.version else {
      throw failure(
        "has the version \(version), of which only \(Self.version) is known; use a newer Tonoscope")
    }
    let members: Set = ["version", "inputs", "nodes", "outputs", "frontEnds"]
    if let unknown = json.object?.keys.filter({ !members.contains($0) }).min() {
      throw failure(
        "has an unknown member '\(unknown)'; its members are \(members.sorted().joined(separator: ", "))"
      )
    }
    let parser = ArchitectureParser(url: url)
    let nodes = json["nodes"].array ?? []
    guard nodes.count <= Self.mostNodes else {
      throw failure("has \(nodes.count) nodes, more than the \(Self.mostNodes) that are read")
    }
    inputs = try (json["inputs"].array ?? []).map(parser.input)
    self.nodes = try nodes.map(parser.node)
    outputs = try parser.strings(json["outputs"], "'outputs'")
    frontEnds = json["frontEnds"].object ?? [:]
    guard !inputs.isEmpty, !outputs.isEmpty else {
      throw failure("has no inputs or no outputs; name at least one of each")
    }
    let names = inputs.map(\.name)
    if let stray = frontEnds.keys.filter({ !names.contains($0) }).min() {
      throw failure(
        "has a front end for '\(stray.prefix(40))', which is no input; the inputs are"
          + " \(names.joined(separator: ", "))")
    }
    for name in names + self.nodes.map(\.name) {
      guard !name.isEmpty, name != ".", name != "..", name.utf8.count <= Self.longestName,
        !name.unicodeScalars.contains(where: {
          $0 == "/" || $0.properties.generalCategory == .control
        })
      else {
        throw failure(
          "has the layer name '\(name.prefix(40))', which cannot name a folder; rename it")
      }
    }
  }
}

/// Reads the parts of an architecture.
private struct ArchitectureParser {
  let url: URL

  func failure(_ problem: String) -> ModelError { ModelError(url, problem) }

  /// A list of strings; `place` says which.
  func strings(_ json: JSONValue, _ place: String) throws -> [String] {
    let strings = json.array?.compactMap(\.string) ?? []
    guard let array = json.array, strings.count == array.count else {
      throw failure("\(place) in the architecture is no list of names; correct it")
    }
    return strings
  }

  func input(_ json: JSONValue) throws -> Network.Input {
    guard let name = json["name"].string else {
      throw failure("an input in the architecture has no name; give it one")
    }
    let extents = json["shape"].array?.map(\.extent) ?? []
    guard !extents.isEmpty, extents.count <= Architecture.mostAxes,
      extents.allSatisfy({ ($0 ?? 0) > 0 })
    else {
      throw failure(
        "input '\(name)' has no shape; expected a list of positive extents such as [1, 128, 128]")
    }
    return Network.Input(name: name, shape: Shape(extents.compactMap(\.self)))
  }

  func node(_ json: JSONValue) throws -> Architecture.Node {
    guard let name = json["name"].string, let kind = json["kind"].string else {
      let which = json["name"].string.map { "node '\($0.prefix(200))'" } ?? "a node"
      throw failure("\(which) in the architecture has no 'name' or no 'kind'; give it both")
    }
    let place = "node '\(name.prefix(200))' (\(kind.prefix(40)))"
    let members: Set = ["name", "kind", "inputs", "settings", "weights"]
    if let unknown = json.object?.keys.filter({ !members.contains($0) }).min() {
      throw failure(
        "\(place) has an unknown member '\(unknown)'; settings of a layer stand in 'settings'")
    }
    for key in ["settings", "weights"] where !json[key].isNull && json[key].object == nil {
      throw failure("\(place) has '\(key)' that are no object; correct it")
    }
    return Architecture.Node(
      name: name, kind: kind, inputs: try strings(json["inputs"], "'inputs' of \(place)"),
      settings: json["settings"].object ?? [:],
      weights: try (json["weights"].object ?? [:]).mapValues { try weight($0, place) })
  }

  private func weight(_ json: JSONValue, _ place: String) throws -> Architecture.WeightReference {
    if let name = json.string { return Architecture.WeightReference(name: name) }
    let axes = json["permute"].array?.compactMap(\.integer) ?? []
    guard let name = json["name"].string, axes.count == json["permute"].array?.count,
      axes.sorted() == Array(axes.indices)
    else {
      throw failure(
        "\(place) has a weight that is neither a name nor {\"name\": NAME, \"permute\": [1, 0]};"
          + " correct it")
    }
    return Architecture.WeightReference(name: name, permutation: axes)
  }
}

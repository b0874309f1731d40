import TonoAudio
import TonoCore
import TonoFiles
import TonoModels
import TonoNetwork

/// What a model is made of: inputs, layers in order, shapes, parameters, receptive fields.
public struct Inspection: Codable, Sendable {
  /// One input of the network.
  public struct Input: Codable, Sendable {
    /// The name in the file.
    public let name: String
    /// The shape of one sample, channels-first.
    public let shape: Shape
    /// The front end before it, if it is known.
    public let frontEnd: String?
  }

  /// One layer of the network.
  public struct Layer: Codable, Sendable {
    /// The name in the file.
    public let name: String
    /// The kind, in Keras' terms.
    public let kind: String
    /// The shape of one sample of its output, channels-first.
    public let shape: Shape
    /// How many trained numbers it holds.
    public let parameters: Int
    /// The inputs and layers it reads.
    public let inputs: [String]
    /// Per network input the rows and columns that a unit in the middle sees.
    public let receptiveField: [String: Shape]
  }

  /// The file's format.
  public let format: String
  /// How many trained numbers there are.
  public let parameters: Int
  /// The inputs.
  public let inputs: [Input]
  /// The layers, each after those it reads.
  public let layers: [Layer]
  /// The names of the outputs.
  public let outputs: [String]

  /// What a model is made of, with the front ends assigned to its inputs.
  ///
  /// - Throws: `NetworkError`, which a loaded network does not.
  public init(_ model: Model, frontEnds: [String: FrontEnd]) throws {
    let network = model.network
    format = model.format
    parameters = network.parameterCount
    outputs = network.outputs
    inputs = network.inputs.map {
      Input(name: $0.name, shape: $0.shape, frontEnd: frontEnds[$0.name]?.name)
    }
    layers = try network.nodes.map { node in
      Layer(
        name: node.name, kind: node.layer.kind, shape: try network.shape(of: node.name),
        parameters: node.layer.parameterCount, inputs: node.inputs,
        receptiveField: try ReceptiveField.size(ofUnitsIn: node.name, of: network))
    }
  }

  /// The tables that a terminal shows.
  public var text: String {
    var lines = ["\(format), \(grouped(parameters)) parameters", ""]
    lines += table(
      ["input", "shape", "front end"], inputs.map { [$0.name, "\($0.shape)", $0.frontEnd ?? "–"] })
    lines += [""]
    lines += table(
      ["layer", "kind", "shape", "parameters", "a unit sees"],
      layers.map { layer in
        let fields = layer.receptiveField.sorted { $0.key < $1.key }
        let field = fields.map { inputs.count > 1 ? "\($0.value) of \($0.key)" : "\($0.value)" }
        return [
          layer.name, layer.kind, "\(layer.shape)",
          layer.parameters == 0 ? "" : grouped(layer.parameters), field.joined(separator: ", "),
        ]
      }, rightAligned: [3])
    lines += ["", "outputs: \(outputs.joined(separator: ", "))"]
    return lines.joined(separator: "\n")
  }

  /// A number with its thousands apart.
  private func grouped(_ number: Int) -> String {
    let digits = Array(String(number))
    return digits.indices.map { index in
      let rest = digits.count - index
      return (index > 0 && rest % 3 == 0 ? " " : "") + String(digits[index])
    }.joined()
  }
}

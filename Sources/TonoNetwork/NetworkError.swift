import TonoCore

/// Why a network cannot be built or asked, in one sentence.
public enum NetworkError: Error, Equatable, CustomStringConvertible {
  /// Two inputs or nodes have the same name.
  case duplicateName(String)
  /// No input or node has this name.
  case unknownName(String, nearest: [String])
  /// The file has this node, but it cannot be computed.
  case unavailable(String, reason: String)
  /// Nodes read each other in a circle.
  case cycle(String)
  /// A node's layer cannot take what the node reads.
  case misfit(node: String, reason: String)
  /// An input that the targets depend on was not given.
  case missingInput(Network.Input)
  /// An input was given in another shape.
  case inputShape(Network.Input, got: Shape)
  /// What should cut a part of the network off leaves a way from an input to a target open.
  case open(way: [String], _ sources: [String])
  /// No target of a part depends on this source.
  case unread(_ source: String, targets: [String])
  /// No layer holds a trained array of this name.
  case unknownParameter(ParameterName)
  /// A trained array was given in another shape.
  case parameterShape(ParameterName, got: Shape, expected: Shape)

  /// The sentence.
  public var description: String {
    switch self {
    case .duplicateName(let name):
      "two layers are named '\(name)'; layer names must differ"
    case .unknownName(let name, let nearest):
      "there is no layer named '\(name)'; the nearest are \(nearest.joined(separator: ", "))"
    case .unavailable(let name, let reason):
      "layer '\(name)' cannot be computed: \(reason)"
    case .cycle(let name):
      "layer '\(name)' depends on itself; a network must be acyclic"
    case .misfit(let node, let reason):
      "layer '\(node)' does not fit its inputs: \(reason)"
    case .missingInput(let input):
      "input '\(input.name)' (\(input.shape)) is missing; give it one array"
    case .inputShape(let input, let got):
      "input '\(input.name)' expects \(input.shape) or a batch of such, got \(got)"
    case .open(let way, let sources):
      "'\(way.last ?? "")' depends on input '\(way.first ?? "")' along \(way.joined(separator: " → ")), "
        + "which \(sources.joined(separator: ", ")) leave open; name a layer of that way too"
    case .unread(let source, let targets):
      "\(targets.joined(separator: ", ")) do not read '\(source)' once the other sources are known; "
        + "leave it out"
    case .unknownParameter(let name):
      "layer '\(name.node)' has no trained array '\(name.parameter)'"
    case .parameterShape(let name, let got, let expected):
      "parameter '\(name)' has the shape \(expected), got \(got)"
    }
  }
}

import TonoCore
import TonoFiles

/// The names of nodes: the file's own layer names, made unique where they are not.
///
/// - A layer of a model inside a model keeps its own name, unless another layer has it too: then
///   the model's name stands in front (`model_a.conv_1`).
/// - The second call of a layer ends in `.2`, and so on.
/// - A slash becomes a point, since names are used as those of folders.
struct KerasNames {
  /// How many layers of all models have a name.
  private let counts: [String: Int]
  private var taken: Set<String> = []

  /// The names of a model whose nodes are still to come.
  init(of model: KerasModel) {
    counts = Dictionary(model.leafNames.map { ($0, 1) }, uniquingKeysWith: +)
  }

  /// A name for a node, which no other will get.
  ///
  /// It is made of the names of the `models` around the layer, if need be, the layer's own, a `part`
  /// such as `_pre` where a layer becomes several nodes, and a `suffix` that tells the call from the
  /// first one.
  mutating func take(
    _ layer: String, part: String = "", models: [String], suffix: String
  ) -> String {
    let isShared = counts[layer, default: 0] > 1 || !part.isEmpty && counts[layer + part] != nil
    let prefix = isShared ? models.map { $0 + "." }.joined() : ""
    let base = String((prefix + layer + part).map { $0 == "/" ? "." : $0 })
    var name = base + suffix
    var number = 2
    // A part's name must not take that of a layer still to come.
    while taken.contains(name) || !part.isEmpty && counts[name] != nil {
      name = "\(base)\(suffix).\(number)"
      number += 1
    }
    taken.insert(name)
    return name
  }
}

extension KerasModel {
  /// The names of all layers that become nodes or inputs, also those of the models inside.
  fileprivate var leafNames: [String] {
    layers.flatMap { layer in
      if let model = layer.model {
        model.layers.filter { $0.kind != "InputLayer" }.flatMap {
          $0.model?.leafNames ?? [$0.name]
        }
      } else {
        [layer.name]
      }
    }
  }
}

import Foundation
import TonoCore
import TonoFiles
import TonoNetwork

/// The file of a training under way, from which it goes on as if it had never stopped.
///
/// A safetensors file with the weights and statistics of the network as it is and of the best one, and
/// with what the rule keeps; its texts hold the place in the training, the settings, and the identity.
struct Checkpoint<Example: Codable & Sendable & Equatable>: Sendable {
  /// Where it is.
  let url: URL
  /// What the training is decided by.
  let settings: TrainerSettings
  let identity: String

  /// What else than arrays is kept.
  private struct Head: Codable {
    var settings: TrainerSettings
    var identity: String
    var steps: Int
    var hasBest: Bool
    var position: TrainingPosition<Example>
  }

  private static var key: String { "tonoscope.training" }

  /// Writes it, whole or not at all.
  ///
  /// - Throws: `InputError` if it cannot be written; the one before stays.
  func write(_ moment: TrainingMoment<Example>) throws {
    let head = Head(
      settings: settings, identity: identity, steps: moment.optimizer.steps,
      hasBest: moment.best != nil, position: moment.position)
    var arrays = moment.network.state.map { ("network/\($0)", $1) }
    arrays += moment.best?.state.map { ("best/\($0)", $1) } ?? []
    for (slot, tensors) in moment.optimizer.slots {
      arrays += tensors.map { ("\(slot)/\($0)", $1) }
    }
    let text = String(decoding: try JSONEncoder().encode(head), as: UTF8.self)
    let data = SafeTensorsFile.encode(
      arrays.sorted { $0.0 < $1.0 }, metadata: [Self.key: text])
    try AtomicFile.write(data, to: url)
  }

  /// Reads it into a network of the same graph; nothing if there is none.
  ///
  /// - Throws: `InputError` if it is damaged, or of another training.
  func read(into network: Network) throws -> TrainingMoment<Example>? {
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    let file = try SafeTensorsFile(url)
    guard let text = file.metadata[Self.key],
      let head = try? JSONDecoder().decode(Head.self, from: Data(text.utf8))
    else {
      throw InputError(
        url, "this is no checkpoint of a training that this version reads; remove it to begin anew")
    }
    guard head.identity == identity, head.settings == settings else {
      throw InputError(
        url,
        """
        the checkpoint is of another training (\(difference(head))); take up that one with its own settings, \
        write to another folder, or remove it
        """)
    }
    func arrays(_ prefix: String) throws -> [String: Tensor] {
      let names = file.names.filter { $0.hasPrefix(prefix + "/") }
      return try Dictionary(
        uniqueKeysWithValues: names.map {
          (String($0.dropFirst(prefix.count + 1)), try file.tensor($0))
        })
    }
    let names = Dictionary(
      uniqueKeysWithValues: network.parameters.keys.map { ($0.description, $0) })
    var slots: [String: [ParameterName: Tensor]] = [:]
    for slot in settings.rule.slots {
      slots[slot] = [:]
      for (name, tensor) in try arrays(slot) {
        if let name = names[name] { slots[slot]?[name] = tensor }
      }
    }
    return TrainingMoment(
      network: try network.replacingState(try arrays("network")),
      optimizer: WeightOptimizer(
        settings.rule, weightDecay: settings.weightDecay, steps: head.steps, slots: slots),
      position: head.position,
      best: head.hasBest ? try network.replacingState(try arrays("best")) : nil)
  }

  /// Where its settings differ from those asked, in a few words.
  private func difference(_ head: Head) -> String {
    func fields(_ settings: TrainerSettings) -> [String: String] {
      Dictionary(
        uniqueKeysWithValues: Mirror(reflecting: settings).children.map {
          ($0.label ?? "", "\($0.value)")
        })
    }
    let (theirs, ours) = (fields(head.settings), fields(settings))
    let differing = theirs.keys.sorted().filter { theirs[$0] != ours[$0] }
    guard let name = differing.first else { return "its data or its network differ" }
    return "its \(name) is \(theirs[name] ?? ""), here it is \(ours[name] ?? "")"
  }
}

extension Network {
  /// All arrays that training changes: what is trained, and the statistics that are observed, by
  /// `NODE/ARRAY`.
  var state: [(name: String, tensor: Tensor)] {
    var state = parameters.map { (name: $0.key.description, tensor: $0.value) }
    for node in nodes {
      guard let layer = node.layer as? BatchNormalization else { continue }
      for (name, values) in [("mean", layer.mean), ("variance", layer.variance)] {
        state.append(("\(node.name)/\(name)", Tensor(shape: [values.count], values: values)))
      }
    }
    return state.sorted { $0.name < $1.name }
  }

  /// The same graph with other such arrays.
  ///
  /// - Throws: `InputError` or `NetworkError` if one is missing or has another shape.
  func replacingState(_ state: [String: Tensor]) throws -> Network {
    func array(_ name: String) throws -> Tensor {
      guard let tensor = state[name] else {
        throw InputError("the checkpoint has no array '\(name)'; remove it to begin anew")
      }
      return tensor
    }
    let trained = try Dictionary(
      uniqueKeysWithValues: parameters.keys.map { ($0, try array($0.description)) })
    let network = try replacing(trained)
    return try Network(
      inputs: inputs,
      nodes: network.nodes.map { node in
        guard let layer = node.layer as? BatchNormalization else { return node }
        let (mean, variance) = (
          try array("\(node.name)/mean"), try array("\(node.name)/variance")
        )
        guard mean.count == layer.mean.count, variance.count == layer.variance.count else {
          throw InputError("the checkpoint's statistics of '\(node.name)' have another length")
        }
        return Node(
          name: node.name,
          layer: BatchNormalization(
            gamma: layer.gamma, beta: layer.beta, mean: mean.values, variance: variance.values,
            epsilon: layer.epsilon), inputs: node.inputs)
      }, outputs: outputs, unavailable: unavailable)
  }
}

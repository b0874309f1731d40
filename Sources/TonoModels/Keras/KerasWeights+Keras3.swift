import Foundation
import TonoCore
import TonoFiles
import TonoNetwork

/// The arrays as Keras 3 stores them, and Keras 2 from 2.12 on in its archives.
extension KerasWeights {
  /// The groups that hold a model's layers: that of today, and that of the first versions.
  private static let containers = ["layers", "_layer_checkpoint_dependencies"]

  /// Whether weights are stored by the classes of layers.
  ///
  /// - Throws: `ModelError` if the group is damaged.
  static func areVariables(in group: borrowing HDF5Group) throws -> Bool {
    guard try group.strings("layer_names") == nil else { return false }
    for container in containers where group.contains(container) { return true }
    return false
  }

  /// Reads the weights of a model: each layer's arrays are `0`, `1`, … in the group
  /// `layers/CLASS/vars`, the class in snake case and numbered (`conv2d`, `conv2d_1`), whatever the
  /// layers' names; a model inside has `layers` of its own.
  ///
  /// Source: Keras 3, keras/src/saving/saving_lib.py.
  ///
  /// - Throws: `ModelError` if weights are missing or are not those of this model.
  init(reading group: borrowing HDF5Group, variablesOf model: KerasModel) throws {
    var arrays: [KerasVariable: Tensor] = [:]
    try Self.read(model, in: [], from: group, at: "", into: &arrays)
    self.init(arrays: arrays)
  }

  private static func read(
    _ model: KerasModel, in models: [String], from root: borrowing HDF5Group, at place: String,
    into arrays: inout [KerasVariable: Tensor]
  ) throws {
    let container = root.contains(place + containers[1]) ? containers[1] : containers[0]
    var counts: [String: Int] = [:]
    for layer in model.layers {
      let name = snakeCase(layer.kind)
      let number = counts[name, default: 0]
      counts[name] = number + 1
      let path = place + container + "/" + name + (number == 0 ? "" : "_\(number)")
      if let inner = layer.model {
        try read(inner, in: models + [layer.name], from: root, at: path + "/", into: &arrays)
        continue
      }
      let roles = layer.roles.trained + layer.roles.measured
      for (index, role) in roles.enumerated() {
        guard root.contains("\(path)/vars/\(index)") else {
          throw ModelError(
            root.url,
            "layer '\(layer.name)' (\(layer.kind)) has no \(role) at '/\(path)/vars/\(index)'; is the"
              + " architecture this file's, and the file whole?")
        }
        let (extents, values) = try root.floats("\(path)/vars/\(index)")
        arrays[KerasVariable(path: models + [layer.name], role: role)] = Tensor(
          shape: Shape(extents), values: values)
      }
      guard roles.isEmpty || !root.contains("\(path)/vars/\(roles.count)") else {
        throw ModelError(
          root.url,
          "layer '\(layer.name)' (\(layer.kind)) has more than its \(roles.count) arrays of weights"
            + " in '/\(path)/vars'; is the architecture this file's?")
      }
    }
  }

  /// A class's name as Keras writes it in paths: `MaxPooling2D` is `max_pooling2d`.
  static func snakeCase(_ name: String) -> String {
    name.replacing(/(.)([A-Z][a-z]+)/) { "\($0.1)_\($0.2)" }
      .replacing(/([a-z])([A-Z])/) { "\($0.1)_\($0.2)" }
      .lowercased()
  }
}

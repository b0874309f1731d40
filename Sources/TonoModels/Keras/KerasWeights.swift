import Foundation
import TonoCore
import TonoFiles
import TonoNetwork

/// The arrays of a Keras model, by layer and name.
struct KerasWeights {
  /// Every array that the model's layers need, in Keras' own layouts.
  let arrays: [KerasVariable: Tensor]

  /// These arrays.
  init(arrays: [KerasVariable: Tensor]) { self.arrays = arrays }

  /// Reads the weights of a model: a group for each layer that has any, named in the attribute
  /// `layer_names`, with its arrays in the order of the attribute `weight_names`.
  ///
  /// Keras takes the arrays by their order, so this does too; a known name out of place is an
  /// error. A weights-only file may name its layers otherwise than the architecture does (Keras
  /// numbers unnamed layers anew in each session): then the layers are taken in order as well.
  ///
  /// - Throws: `ModelError` if weights are missing or are not those of this model.
  init(reading group: borrowing HDF5Group, of model: KerasModel) throws {
    guard let stored = try group.strings("layer_names") else {
      throw ModelError(group.url, "the attribute 'layer_names' of '\(group.path)/' is missing")
    }
    let layers = model.layers.filter { !$0.variables().isEmpty }
    var names = layers.map(\.name)
    let known = Set(stored)
    if !names.allSatisfy(known.contains) {
      let weighted = try stored.filter { try !group.group($0).weightNames().isEmpty }
      guard weighted.count == names.count else {
        let missing = names.first { !known.contains($0) } ?? ""
        throw ModelError(
          group.url,
          "there are no weights for layer '\(missing)': the file has \(weighted.count)"
            + " layers with weights, the architecture \(names.count); is it this file's?")
      }
      names = weighted
    }
    var arrays: [KerasVariable: Tensor] = [:]
    for (layer, name) in zip(layers, names) {
      let stored = try group.group(name)
      let expected = layer.variables()
      let found = try stored.weightNames()
      guard found.count == expected.count else {
        throw ModelError(
          group.url,
          "layer '\(layer.name)' (\(layer.kind)) has \(found.count) arrays of weights in"
            + " the file; expected \(expected.count); is the architecture this file's?")
      }
      for (name, variable) in zip(found, expected) {
        try Self.check(name, isFor: variable, in: group.url)
        let (extents, values) = try stored.floats(name)
        arrays[variable] = Tensor(shape: Shape(extents), values: values)
      }
    }
    self.arrays = arrays
  }

  /// A sentence for each array that holds NaN or infinity.
  var warnings: [String] {
    arrays.compactMap { variable, tensor in
      let count = tensor.values.count { !$0.isFinite }
      let layer = variable.path.joined(separator: ".")
      return count == 0
        ? nil
        : "layer '\(layer)': \(count) of \(tensor.count) numbers of \(variable.role) not finite"
    }.sorted()
  }

  /// Checks that an array whose name ends like `…/kernel:0` stands where a kernel is expected.
  ///
  /// A depthwise kernel is called `kernel` by some versions, and files of other tools may have
  /// names of their own: those are taken by their order alone.
  private static func check(_ name: String, isFor variable: KerasVariable, in url: URL) throws {
    let last = name.split(separator: "/").last ?? ""
    let role = String(last.prefix { $0 != ":" })
    let areBothKernels = role.hasSuffix("kernel") && variable.role.hasSuffix("kernel")
    let layer = variable.path.joined(separator: ".")
    guard role == variable.role || areBothKernels || !KerasLayer.roles.contains(role) else {
      throw ModelError(
        url,
        "layer '\(layer)' expects its \(variable.role) where the"
          + " file has '\(name)'; was the architecture saved with other layers frozen?")
    }
  }
}

extension HDF5Group {
  /// The names of a layer's arrays, relative to its group, in Keras' order.
  fileprivate func weightNames() throws -> [String] { try strings("weight_names") ?? [] }
}

import TonoCore
import TonoFiles

/// A model as Keras' configuration describes it: layers and who calls whom.
///
/// A Sequential model becomes the same graph as a functional one, each layer called on the one
/// before.
struct KerasModel {
  /// The model's name.
  let name: String

  /// The layers in the file's order, inputs among them; each name stands once.
  let layers: [KerasLayer]

  /// Where the model's inputs enter: its `InputLayer`s.
  let inputs: [KerasTensor]

  /// What the model returns.
  let outputs: [KerasTensor]

  /// Whether the model's weights are trained; it decides in which order they are stored.
  let isTrainable: Bool
}

/// One layer of a model: its settings, and each of its calls.
struct KerasLayer {
  /// The class, such as `Conv2D`.
  let kind: String

  /// The name, unique in its model.
  let name: String

  /// The settings by Keras' names.
  let settings: JSONValue

  /// What the layer is called on, call by call: several calls share the layer's weights.
  let calls: [[KerasTensor]]

  /// The layers inside, if this is itself a model.
  let model: KerasModel?
}

/// One result of one call of a layer.
struct KerasTensor: Hashable {
  /// The layer's name.
  let layer: String

  /// The call's number; Keras counts from 0, and mostly from 1 if the layer is a model.
  let call: Int

  /// Which of the call's results.
  let result: Int
}

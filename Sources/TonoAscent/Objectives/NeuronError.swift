import TonoCore

/// Why a text does not name a neuron of a network, in one sentence.
public enum NeuronError: Error, Equatable, CustomStringConvertible {
  /// The text has none of the known forms.
  case malformed(String)
  /// The node has fewer channels.
  case noChannel(NeuronReference, shape: Shape)
  /// The node's maps have no such cell, or it has no maps.
  case noUnit(NeuronReference, shape: Shape)

  /// The sentence.
  public var description: String {
    switch self {
    case .malformed(let text):
      """
      '\(text)' does not name a neuron; write LAYER:CHANNEL, LAYER:FIRST-LAST, LAYER:* or \
      LAYER:CHANNEL@ROW,COLUMN, counting from 0
      """
    case .noChannel(let neuron, let shape):
      """
      there is no neuron '\(neuron)': '\(neuron.layer)' (\(shape)) has channels 0 to \
      \(max(0, (shape.extents.first ?? 0) - 1)); the nearest is \
      \(neuron.layer):\(max(0, (shape.extents.first ?? 0) - 1))
      """
    case .noUnit(let neuron, let shape) where shape.rank != 3:
      """
      there is no neuron '\(neuron)': '\(neuron.layer)' (\(shape)) has no map; write \
      \(neuron.layer):\(neuron.channel)
      """
    case .noUnit(let neuron, let shape):
      """
      there is no neuron '\(neuron)': the maps of '\(neuron.layer)' have rows 0 to \(shape[1] - 1) \
      and columns 0 to \(shape[2] - 1)
      """
    }
  }
}

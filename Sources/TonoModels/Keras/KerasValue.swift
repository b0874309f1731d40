import TonoCore
import TonoFiles
import TonoNetwork

/// A tensor on its way through a Keras model, as the channels-first network keeps it.
///
/// Keras thinks of a map in a channels-last model as `[H, W, C]`, whereas the network keeps it as
/// `[C, H, W]`. Where only channels, rows and columns matter nothing needs to move; where the order
/// of the axes shows (flattening, reshaping) the map is permuted first, so that weights behind it
/// stay as they are in the file.
struct KerasValue {
  /// The name of the network's input or node.
  let name: String

  /// The shape of one sample, as the network keeps it.
  let shape: Shape

  /// Whether this is a map `[C, H, W]` that Keras thinks of as `[H, W, C]`.
  let isChannelsLast: Bool

  /// The network's axes in Keras' order.
  var axes: [Int] { isChannelsLast ? [1, 2, 0] : Array(0..<shape.rank) }

  /// The shape of one sample in Keras' order.
  var kerasShape: Shape { Shape(axes.map { shape[$0] }) }

  /// The network's axis for an axis in Keras' counting: with the batch axis as 0, or from the end.
  ///
  /// - Returns: nothing if there is no such axis, or it is the batch axis.
  func axis(keras axis: Int) -> Int? {
    let index = axis < 0 ? axis + shape.rank : axis - 1
    return axes.indices.contains(index) ? axes[index] : nil
  }
}

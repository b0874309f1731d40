import TonoCore
import TonoFiles
import TonoNetwork

/// A layer that an ``Architecture`` can describe: it says its settings and arrays, and is built back
/// from them.
protocol DescribedLayer: Layer {
  /// The settings that are not at their defaults, and the arrays.
  var layerDescription: LayerDescription { get }

  /// The layer of a description.
  ///
  /// - Throws: `ModelError` if a setting or an array is missing or makes no sense.
  init(from decoder: inout LayerDecoder) throws
}

/// What a layer is besides its kind.
struct LayerDescription {
  /// The settings by their names.
  var settings: [String: JSONValue] = [:]
  /// The arrays by their roles.
  var weights: [String: Tensor] = [:]
}

/// A layer without settings and arrays.
protocol PlainLayer: DescribedLayer {
  /// The layer.
  init()
}

extension PlainLayer {
  var layerDescription: LayerDescription { LayerDescription() }

  init(from decoder: inout LayerDecoder) throws { self.init() }
}

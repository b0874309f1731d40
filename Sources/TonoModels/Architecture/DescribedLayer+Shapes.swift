import TonoCore
import TonoFiles
import TonoNetwork

/// `window`, `strides` (as the window), `padding` (`valid`).
extension MaxPooling2D: DescribedLayer {
  var layerDescription: LayerDescription { LayerDescription(window.poolingSettings) }

  init(from decoder: inout LayerDecoder) throws {
    let window = try Window2D(poolingFrom: &decoder)
    self.init(window: window.size, strides: window.strides, padding: window.padding)
  }
}

/// `window`, `strides` (as the window), `padding` (`valid`).
extension AveragePooling2D: DescribedLayer {
  var layerDescription: LayerDescription { LayerDescription(window.poolingSettings) }

  init(from decoder: inout LayerDecoder) throws {
    let window = try Window2D(poolingFrom: &decoder)
    self.init(window: window.size, strides: window.strides, padding: window.padding)
  }
}

extension Window2D {
  fileprivate var poolingSettings: [String: JSONValue] {
    var settings = settings
    settings["window"] = size.json
    settings["strides"] = strides == size ? nil : strides.json
    return settings
  }

  fileprivate init(poolingFrom decoder: inout LayerDecoder) throws {
    let window = try decoder.pair("window", default: nil)
    self.init(
      size: window, strides: try decoder.pair("strides", default: window),
      padding: try decoder.padding())
  }
}

/// `keepsAxes` (false).
extension GlobalMaxPooling2D: DescribedLayer {
  var layerDescription: LayerDescription {
    LayerDescription(keepsAxes ? ["keepsAxes": .bool(true)] : [:])
  }

  init(from decoder: inout LayerDecoder) throws {
    self.init(keepsAxes: try decoder.bool("keepsAxes", default: false))
  }
}

/// `keepsAxes` (false).
extension GlobalAveragePooling2D: DescribedLayer {
  var layerDescription: LayerDescription {
    LayerDescription(keepsAxes ? ["keepsAxes": .bool(true)] : [:])
  }

  init(from decoder: inout LayerDecoder) throws {
    self.init(keepsAxes: try decoder.bool("keepsAxes", default: false))
  }
}

/// `top`, `bottom`, `left`, `right` (0).
extension ZeroPadding2D: DescribedLayer {
  var layerDescription: LayerDescription {
    let margins = ["top": top, "bottom": bottom, "left": left, "right": right]
    return LayerDescription(margins.filter { $0.value != 0 }.mapValues { JSONValue($0) })
  }

  init(from decoder: inout LayerDecoder) throws {
    self.init(
      top: try decoder.integer("top", default: 0, minimum: 0),
      bottom: try decoder.integer("bottom", default: 0, minimum: 0),
      left: try decoder.integer("left", default: 0, minimum: 0),
      right: try decoder.integer("right", default: 0, minimum: 0))
  }
}

/// `shape`: that of one sample of the output.
extension Reshape: DescribedLayer {
  var layerDescription: LayerDescription {
    LayerDescription(["shape": .array(shape.extents.map { JSONValue($0) })])
  }

  init(from decoder: inout LayerDecoder) throws {
    let extents = try decoder.extents("shape")
    guard Architecture.count(of: extents) != nil else {
      throw decoder.failure("has a shape of more than 2^30 numbers; correct 'shape'")
    }
    self.init(shape: Shape(extents))
  }
}

/// `axes`: which axis of the input each axis of the output is, from 0 without the batch axis.
extension Permute: DescribedLayer {
  var layerDescription: LayerDescription {
    LayerDescription(["axes": .array(axes.map { JSONValue($0) })])
  }

  init(from decoder: inout LayerDecoder) throws {
    let axes = try decoder.integers("axes", minimum: 0)
    guard axes.sorted() == Array(axes.indices) else {
      throw decoder.failure("has 'axes' that are not each axis once, counted from 0; correct them")
    }
    self.init(axes: axes)
  }
}

/// `axis` of a sample, from 0 (0).
extension Concatenate: DescribedLayer {
  var layerDescription: LayerDescription {
    LayerDescription(axis == 0 ? [:] : ["axis": JSONValue(axis)])
  }

  init(from decoder: inout LayerDecoder) throws {
    self.init(axis: try decoder.integer("axis", default: 0, minimum: 0))
  }
}

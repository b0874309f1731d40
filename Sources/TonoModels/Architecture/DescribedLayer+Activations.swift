import TonoCore
import TonoFiles
import TonoNetwork

/// `negativeSlope` (0), `threshold` (0), `maximum` (none).
extension ReLU: DescribedLayer {
  var layerDescription: LayerDescription {
    var description = LayerDescription()
    if negativeSlope != 0 { description.settings["negativeSlope"] = JSONValue(negativeSlope) }
    if threshold != 0 { description.settings["threshold"] = JSONValue(threshold) }
    if maximum != .infinity { description.settings["maximum"] = JSONValue(maximum) }
    return description
  }

  init(from decoder: inout LayerDecoder) throws {
    self.init(
      negativeSlope: try decoder.number("negativeSlope", default: 0),
      threshold: try decoder.number("threshold", default: 0),
      maximum: try decoder.number("maximum", default: .infinity))
  }
}

/// `negativeSlope`.
extension LeakyReLU: DescribedLayer {
  var layerDescription: LayerDescription {
    LayerDescription(["negativeSlope": JSONValue(negativeSlope)])
  }

  init(from decoder: inout LayerDecoder) throws {
    self.init(slope: try decoder.number("negativeSlope", default: nil))
  }
}

/// `alpha` (1).
extension ELU: DescribedLayer {
  var layerDescription: LayerDescription {
    LayerDescription(alpha == 1 ? [:] : ["alpha": JSONValue(alpha)])
  }

  init(from decoder: inout LayerDecoder) throws {
    self.init(alpha: try decoder.number("alpha", default: 1))
  }
}

/// `scale` (0.2), `shift` (0.5).
extension HardSigmoid: DescribedLayer {
  var layerDescription: LayerDescription {
    LayerDescription(["scale": JSONValue(scale), "shift": JSONValue(shift)])
  }

  init(from decoder: inout LayerDecoder) throws {
    let scale = try decoder.number("scale", default: 0.2)
    guard scale > 0 else {
      throw decoder.failure("has a 'scale' of \(scale); expected more than 0")
    }
    self.init(scale: scale, shift: try decoder.number("shift", default: 0.5))
  }
}

/// `alpha` (1.6733), `scale` (1.0507).
extension SELU: DescribedLayer {
  var layerDescription: LayerDescription {
    LayerDescription(["alpha": JSONValue(alpha), "scale": JSONValue(scale)])
  }

  init(from decoder: inout LayerDecoder) throws {
    let usual = SELU()
    self.init(
      alpha: try decoder.number("alpha", default: usual.alpha),
      scale: try decoder.number("scale", default: usual.scale))
  }
}

/// `alpha` (1), not 0.
extension CELU: DescribedLayer {
  var layerDescription: LayerDescription {
    LayerDescription(alpha == 1 ? [:] : ["alpha": JSONValue(alpha)])
  }

  init(from decoder: inout LayerDecoder) throws {
    let alpha = try decoder.number("alpha", default: 1)
    guard alpha != 0 else { throw decoder.failure("has an 'alpha' of 0; expected another number") }
    self.init(alpha: alpha)
  }
}

/// `minimum` and `maximum` (none).
extension Clip: DescribedLayer {
  var layerDescription: LayerDescription {
    var description = LayerDescription()
    if minimum != -.infinity { description.settings["minimum"] = JSONValue(minimum) }
    if maximum != .infinity { description.settings["maximum"] = JSONValue(maximum) }
    return description
  }

  init(from decoder: inout LayerDecoder) throws {
    self.init(
      minimum: try decoder.number("minimum", default: -.infinity),
      maximum: try decoder.number("maximum", default: .infinity))
  }
}

/// `scale` (1), `shift` (0).
extension Affine: DescribedLayer {
  var layerDescription: LayerDescription {
    var description = LayerDescription()
    if scale != 1 { description.settings["scale"] = JSONValue(scale) }
    if shift.bitPattern != 0 { description.settings["shift"] = JSONValue(shift) }
    return description
  }

  init(from decoder: inout LayerDecoder) throws {
    self.init(
      scale: try decoder.number("scale", default: 1),
      shift: try decoder.number("shift", default: 0))
  }
}

/// `exponent`.
extension ConstantPower: DescribedLayer {
  var layerDescription: LayerDescription {
    LayerDescription(["exponent": JSONValue(exponent)])
  }

  init(from decoder: inout LayerDecoder) throws {
    self.init(exponent: try decoder.number("exponent", default: nil))
  }
}

/// `orEqual` (false).
extension Greater: DescribedLayer {
  var layerDescription: LayerDescription {
    LayerDescription(orEqual ? ["orEqual": .bool(true)] : [:])
  }

  init(from decoder: inout LayerDecoder) throws {
    self.init(orEqual: try decoder.bool("orEqual", default: false))
  }
}

/// `axis` of a sample, from 0 (0).
extension Softmax: DescribedLayer {
  var layerDescription: LayerDescription {
    LayerDescription(axis == 0 ? [:] : ["axis": JSONValue(axis)])
  }

  init(from decoder: inout LayerDecoder) throws {
    self.init(axis: try decoder.integer("axis", default: 0, minimum: 0))
  }
}

/// `axis` of a sample, from 0 (0).
extension LogSoftmax: DescribedLayer {
  var layerDescription: LayerDescription {
    LayerDescription(axis == 0 ? [:] : ["axis": JSONValue(axis)])
  }

  init(from decoder: inout LayerDecoder) throws {
    self.init(axis: try decoder.integer("axis", default: 0, minimum: 0))
  }
}

/// `rate` (0): the share that training drops; nothing is dropped here.
extension Dropout: DescribedLayer {
  var layerDescription: LayerDescription {
    LayerDescription(rate == 0 ? [:] : ["rate": JSONValue(rate)])
  }

  init(from decoder: inout LayerDecoder) throws {
    self.init(rate: try decoder.number("rate", default: 0))
  }
}

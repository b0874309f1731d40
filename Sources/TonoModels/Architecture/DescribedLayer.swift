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

extension LayerDescription {
  /// Every kind of layer that can be described, by the name that it gives itself.
  static let kinds: [String: any DescribedLayer.Type] = [
    "Conv2D": Conv2D.self, "Dense": Dense.self, "BatchNormalization": BatchNormalization.self,
    "MaxPooling2D": MaxPooling2D.self, "AveragePooling2D": AveragePooling2D.self,
    "GlobalMaxPooling2D": GlobalMaxPooling2D.self,
    "GlobalAveragePooling2D": GlobalAveragePooling2D.self, "ZeroPadding2D": ZeroPadding2D.self,
    "Flatten": Flatten.self, "Reshape": Reshape.self, "Permute": Permute.self,
    "Concatenate": Concatenate.self, "Add": Add.self, "Multiply": Multiply.self,
    "Dropout": Dropout.self, "ReLU": ReLU.self, "LeakyReLU": LeakyReLU.self, "ELU": ELU.self,
    "SELU": SELU.self, "Sigmoid": Sigmoid.self, "Tanh": Tanh.self,
    "HardSigmoid": HardSigmoid.self, "Softsign": Softsign.self, "Softplus": Softplus.self,
    "Swish": Swish.self, "GELU": GELU.self, "Mish": Mish.self, "Exponential": Exponential.self,
    "Softmax": Softmax.self,
  ]
}

extension Flatten: PlainLayer {}
extension Add: PlainLayer {}
extension Multiply: PlainLayer {}
extension Sigmoid: PlainLayer {}
extension Tanh: PlainLayer {}
extension Softsign: PlainLayer {}
extension Softplus: PlainLayer {}
extension Swish: PlainLayer {}
extension GELU: PlainLayer {}
extension Mish: PlainLayer {}
extension Exponential: PlainLayer {}

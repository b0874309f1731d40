import TonoFiles
import TonoNetwork

/// The kinds of layers that can be described.
extension LayerDescription {
  /// Every such type by the name of its kind in the JSON: what the layer calls itself, or the type's
  /// name where several layers call themselves the same.
  ///
  /// ``TimeDistributed`` and ``WithConstants`` are not among them: see ``DescribedNode``.
  static let kinds: [String: any DescribedLayer.Type] = [
    "AbsoluteValue": AbsoluteValue.self, "Add": Add.self, "Affine": Affine.self,
    "ApproximateGELU": ApproximateGELU.self, "AveragePooling2D": AveragePooling2D.self,
    "BatchNormalization": BatchNormalization.self, "CELU": CELU.self, "Clip": Clip.self,
    "Concatenate": Concatenate.self, "Constant": Constant.self,
    "ConstantPower": ConstantPower.self, "Conv2D": Conv2D.self,
    "Conv2DTranspose": ConvTranspose2D.self, "Dense": Dense.self, "Divide": Divide.self,
    "Dropout": Dropout.self, "ELU": ELU.self, "ErrorFunction": ErrorFunction.self,
    "Exponential": Exponential.self, "Flatten": Flatten.self, "GELU": GELU.self,
    "GlobalAveragePooling2D": GlobalAveragePooling2D.self,
    "GlobalMaxPooling2D": GlobalMaxPooling2D.self, "Greater": Greater.self,
    "HardSigmoid": HardSigmoid.self,
    "HardSwish": HardSwish.self, "Identity": Identity.self,
    "InstanceNormalization": InstanceNormalization.self, "Interpolation": Interpolation.self,
    "LayerNormalization": LayerNormalization.self, "LeakyReLU": LeakyReLU.self,
    "LocalResponseNormalization": LocalResponseNormalization.self, "Logarithm": Logarithm.self,
    "LogSoftmax": LogSoftmax.self, "MatMul": MatMul.self, "Maximum": Maximum.self,
    "MaxPooling2D": MaxPooling2D.self, "Minimum": Minimum.self, "Mish": Mish.self,
    "Multiply": Multiply.self, "Permute": Permute.self, "Power": Power.self,
    "PReLU": PReLU.self, "Reciprocal": Reciprocal.self, "Reduction": Reduction.self,
    "ReLU": ReLU.self, "Reshape": Reshape.self, "Selection": Selection.self, "SELU": SELU.self,
    "Sigmoid": Sigmoid.self, "Softmax": Softmax.self, "Softplus": Softplus.self,
    "Softsign": Softsign.self, "SquareRoot": SquareRoot.self, "Subtract": Subtract.self,
    "Swish": Swish.self, "Tanh": Tanh.self, "Where": Where.self,
    "WindowPooling": WindowPooling.self,
    "ZeroPadding2D": ZeroPadding2D.self,
  ]

  /// The name of each type's kind.
  private static let names = Dictionary(
    uniqueKeysWithValues: kinds.map { (ObjectIdentifier($0.value), $0.key) })

  /// The kind of a layer; nil if it is none of these.
  static func kind(of layer: any Layer) -> String? { names[ObjectIdentifier(type(of: layer))] }
}

extension AbsoluteValue: PlainLayer {}
extension Add: PlainLayer {}
extension ApproximateGELU: PlainLayer {}
extension Divide: PlainLayer {}
extension ErrorFunction: PlainLayer {}
extension Exponential: PlainLayer {}
extension Flatten: PlainLayer {}
extension GELU: PlainLayer {}
extension HardSwish: PlainLayer {}
extension Identity: PlainLayer {}
extension Logarithm: PlainLayer {}
extension MatMul: PlainLayer {}
extension Maximum: PlainLayer {}
extension Minimum: PlainLayer {}
extension Mish: PlainLayer {}
extension Multiply: PlainLayer {}
extension Power: PlainLayer {}
extension PReLU: PlainLayer {}
extension Reciprocal: PlainLayer {}
extension Sigmoid: PlainLayer {}
extension Softplus: PlainLayer {}
extension Softsign: PlainLayer {}
extension SquareRoot: PlainLayer {}
extension Subtract: PlainLayer {}
extension Swish: PlainLayer {}
extension Tanh: PlainLayer {}
extension Where: PlainLayer {}

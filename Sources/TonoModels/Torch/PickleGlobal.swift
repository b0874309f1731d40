import TonoCore
import TonoFiles

/// The few names of Python that a pickle may mention; none of them is ever called, each has its
/// meaning here.
enum PickleGlobal: Sendable {
  case orderedDictionary
  case rebuildTensor
  case rebuildTypedTensor
  case rebuildParameter
  case size
  case list
  case tuple
  case dictionary
  case set
  case encode
  case device
  case storage(NumberFormat?, String)
  case type(NumberFormat?)

  /// What `module.name` means.
  ///
  /// - Throws: ``PickleError`` for every name that is not listed here.
  init(module: String, name: String) throws {
    let path = "\(module).\(name)"
    if let known = Self.known[path] {
      self = known
    } else if module == "torch", let format = Self.storages[name] {
      self = .storage(format, name)
    } else if module == "torch", let format = Self.types[name] {
      self = .type(format)
    } else if module == "torch", Self.otherStorages.contains(name) {
      self = .storage(nil, name)
    } else if module == "torch", Self.otherTypes.contains(name) {
      self = .type(nil)
    } else {
      throw PickleError(Self.refusal(of: path))
    }
  }

  /// What to say of a name that is not listed.
  private static func refusal(of path: String) -> String {
    let isModule = path.hasPrefix("torch.nn.") || path.hasPrefix("__main__.")
    let what =
      isModule
      ? "which makes it a whole module, not a state dict" : "which no state dict needs"
    return "the file asks for \(path.prefix(120)), \(what); nothing is called, and the file is"
      + " refused; if you trust it, load it in PyTorch and save the weights alone with"
      + " torch.save(model.state_dict(), \"weights.pt\"), or export it with torch.onnx.export"
  }

  private static let known: [String: PickleGlobal] = {
    var known: [String: PickleGlobal] = [
      "collections.OrderedDict": .orderedDictionary,
      "torch._utils._rebuild_tensor_v2": .rebuildTensor,
      "torch._utils._rebuild_tensor_v3": .rebuildTypedTensor,
      "torch._utils._rebuild_parameter": .rebuildParameter,
      "torch.Size": .size, "torch.device": .device, "_codecs.encode": .encode,
      "torch.storage.UntypedStorage": .storage(nil, "UntypedStorage"),
      "torch.UntypedStorage": .storage(nil, "UntypedStorage"),
    ]
    for module in ["builtins", "__builtin__"] {
      known["\(module).list"] = .list
      known["\(module).tuple"] = .tuple
      known["\(module).dict"] = .dictionary
      known["\(module).set"] = .set
      known["\(module).frozenset"] = .set
    }
    return known
  }()

  /// PyTorch's classes of storages, in its module `torch`.
  private static let storages: [String: NumberFormat] = [
    "DoubleStorage": .float64, "FloatStorage": .float32, "HalfStorage": .float16,
    "BFloat16Storage": .bfloat16, "LongStorage": .int64, "IntStorage": .int32,
    "ShortStorage": .int16, "CharStorage": .int8, "ByteStorage": .uint8, "BoolStorage": .bool,
  ]

  /// Those whose numbers are not read.
  private static let otherStorages: Set = ["ComplexFloatStorage", "ComplexDoubleStorage"]

  /// PyTorch's element types, in its module `torch`.
  private static let types: [String: NumberFormat] = [
    "float64": .float64, "float32": .float32, "float16": .float16, "bfloat16": .bfloat16,
    "int64": .int64, "int32": .int32, "int16": .int16, "int8": .int8, "uint64": .uint64,
    "uint32": .uint32, "uint16": .uint16, "uint8": .uint8, "bool": .bool,
  ]

  /// Those whose numbers are not read.
  private static let otherTypes: Set = [
    "complex64", "complex128", "float8_e4m3fn", "float8_e5m2",
  ]
}

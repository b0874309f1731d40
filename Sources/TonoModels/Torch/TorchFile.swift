import Foundation
import TonoCore
import TonoFiles
import TonoNetwork

/// A file of `torch.save` (PyTorch 1.6 and later): a zip archive with a pickle, `NAME/data.pkl`, and
/// each storage as a file of its own, `NAME/data/KEY`.
///
/// Arrays are read when they are asked for. Nothing in the file is run: see ``Unpickler``.
final class TorchFile: NamedArrays {
  /// The names under which programs keep a state dict in a checkpoint.
  private static let wrappers = ["state_dict", "model_state_dict", "model", "net"]

  /// The largest pickle that is read, in bytes; 10 000 tensors need about a megabyte.
  private static let largestPickle: UInt64 = 64 << 20

  let url: URL

  private var archive: ZipArchive
  private let entries: [String: ZipArchive.Entry]
  private let prefix: String
  private let tensors: [String: TorchTensor]
  private var storages: [String: [UInt8]] = [:]
  /// How many elements may still be made: tensors can be larger than what they are views of.
  private var budget: Int

  /// The names in the state dict.
  let names: Set<String>

  /// Reads the state dict of an open archive of so many bytes.
  ///
  /// - Throws: `ModelError` if it is another kind of file, holds more than weights, or is damaged.
  init(_ archive: consuming ZipArchive, byteCount: Int, url: URL) throws {
    self.url = url
    entries = try archive.entriesByName(of: url)
    guard let pickle = entries.keys.filter({ $0.hasSuffix("/data.pkl") }).min(by: Self.isShorter),
      let entry = entries[pickle]
    else { throw ModelError(url, "the archive has no 'data.pkl'; it is no file of torch.save") }
    let prefix = String(pickle.dropLast("data.pkl".count))
    self.prefix = prefix
    if entries[prefix + "constants.pkl"] != nil
      || entries.keys.contains(where: { $0.hasPrefix(prefix + "code/") })
    {
      throw ModelError(
        url,
        "this is a TorchScript archive, which holds a program; save the weights alone with"
          + " torch.save(model.state_dict(), \"weights.pt\"), or export it with torch.onnx.export")
    }
    guard entry.size <= Self.largestPickle else {
      throw ModelError(url, "'\(pickle)' claims \(entry.size) bytes, too many for a state dict")
    }
    do {
      if let order = entries[prefix + "byteorder"], order.size < 16,
        try archive.contents(of: order).starts(with: "big".utf8)
      {
        throw ModelError(url, "the numbers are big-endian; save it again on another computer")
      }
      tensors = try Self.stateDictionary(of: Unpickler.unpickle(archive.contents(of: entry)))
    } catch let error as ZipError {
      throw ModelError(url, error)
    } catch let error as PickleError {
      throw ModelError(url, error.description)
    }
    names = Set(tensors.keys)
    self.archive = archive
    budget = NumberFormat.mostNumbers(ofFile: byteCount)
  }

  private static func isShorter(_ one: String, _ other: String) -> Bool {
    (one.utf8.count, one) < (other.utf8.count, other)
  }

  /// The tensors by name of a pickled state dict, also of one inside a checkpoint.
  private static func stateDictionary(of pickle: Pickle) throws -> [String: TorchTensor] {
    var root = pickle.root
    // A checkpoint in a checkpoint is as deep as it goes.
    for _ in 0..<2 {
      let members = pickle.members(root) ?? [:]
      guard
        let inner = wrappers.lazy.compactMap({ members[$0] }).first(where: {
          pickle.members($0) != nil
        })
      else { break }
      root = inner
    }
    let tensors = (pickle.members(root) ?? [:]).compactMapValues { value in
      if case .tensor(let tensor)? = pickle.object(value) { tensor } else { nil }
    }
    guard !tensors.isEmpty else {
      throw PickleError(
        "the file holds no state dict: expected a dictionary of tensors by name, itself or under"
          + " \(wrappers.joined(separator: ", ")); save one with torch.save(model.state_dict(),"
          + " \"weights.pt\")")
    }
    return tensors
  }

  func tensor(_ name: String) throws -> Tensor {
    func failure(_ problem: String) -> ModelError {
      ModelError(url, "tensor '\(name.prefix(200))' \(problem)")
    }
    guard let tensor = tensors[name] else { throw failure("is not in the file") }
    guard let format = tensor.format else {
      throw failure(
        "has numbers of a type that is not read (\(tensor.storage.type)); convert it with"
          + " tensor.float()")
    }
    guard let count = tensor.count(atMost: budget) else {
      throw failure("claims more numbers than the file can hold; the file is damaged")
    }
    budget -= count
    let bytes = try storage(tensor.storage.key)
    guard count > 0 else { return Tensor(shape: Shape(tensor.extents), values: []) }
    guard let last = tensor.lastPlace, last < bytes.count / format.byteCount else {
      throw failure(
        "reaches beyond its storage 'data/\(tensor.storage.key)' of \(bytes.count) bytes; the file"
          + " is damaged")
    }
    let values = bytes.withUnsafeBytes { bytes in
      tensor.isContiguous
        ? format.floats(bytes, at: tensor.offset..<tensor.offset + count)
        : format.floats(bytes, at: tensor.places)
    }
    return Tensor(shape: Shape(tensor.extents), values: values)
  }

  /// The bytes of a storage, which several tensors may share.
  private func storage(_ key: String) throws -> [UInt8] {
    if let bytes = storages[key] { return bytes }
    guard let entry = entries["\(prefix)data/\(key)"] else {
      throw ModelError(
        url, "the archive has no '\(prefix)data/\(key.prefix(100))'; the file is damaged")
    }
    do {
      let bytes = try archive.contents(of: entry)
      storages[key] = bytes
      return bytes
    } catch let error as ZipError {
      throw ModelError(url, error)
    }
  }
}

import Foundation

/// The one way from a model file to a network, whatever the format.
public enum ModelFile {
  /// Reads a trained network.
  ///
  /// The format is told from the file's content. These are read: Keras' HDF5 and archives, full
  /// models, and weights alone with the architecture beside them; ONNX; state dicts of PyTorch; and
  /// safetensors.
  ///
  /// - Parameters:
  ///   - url: the model, or the weights.
  ///   - architecture: for a file of weights alone; a full model is built from it too instead of
  ///     from its own. With Keras' files the JSON text of `model.to_json()`, with others what
  ///     ``architecture(of:frontEnds:)`` gives.
  ///   - shapes: of inputs by their names, the batch axis as the first, for axes that a file of ONNX
  ///     leaves open.
  /// - Returns: the network, and where it is from.
  /// - Throws: `ModelError` with the file, the place and the remedy.
  public static func load(
    _ url: URL, architecture: URL? = nil, shapes: [String: [Int]] = [:]
  ) throws -> Model {
    let head = try FileContent.head(of: url)
    let format = FileFormat(head: head)
    guard shapes.isEmpty || format == .onnx else {
      throw ModelError(
        url, "shapes are given, but this is \(format.rawValue); only those of ONNX leave axes open")
    }
    switch format {
    case .hdf5:
      return try KerasHDF5(url: url, architecture: architecture).load()
    case .onnx:
      return try ONNXFile(url: url, shapes: shapes).load()
    case .json:
      throw ModelError(
        url,
        "this is a JSON text, an architecture without weights; name the file with the weights"
          + " and give this one with --architecture")
    case .gitPointer:
      throw ModelError(url, "this is a Git LFS pointer, not the file itself; run 'git lfs pull'")
    case .empty:
      throw ModelError(url, "the file is empty; copy or download it again")
    case .keras, .torch, .zip:
      return try ModelArchive.load(url, architecture: architecture)
    case .safetensors:
      let file = try SafeTensorsFile(url)
      let embedded = file.metadata[StateDict.architectureKey]
      return try StateDict(
        arrays: file, format: embedded == nil ? "safetensors" : StateDict.ownFormat,
        embedded: embedded
      ).load(architecture: architecture)
    case .pickle:
      throw ModelError(
        url,
        "this is a Python pickle, as PyTorch before 1.6 and others write it, which is not read; load"
          + " it in PyTorch and save the weights with torch.save(model.state_dict(), \"weights.pt\")"
          + ", or export it with torch.onnx.export")
    case let format:
      throw ModelError(
        url,
        "expected a model of Keras, ONNX or PyTorch, but this looks like \(format.rawValue), which is not"
          + " read")
    }
  }
}

/// Reading files that a person named, which may be anything.
enum FileContent {
  /// The largest architecture that is read; those of the largest models take a few megabytes.
  private static let largestText = 256 << 20

  /// The first kilobytes of a file.
  ///
  /// - Throws: `ModelError` if it is not there, is a folder, or cannot be read.
  static func head(of url: URL) throws -> Data {
    try check(url)
    do {
      let handle = try FileHandle(forReadingFrom: url)
      defer { try? handle.close() }
      return try handle.read(upToCount: 4096) ?? Data()
    } catch {
      throw ModelError(url, "the file cannot be read; check its permissions")
    }
  }

  /// All of a text file.
  ///
  /// - Throws: `ModelError` if it is not there, is a folder, is absurdly long, or cannot be read.
  static func text(of url: URL) throws -> Data {
    guard try check(url) <= largestText else {
      throw ModelError(url, "the file is too long for an architecture")
    }
    guard let data = try? Data(contentsOf: url) else {
      throw ModelError(url, "the file cannot be read; check its permissions")
    }
    return data
  }

  /// All of a file, of which only what is looked at takes memory.
  ///
  /// - Throws: `ModelError` if it is not there, is a folder, or cannot be read.
  static func bytes(of url: URL) throws -> Data {
    try check(url)
    guard let data = try? Data(contentsOf: url, options: .mappedIfSafe) else {
      throw ModelError(url, "the file cannot be read; check its permissions")
    }
    return data
  }

  /// How many bytes a file has.
  ///
  /// - Throws: `ModelError` if it is not there, or is a folder.
  static func size(of url: URL) throws -> Int { try check(url) }

  /// Checks that there is a regular file, and says how many bytes it has.
  @discardableResult
  private static func check(_ url: URL) throws -> Int {
    let resolved = url.resolvingSymlinksInPath()
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: resolved.path) else {
      throw ModelError(url, "there is no such file")
    }
    switch attributes[.type] as? FileAttributeType {
    case .typeRegular?: return (attributes[.size] as? NSNumber)?.intValue ?? 0
    case .typeDirectory?:
      throw ModelError(url, "this is a folder; name the model file itself")
    default:
      throw ModelError(url, "this is not a regular file")
    }
  }
}

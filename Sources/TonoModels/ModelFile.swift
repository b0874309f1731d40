import Foundation
import TonoCore
import TonoFiles

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
    let head = try InputFile.head(of: url)
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
        "this is a JSON text, an architecture without weights", remedy: .nameWeights)
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

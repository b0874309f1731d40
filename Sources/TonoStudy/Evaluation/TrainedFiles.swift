import Foundation
import TonoCore
import TonoFiles
import TonoLearn

/// Finds trained networks where trainings leave them.
public enum TrainedFiles {
  /// What a training calls its network.
  private static let model = "model.safetensors"
  /// What a training calls its split.
  private static let split = "split.json"
  /// What the names of models end in.
  private static let endings = ["safetensors", "h5", "hdf5", "keras", "onnx", "pt", "pth"]

  /// The model files that a path names: a file, the folder of a training, or a folder of repeated trainings.
  ///
  /// - Returns: the files, in the order of their paths.
  /// - Throws: `InputError` if there is none.
  public static func models(at url: URL) throws -> [URL] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
      throw InputError(url, "there is no such file or folder; check the name")
    }
    guard isFolder.boolValue else { return [url] }
    let own = url.appending(path: model)
    if FileManager.default.fileExists(atPath: own.path) { return [own] }
    let names = try FileManager.default.contentsOfDirectory(atPath: url.path).sorted()
    let files = names.filter { !$0.hasPrefix(".") }.compactMap { name -> URL? in
      let inner = url.appending(path: name).appending(path: model)
      if FileManager.default.fileExists(atPath: inner.path) { return inner }
      let isModel = endings.contains { name.lowercased().hasSuffix("." + $0) }
      return isModel ? url.appending(path: name) : nil
    }
    guard !files.isEmpty else {
      throw InputError(
        url, "holds neither \(model) nor folders of trainings; name a model or a training's folder")
    }
    return files
  }

  /// The split that lies beside a model; nil if there is none.
  ///
  /// - Throws: `InputError` if it is damaged.
  public static func split(beside model: URL) throws -> RetrievalSplit? {
    let url = model.deletingLastPathComponent().appending(path: split)
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    return try RetrievalSplit.read(url)
  }
}

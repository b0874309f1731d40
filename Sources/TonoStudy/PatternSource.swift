import Foundation
import TonoAscent
import TonoAudio
import TonoCore
import TonoFiles
import TonoNetwork

/// A pattern that lies in a file, and what is known of it.
public struct PatternSource: Sendable {
  /// The file.
  public let url: URL
  /// The file's path without its extension, from the folder that was named on.
  public let name: String
  /// Per input name the array, in the front end's shape; a lone array has the name "".
  public let inputs: [String: Tensor]
  /// The front ends of those inputs.
  public let frontEnds: [String: FrontEnd]
  /// Which neuron it is the pattern of, and of which run, if it lies in one.
  public let origin: (record: PatternRecord, run: RunManifest)?

  /// The patterns in files and run directories, in their order.
  ///
  /// - Parameters:
  ///   - paths: `.npy` and `.npz` files in network units, and directories of runs.
  ///   - requests: names or files of front ends, each for all arrays of its shape, or `INPUT=` and the
  ///     same for one input. Without any, a run's are its own, and arrays have the preset of their
  ///     shape.
  /// - Returns: one for each file, and for each neuron of a run that has a pattern.
  /// - Throws: `InputError` naming the file that is missing, damaged, or fits no front end, or a front end
  ///   that does not exist.
  public static func read(_ paths: [String], frontEnds requests: [String]) throws -> [PatternSource]
  {
    let finder = try FrontEndFinder(requests)
    return try paths.flatMap { path in
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
        throw InputError("\(path) cannot be read: there is no such file; check the name")
      }
      return isFolder.boolValue
        ? try read(run: URL(filePath: path), finder) : [try read(file: URL(filePath: path), finder)]
    }
  }

  private static func read(run url: URL, _ finder: FrontEndFinder) throws -> [PatternSource] {
    let file = url.appending(path: "run.json")
    guard FileManager.default.fileExists(atPath: file.path) else {
      throw InputError(
        "\(url.relativePath) holds no run.json; name a run's directory, or .npy files")
    }
    let manifest = try RunDirectory.read(file)
    return try manifest.patterns.filter { !$0.files.isEmpty }.map { record in
      guard let arrays = record.files.first(where: { isArray($0) }) else {
        throw InputError(
          "\(file.relativePath) names no arrays of \(record.objective); make the run again")
      }
      return try read(
        file: url.appending(path: arrays), name: withoutExtension(arrays), finder,
        known: manifest.plan.frontEnds, origin: (record, manifest))
    }
  }

  private static func read(
    file url: URL, name: String? = nil, _ finder: FrontEndFinder,
    known: [String: FrontEnd] = [:], origin: (record: PatternRecord, run: RunManifest)? = nil
  ) throws -> PatternSource {
    let arrays: [String: Tensor]
    switch url.pathExtension {
    case "npy": arrays = [known.count == 1 ? known.first?.key ?? "" : "": try NumPyArray.read(url)]
    case "npz": arrays = Dictionary(try NumPyArchive.read(url).map { ($0.name, $0.tensor) }) { $1 }
    default:
      throw InputError(
        "\(url.relativePath) is no pattern; expected a .npy or .npz file, or a run's directory")
    }
    var frontEnds: [String: FrontEnd] = [:]
    var inputs: [String: Tensor] = [:]
    for (input, tensor) in arrays {
      guard tensor.values.allSatisfy(\.isFinite) else {
        throw InputError("\(url.relativePath) holds NaN or infinity; it has no sound")
      }
      let frontEnd = try finder.frontEnd(of: tensor, input: input, known: known[input], file: url)
      frontEnds[input] = frontEnd
      inputs[input] = tensor.reshaped(frontEnd.inputShape)
    }
    return PatternSource(
      url: url, name: name ?? withoutExtension(url.lastPathComponent), inputs: inputs,
      frontEnds: frontEnds, origin: origin)
  }

  private static func isArray(_ path: String) -> Bool {
    path.hasSuffix(".npy") || path.hasSuffix(".npz")
  }

  private static func withoutExtension(_ path: String) -> String {
    (path as NSString).deletingPathExtension
  }
}

/// Finds the front end of arrays.
private struct FrontEndFinder {
  /// Each with the input that it is meant for, if one was named.
  private let asked: [(input: String?, frontEnd: FrontEnd)]

  init(_ requests: [String]) throws {
    asked = try requests.map { request in
      let parts = request.split(separator: "=", maxSplits: 1).map(String.init)
      if parts.count == 2, !FileManager.default.fileExists(atPath: request) {
        return (parts[0], try FrontEnd.load(parts[1]))
      }
      return (nil, try FrontEnd.load(request))
    }
  }

  func frontEnd(of tensor: Tensor, input: String, known: FrontEnd?, file: URL) throws -> FrontEnd {
    let named = asked.filter { $0.input == input || $0.input == nil }.map(\.frontEnd)
    let guesses = FrontEnd.presets.filter { !$0.isOpenEnded }
    let candidates = named.isEmpty ? known.map { [$0] } ?? guesses : named
    let fitting = candidates.map { $0.fitted(to: tensor.shape) }.filter { $0.fits(tensor.shape) }
    let what = input.isEmpty ? "the pattern" : "the pattern for '\(input)'"
    guard let found = fitting.first else {
      let shapes = candidates.map { "\($0.name) makes \($0.shapeText)" }.joined(separator: ", ")
      throw InputError(
        """
        \(file.relativePath): \(what) is \(tensor.shape), but \(shapes)
        """, remedy: .describeFrontEnd(FrontEnd.whatItSays))
    }
    guard fitting.count == 1 || !named.isEmpty else {
      throw InputError(
        "\(file.relativePath): \(what) is \(tensor.shape), which "
          + "\(fitting.map(\.name).joined(separator: " and ")) make", remedy: .addFrontEnd)
    }
    return found
  }
}

import Foundation
import TonoAudio
import TonoCore
import TonoFiles
import TonoNetwork
import TonoStudy

/// Spectrograms that files give for some inputs: arrays in network units, or sounds that go through
/// the input's front end.
struct SpectrogramFiles {
  /// Per input name the spectrogram, in the input's shape.
  private(set) var spectrograms: [String: Tensor] = [:]
  /// Per input name the SHA-256 of the file it comes from.
  private(set) var digests: [String: String] = [:]

  /// The input and the file of `INPUT=FILE`.
  static func parts(of request: String) -> (input: String, path: String)? {
    let parts = request.split(separator: "=", maxSplits: 1).map(String.init)
    return parts.count == 2 ? (parts[0], parts[1]) : nil
  }

  /// Reads what `FILE`, or `INPUT=FILE` for one input of several, asks for.
  mutating func read(
    _ request: String, _ flag: String, for inputs: [Network.Input], _ frontEnds: [String: FrontEnd]
  ) throws {
    let parts = Self.parts(of: request)
    let named = inputs.first { $0.name == parts?.input }
    guard let input = named ?? (inputs.count == 1 ? inputs[0] : nil) else {
      throw InputError(
        "\(flag) \(request) names no input; write noise or silence alone, or INPUT=FILE with one of "
          + inputs.map(\.name).joined(separator: ", "))
    }
    let path = named == nil ? request : parts?.path ?? request
    guard spectrograms[input.name] == nil else {
      throw InputError("\(flag) gives '\(input.name)' two files; give it one")
    }
    spectrograms[input.name] = try spectrogram(path, flag, for: input, frontEnds[input.name])
    digests[input.name] = try FileDigest.sha256(of: URL(filePath: path))
  }

  private func spectrogram(
    _ path: String, _ flag: String, for input: Network.Input, _ frontEnd: FrontEnd?
  ) throws -> Tensor {
    let spectrogram: Tensor
    if path.hasSuffix(".npy") {
      let tensor = try NumPyArray.read(URL(filePath: path))
      guard let sample = try? Probe.sample(tensor, for: input) else {
        throw InputError("\(path): \(NetworkError.inputShape(input, got: tensor.shape))")
      }
      spectrogram = sample
    } else {
      guard let frontEnd else {
        let words = flag == "--start" ? "neither noise, silence nor an array" : "no array"
        throw InputError(
          "\(flag) \(path) is \(words) (.npy), and a sound needs a front end before "
            + "'\(input.name)'; add --front-end: a preset, or a JSON file with \(FrontEnd.whatItSays)"
        )
      }
      spectrogram = try frontEnd.features(ofFile: path)
    }
    guard spectrogram.values.allSatisfy({ $0.isFinite }) else {
      throw InputError("\(path) holds NaN or infinity; give finite numbers")
    }
    return spectrogram
  }
}

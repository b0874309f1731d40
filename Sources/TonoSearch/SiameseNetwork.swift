import Foundation
import TonoAudio
import TonoCore
import TonoModels
import TonoNetwork

/// A network of two inputs that says how well a vocal imitation fits a recording.
///
/// It is cut where the two sides meet: each side's tower makes a *code* of a sound, once, and a head joins
/// an imitation's code with those of any number of recordings. In TL-IMINET both towers end before a fully
/// connected layer; its halves belong to the towers then, codes are 108 numbers, and what is left for
/// each pair is a rectifier and one neuron. Codes rank exactly as the whole network does, up to
/// rounding (the sums of that layer are taken in two halves).
public struct SiameseNetwork: Sendable {
  /// The model.
  public let model: Model
  /// Which input hears what.
  public let roles: PairRoles
  /// What stands before the imitation's input.
  public let imitationFrontEnd: FrontEnd
  /// What stands before the recording's input.
  public let recordingFrontEnd: FrontEnd

  /// From an imitation to its code.
  public let imitations: PairEncoder
  /// From a recording to its code.
  public let recordings: PairEncoder

  private let cut: PairCut
  private let head: PairHead

  /// A siamese network of a model.
  ///
  /// - Parameters:
  ///   - model: with two inputs, and one output of one number.
  ///   - frontEnds: per input name what stands before it.
  ///   - imitation: the input that hears imitations; found from names without it (see ``PairRoles``).
  /// - Throws: `InputError` if it is no such network, the roles cannot be told, or an input has no front
  ///   end.
  public init(
    _ model: Model, frontEnds: [String: FrontEnd], imitation: String? = nil
  ) throws {
    let network = model.network
    self.model = model
    roles = try PairRoles(of: network, frontEnds: frontEnds, imitation: imitation)
    guard let own = frontEnds[roles.imitation], let other = frontEnds[roles.recording] else {
      let missing = frontEnds[roles.imitation] == nil ? roles.imitation : roles.recording
      throw InputError(
        "there is no front end before '\(missing)', so that no sound can be shown to it",
        about: model.name, remedy: .nameFrontEnd)
    }
    (imitationFrontEnd, recordingFrontEnd) = (own, other)
    cut = try PairCut(network, roles: roles)
    imitations = try PairEncoder(
      network, input: roles.imitation, frontier: cut.imitation, joint: cut.dense, addsBias: false)
    recordings = try PairEncoder(
      network, input: roles.recording, frontier: cut.recording, joint: cut.dense, addsBias: true)
    head = try PairHead(network, cut)
  }

  /// The node whose number ranks pairs: the one before a last sigmoid, which would make likely pairs
  /// equal in 32 bits.
  public var scoreNode: String { cut.score }

  /// How many candidates a thread scores at once.
  private static let shareSize = 4096

  /// The scores of an imitation with recordings: the larger, the better they fit.
  ///
  /// - Parameters:
  ///   - imitation: its code.
  ///   - recordings: their codes.
  ///   - threads: how many score; scores do not depend on it, nor on companions.
  /// - Returns: a score for each recording, in their order.
  /// - Throws: `InputError` if a score is no finite number.
  public func scores(
    of imitation: [Float], with recordings: CodeTable, threads: Int = 1
  ) throws -> [Float] {
    precondition(recordings.length == self.recordings.length, "codes of this network")
    let shares = (recordings.count + Self.shareSize - 1) / Self.shareSize
    let scores = try [Float](unsafeUninitializedCapacity: recordings.count) { scores, count in
      nonisolated(unsafe) let scores = UnsafeMutableBufferPointer(
        rebasing: scores[..<recordings.count])
      try recordings.values.withUnsafeBufferPointer { codes in
        nonisolated(unsafe) let codes = codes
        try concurrently(shares, threads: threads) { share, _ in
          let rows =
            share * Self.shareSize..<min((share + 1) * Self.shareSize, recordings.count)
          let length = recordings.length
          try head.score(
            imitation,
            with: UnsafeBufferPointer(
              rebasing: codes[rows.lowerBound * length..<rows.upperBound * length]),
            into: UnsafeMutableBufferPointer(rebasing: scores[rows]))
        }
      }
      count = recordings.count
    }
    guard scores.allSatisfy(\.isFinite) else {
      throw InputError(
        "'\(scoreNode)' answers with NaN or infinity; its weights may have diverged",
        about: model.name)
    }
    return scores
  }

  /// The network's own answer for a score: the likelihood in 0…1 where it ends in a sigmoid.
  public func likelihood(ofScore score: Float) -> Float {
    cut.isLogit ? Sigmoid().value(score) : score
  }

  /// A pair's score, and its gradient with respect to both inputs, in network units.
  ///
  /// - Parameters:
  ///   - imitation: the imitation's features, in the input's shape.
  ///   - recording: the recording's.
  /// - Returns: the score before a last sigmoid, and both gradients in the inputs' shapes.
  /// - Throws: `NetworkError` if a shape does not fit.
  public func gradient(
    imitation: Tensor, recording: Tensor
  ) throws -> (score: Float, imitation: Tensor, recording: Tensor) {
    let shape = try model.network.shape(of: scoreNode)
    let activations = try model.network.forward(
      [
        roles.imitation: Tensor(batch: [imitation]), roles.recording: Tensor(batch: [recording]),
      ], to: [scoreNode])
    let gradients = model.network.backward(
      [scoreNode: Tensor(shape: shape.batched(1), repeating: 1)], through: activations)
    func gradient(_ name: String) -> Tensor {
      gradients[name]?.sample(0) ?? Tensor(shape: imitation.shape)
    }
    return (
      activations[scoreNode].values[0], gradient(roles.imitation), gradient(roles.recording)
    )
  }
}

import TonoAudio
import TonoCore

/// The features of many sounds by one front end, in memory.
///
/// It takes four bytes a cell: 8 732 sounds of 128×128 are 0.57 GB.
public struct FeatureSet: Sendable {
  /// The front end they are made by.
  public let frontEnd: FrontEnd
  /// The sounds that could not be used, a sentence each.
  public let problems: [String]
  private let tensors: [SoundSource: Tensor]

  /// Features of these sounds, of the front end's `inputShape`.
  public init(frontEnd: FrontEnd, tensors: [SoundSource: Tensor], problems: [String] = []) {
    self.frontEnd = frontEnd
    self.tensors = tensors
    self.problems = problems
  }

  /// The features of a sound, `[1, bands, frames]`; nil where it could not be used or was not asked for.
  public subscript(source: SoundSource) -> Tensor? { tensors[source] }

  /// How many sounds have features.
  public var count: Int { tensors.count }
}

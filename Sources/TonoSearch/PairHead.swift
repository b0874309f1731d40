import TonoCore
import TonoNetwork

/// What joins the codes of an imitation and of a recording into a score.
struct PairHead: Sendable {
  /// How two codes meet.
  private enum Joint: Sendable {
    /// They are added up, as halves of one fully connected layer.
    case sum(of: String)
    /// They are what the named nodes computed, one after another.
    case nodes(imitation: [Network.Input], recording: [Network.Input])
  }

  private let joint: Joint
  private let network: Network
  private let score: String
  /// The weights behind the sum where a rectifier and one neuron are all that follows.
  private let rectified: RectifiedNeuron?

  /// The head of a network behind a cut.
  init(_ network: Network, _ cut: PairCut) throws {
    score = cut.score
    if let dense = cut.dense {
      joint = .sum(of: dense.node)
      self.network = try network.part(from: [dense.node], to: [cut.score])
      rectified = RectifiedNeuron(self.network)
    } else {
      func inputs(_ names: [String]) throws -> [Network.Input] {
        try names.map { Network.Input(name: $0, shape: try network.shape(of: $0)) }
      }
      joint = .nodes(imitation: try inputs(cut.imitation), recording: try inputs(cut.recording))
      self.network = try network.part(from: cut.imitation + cut.recording, to: [cut.score])
      rectified = nil
    }
  }

  /// How many candidates are joined at once where layers run one by one.
  private static let blockSize = 256

  /// The scores of one imitation with some recordings.
  ///
  /// A score depends on its own two codes alone, not on its companions.
  ///
  /// - Parameters:
  ///   - imitation: its code.
  ///   - recordings: their codes, one after another.
  ///   - scores: where as many scores go as there are recordings.
  /// - Throws: nothing for codes of this network.
  func score(
    _ imitation: [Float], with recordings: UnsafeBufferPointer<Float>,
    into scores: UnsafeMutableBufferPointer<Float>
  ) throws {
    if let rectified {
      return rectified.answers(to: imitation, plus: recordings, into: scores)
    }
    let length = recordings.count / max(1, scores.count)
    for start in stride(from: 0, to: scores.count, by: Self.blockSize) {
      let block = start..<min(start + Self.blockSize, scores.count)
      let codes = block.map { recordings[$0 * length..<($0 + 1) * length] }
      let answers = try network.forward(inputs(imitation, codes), to: [score])[score]
      for (place, answer) in zip(block, answers.values) { scores[place] = answer }
    }
  }

  /// The head's inputs for a block of recordings.
  private func inputs(
    _ imitation: [Float], _ recordings: [Slice<UnsafeBufferPointer<Float>>]
  ) -> [String: Tensor] {
    switch joint {
    case .sum(let node):
      return [
        node: Tensor(
          shape: [recordings.count, imitation.count],
          values: recordings.flatMap { zip(imitation, $0).map(+) })
      ]
    case .nodes(let own, let others):
      var inputs: [String: Tensor] = [:]
      var place = 0
      for input in own {
        let values = imitation[place..<place + input.shape.count]
        inputs[input.name] = Tensor(
          shape: input.shape.batched(recordings.count), values: recordings.flatMap { _ in values })
        place += input.shape.count
      }
      place = 0
      for input in others {
        inputs[input.name] = Tensor(
          shape: input.shape.batched(recordings.count),
          values: recordings.flatMap { code in
            code.dropFirst(place).prefix(input.shape.count)
          })
        place += input.shape.count
      }
      return inputs
    }
  }
}

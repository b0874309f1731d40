import TonoAudio
import TonoCore

/// An augmentation for examples of one front end.
///
/// What becomes of an example depends on the seed, the epoch and the example's number, and on nothing else: not on
/// the batch it is in, nor on threads. Where the front end brings each example to zero mean and unit variance, so
/// are its varied ones: the network never sees others.
public struct Augmenter: Sendable {
  /// What is done.
  public let augmentation: Augmentation
  private let frontEnd: FrontEnd

  init(_ augmentation: Augmentation, _ frontEnd: FrontEnd) {
    self.augmentation = augmentation
    self.frontEnd = frontEnd
  }

  /// A varied example.
  ///
  /// - Parameters:
  ///   - features: the example, of the front end's `inputShape`.
  ///   - seed: the training's.
  ///   - epoch: which time the example is shown.
  ///   - example: its number in the training set.
  /// - Returns: an example of the same shape.
  /// - Complexity: O(cells) for each step.
  public func apply(
    to features: Tensor, seed: UInt64, epoch: Int, example: Int
  ) -> Tensor {
    guard !augmentation.steps.isEmpty else { return features }
    var random = RandomSource(seed: seed, text: "epoch \(epoch), example \(example)")
    var features = features
    for step in augmentation.steps { vary(&features, step, using: &random) }
    if frontEnd.normalization == .perExample { features.normalize() }
    return features
  }

  private func vary(
    _ features: inout Tensor, _ step: Augmentation.Step, using random: inout RandomSource
  ) {
    switch step {
    case .roll(let share):
      let most = Int(share * Float(frontEnd.frames) / 2)
      move(&features, by: .random(in: -most...most, using: &random), filling: nil)
    case .shift(let share):
      let most = Int(share * Float(frontEnd.frames))
      let silence = features.values.min() ?? 0
      move(&features, by: .random(in: -most...most, using: &random), filling: silence)
    case .gain(let decibels):
      features = frontEnd.louder(
        features, by: .random(in: -decibels...decibels, using: &random))
    case .timeMask(let count, let frames):
      for _ in 0..<count {
        let stretch = Self.range(of: frontEnd.frames, upTo: frames, using: &random)
        mask(&features, bands: 0..<frontEnd.bands, frames: stretch)
      }
    case .bandMask(let count, let bands):
      for _ in 0..<count {
        let range = Self.range(of: frontEnd.bands, upTo: bands, using: &random)
        mask(&features, bands: range, frames: 0..<frontEnd.frames)
      }
    }
  }

  /// A range of 0 to `width` of `count` places.
  private static func range(
    of count: Int, upTo width: Int, using random: inout RandomSource
  ) -> Range<Int> {
    let width = Int.random(in: 0...width, using: &random)
    let start = Int.random(in: 0...(count - width), using: &random)
    return start..<start + width
  }

  /// Where a cell lies in the features.
  private func place(_ band: Int, _ frame: Int) -> Int {
    frontEnd.axes == .bandsFrames
      ? band * frontEnd.frames + frame : frame * frontEnd.bands + band
  }

  /// Moves the features later by so many frames; what comes in is `filling`, or what went out where that is nil.
  private func move(_ features: inout Tensor, by shift: Int, filling: Float?) {
    guard shift != 0 else { return }
    let count = frontEnd.frames
    let old = features.values
    for frame in 0..<count {
      let origin = frame - shift
      let isInside = (0..<count).contains(origin)
      let wrapped = (origin % count + count) % count
      for band in 0..<frontEnd.bands {
        features.values[place(band, frame)] =
          isInside || filling == nil ? old[place(band, wrapped)] : filling ?? 0
      }
    }
  }

  /// Replaces cells by the mean of all.
  private func mask(_ features: inout Tensor, bands: Range<Int>, frames: Range<Int>) {
    let mean = features.mean
    for band in bands {
      for frame in frames { features.values[place(band, frame)] = mean }
    }
  }
}

extension Tensor {
  fileprivate var mean: Float {
    Float(values.reduce(0.0) { $0 + Double($1) } / Double(max(1, count)))
  }

  /// Brings it to zero mean and unit variance; a constant one to zeros.
  fileprivate mutating func normalize() {
    let mean = Double(mean)
    let variance =
      values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(max(1, count))
    let scale = variance > 0 ? 1 / variance.squareRoot() : 0
    for i in values.indices { values[i] = Float((Double(values[i]) - mean) * scale) }
  }
}

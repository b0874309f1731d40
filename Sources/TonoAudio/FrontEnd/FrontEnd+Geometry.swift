import Foundation
import TonoCore

/// How a front end's bands and frames lie in an input, in time and in frequency.
extension FrontEnd {
  // MARK: - Shapes

  /// The shape of the network's input: one channel of bands and frames, in the order of `axes`.
  public var inputShape: Shape {
    axes == .bandsFrames ? [1, bands, frames] : [1, frames, bands]
  }

  /// That shape in words, where frames may be open.
  public var shapeText: String {
    guard isOpenEnded else { return "\(inputShape)" }
    return axes == .bandsFrames ? "1×\(bands)×any" : "1×any×\(bands)"
  }

  /// Whether it takes as many frames as the input has, or a sound: nothing but `fitted` works then.
  public var isOpenEnded: Bool { frames == 0 }

  /// The same front end with the number of frames of an input, if it is open-ended.
  ///
  /// - Parameter shape: `[1, bands, frames]` or, by `axes`, `[1, frames, bands]`.
  /// - Returns: a front end with frames, unless the shape has none.
  public func fitted(to shape: Shape) -> FrontEnd {
    let sides = Self.sides(of: shape)
    guard isOpenEnded, sides.count == 2 else { return self }
    let frames = axes == .bandsFrames ? sides[1] : sides[0]
    guard (1...Self.mostFrames).contains(frames) else { return self }
    var fitted = self
    fitted.frames = frames
    fitted.seconds = Double(patternReach(frames: frames)) / Double(sampleRate)
    return fitted
  }

  /// The same front end with as many frames as a sound fills, if it is open-ended.
  public func fitted(to sound: Waveform) -> FrontEnd {
    guard isOpenEnded else { return self }
    var fitted = self
    fitted.seconds = max(sound.seconds, Double(frameLength) / Double(sampleRate))
    fitted.frames = fitted.frameLimit
    return fitted
  }

  /// Whether an input of that shape is what this front end makes; axes of one element do not count.
  public func fits(_ shape: Shape) -> Bool {
    Self.sides(of: shape) == Self.sides(of: inputShape)
      || shape.extents.filter { $0 != 1 } == inputShape.extents.filter { $0 != 1 }
  }

  /// The two sides of a spectrogram in an input's shape: what is longer than 1, or else the last two axes.
  private static func sides(of shape: Shape) -> [Int] {
    let long = shape.extents.filter { $0 != 1 }
    return long.count == 2 ? long : shape.extents.suffix(2)
  }

  /// An input as a spectrogram, `[bands, frames]`.
  ///
  /// - Parameter input: of `inputShape`, or of one that fits it.
  /// - Returns: bands upwards, frames to the right.
  public func spectrogram(of input: Tensor) -> Tensor {
    axes == .bandsFrames
      ? input.reshaped([bands, frames]) : Self.transposed(input, rows: frames, columns: bands)
  }

  /// A spectrogram, `[bands, frames]`, as an input.
  public func input(of spectrogram: Tensor) -> Tensor {
    let input =
      axes == .bandsFrames
      ? spectrogram : Self.transposed(spectrogram, rows: bands, columns: frames)
    return input.reshaped(inputShape)
  }

  private static func transposed(_ tensor: Tensor, rows: Int, columns: Int) -> Tensor {
    Tensor(shape: [columns, rows]) { result in
      for row in 0..<rows {
        for column in 0..<columns {
          result[column * rows + row] = tensor.values[row * columns + column]
        }
      }
    }
  }

  // MARK: - Time

  /// The time from one frame to the next, in seconds.
  public var frameSeconds: Double { Double(hop) / Double(sampleRate) }

  /// The number of samples that sounds are cropped or padded to.
  var sampleCount: Int { Int((seconds * Double(sampleRate) + 1e-6).rounded(.down)) }

  /// The number of samples of a pattern's sound: as long as its frames, and no longer than `seconds`.
  public var patternSampleCount: Int { min(sampleCount, patternReach(frames: frames)) }

  /// How many samples frames take in.
  func patternReach(frames: Int) -> Int {
    padding.isCentred ? frames * hop : (frames - 1) * hop + frameLength
  }

  /// The number of frames that `seconds` give.
  var frameLimit: Int {
    guard filters != .constantQ else { return 1 + sampleCount / hop }
    let spare = sampleCount + 2 * padding.margin(fftSize: fftSize) - frameLength
    return spare < 0 ? 0 : 1 + spare / hop
  }

  /// How many samples a frame reads: for constant-Q filters those of the longest one.
  public var frameLength: Int {
    switch (filters, padding) {
    case (.constantQ, _):
      let shape = ConstantQFilter.Shape(binsPerOctave: binsPerOctave, scale: 1, sparsity: 0)
      return Int(shape.length(frequency: lowestFrequency, rate: Double(sampleRate)))
    case (_, .windows): return windowLength
    default: return fftSize
    }
  }

  /// The sample on which frame 0 is centred.
  var firstCentre: Int { padding.isCentred ? 0 : frameLength / 2 }

  /// The time on which frame 0 is centred, in seconds.
  public var firstFrameSeconds: Double { Double(firstCentre) / Double(sampleRate) }

  /// The time that the windows of some frames span, in seconds of a sound of `seconds`.
  public func seconds(ofFrames frames: Range<Int>) -> ClosedRange<Double> {
    let reach = Double(filters == .constantQ ? frameLength : windowLength) / 2
    let (lowest, highest) = (
      firstCentre + frames.lowerBound * hop, firstCentre + (frames.upperBound - 1) * hop
    )
    let first = (Double(lowest) - reach) / Double(sampleRate)
    let last = (Double(highest) + reach) / Double(sampleRate)
    return (first...max(first, last)).clamped(to: 0...seconds)
  }

  // MARK: - Frequency

  /// The frequency at which each band peaks, in Hz, from the lowest band up.
  public var bandCentres: [Double] { (0..<bands).map { hertz(ofBandPosition: Double($0)) } }

  /// Where a frequency lies among the bands: 0 is the centre of band 0, 0.5 is halfway to band 1 on the
  /// bands' own scale.
  public func bandPosition(of hertz: Double) -> Double {
    switch filters {
    case .mel:
      let (low, high) = melRange
      return (melScale.mel(fromHertz: hertz) - low) / (high - low) * Double(bands + 1) - 1
    case .linear: return hertz / binHertz - Double(firstBin)
    case .constantQ: return log2(hertz / lowestFrequency) * Double(binsPerOctave)
    }
  }

  /// The frequency in Hz at a place among the bands.
  func hertz(ofBandPosition position: Double) -> Double {
    switch filters {
    case .mel:
      let (low, high) = melRange
      return melScale.hertz(fromMel: low + (position + 1) / Double(bands + 1) * (high - low))
    case .linear: return (Double(firstBin) + position) * binHertz
    case .constantQ: return lowestFrequency * exp2(position / Double(binsPerOctave))
    }
  }

  /// The frequencies that some bands take in, with the skirts of the outermost, in Hz.
  public func hertz(ofBands bands: Range<Int>) -> ClosedRange<Double> {
    let low = hertz(ofBandPosition: Double(bands.lowerBound) - 1)
    return max(0, low)...hertz(ofBandPosition: Double(bands.upperBound))
  }

  private var melRange: (low: Double, high: Double) {
    (melScale.mel(fromHertz: lowestFrequency), melScale.mel(fromHertz: highestFrequency))
  }
}

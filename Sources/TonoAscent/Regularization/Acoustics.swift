import TonoAudio
import TonoCore
import TonoNetwork

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Random changes at each step of how an input might have been recorded, so that a pattern cannot live
/// on levels that another microphone or room would change.
///
/// All in dB of the front end. Where examples are normalized, so is the changed input: the network never
/// sees anything off that sphere, and a gain changes nothing.
public struct Acoustics: Hashable, Sendable, Codable {
  /// The largest gain, either way.
  public var gain: Float
  /// The largest tilt from the lowest to the highest band, either way.
  public var tilt: Float
  /// The highest noise floor under the pattern, re its maximum: negative, or 0 for none.
  public var noiseFloor: Float

  /// Changes of at most so many dB.
  public init(gain: Float = 0, tilt: Float = 0, noiseFloor: Float = 0) {
    self.gain = gain
    self.tilt = tilt
    self.noiseFloor = noiseFloor
  }

  /// Whether nothing changes.
  var isNone: Bool { gain == 0 && tilt == 0 && noiseFloor == 0 }

  /// The deepest noise floor that is drawn, in dB re the maximum.
  private static let deepestFloor: Float = -80

  /// Changes drawn from these ranges.
  func draw(from random: inout RandomSource) -> Setting {
    func symmetric(_ largest: Float) -> Float {
      largest == 0 ? 0 : .random(in: -largest...largest, using: &random)
    }
    let (gain, tilt) = (symmetric(gain), symmetric(tilt))
    let floor =
      noiseFloor == 0
      ? nil : Float.random(in: min(Self.deepestFloor, noiseFloor)...noiseFloor, using: &random)
    return Setting(gain: gain, tilt: tilt, noiseFloor: floor)
  }

  /// One set of changes.
  struct Setting {
    let gain: Float
    let tilt: Float
    let noiseFloor: Float?
  }
}

/// Changes one input and hands its gradient back.
final class AcousticsPass {
  private let maps: Maps
  /// How many dB one unit of the input is.
  private let decibelsPerUnit: Float
  private let sphere: SpectrogramCanvas
  private var painting = SpectrogramCanvas.Painting(factor: 1, isFinite: true)
  /// The share of each changed level that is the pattern's and not the noise's.
  private let shares: AlignedFloats
  private let levels: AlignedFloats

  private var count: Int { maps.count * maps.rows * maps.columns }

  /// Changes of inputs behind a front end.
  init(_ maps: Maps, _ frontEnd: FrontEnd?) {
    self.maps = maps
    let normalizes = frontEnd?.normalization == .perExample
    decibelsPerUnit = frontEnd?.decibelsPerUnit ?? 1
    sphere = SpectrogramCanvas(normalizes: normalizes)
    let count = maps.count * maps.rows * maps.columns
    shares = AlignedFloats(count: count)
    levels = AlignedFloats(count: count)
  }

  /// Where a band lies between the lowest, at −½, and the highest, at ½.
  private func share(_ band: Int, _ bands: Int) -> Float {
    bands > 1 ? Float(band) / Float(bands - 1) - 0.5 : 0
  }

  /// Writes the changed input in place of the input.
  func apply(_ setting: Acoustics.Setting, to input: UnsafeMutablePointer<Float>) {
    var highest = input[0]
    for i in 0..<count { highest = max(highest, input[i]) }
    let ln = Float(0.230_258_51)  // ln(10) ÷ 10
    for map in 0..<maps.count {
      for row in 0..<maps.rows {
        let start = (map * maps.rows + row) * maps.columns
        for i in start..<start + maps.columns {
          let place = maps.isTransposed ? share(i - start, maps.columns) : share(row, maps.rows)
          let rise = (setting.gain + setting.tilt * place) / decibelsPerUnit
          var (level, own) = (input[i] + rise, Float(1))
          if let floor = setting.noiseFloor {
            let above = (level - highest) * decibelsPerUnit - floor
            own = 1 / (1 + expf(-ln * above))
            level -= logf(own) / (ln * decibelsPerUnit)
          }
          (levels.start[i], shares.start[i]) = (level, own)
        }
      }
    }
    painting = sphere.paint(levels.start, into: input, count: count)
  }

  /// Turns the gradient with respect to the changed input into the one with respect to the input.
  ///
  /// The noise lies at a fixed level while the pattern moves.
  func adjoint(_ gradient: UnsafeMutablePointer<Float>, changed input: UnsafePointer<Float>) {
    _ = sphere.adjoint(gradient, input: input, painting, count: count)
    for i in 0..<count { gradient[i] *= shares.start[i] }
  }
}

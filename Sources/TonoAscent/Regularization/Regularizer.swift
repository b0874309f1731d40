import TonoCore
import TonoNetwork

/// What keeps a pattern plain: penalties that are taken off the objective, and a blur between steps.
///
/// Penalties are means over the painted input in network units, so that a weight means the same for
/// every size of spectrogram.
public struct Regularizer: Hashable, Sendable, Codable {
  /// The weight of mean(x²).
  public var l2: Float
  /// The weight of mean(|x|).
  public var l1: Float
  /// The weight of the mean absolute difference between neighbouring frames.
  public var timeVariation: Float
  /// The weight of the mean absolute difference between neighbouring bands.
  public var bandVariation: Float
  /// The weight of the mean square of the distance to what the front end can produce.
  public var playability: Float
  /// The weight of the distance from real sounds, as a share of the activation: see `Naturalness`.
  public var naturalness: Float
  /// The deviation of the Gaussian blur, in bands and in frames alike; 0 for none.
  public var blur: Float
  /// How many steps lie between two blurs.
  public var blurInterval: Int

  /// Penalties and blur; everything is off unless it is given.
  public init(
    l2: Float = 0, l1: Float = 0, timeVariation: Float = 0, bandVariation: Float = 0,
    playability: Float = 0, naturalness: Float = 0, blur: Float = 0, blurInterval: Int = 8
  ) {
    self.l2 = l2
    self.l1 = l1
    self.timeVariation = timeVariation
    self.bandVariation = bandVariation
    self.playability = playability
    self.naturalness = naturalness
    self.blur = blur
    self.blurInterval = blurInterval
  }

  /// Whether any penalty counts that knows no front end.
  public var penalizes: Bool { [l2, l1, timeVariation, bandVariation].contains { $0 != 0 } }

  /// The penalty of an input; takes its gradient off `gradient`.
  ///
  /// |d| is taken as √(d² + 1e-6), so that it has a slope at 0.
  func penalize(
    _ input: UnsafePointer<Float>, _ maps: Maps, gradient: UnsafeMutablePointer<Float>
  ) -> Float {
    let (rows, columns) = (maps.rows, maps.columns)
    let share = 1 / Float(maps.count * rows * columns)
    let kernels = KernelSet.current
    var total = 0.0
    if l2 != 0 || l1 != 0 {
      total += kernels.penalize(
        input, l2: l2, l1: l1, share: share, gradient: gradient,
        count: maps.count * rows * columns)
    }
    func vary(from start: Int, step: Int, count: Int, _ weight: Float) {
      total +=
        Double(weight)
        * kernels.vary(
          input + start, step: step, share: share * weight, gradient: gradient + start,
          count: count)
    }
    let (alongRows, alongColumns) =
      maps.isTransposed ? (bandVariation, timeVariation) : (timeVariation, bandVariation)
    if alongRows != 0 {
      for row in 0..<maps.count * rows {
        vary(from: row * columns, step: 1, count: columns - 1, alongRows)
      }
    }
    if alongColumns != 0 {
      for map in 0..<maps.count {
        vary(
          from: map * rows * columns, step: columns, count: (rows - 1) * columns, alongColumns)
      }
    }
    return Float(total) * share
  }
}

extension Regularizer {
  /// Reads penalties; earlier runs knew no naturalness.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      l2: try values.decode(Float.self, forKey: .l2),
      l1: try values.decode(Float.self, forKey: .l1),
      timeVariation: try values.decode(Float.self, forKey: .timeVariation),
      bandVariation: try values.decode(Float.self, forKey: .bandVariation),
      playability: try values.decode(Float.self, forKey: .playability),
      naturalness: try values.decodeIfPresent(Float.self, forKey: .naturalness) ?? 0,
      blur: try values.decode(Float.self, forKey: .blur),
      blurInterval: try values.decode(Int.self, forKey: .blurInterval))
  }
}

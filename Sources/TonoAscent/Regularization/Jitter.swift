import TonoCore
import TonoNetwork

/// A random shift of the input at each step, so that a pattern cannot live on exact positions.
///
/// Both shifts are circular: they keep the mean and the deviation of an example, and so its place on
/// the sphere of normalized inputs. Rotation is left out on purpose: it would mix time and frequency.
public struct Jitter: Hashable, Sendable, Codable {
  /// The largest shift along time, in frames either way.
  public var frames: Int
  /// The largest shift along frequency, in bands either way.
  public var bands: Int

  /// Shifts of at most `frames` and `bands`, either way.
  public init(frames: Int = 0, bands: Int = 0) {
    self.frames = frames
    self.bands = bands
  }

  /// A shift drawn from this range.
  func draw(from random: inout RandomSource) -> Shift {
    Shift(
      frames: frames == 0 ? 0 : Int.random(in: -frames...frames, using: &random),
      bands: bands == 0 ? 0 : Int.random(in: -bands...bands, using: &random))
  }

  /// One circular shift of maps.
  struct Shift {
    static let none = Shift(frames: 0, bands: 0)

    let frames: Int
    let bands: Int

    /// The shift that undoes this one: its adjoint.
    var inverse: Shift { Shift(frames: -frames, bands: -bands) }

    /// Whether everything stays where it is.
    var isNone: Bool { frames == 0 && bands == 0 }

    /// Writes maps, shifted, to another place.
    func apply(
      from: UnsafePointer<Float>, to: UnsafeMutablePointer<Float>, _ maps: Maps
    ) {
      let (rows, columns) = (maps.rows, maps.columns)
      let (down, right) = maps.isTransposed ? (frames, bands) : (bands, frames)
      let moved = wrap(right, columns)
      for map in 0..<maps.count {
        for row in 0..<rows {
          let source = from + (map * rows + row) * columns
          let target = to + (map * rows + wrap(row + down, rows)) * columns
          (target + moved).update(from: source, count: columns - moved)
          target.update(from: source + columns - moved, count: moved)
        }
      }
    }

    private func wrap(_ index: Int, _ count: Int) -> Int { ((index % count) + count) % count }
  }
}

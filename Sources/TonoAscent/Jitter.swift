import TonoNetwork

/// A random shift of the input at each step, so that a pattern cannot live on exact positions.
///
/// Both shifts are circular: they keep the mean and the deviation of an example, and so its place on
/// the sphere of normalized inputs. Rotation is left out on purpose: it would mix time and frequency.
public struct Jitter: Hashable, Sendable, Codable {
  /// The largest shift along time, in frames either way.
  public let frames: Int
  /// The largest shift along frequency, in bands either way.
  public let bands: Int

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
    let frames: Int
    let bands: Int

    /// The shift that undoes this one: its adjoint.
    var inverse: Shift { Shift(frames: -frames, bands: -bands) }

    /// The maps `[…, rows, columns]`, shifted.
    func apply(to input: Tensor) -> Tensor {
      guard frames != 0 || bands != 0 else { return input }
      let columns = input.shape.extents.last ?? 1
      let rows = input.shape.extents.dropLast().last ?? 1
      var output = input
      for index in input.values.indices {
        let (plane, cell) = index.quotientAndRemainder(dividingBy: rows * columns)
        let row = wrap(cell / columns + bands, rows)
        let column = wrap(cell % columns + frames, columns)
        output.values[(plane * rows + row) * columns + column] = input.values[index]
      }
      return output
    }

    private func wrap(_ index: Int, _ count: Int) -> Int { ((index % count) + count) % count }
  }
}

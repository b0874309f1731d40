import TonoCore
import TonoFiles

/// How much may be read from one HDF5 file: many names can lead to one dataset.
final class HDF5Budget {
  /// The size of the file.
  let byteCount: Int

  /// How many numbers may still be read.
  private var rest: Int

  /// The budget of a file of so many bytes.
  init(byteCount: Int) {
    self.byteCount = byteCount
    rest = NumberFormat.mostNumbers(ofFile: byteCount)
  }

  /// The most bytes that a dataset holds: weights hardly shrink when they are compressed.
  ///
  /// `tono_hdf5_survives` has the same bounds.
  func contents(isFiltered: Bool) -> Int {
    isFiltered ? max(1 << 20, 8 * min(byteCount, 1 << 50)) : byteCount
  }

  /// Takes so many numbers.
  ///
  /// - Returns: whether so many were left.
  func spend(_ count: Int) -> Bool {
    rest -= count
    return rest >= 0
  }
}

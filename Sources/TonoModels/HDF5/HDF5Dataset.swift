import CTonoHDF5
import Foundation

/// An open dataset of an HDF5 file, read as floats.
struct HDF5Dataset: ~Copyable {
  private let handle: HDF5Handle
  private let url: URL
  private let byteCount: Int
  private let path: String

  /// The most that a compressed byte can unfold to: the limit of deflate, which h5py uses.
  private static let largestCompression = 1032

  /// A view of an open dataset.
  init(handle: consuming HDF5Handle, url: URL, byteCount: Int, path: String) {
    self.handle = handle
    self.url = url
    self.byteCount = byteCount
    self.path = path
  }

  /// All elements in row-major order, converted to 32-bit floats, and the extents.
  ///
  /// - Throws: `ModelError` if these are not floating-point numbers, if they lie outside of this
  ///   file, or if there are more than the file can hold.
  func floats() throws -> (extents: [Int], values: [Float]) {
    guard let space = HDF5Handle(H5Dget_space(handle.id), close: H5Sclose),
      let type = HDF5Handle(H5Dget_type(handle.id), close: H5Tclose),
      let creation = HDF5Handle(H5Dget_create_plist(handle.id), close: H5Pclose)
    else { throw unreadable() }
    guard H5Tget_class(type.id) == H5T_FLOAT else {
      throw ModelError(url, "dataset '\(path)' does not hold floating-point numbers")
    }
    guard H5Pget_layout(creation.id) != H5D_VIRTUAL, H5Pget_external_count(creation.id) == 0 else {
      throw ModelError(url, "dataset '\(path)' keeps its numbers in another file; merge the two")
    }
    let extents = try extents(of: space)
    let count = try count(
      extents, elementSize: H5Tget_size(type.id), isFiltered: H5Pget_nfilters(creation.id) > 0)
    var values = [Float](repeating: 0, count: count)
    let whole = tono_hdf5_whole_space()
    guard
      count == 0
        || H5Dread(
          handle.id, tono_hdf5_native_float(), whole, whole, tono_hdf5_default_properties(),
          &values) >= 0
    else { throw unreadable() }
    return (extents, values)
  }

  /// The extents of a simple or scalar space.
  private func extents(of space: borrowing HDF5Handle) throws -> [Int] {
    let rank = H5Sget_simple_extent_ndims(space.id)
    guard rank >= 0, H5Sget_simple_extent_type(space.id) != H5S_NULL else { throw unreadable() }
    var extents = [hsize_t](repeating: 0, count: Int(rank))
    guard H5Sget_simple_extent_dims(space.id, &extents, nil) >= 0 else { throw unreadable() }
    return extents.map { Int(clamping: $0) }
  }

  /// How many elements there are: no more than the file has bytes for.
  private func count(_ extents: [Int], elementSize: Int, isFiltered: Bool) throws -> Int {
    let largest = byteCount.multipliedReportingOverflow(
      by: isFiltered ? Self.largestCompression : 1)
    var count = 1
    for extent in extents {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      count = overflow ? Int.max : product
    }
    guard !largest.overflow, elementSize > 0, count <= largest.partialValue / elementSize else {
      throw ModelError(
        url, "dataset '\(path)' claims to be larger than the file; the file is damaged")
    }
    return count
  }

  private func unreadable() -> ModelError {
    ModelError(url, "dataset '\(path)' cannot be read: \(lastHDF5Error())")
  }
}

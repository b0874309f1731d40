import CTonoHDF5
import Foundation
import TonoCore
import TonoFiles

/// An open dataset of an HDF5 file, read as floats.
struct HDF5Dataset: ~Copyable {
  private let handle: HDF5Handle
  private let url: URL
  private let budget: HDF5Budget
  private let path: String

  /// A view of an open dataset.
  init(handle: consuming HDF5Handle, url: URL, budget: HDF5Budget, path: String) {
    self.handle = handle
    self.url = url
    self.budget = budget
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
    let isFiltered = H5Pget_nfilters(creation.id) > 0
    let most = budget.contents(isFiltered: isFiltered) / max(1, H5Tget_size(type.id))
    // The library takes memory for whole pieces, however few of their elements are meant.
    try check(pieceExtents(creation), most)
    let count = try check(extents, most)
    guard budget.spend(count) else {
      throw ModelError(
        url,
        "dataset '\(path)' and those before it hold more numbers than the file can; the file is"
          + " damaged")
    }
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

  /// The extents of the pieces in which the elements are stored; none if it is in one.
  private func pieceExtents(_ creation: borrowing HDF5Handle) throws -> [Int] {
    guard H5Pget_layout(creation.id) == H5D_CHUNKED else { return [] }
    var extents = [hsize_t](repeating: 0, count: Int(H5S_MAX_RANK))
    let rank = H5Pget_chunk(creation.id, H5S_MAX_RANK, &extents)
    guard rank >= 0 else { throw unreadable() }
    return extents.prefix(Int(rank)).map { Int(clamping: $0) }
  }

  /// The number of elements, of which there must not be more than the file has bytes for.
  @discardableResult
  private func check(_ extents: [Int], _ most: Int) throws -> Int {
    var count = 1
    for extent in extents {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      count = overflow ? Int.max : product
    }
    guard count <= most else {
      throw ModelError(
        url, "dataset '\(path)' claims to be larger than the file; the file is damaged")
    }
    return count
  }

  private func unreadable() -> ModelError {
    ModelError(url, "dataset '\(path)' cannot be read: \(lastHDF5Error())")
  }
}

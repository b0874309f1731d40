import CTonoHDF5
import Foundation
import TonoCore
import TonoFiles

/// A group of an open HDF5 file: a folder of datasets and groups, with attributes.
///
/// Everything is opened by name and never searched, so that cyclic links cannot lead anywhere;
/// only hard links are followed, so that a file cannot pull in another one.
struct HDF5Group: ~Copyable {
  private let handle: HDF5Handle

  /// The file, for messages.
  let url: URL

  /// The bound for everything that is read from the file.
  let budget: HDF5Budget

  /// The group's path from the root; empty for the root itself.
  let path: String

  /// A view of an open group.
  init(handle: consuming HDF5Handle, url: URL, budget: HDF5Budget, path: String) {
    self.handle = handle
    self.url = url
    self.budget = budget
    self.path = path
  }

  /// Whether there is a member of this name or, with `/`, path.
  func contains(_ member: String) -> Bool {
    let components = member.split(separator: "/").map(String.init)
    let properties = tono_hdf5_default_properties()
    return !components.isEmpty
      && components.indices.allSatisfy { last in
        let prefix = components[...last].joined(separator: "/")
        var link = H5L_info_t()
        return H5Lexists(handle.id, prefix, properties) > 0
          && H5Lget_info(handle.id, prefix, &link, properties) >= 0
          && link.type == H5L_TYPE_HARD
      }
  }

  /// The group of this name or, with `/`, path below this one.
  ///
  /// - Throws: `ModelError` if there is none.
  func group(_ name: String) throws -> HDF5Group {
    let place = path + "/" + name
    guard contains(name),
      let group = HDF5Handle(
        H5Gopen2(handle.id, name, tono_hdf5_default_properties()), close: H5Gclose)
    else { throw ModelError(url, "there is no readable group '\(place)' in the file") }
    return HDF5Group(handle: group, url: url, budget: budget, path: place)
  }

  /// The elements of a dataset of floating-point numbers of any width, as 32-bit floats.
  ///
  /// - Throws: `ModelError` if there is none, or it holds something else or more than it can.
  func floats(_ name: String) throws -> (extents: [Int], values: [Float]) {
    let place = path + "/" + name
    guard contains(name),
      let dataset = HDF5Handle(
        H5Dopen2(handle.id, name, tono_hdf5_default_properties()), close: H5Dclose)
    else { throw ModelError(url, "there is no readable dataset '\(place)' in the file") }
    return try HDF5Dataset(handle: dataset, url: url, budget: budget, path: place).floats()
  }

  /// Whether the group has an attribute of this name.
  func hasAttribute(_ name: String) -> Bool { H5Aexists(handle.id, name) > 0 }

  /// A text attribute: a single string.
  ///
  /// - Throws: `ModelError` if it is there but not exactly one string.
  /// - Returns: nothing if there is no such attribute.
  func string(_ name: String) throws -> String? {
    guard hasAttribute(name) else { return nil }
    let strings = try strings(attribute: name)
    guard strings.count == 1 else {
      throw ModelError(
        url, "attribute '\(name)' of '\(path)/' holds \(strings.count) strings; expected one")
    }
    return strings[0]
  }

  /// A text attribute that is a list; Keras splits one of more than 64 kB into `name0`, `name1`, ….
  ///
  /// - Throws: `ModelError` if it is there but not text.
  /// - Returns: nothing if there is no such attribute, whole or split.
  func strings(_ name: String) throws -> [String]? {
    if hasAttribute(name) { return try strings(attribute: name) }
    guard hasAttribute(name + "0") else { return nil }
    var parts: [String] = []
    var index = 0
    while hasAttribute("\(name)\(index)") {
      parts += try strings(attribute: "\(name)\(index)")
      index += 1
    }
    return parts
  }

  /// The strings of an attribute that exists.
  private func strings(attribute name: String) throws -> [String] {
    let place = "attribute '\(name)' of '\(path)/'"
    guard
      let attribute = HDF5Handle(
        H5Aopen(handle.id, name, tono_hdf5_default_properties()), close: H5Aclose)
    else { throw ModelError(url, "\(place) cannot be read: \(lastHDF5Error())") }
    return try HDF5Attribute(
      handle: attribute, url: url, byteCount: budget.byteCount, place: place
    ).strings()
  }
}

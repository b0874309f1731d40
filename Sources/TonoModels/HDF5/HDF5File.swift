import CTonoHDF5
import CTonoHDF5Probe
import Foundation
import Synchronization
import TonoCore
import TonoFiles

/// Reading HDF5 files through the system's library, which is not safe for several threads: one
/// lock guards every call, and nothing that the library owns outlives `read`.
enum HDF5 {
  private static let lock = Mutex(())

  /// Opens a file for reading and hands its root group to `body`.
  ///
  /// A child process reads all of it first, since the library crashes on some damaged files.
  ///
  /// Other threads that want to read any HDF5 file wait until `body` has returned; it must not
  /// call `read` again.
  ///
  /// - Throws: `ModelError` if this is not a readable HDF5 file, and what `body` throws.
  static func read<Result: Sendable>(
    _ url: URL, _ body: (borrowing HDF5Group) throws -> Result
  ) throws -> Result {
    let target = url.resolvingSymlinksInPath()
    let byteCount = try target.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
    return try lock.withLock { _ in
      // Nothing is written that the library must finish at the program's end, and after damaged files
      // it says there that it cannot.
      H5dont_atexit()
      // Without this the library prints its error stack; and it would load filters as plug-ins.
      H5Eset_auto2(tono_hdf5_default_error_stack(), nil, nil)
      H5PLset_loading_state(0)
      guard tono_hdf5_survives(url.path, Int64(byteCount)) != 0 else {
        throw ModelError(
          url,
          "the HDF5 file is damaged, so that the HDF5 library crashes on it; copy or download"
            + " it again")
      }
      let properties = tono_hdf5_default_properties()
      guard
        let file = HDF5Handle(
          H5Fopen(url.path, tono_hdf5_read_only(), properties), close: H5Fclose),
        let root = HDF5Handle(H5Gopen2(file.id, "/", properties), close: H5Gclose)
      else {
        throw ModelError(
          url,
          "the HDF5 file is truncated or damaged (\(lastHDF5Error())); copy or download it again")
      }
      let budget = HDF5Budget(byteCount: byteCount)
      return try body(HDF5Group(handle: root, url: url, budget: budget, path: ""))
    }
  }
}

/// An object of the library, closed at the end of its life.
struct HDF5Handle: ~Copyable {
  /// The library's number for the object.
  let id: hid_t

  private let close: (hid_t) -> herr_t

  /// Takes over an identifier that the library returned, or nothing if it reports a failure.
  init?(_ id: hid_t, close: @escaping (hid_t) -> herr_t) {
    guard id >= 0 else { return nil }
    self.id = id
    self.close = close
  }

  deinit { _ = close(id) }
}

/// What the library says about its last failure: the innermost entry of its error stack.
func lastHDF5Error() -> String {
  var message = ""
  withUnsafeMutablePointer(to: &message) { pointer in
    _ = H5Ewalk2(
      tono_hdf5_default_error_stack(), H5E_WALK_UPWARD,
      { depth, entry, context in
        if depth == 0, let text = entry?.pointee.desc {
          context?.assumingMemoryBound(to: String.self).pointee = String(cString: text)
        }
        return 0
      }, pointer)
  }
  return message.isEmpty ? "no reason given" : message
}

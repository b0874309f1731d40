import CTonoKernels

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The kernels of one instruction set.
///
/// The fastest that the processor runs is chosen when the program starts; the environment variable
/// `TONOSCOPE_CPU` chooses another.
public struct KernelSet: @unchecked Sendable {
  // Static tables of functions: never changed, never freed.
  package let functions: UnsafePointer<tono_kernel_set>

  /// `scalar`, `baseline` (SSE2), `avx2` (with FMA), `avx512` or `neon`.
  public var name: String { String(cString: functions.pointee.name) }

  /// The sets that this processor runs, the plain one first and the fastest last.
  public static let available: [KernelSet] = (0...).lazy
    .map { tono_kernel_set_at($0) }.prefix { $0 != nil }
    .compactMap { $0.map { KernelSet(functions: $0) } }

  /// The set that runs.
  public static let current: KernelSet = requested ?? available[available.count - 1]

  /// What `TONOSCOPE_CPU` asks for and this processor does not run, if anything.
  public static var unavailableRequest: String? {
    requestedName.flatMap { requested == nil ? $0 : nil }
  }

  private static var requestedName: String? { getenv("TONOSCOPE_CPU").map { String(cString: $0) } }
  private static var requested: KernelSet? { available.first { $0.name == requestedName } }
}

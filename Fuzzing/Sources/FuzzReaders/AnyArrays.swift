import Foundation
import TonoCore
import TonoNetwork

@testable import TonoModels

/// Weights for any architecture: the name says the shape, as in `kernel 4 3 3 3`.
struct AnyArrays: NamedArrays {
  let url = MemoryFile.shared.url
  let names: Set<String> = ["kernel 4 1 3 3", "kernel 8 3", "bias 4", "bias 3", "ones 4"]

  func tensor(_ name: String) throws -> Tensor {
    let extents = name.split(separator: " ").dropFirst().compactMap { Int($0) }
    let count = extents.reduce(1, *)
    return Tensor(shape: Shape(extents), values: (0..<count).map { Float($0 % 5) - 1 })
  }
}

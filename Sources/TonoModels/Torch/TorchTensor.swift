import TonoCore
import TonoFiles

/// A run of numbers in a file of PyTorch; tensors are views of storages.
struct TorchStorage: Sendable {
  /// The name of its file below `data/`.
  let key: String
  /// How its numbers are written; nothing for bytes whose meaning each tensor has for itself.
  let format: NumberFormat?
  /// PyTorch's name of the type.
  let type: String
}

/// A view of a storage: element `i, j, …` is at `offset + i·strides[0] + j·strides[1] + …`.
struct TorchTensor: Sendable {
  /// Where the numbers are.
  let storage: TorchStorage
  /// How the numbers are written; nothing if that is not known here.
  let format: NumberFormat?
  /// The first element's place in the storage, in elements.
  let offset: Int
  /// The extent of each axis.
  let extents: [Int]
  /// How far apart neighbours along each axis are, in elements.
  let strides: [Int]

  /// How many elements there are; nothing if they are more than `largest`.
  func count(atMost largest: Int) -> Int? {
    extents.reduce(1 as Int?) { count, extent in
      guard let (product, overflow) = count?.multipliedReportingOverflow(by: extent),
        !overflow, product <= largest
      else { return nil }
      return product
    }
  }

  /// The place of the last element; nothing if a stride is negative or it overflows.
  var lastPlace: Int? {
    zip(extents, strides).reduce(offset as Int?) { place, axis in
      guard let place, axis.0 > 0, axis.1 >= 0 else { return nil }
      let (step, overflow) = (axis.0 - 1).multipliedReportingOverflow(by: axis.1)
      let (sum, overrun) = place.addingReportingOverflow(step)
      return overflow || overrun ? nil : sum
    }
  }

  /// The place of each element in row-major order.
  ///
  /// `lastPlace` must have been checked.
  var places: some Collection<Int> {
    let axes = zip(extents, strides).reversed()
    return (0..<extents.reduce(1, *)).lazy.map { [offset] index in
      var (rest, place) = (index, offset)
      for (extent, stride) in axes {
        place += rest % extent * stride
        rest /= extent
      }
      return place
    }
  }

  /// Whether the elements lie side by side in row-major order.
  var isContiguous: Bool {
    var step = 1
    for (extent, stride) in zip(extents, strides).reversed() {
      guard extent == 1 || stride == step else { return false }
      step *= extent
    }
    return true
  }
}

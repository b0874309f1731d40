import Synchronization
import TonoCore

/// Weights in the layouts that kernels read, made when they are first needed and shared by all
/// programs of a network and all their threads.
final class PackedWeights: Sendable {
  /// What a block's weights are packed for.
  struct Key: Hashable {
    /// The layout.
    enum Form: Hashable {
      case direct, winograd, scatter, bias
      case table(window: Pair)
      case dense
    }
    let node: String
    /// The batch normalization that is folded in, if one is.
    let normalization: String?
    let form: Form
  }

  private let store = Mutex<[Key: AlignedFloats]>([:])

  /// The weights of a key, which `make` packs if they are not there yet.
  func weights(_ key: Key, make: () -> AlignedFloats) -> AlignedFloats {
    store.withLock { store in
      if let packed = store[key] { return packed }
      let packed = make()
      store[key] = packed
      return packed
    }
  }
}

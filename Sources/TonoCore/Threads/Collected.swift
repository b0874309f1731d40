import Synchronization

/// Values that threads find in any order, given back in the order of their indices.
package final class Collected<Value: Sendable>: Sendable {
  private let values = Mutex<[Int: Value]>([:])

  /// Nothing yet.
  package init() {}

  /// Keeps the value of an index.
  package func store(_ value: Value, at index: Int) {
    values.withLock { $0[index] = value }
  }

  /// The values kept so far.
  package var inOrder: [Value] {
    values.withLock { values in values.sorted { $0.key < $1.key }.map(\.value) }
  }
}

/// How much memory may be taken by what is read from so many bytes, such as values and nodes.
///
/// Numbers of weights take no more than their file, but the byte or two of a small value, an
/// instruction or an empty message become a hundred. Real files have few of them beside their weights,
/// hostile ones nothing else.
package struct MemoryBudget {
  /// What is harmless for any file: some ten times the descriptions of the largest models.
  private static let always = 64 << 20

  /// How many times its bytes a larger file may take.
  private static let ratio = 4

  /// How many bytes are left.
  private var rest: Int

  /// The budget of a file, or a part of one, of so many bytes.
  package init(bytes: Int) { rest = max(Self.always, Self.ratio * bytes) }

  /// Takes some bytes.
  ///
  /// - Returns: whether so many were left.
  package mutating func spend(_ size: Int) -> Bool {
    rest -= size
    return rest >= 0
  }
}

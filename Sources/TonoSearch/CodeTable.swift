/// The codes of many sounds, one after another.
public struct CodeTable: Sendable, Equatable {
  /// How many numbers a code has.
  public let length: Int
  /// The codes, `[count, length]`.
  public private(set) var values: [Float]

  /// A table of codes of one length, `[count, length]`.
  public init(length: Int, values: [Float] = []) {
    precondition(length > 0 && values.count % length == 0, "whole codes")
    self.length = length
    self.values = values
  }

  /// How many sounds there are.
  public var count: Int { values.count / length }

  /// The code of a sound.
  public subscript(index: Int) -> ArraySlice<Float> {
    values[index * length..<(index + 1) * length]
  }

  /// Adds codes at the end.
  public mutating func append(_ codes: some Collection<Float>) {
    precondition(codes.count % length == 0, "whole codes")
    values += codes
  }
}

import Foundation
import TonoCore
import TonoFiles

/// How much memory the messages of a file take once they are decoded, foreseen without decoding them.
///
/// An empty attribute takes two bytes of a file and half a kilobyte of memory. Messages that would
/// take many times the file, which no model has, are refused before they are made.
/// Source of the encoding: https://protobuf.dev/programming-guides/encoding/.
struct ONNXFootprint {
  /// Whether a file's messages take no more than their budget.
  static func isModerate(_ data: Data) -> Bool {
    data.withUnsafeBytes { bytes in
      var footprint = ONNXFootprint(bytes: bytes, budget: MemoryBudget(bytes: bytes.count))
      return footprint.add(.model, in: 0..<bytes.count, depth: 0)
    }
  }

  private let bytes: UnsafeRawBufferPointer
  private var budget: MemoryBudget

  /// How deep messages are followed; the decoder refuses deeper ones.
  private static let deepestNesting = 100

  /// What a field takes that is no message: a text, a number, or the begin of a list.
  private static let fieldSize = 48

  /// The kinds of messages that hold others or stand in large numbers.
  private enum Message {
    case model, training, function, graph, node, attribute, tensor, sparseTensor, value, type
    case tensorType, shape, other

    /// What one takes, with the room that lists leave to grow.
    var size: Int {
      switch self {
      case .attribute: 800
      case .tensor, .node: 500
      case .sparseTensor, .graph, .value: 300
      default: 120
      }
    }

    /// The message in the field of a number, as the numbers of onnx.proto say.
    func message(at field: UInt64) -> Message? {
      switch (self, field) {
      case (.model, 7), (.training, 1), (.training, 2), (.attribute, 6), (.attribute, 11): .graph
      case (.model, 20): .training
      case (.model, 25): .function
      case (.graph, 1), (.function, 7): .node
      case (.node, 5), (.function, 11): .attribute
      case (.graph, 5), (.attribute, 5), (.attribute, 10), (.sparseTensor, 1), (.sparseTensor, 2):
        .tensor
      case (.graph, 15), (.attribute, 22), (.attribute, 23): .sparseTensor
      case (.graph, 11), (.graph, 12), (.graph, 13), (.function, 12): .value
      case (.value, 2), (.attribute, 14), (.attribute, 15), (.tensorType, 1): .type
      case (.type, 1), (.type, 4), (.type, 5), (.type, 8), (.type, 9): .tensorType
      case (.tensorType, 2): .shape
      case (.shape, 1), (.model, 8), (.model, 14), (.model, 26), (.graph, 14), (.graph, 16),
        (.node, 9), (.node, 10), (.tensor, 13), (.tensor, 16), (.function, 9), (.function, 14):
        .other
      default: nil
      }
    }

    /// How many bytes each whole number of a packed list takes, in the field of a number.
    func integerSize(at field: UInt64) -> Int? {
      switch (self, field) {
      case (.attribute, 8), (.tensor, 1), (.tensor, 7), (.tensor, 11), (.sparseTensor, 3): 8
      case (.tensor, 5): 4
      default: nil
      }
    }
  }

  /// Takes what a message takes from the budget; what is malformed is left to the decoder.
  ///
  /// - Returns: whether so much was left.
  private mutating func add(_ message: Message, in range: Range<Int>, depth: Int) -> Bool {
    guard budget.spend(message.size) else { return false }
    guard depth < Self.deepestNesting else { return true }
    var position = range.lowerBound
    while let tag = number(at: &position, before: range.upperBound) {
      guard budget.spend(Self.fieldSize) else { return false }
      switch tag & 7 {
      case 0: _ = number(at: &position, before: range.upperBound)
      case 1: position += 8
      case 5: position += 4
      case 2:
        guard let length = number(at: &position, before: range.upperBound),
          length <= UInt64(range.upperBound - position)
        else { return true }
        let content = position..<position + Int(length)
        position = content.upperBound
        if let inner = message.message(at: tag >> 3) {
          guard add(inner, in: content, depth: depth + 1) else { return false }
        } else {
          let size = message.integerSize(at: tag >> 3).map { $0 * numbers(in: content) }
          guard budget.spend(size ?? content.count) else { return false }
        }
      default: break
      }
    }
    return true
  }

  /// A number of seven bits a byte, and goes past it.
  private func number(at position: inout Int, before end: Int) -> UInt64? {
    var number: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard position < end else { return nil }
      let byte = bytes[position]
      position += 1
      number |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return number }
    }
    return nil
  }

  /// How many numbers of seven bits a byte there are.
  private func numbers(in range: Range<Int>) -> Int {
    UnsafeRawBufferPointer(rebasing: bytes[range]).count { $0 < 0x80 }
  }
}

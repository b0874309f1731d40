import Foundation
import TonoCore
import TonoFiles
import TonoNetwork

/// What a file asks for that is not read; the layers that do not need it are.
struct ONNXUnsupported: Error {
  /// The sentence, without a full stop.
  let reason: String

  init(_ reason: String) { self.reason = reason }
}

/// One node of an ONNX graph, with what it reads.
struct ONNXCall {
  /// The names under which files mean ONNX' own operators.
  static let ownDomains: Set = ["", "ai.onnx"]

  /// The node in the file.
  let node: Onnx_NodeProto

  /// The name that the network's node gets.
  let name: String

  /// What it reads, in its order; nil for what is left out.
  let inputs: [ONNXValue?]

  /// The version of the operators.
  let operators: Int

  /// The file, for messages.
  let url: URL

  /// The operator.
  var kind: String { node.opType }

  /// How many outputs there are.
  var outputCount: Int { node.output.count }

  // MARK: - Inputs

  /// An input that must be there.
  func input(_ place: Int = 0) throws -> ONNXValue {
    guard let value = optional(place) else {
      throw failure("reads \(inputs.count { $0 != nil }) tensors; expected one more")
    }
    return value
  }

  /// An input that may be left out.
  func optional(_ place: Int) -> ONNXValue? { place < inputs.count ? inputs[place] : nil }

  /// All inputs, none of which may be left out.
  func allInputs() throws -> [ONNXValue] {
    let given = inputs.compactMap(\.self)
    guard !given.isEmpty, given.count == inputs.count else { throw failure("lacks an input") }
    return given
  }

  /// A constant input, if it is there.
  func constant(_ place: Int, _ role: String) throws -> ONNXConstant? {
    guard let value = optional(place) else { return nil }
    guard let constant = value.constant else {
      throw unsupported("takes its \(role) from another layer; expected numbers in the file")
    }
    return constant
  }

  /// A constant array, if it is there, whose extents must be those of `shape` where they are given.
  func array(_ place: Int, _ role: String, shape: [Int?]? = nil) throws -> Tensor? {
    guard let constant = try constant(place, role) else { return nil }
    if let shape {
      guard constant.shape.count == shape.count,
        zip(constant.shape, shape).allSatisfy({ $0 > 0 && ($1 == nil || $0 == $1) })
      else {
        let expected = shape.map { $0.map(String.init) ?? "any" }.joined(separator: "×")
        throw failure("has a \(role) of shape \(text(constant.shape)); expected \(expected)")
      }
    }
    return Tensor(shape: Shape(constant.shape), values: constant.floats)
  }

  /// Constant integers, if they are there.
  func integers(_ place: Int, _ role: String) throws -> [Int]? {
    guard let constant = try constant(place, role) else { return nil }
    guard let integers = constant.integers else {
      throw failure("has floating-point \(role); expected integers")
    }
    return integers
  }

  /// One constant number, if it is there.
  func number(_ place: Int, _ role: String) throws -> Float? {
    guard let constant = try constant(place, role) else { return nil }
    guard constant.numbers.count == 1 else {
      throw failure("has \(constant.numbers.count) numbers as its \(role); expected one")
    }
    return constant.floats[0]
  }

  // MARK: - Messages

  /// An error about the node; `problem` continues `node 'x' (Conv) …`.
  func failure(_ problem: String) -> ModelError {
    ModelError(url, "node '\(name)' (\(kind)) \(problem)")
  }

  /// What is not read of the node; `problem` continues `operator 'Conv' at node 'x' …`.
  func unsupported(_ problem: String) -> ONNXUnsupported {
    ONNXUnsupported("operator '\(kind)' at node '\(name)' \(problem)")
  }

  /// Extents as they are shown: `3×4`.
  func text(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: "×") }
}

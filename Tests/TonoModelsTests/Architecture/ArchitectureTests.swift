import Foundation
import TestSupport
import Testing
import TonoCore
import TonoNetwork

@testable import TonoModels

/// The JSON of architectures: what is refused, and how.
struct ArchitectureTests {
  private static let url = URL(filePath: "a.json")

  private static let weights = Arrays([
    "k": Tensor(shape: [2, 1, 2, 2], repeating: 1), "v": Tensor(shape: [2], repeating: 1),
    "d": Tensor(shape: [2, 4], repeating: 1), "module.m": Tensor(shape: [2], repeating: 2),
    "zero": Tensor(shape: [0, 1, 2, 2]), "nan": Tensor(shape: [2], repeating: .nan),
  ])

  private static func network(
    _ nodes: String, inputs: String = #"{"name": "x", "shape": [1, 4, 4]}"#,
    outputs: String = #""y""#, more: String = ""
  ) throws -> (network: Network, warnings: [String]) {
    let text =
      #"{"version": 1, "inputs": [\#(inputs)], "nodes": [\#(nodes)], "outputs": [\#(outputs)]\#(more)}"#
    return try Architecture(parsing: Data(text.utf8), of: url).network(with: weights, url: url)
  }

  private static func node(_ rest: String) -> String { #"{"name": "y", \#(rest)}"# }

  private static func selection(_ places: String, more: String = "") -> String {
    node(
      #""kind": "Selection", "inputs": ["x"], "settings": {"places": \#(places)\#(more)}"#)
  }

  private static func pooling(_ settings: String) -> String {
    node(
      #""kind": "WindowPooling", "inputs": ["x"], "settings": {"operation": "mean", \#(settings)}"#)
  }

  private static func convolution(_ settings: String, kernel: String = "k") -> String {
    node(
      #""kind": "Conv2D", "inputs": ["x"], "settings": {\#(settings)}, "weights": {"kernel": "\#(kernel)"}"#
    )
  }

  @Test func weightsMayBeTransposedAndWrapped() throws {
    let nodes = #"""
      {"name": "f", "kind": "Flatten", "inputs": ["x"]},
      {"name": "y", "kind": "Dense", "inputs": ["f"],
       "weights": {"kernel": {"name": "d", "permute": [1, 0]}, "bias": "m"}}
      """#
    let (network, warnings) = try Self.network(
      nodes, inputs: #"{"name": "x", "shape": [1, 2, 2]}"#)
    let dense = try #require(network.nodes[1].layer as? Dense)
    #expect(dense.weights.shape == [4, 2])
    #expect(dense.bias == [2, 2])
    #expect(warnings.isEmpty)
  }

  @Test func weightsThatAreNotFiniteGiveAWarning() throws {
    let (_, warnings) = try Self.network(
      Self.node(
        #""kind": "Conv2D", "inputs": ["x"], "weights": {"kernel": "k", "bias": "nan"}"#))
    #expect(warnings == ["layer 'y': 2 of 2 numbers of bias not finite"])
  }

  @Test(arguments: [
    (node(#""kind": "Conv9D", "inputs": ["x"]"#), "node 'y' is of the unknown kind 'Conv9D'"),
    (node(#""kind": "ReLU", "inputs": ["z"]"#), "node 'y' reads 'z', which is no input"),
    (node(#""kind": "ReLU", "inputs": ["x", "x"]"#), "takes one input, got 2"),
    (node(#""kind": "Add", "inputs": []"#), "reads nothing"),
    (node(#""kind": "Constant", "inputs": [], "weights": {"value": "v"}"#), "reads nothing"),
    (node(#""kind": "Subtract", "inputs": ["x"]"#), "takes two inputs, got 1"),
    (
      node(#""kind": "Subtract", "inputs": ["x"], "weights": {"input1": "v"}"#),
      "does not fit its inputs"
    ),
    (
      node(#""kind": "Subtract", "inputs": ["x"], "weights": {"input2": "v"}"#),
      "has a constant 'input2', but 2 inputs in all"
    ),
    (
      node(#""kind": "Subtract", "inputs": ["x"], "weights": {"input01": "v"}"#),
      "weight 'input01'"
    ),
    (node(#""kind": "TimeDistributed", "inputs": ["x"]"#), "unsupported 'layer'"),
    (
      node(#""kind": "TimeDistributed", "inputs": ["x"], "settings": {"layer": {"kind": "Con"}}"#),
      "unknown kind 'Con'"
    ),
    (
      node(
        #""kind": "TimeDistributed", "inputs": ["x"], "settings": {"layer": {"kind": "ReLU"}, "a": 1}"#
      ),
      "unknown setting or weight 'a'"
    ),
    (
      node(
        #""kind": "TimeDistributed", "inputs": ["x"], "settings": {"layer": {"kind": "ReLU", "slope": 1}}"#
      ),
      "unsupported 'layer'"
    ),
    (selection("[null, null, [4]]"), "cells that 1×4×4 does not have"),
    (selection("[null, null]"), "of 2 axes does not fit"),
    (selection("[null, null, []]"), "unsupported 'places'"),
    (selection("[null, null, [[0, 9, -1]]]"), "unsupported 'places'"),
    (selection("[null, null, [[0, 4]]]"), "unsupported 'places'"),
    (selection("[null, null, [[0, 4194305, 0]]]"), "unsupported 'places'"),
    (
      selection(
        "[[[0, 4194304, 0]], [[0, 4194304, 0]], [[0, 4194304, 0]], [[0, 4194304, 0]], [0]]"),
      "more than 2^24 places"
    ),
    (selection(#"[null]"#, more: #", "as": "Cut""#), "expected one of 'Slice', 'Gather'"),
    (
      node(
        #""kind": "Reduction", "inputs": ["x"], "settings": {"operation": "product", "axes": [0]}"#),
      "expected one of 'mean'"
    ),
    (
      node(
        #""kind": "Reduction", "inputs": ["x"], "settings": {"operation": "sum", "axes": [0, 1, 2]}"#
      ),
      "without any axis or number"
    ),
    (
      node(
        #""kind": "Reduction", "inputs": ["x"], "settings": {"operation": "sum", "axes": [0, 0]}"#),
      "twice"
    ),
    (pooling(#""window": [2, 2], "windows": [2]"#), "as many numbers as 'window' has"),
    (pooling(#""window": [1, 1, 1, 1], "windows": [1, 1, 1, 1]"#), "windows over 4 axes"),
    (pooling(#""window": [16777216, 1], "windows": [2, 1]"#), "more than 2^24 cells"),
    (pooling(#""window": [2, 2], "windows": [1, 1], "before": [2, 0]"#), "holds no cell"),
    (
      node(
        #""kind": "Interpolation", "inputs": ["x"], "settings": {"axis": 1}, "weights": {"places": "d", "factors": "v"}"#
      ),
      "has a factors of shape 2"
    ),
    (
      node(
        #""kind": "Interpolation", "inputs": ["x"], "settings": {"axis": 3}, "weights": {"places": "d", "factors": "d"}"#
      ),
      "does not fit a sample"
    ),
    (
      node(
        #""kind": "Conv2DTranspose", "inputs": ["x"], "settings": {"output": [9, 9]}, "weights": {"kernel": "k"}"#
      ),
      "does not make"
    ),
    (node(#""kind": "CELU", "inputs": ["x"], "settings": {"alpha": 0}"#), "an 'alpha' of 0"),
    (
      node(#""kind": "LocalResponseNormalization", "inputs": ["x"]"#), "unsupported 'size'"
    ),
    (node(#""kind": "ReLU", "inputs": "x""#), "is no list of names"),
    (node(#""kind": "ReLU""#), "is no list of names"),
    (node(#""inputs": ["x"]"#), "has no 'name' or no 'kind'"),
    (node(#""kind": "ReLU", "inputs": ["x"], "slope": 1"#), "has an unknown member 'slope'"),
    (node(#""kind": "ReLU", "inputs": ["x"], "settings": {"slope": 1}"#), "or weight 'slope'"),
    (node(#""kind": "ReLU", "inputs": ["x"], "settings": []"#), "'settings' that are no object"),
    (node(#""kind": "ReLU", "inputs": ["x"], "weights": {"kernel": "k"}"#), "weight 'kernel'"),
    (node(#""kind": "LeakyReLU", "inputs": ["x"]"#), "has an unsupported 'negativeSlope'"),
    (node(#""kind": "HardSigmoid", "inputs": ["x"], "settings": {"scale": 0}"#), "more than 0"),
    (node(#""kind": "Conv2D", "inputs": ["x"]"#), "names no array for its kernel"),
    (convolution("", kernel: "kk"), "has its array called 'kk', which the file does not have"),
    (convolution("", kernel: "d"), "has a kernel of shape 2×4, called 'd'; expected 4 axes"),
    (convolution("", kernel: "zero"), "has a kernel of shape 0×1×2×2"),
    (convolution(#""strides": [1, 0]"#), "has an unsupported 'strides'"),
    (convolution(#""strides": 2"#), "has an unsupported 'strides'"),
    (convolution(#""strides": [1, 2, 3]"#), "has an unsupported 'strides'"),
    (convolution(#""dilation": [1000000, 1]"#), "more than a million cells"),
    (convolution(#""dilation": [5, 1]"#), "does not fit a map"),
    (convolution(#""groups": 3"#), "has 3 groups"),
    (convolution(#""groups": 2"#), "expects a map of 2 channels"),
    (convolution(#""padding": "full""#), "has an unsupported 'padding'"),
    (convolution(#""padding": [1, 1, 1, -1]"#), "has an unsupported 'padding'"),
    (convolution(#""padding": [1000000, 1000000, 1000000, 1000000]"#), "more than 2^30 numbers"),
    (
      node(#""kind": "Conv2D", "inputs": ["x"], "weights": {"kernel": "k", "bias": "d"}"#),
      "has a bias of shape 2×4"
    ),
    (
      node(
        #""kind": "Conv2D", "inputs": ["x"], "weights": {"kernel": {"name": "k", "permute": [1, 0]}}"#
      ),
      "permutes 2 axes of its kernel"
    ),
    (
      node(
        #""kind": "Conv2D", "inputs": ["x"], "weights": {"kernel": {"name": "k", "permute": [1, 1]}}"#
      ),
      "neither a name nor"
    ),
    (node(#""kind": "Reshape", "inputs": ["x"], "settings": {"shape": [5]}"#), "cannot give"),
    (
      node(
        #""kind": "Reshape", "inputs": ["x"], "settings": {"shape": [1000000, 1000000, 1000000, 1000000]}"#
      ),
      "more than 2^30 numbers"
    ),
    (
      node(#""kind": "Permute", "inputs": ["x"], "settings": {"axes": [0, 0, 1]}"#),
      "each axis once"
    ),
    (node(#""kind": "Softmax", "inputs": ["x"], "settings": {"axis": 3}"#), "does not fit"),
  ])
  func wrongNodesAreRefused(nodes: String, reason: String) throws {
    let error = #expect(throws: ModelError.self) { try Self.network(nodes) }
    let sentence = try #require(error).description
    #expect(sentence.contains(reason) && sentence.contains("y"), "\(sentence)")
  }

  @Test func wrongGraphsAreRefused() throws {
    let relu = Self.node(#""kind": "ReLU", "inputs": ["x"]"#)
    for (attempt, reason) in [
      ({ try Self.network(relu + "," + relu) }, "stands twice"),
      ({ try Self.network(relu, outputs: #""z""#) }, "the output 'z'"),
      ({ try Self.network(relu, outputs: "") }, "no inputs or no outputs"),
      ({ try Self.network(relu, inputs: #"{"name": "x"}"#) }, "has no shape"),
      ({ try Self.network(relu, inputs: #"{"name": "x", "shape": [0]}"#) }, "has no shape"),
      (
        { try Self.network(relu, inputs: #"{"name": "x", "shape": [1000000, 1000000]}"#) },
        "more than 2^30 numbers"
      ),
      (
        {
          try Self.network(
            relu, inputs: #"{"name": "x", "shape": [1]}, {"name": "x", "shape": [1]}"#)
        }, "two inputs"
      ),
      ({ try Self.network(relu, more: #", "frontEnds": {"z": {}}"#) }, "front end for 'z'"),
      ({ try Self.network(relu, more: #", "comment": 1"#) }, "unknown member 'comment'"),
      (
        { try Self.network(relu.replacingOccurrences(of: "\"y\"", with: "\"../y\"")) },
        "cannot name a folder"
      ),
    ] as [(() throws -> (Network, [String]), String)] {
      let error = #expect(throws: ModelError.self) { _ = try attempt() }
      #expect(error?.description.contains(reason) == true, "\(error?.description ?? reason)")
    }
  }

  @Test(arguments: [
    ("{", "is not valid JSON"), ("[]", "it has no 'version'"),
    (#"{"version": 2, "nodes": []}"#, "has the version 2"),
    (#"{"class_name": "Functional"}"#, "one of Keras"),
    (String(repeating: "[", count: 10_000), "nested too deeply"),
  ])
  func otherTextsAreRefused(text: String, reason: String) throws {
    let error = #expect(throws: ModelError.self) {
      try Architecture(parsing: Data(text.utf8), of: Self.url)
    }
    #expect(try #require(error).description.contains(reason))
  }
}

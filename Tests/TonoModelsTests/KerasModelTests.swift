import Foundation
import TestSupport
import Testing
import TonoCore
import TonoFiles
import TonoNetwork

@testable import TonoModels

/// Architectures without weights: forms of the graph, names, and what is refused.
struct KerasModelTests {
  private static let url = URL(filePath: "model.json")

  private static func network(_ json: String) throws -> Network {
    let model = try KerasModelParser(url: url).parse(Data(json.utf8))
    var builder = try KerasNetwork(
      model: model, weights: KerasWeights(arrays: [:]), flipsKernels: false, url: url)
    return try builder.build()
  }

  /// A layer in JSON; `inbound` is the text of `inbound_nodes`.
  private static func layer(
    _ kind: String, _ name: String, _ settings: String = "", inbound: String = "[]"
  ) -> String {
    let settings = settings.isEmpty ? "" : ", " + settings
    return """
      {"class_name": "\(kind)", "name": "\(name)", "inbound_nodes": \(inbound),
       "config": {"name": "\(name)"\(settings)}}
      """
  }

  private static func model(
    _ layers: [String], inputs: String, outputs: String, name: String = "m", inbound: String = "[]"
  ) -> String {
    """
    {"class_name": "Functional", "name": "\(name)", "inbound_nodes": \(inbound), "config":
     {"name": "\(name)", "layers": [\(layers.joined(separator: ","))],
      "input_layers": \(inputs), "output_layers": \(outputs)}}
    """
  }

  private static func sequential(_ layers: [String]) -> String {
    """
    {"class_name": "Sequential", "config":
     {"name": "s", "layers": [\(layers.joined(separator: ","))]}}
    """
  }

  private static func input(_ name: String, _ shape: String) -> String {
    layer("InputLayer", name, "\"batch_input_shape\": \(shape)")
  }

  @Test(arguments: [
    #"[[["x", 0, 0, {}]]]"#, #"[["x", 0, 0, {}]]"#, #"[[["x", 0, 0]]]"#,
    #"[{"args": [{"class_name": "__keras_tensor__", "config": {"keras_history": ["x", 0, 0]}}]}]"#,
    #"[{"args": [[{"config": {"keras_history": ["x", 0, 0]}}]]}]"#,
  ])
  func everyFormOfConnectionIsRead(inbound: String) throws {
    let network = try Self.network(
      Self.model(
        [Self.input("x", "[null, 4]"), Self.layer("ReLU", "r", inbound: inbound)],
        inputs: #"[["x", 0, 0]]"#, outputs: #"["r", 0, 0]"#))
    #expect(network.nodes.map(\.inputs) == [["x"]])
    #expect(network.outputs == ["r"])
  }

  /// Names that some files have though tf_keras itself does not know them.
  @Test func activationsOfOtherNames() throws {
    let network = try Self.network(
      Self.sequential([
        Self.input("x", "[null, 3]"),
        Self.layer("Activation", "a", #""activation": "relu6""#),
        Self.layer("Activation", "b", #""activation": "silu""#),
      ]))
    #expect((network.nodes[0].layer as? ReLU)?.maximum == 6)
    #expect(network.nodes[1].layer is Swish)
  }

  @Test func layersMayStandInAnyOrder() throws {
    let network = try Self.network(
      Self.model(
        [
          Self.layer("ELU", "c", inbound: #"[[["b", 0, 0, {}]]]"#),
          Self.layer("ReLU", "b", inbound: #"[[["a", 0, 0, {}]]]"#),
          Self.input("a", "[null, 3]"),
        ], inputs: #"[["a", 0, 0]]"#, outputs: #"[["c", 0, 0]]"#))
    #expect(network.nodes.map(\.name) == ["b", "c"])
  }

  /// Names when a model is called twice, and when two models have a layer of one name.
  @Test func namesAreUnique() throws {
    func inner(_ name: String, inbound: String) -> String {
      Self.model(
        [Self.input("i", "[null, 3]"), Self.layer("ReLU", "relu", inbound: #"[[["i", 0, 0]]]"#)],
        inputs: #"[["i", 0, 0]]"#, outputs: #"[["relu", 0, 0]]"#, name: name, inbound: inbound)
    }
    let network = try Self.network(
      Self.model(
        [
          Self.input("x", "[null, 3]"),
          inner("one", inbound: #"[[["x", 0, 0, {}]], [["one", 1, 0, {}]]]"#),
          inner("two", inbound: #"[[["one", 2, 0, {}]]]"#),
          Self.layer("Activation", "a/b", #""activation": "tanh""#, inbound: #"[[["two", 1, 0]]]"#),
        ], inputs: #"[["x", 0, 0]]"#, outputs: #"[["a/b", 0, 0], ["one", 1, 0]]"#))
    #expect(network.nodes.map(\.name) == ["one.relu", "one.relu.2", "two.relu", "a.b"])
    #expect(network.nodes.map { $0.inputs[0] } == ["x", "one.relu", "one.relu.2", "two.relu"])
    #expect(network.outputs == ["a.b", "one.relu"])
  }

  @Test func sequentialTakesItsShapeFromTheFirstLayer() throws {
    let network = try Self.network(
      Self.sequential([
        Self.layer(
          "MaxPooling2D", "pool",
          #""pool_size": [2, 3], "batch_input_shape": [null, 6, 9, 2]"#
        ),
        Self.layer("Flatten", "flat"),
      ]))
    #expect(network.inputs == [Network.Input(name: "pool_input", shape: [2, 6, 9])])
    #expect(network.nodes.map(\.name) == ["pool", "flat_permute", "flat"])
    #expect(try network.shape(of: "flat") == [18])
  }

  /// Keras stores the arrays of frozen layers behind all others.
  @Test func frozenLayersComeLast() throws {
    let json = Self.sequential([
      Self.input("x", "[null, 3]"),
      Self.model(
        [
          Self.input("i", "[null, 3]"),
          Self.layer("Dense", "a", #""trainable": false"#, inbound: #"[[["i", 0, 0]]]"#),
          Self.layer("BatchNormalization", "b", inbound: #"[[["a", 0, 0]]]"#),
          Self.layer("Dense", "c", #""use_bias": false"#, inbound: #"[[["b", 0, 0]]]"#),
        ], inputs: #"[["i", 0, 0]]"#, outputs: #"[["c", 0, 0]]"#),
    ])
    let model = try KerasModelParser(url: Self.url).parse(Data(json.utf8))
    let names = model.layers[1].variables().map { "\($0.path.joined(separator: "."))/\($0.role)" }
    #expect(
      names == [
        "m.b/gamma", "m.b/beta", "m.c/kernel", "m.a/kernel", "m.a/bias", "m.b/moving_mean",
        "m.b/moving_variance",
      ])
  }

  @Test(arguments: [
    (layer("Conv3D", "c"), "layer 'c' is of the unknown class 'Conv3D'; the known classes are"),
    (layer("ReLU", "r", #""max_value": "six""#), "unsupported 'max_value'"),
    (layer("Activation", "a", #""activation": "snake""#), "unknown activation 'snake'"),
    (layer("Dense", "d", #""units": 3"#), "layer 'd' (Dense) has no kernel in the file"),
    (layer("Conv2D", "c", #""data_format": "channels_up""#), "unsupported 'data_format'"),
    (layer("MaxPooling2D", "p", #""pool_size": [0, 2]"#), "unsupported 'pool_size'"),
    (layer("MaxPooling2D", "p", #""pool_size": [1e9, 2]"#), "unsupported 'pool_size'"),
    (layer("MaxPooling2D", "p", #""pool_size": [9, 9]"#), "does not fit"),
    (layer("MaxPooling2D", "p", #""padding": "causal""#), "unsupported 'padding'"),
    (layer("Reshape", "r", #""target_shape": [7, -1]"#), "cannot give"),
    (layer("Reshape", "r", #""target_shape": [-1, -1]"#), "unsupported 'target_shape'"),
    (layer("Permute", "p", #""dims": [1, 1, 2]"#), "unsupported 'dims'"),
    (layer("ZeroPadding2D", "z", #""padding": [[1, -1], [0, 0]]"#), "unsupported 'padding'"),
    (
      layer("ZeroPadding2D", "z", #""padding": [[1000000, 0], [1000000, 0]]"#),
      "more than 2^30 numbers"
    ),
    (layer("Softmax", "s", #""axis": 7"#), "has a softmax over axis 7"),
    (layer("Concatenate", "c", #""axis": 0"#), "joins axis 0"),
    (layer("ReLU", ".."), "cannot name a folder"),
  ])
  func wrongLayersAreRefused(layer: String, reason: String) throws {
    let error = #expect(throws: ModelError.self) {
      try Self.network(Self.sequential([Self.input("x", "[null, 4, 4, 2]"), layer]))
    }
    #expect(try #require(error).description.contains(reason), "\(error?.description ?? "")")
  }

  @Test(arguments: [
    ("[null, null, 4]", "without a fixed extent"), ("[null, 0]", "without a fixed extent"),
    ("[null]", "has no shape"), ("null", "has no shape"),
    ("[null, 1000000, 1000000, 1000000]", "more than 2^30 numbers"),
  ])
  func wrongInputsAreRefused(shape: String, reason: String) throws {
    let error = #expect(throws: ModelError.self) {
      try Self.network(Self.sequential([Self.input("x", shape), Self.layer("ReLU", "r")]))
    }
    #expect(try #require(error).description.contains(reason), "\(error?.description ?? "")")
  }

  @Test func cyclesAndLooseEndsAreRefused() throws {
    func graph(_ a: String, _ b: String, output: String = "b") -> String {
      Self.model(
        [
          Self.input("x", "[null, 3]"), Self.layer("Add", "a", inbound: a),
          Self.layer("ReLU", "b", inbound: b),
        ], inputs: #"[["x", 0, 0]]"#, outputs: #"[["\#(output)", 0, 0]]"#)
    }
    for json in [
      graph(#"[[["x", 0, 0], ["b", 0, 0]]]"#, #"[[["a", 0, 0]]]"#),
      graph(#"[[["x", 0, 0]]]"#, #"[[["nobody", 0, 0]]]"#),
      graph(#"[[["x", 0, 7]]]"#, #"[[["a", 0, 0]]]"#),
      graph(#"[[["x", 0, 0]]]"#, #"[[["a", 0, 0]]]"#, output: "nobody"),
      graph(#"[[["x", -1, 0]]]"#, #"[[["a", 0, 0]]]"#),
      graph("[[]]", #"[[["a", 0, 0]]]"#),
    ] {
      #expect(throws: ModelError.self) { try Self.network(json) }
    }
  }

  /// A chain of models, each of which calls the one inside `calls` times, one after the other.
  private static func nest(depth: Int, calls: Int) -> String {
    var inner = layer("ReLU", "r", inbound: #"[[["i", 0, 0]]]"#)
    var output = #"[["r", 0, 0]]"#
    for level in 0..<depth {
      let nodes = (0..<calls).map { $0 == 0 ? #"[["i", 0, 0]]"# : #"[["m\#(level)", \#($0), 0]]"# }
      inner = model(
        [input("i", "[null, 1]"), inner], inputs: #"[["i", 0, 0]]"#, outputs: output,
        name: "m\(level)", inbound: "[\(nodes.joined(separator: ","))]")
      output = #"[["m\#(level)", \#(calls), 0]]"#
    }
    return model(
      [input("i", "[null, 1]"), inner], inputs: #"[["i", 0, 0]]"#, outputs: output)
  }

  @Test func modelsInsideModelsCannotExplode() throws {
    #expect(try Self.network(Self.nest(depth: 10, calls: 2)).nodes.count == 1024)
    let wide = #expect(throws: ModelError.self) {
      try Self.network(Self.nest(depth: 12, calls: 4))
    }
    #expect(try #require(wide).problem.contains("calls more than"))
    let deep = #expect(throws: ModelError.self) {
      try Self.network(Self.nest(depth: 20, calls: 1))
    }
    #expect(try #require(deep).problem.contains("nested in one another"))
  }

  @Test(arguments: [100, 127, 128, 200, 10_000])
  func deepJSONIsRefused(depth: Int) {
    let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    #expect((JSONValue(parsing: Data(text.utf8)) != nil) == (depth <= 128))
    let quoted = "\"\\\"" + text + "\""
    #expect(JSONValue(parsing: Data(quoted.utf8))?.string == "\"" + text)
  }

  @Test(arguments: [
    "", "[]", "{}", "12", "nonsense", #"{"class_name": "Mine", "config": {}}"#,
    #"{"class_name": "Sequential", "config": {"layers": []}}"#,
    #"{"class_name": "Functional", "config": {"layers": [], "output_layers": []}}"#,
    #"{"class_name": "Functional", "config": {"layers": [1, null, "x"]}}"#,
  ])
  func otherTextsAreRefused(json: String) {
    #expect(throws: ModelError.self) { try Self.network(json) }
  }
}

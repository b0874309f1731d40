import Foundation
import TestSupport
import Testing
import TonoCore
import TonoNetwork

@testable import TonoModels

/// Models that were built in code: saved and read again they are the same.
@Suite struct CodeModelTests {
  private static func network(bias: Float = 0.5) throws -> Network {
    var random = TestRandom(3)
    return try Network(
      inputs: [.init(name: "x", shape: [1, 5, 7])],
      nodes: [
        .init(
          name: "conv",
          layer: Conv2D(kernel: .random([2, 1, 3, 3], using: &random), bias: [0, bias]),
          inputs: ["x"]),
        .init(name: "flat", layer: Flatten(), inputs: ["conv"]),
        .init(
          name: "fc", layer: Dense(weights: .random([30, 2], using: &random), bias: [1, -1]),
          inputs: ["flat"]),
      ], outputs: ["fc"])
  }

  @Test func comesBack() throws {
    let frontEnd = Data(#"{"name": "mine", "level": -47.44, "bands": 5}"#.utf8)
    let model = Model(try Self.network(), name: "small", frontEnds: ["x": frontEnd])
    #expect(model.name == "small" && model.architectureURL == nil)
    let folder = try TemporaryFolder()
    let bytes = try ModelFile.encode(model)
    #expect(try ModelFile.identifyingBytes(of: model) == bytes)
    try bytes.write(to: folder["x.safetensors"])
    let read = try ModelFile.load(folder["x.safetensors"])
    #expect(read.format == model.format)
    #expect(read.network.parameters == model.network.parameters)
    #expect(try ModelFile.encode(read) == bytes)
    #expect(try ModelIdentity(of: read) == ModelIdentity(of: model))
    #expect(try ModelIdentity(of: model).sha256.count == 64)
    #expect(
      try ModelFile.encode(Model(read.network, name: "other", frontEnds: read.frontEnds)) == bytes)
  }

  @Test func everyNumberCounts() throws {
    let one = try ModelFile.identifyingBytes(of: Model(try Self.network(), name: "a"))
    #expect(try ModelFile.identifyingBytes(of: Model(try Self.network(), name: "b")) == one)
    let bias = Float(0.5).nextUp
    #expect(
      try ModelFile.identifyingBytes(of: Model(try Self.network(bias: bias), name: "a")) != one)
  }

  /// A layer that no file describes.
  private struct Scaling: UnaryLayer, TrainableLayer {
    var scale: Float
    var kind: String { "Scaling" }
    var parameters: [String: Tensor] { ["scale": Tensor(shape: [1], values: [scale])] }
    func outputShape(_ input: Shape) -> Shape { input }
    func forward(_ input: Tensor) -> Tensor {
      Tensor(shape: input.shape, values: input.values.map { $0 * scale })
    }
    func backward(_ dOutput: Tensor, input: Tensor, output: Tensor) -> Tensor { forward(dOutput) }
    func inputRegion(of output: Region, input: Shape) -> Region { output }
    func parameterGradients(
      _ dOutput: Tensor, inputs: [Tensor], output: Tensor
    ) -> [String: Tensor] { [:] }
    func replacing(_ parameters: [String: Tensor]) -> Scaling { self }
  }

  @Test func layersOfOnesOwn() throws {
    func bytes(_ scale: Float) throws -> Data {
      let network = try Network(
        inputs: [.init(name: "x", shape: [3])],
        nodes: [.init(name: "mine", layer: Scaling(scale: scale), inputs: ["x"])],
        outputs: ["mine"])
      let model = Model(network, name: "own")
      #expect(throws: ModelError.self) { try ModelFile.encode(model) }
      return try ModelFile.identifyingBytes(of: model)
    }
    #expect(try bytes(2) == bytes(2))
    #expect(try bytes(2) != bytes(3))
  }
}

import Foundation
import TestSupport
import Testing
import TonoCore
import TonoModels
import TonoNetwork

/// Small files of PyTorch, safetensors and Keras 3 against the values that these frameworks computed
/// (Scripts/reference/format_fixtures.py).
struct GoldenFileTests {
  /// A model file and the values it must give.
  struct Case: CustomTestStringConvertible {
    let values: String
    let file: String
    let format: String
    var architecture: String?

    var testDescription: String { file }

    func load() throws -> Model {
      try ModelFile.load(
        Fixture.url("formats/\(file)"),
        architecture: architecture.map { Fixture.url("formats/\($0)") })
    }
  }

  static let cases = [
    Case(values: "small", file: "small.pt", format: "PyTorch state dict"),
    Case(values: "small", file: "small.safetensors", format: "safetensors"),
    Case(values: "layers", file: "layers.keras", format: "Keras 3 archive"),
    Case(
      values: "layers", file: "layers.weights.h5", format: "Keras 3 HDF5",
      architecture: "layers_keras.json"),
    Case(values: "nested", file: "nested.keras", format: "Keras 3 archive"),
    Case(
      values: "nested", file: "nested.weights.h5", format: "Keras 3 HDF5",
      architecture: "nested_keras.json"),
  ]

  @Test(arguments: cases)
  func activationsAndGradientsAreMet(_ model: Case) throws {
    let values = try ReferenceValues("formats/\(model.values)")
    let loaded = try model.load()
    #expect(loaded.format == model.format)
    #expect(loaded.warnings.isEmpty)
    let network = loaded.network
    let batch = try Dictionary(
      uniqueKeysWithValues: network.inputs.map {
        ($0.name, Tensor(batch: [try values.tensor("input0/\($0.name)")]))
      })
    func node(_ name: Substring) -> String { name == "output" ? network.outputs[0] : String(name) }
    let pass = try network.forward(batch, to: network.nodes.map(\.name))
    var compared = 0
    for array in values.arrays where array.name.hasPrefix("input0/activation/") {
      let output = try #require(pass.values[node(array.name.split(separator: "/")[2])])
      let deviation = try values.deviation(of: output.sample(0), from: array.name)
      #expect(deviation.relative <= Tolerance.activation, "\(array.name): \(deviation)")
      compared += 1
    }
    for array in values.arrays where array.name.hasPrefix("input0/gradient/") {
      let parts = array.name.split(separator: "/")
      let (layer, element) = (node(parts[2]), try #require(Int(parts[3])))
      var seed = Tensor(shape: try network.shape(of: layer).batched(1))
      seed.values[element] = 1
      let gradient = try #require(network.backward([layer: seed], through: pass)[String(parts[4])])
      let deviation = try values.deviation(of: gradient.sample(0), from: array.name)
      #expect(deviation.relative <= Tolerance.gradient, "\(array.name): \(deviation)")
      compared += 1
    }
    #expect(compared >= 3)
  }

  /// Keras 3 divides by 6 where Keras 2 divides by 5.
  @Test func functionsAreThoseOfTheVersion() throws {
    let network = try ModelFile.load(Fixture.url("formats/layers.keras")).network
    let slopes = network.nodes.compactMap { ($0.layer as? HardSigmoid)?.scale }
    #expect(slopes == [1 / 6])
  }
}

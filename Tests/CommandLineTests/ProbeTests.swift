import Foundation
import TestSupport
import Testing
import TonoAudio
import TonoCore
import TonoFiles
import TonoNetwork
import TonoStudy

/// `inspect`, `features`, `activations` and `gradient`, through files and text only.
@Suite struct ProbeTests {
  @Test("inspect prints layers that programs can read")
  func inspect() throws {
    let result = try Tool.run(["inspect", Models.siamese, "--json"])
    let inspection = try JSONDecoder().decode(Inspection.self, from: Data(result.output.utf8))
    #expect(inspection.parameters == 800_473)
    #expect(inspection.inputs.map(\.frontEnd) == ["tl-iminet/imitation", "tl-iminet/recording"])
    let conv = try #require(inspection.layers.first { $0.name == "nyu_conv_3" })
    #expect(conv.shape == [48, 25, 2])
    #expect(conv.receptiveField == ["ref_input_b": [32, 100]])
    let text = try Tool.run(["inspect", Models.siamese])
    #expect(text.output.contains("nyu_conv_3_AC") && text.output.contains("32×100"))
  }

  @Test("activations and gradients come back as another framework has them")
  func values() throws {
    let folder = try TemporaryFolder()
    let reference = try ReferenceValues("reference/values/recording_tower")
    let inputs = try (0..<2).map { try reference.tensor("input\($0)/ref_input") }
    let single = folder.url.appending(path: "one.npy")
    let batch = folder.url.appending(path: "two.npy")
    try Data(NumPyArray.encode(inputs[0].reshaped([128, 128]))).write(to: single)
    try Data(NumPyArray.encode(Tensor(batch: inputs))).write(to: batch)

    let acts = folder.url.appending(path: "acts.npz")
    let layers = "nyu_conv_2_AC,nyu_fc_1_pre,nyu_conv_2_AC"
    for (file, count) in [(single, 1), (batch, 2)] {
      let result = try Tool.run(
        ["activations"] + Models.tower
          + ["--input", "ref_input=\(file.path)", "--layers", layers, "--out", acts.path])
      #expect(result.status == 0, "\(result.error)")
      let arrays = Dictionary(
        uniqueKeysWithValues: try NumPyArchive.read(acts).map { ($0.name, $0.tensor) })
      #expect(arrays.keys.sorted() == ["nyu_conv_2_AC", "nyu_fc_1_pre"])
      for (name, tensor) in arrays {
        for index in 0..<count {
          let sample = count == 1 ? tensor : tensor.sample(index)
          let deviation = try reference.deviation(
            of: sample, from: "input\(index)/activation/\(name)")
          #expect(deviation.relative <= Tolerance.activation, "\(deviation)")
        }
      }
    }

    let grads = folder.url.appending(path: "grads.npz")
    let result = try Tool.run(
      ["gradient"] + Models.tower
        + ["nyu_conv_1:19", "--input", "ref_input=\(batch.path)", "--out", grads.path])
    let printed = result.output.split(separator: "\n").compactMap { Double($0) }
    let gradient = try #require(try NumPyArchive.read(grads).first)
    #expect(gradient.name == "ref_input" && gradient.tensor.shape == [2, 1, 128, 128])
    for index in 0..<2 {
      let name = "input\(index)/gradient/nyu_conv_1/19/ref_input"
      let objective = try #require(reference.array(name).objective)
      #expect(abs(printed[index] - objective) <= Tolerance.activation * max(1, abs(objective)))
      let deviation = try reference.deviation(of: gradient.tensor.sample(index), from: name)
      #expect(deviation.relative <= Tolerance.gradient, "\(deviation)")
    }
  }

  @Test(
    "features are those of the front end, and are drawn when asked",
    arguments: [
      "tl-iminet/recording", "tl-iminet/imitation",
    ])
  func features(_ name: String) throws {
    let folder = try TemporaryFolder()
    let samples = (0..<30_000).map { index -> Float in
      let time = Double(index) / 22_050
      return Float(0.4 * sin(2 * .pi * (300 + 400 * time) * time))
    }
    let sound = folder.url.appending(path: "chirp.wav")
    try Data(AudioFile.encode(Waveform(samples: samples, sampleRate: 22_050))).write(to: sound)
    let out = folder.url.appending(path: "chirp.npy")
    let result = try Tool.run([
      "features", sound.path, "--front-end", name, "--out", out.path, "--png",
    ])
    #expect(result.status == 0, "\(result.error)")
    let frontEnd = try FrontEnd.named(name)
    let expected = try frontEnd.features(of: try AudioFile.read(sound.path))
    #expect(try NumPyArray.read(out) == expected.reshaped(expected.shape.sample))
    #expect(FileManager.default.fileExists(atPath: folder.url.appending(path: "chirp.png").path))
  }
}

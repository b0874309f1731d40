import Foundation
import TestSupport
import Testing
import TonoModels
import TonoNetwork
import TonoStudy

/// A model that was built in code is known by what it would be saved as.
@Suite struct ModelIdentityTests {
  @Test func savedAndReadAgainItIsTheSame() throws {
    let folder = try TemporaryFolder()
    let model = try CheckedModel.sound()
    let identity = try ModelIdentity(of: model)
    try AtomicFile.write(try ModelFile.encode(model), to: folder["x.safetensors"])
    let read = try ModelFile.load(folder["x.safetensors"])
    #expect(try ModelIdentity(of: read) == identity)
    #expect(identity.sha256.count == 64 && identity.format == "Tonoscope safetensors")
    let other = Model(
      try read.network.replacing([
        ParameterName(node: "norm", parameter: "gamma"): Tensor(shape: [3], values: [1, 1, 2])
      ]), name: "weights")
    #expect(try ModelIdentity(of: other).sha256 != identity.sha256)
  }
}

import Foundation
import TestSupport
import Testing
import TonoAscent
import TonoCore
import TonoNetwork

@Suite struct NeuronReferenceTests {
  @Test(
    "the text form comes back as it was",
    arguments: [
      "nyu_conv_3:17", "nyu_conv_3:17@12,0", "dense_1:5", "block:1/conv:0@0,3",
    ])
  func roundTrip(_ text: String) throws {
    let neuron = try NeuronReference(text)
    #expect(neuron.description == text)
    let json = try JSONEncoder().encode([neuron])
    #expect(try JSONDecoder().decode([NeuronReference].self, from: json) == [neuron])
  }

  @Test(
    "anything else is refused",
    arguments: [
      "", "conv", "conv:", ":3", "conv:-1", "conv:a", "conv:1@", "conv:1@2", "conv:1@2,",
      "conv:1@2,3,4",
      "conv:1@2,3@4,5", "conv:5-3", "conv:1-2-3", "conv:+1", "conv:1 ", "conv:0x1",
      "conv:99999999999999999999",
    ])
  func malformed(_ text: String) {
    #expect(throws: NeuronError.malformed(text)) { try NeuronSelection(text) }
  }

  @Test("ranges and stars name neurons in order")
  func selections() throws {
    let network = try SmallNetworks.siamese()
    func names(_ text: String) throws -> [String] {
      try NeuronSelection(text).neurons(in: network).map(\.description)
    }
    #expect(try names("relu_a:1-3") == ["relu_a:1", "relu_a:2", "relu_a:3"])
    #expect(try names("relu_a:*").count == 4)
    #expect(try names("relu_a:*@6,10").last == "relu_a:3@6,10")
    #expect(try names("fc:*").count == 5)
    #expect(throws: NeuronError.malformed("relu_a:*")) { try NeuronReference("relu_a:*") }
  }

  @Test(
    "a neuron that does not exist is named with the nearest that do",
    arguments: [
      ("rela_a:1", "relu_a"), ("relu_a:4", "channels 0 to 3"),
      ("relu_a:0-4000000000", "channels 0 to 3"),
      ("relu_a:0@7,0", "rows 0 to 6 and columns 0 to 10"), ("fc:1@0,0", "write fc:1"),
      ("a:0", "nearest"),
    ])
  func missing(_ text: String, _ expected: String) throws {
    let network = try SmallNetworks.siamese()
    #expect {
      try NeuronSelection(text).neurons(in: network)
    } throws: { "\($0)".contains(expected) }
  }
}

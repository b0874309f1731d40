import Foundation
import TestSupport
import TonoAudio
import TonoModels
import TonoCore
import TonoNetwork
import TonoSearch

/// Small networks of two inputs, of random weights.
enum SmallPairs {
  /// How the two sides meet.
  enum Joint: CaseIterable {
    /// A fully connected layer over both, a rectifier, a neuron: TL-IMINET's head.
    case dense
    /// The same with the sides the other way round, and a leaky rectifier.
    case reversed
    /// The product of both.
    case product
    /// Maps one above the other, convolved.
    case maps
  }

  /// A second of 8 kHz in 16 bands of 31 frames, each example normalized.
  static func frontEnd(_ name: String) -> FrontEnd {
    FrontEnd(
      name: name, sampleRate: 8000, seconds: 1, fftSize: 256, hop: 256, bands: 16, frames: 31,
      highestFrequency: 4000, typicalMean: -50, typicalDeviation: 20)
  }

  static let frontEnds = [
    "voice": frontEnd("small/imitation"), "other": frontEnd("small/recording"),
  ]

  static func model(_ joint: Joint = .dense, seed: UInt64 = 1) throws -> Model {
    var random = TestRandom(seed)
    func weights(_ shape: Shape, _ scale: Float) -> Tensor {
      let tensor = Tensor.random(shape, using: &random)
      return Tensor(shape: shape, values: tensor.values.map { $0 * scale })
    }
    func tower(_ input: String) -> [Network.Node] {
      [
        .init(
          name: "conv_\(input)",
          layer: Conv2D(kernel: weights([3, 1, 4, 5], 0.3), bias: [0, 0.1, 0]),
          inputs: [input]),
        .init(name: "relu_\(input)", layer: ReLU(), inputs: ["conv_\(input)"]),
        .init(
          name: "pool_\(input)",
          layer: MaxPooling2D(
            window: .init(rows: 4, columns: 9), strides: .init(rows: 4, columns: 9)),
          inputs: ["relu_\(input)"]),
        .init(name: "flat_\(input)", layer: Flatten(), inputs: ["pool_\(input)"]),
      ]
    }
    var nodes = tower("voice") + tower("other")
    func add(_ name: String, _ layer: any Layer, _ inputs: [String]) {
      nodes.append(.init(name: name, layer: layer, inputs: inputs))
    }
    var length = 54
    switch joint {
    case .dense, .reversed:
      let order = ["flat_voice", "flat_other"]
      add("joint", Concatenate(axis: 0), joint == .dense ? order : order.reversed())
      add("fc", Dense(weights: weights([54, 21], 0.2), bias: weights([21], 0.2).values), ["joint"])
      add("meet", joint == .dense ? ReLU() : LeakyReLU(slope: 0.1), ["fc"])
      length = 21
    case .product:
      add("meet", Multiply(), ["flat_voice", "flat_other"])
      length = 27
    case .maps:
      add("both", Concatenate(axis: 0), ["pool_voice", "pool_other"])
      add("mix", Conv2D(kernel: weights([2, 6, 1, 1], 0.3), bias: nil), ["both"])
      add("meet", Flatten(), ["mix"])
      length = 18
    }
    add("score", Dense(weights: weights([length, 1], 0.3), bias: [0.1]), ["meet"])
    add("likelihood", Sigmoid(), ["score"])
    let network = try Network(
      inputs: ["voice", "other"].map { .init(name: $0, shape: [1, 16, 31]) }, nodes: nodes,
      outputs: ["likelihood"])
    return Model(network, name: "small")
  }

  static func network(_ joint: Joint = .dense, seed: UInt64 = 1) throws -> SiameseNetwork {
    try SiameseNetwork(model(joint, seed: seed), frontEnds: frontEnds)
  }

  /// A sound of 8 kHz that glides from one frequency to another.
  static func glide(
    from start: Double, to end: Double, seconds: Double = 1, rate: Int = 8000
  ) -> Waveform {
    var phase = 0.0
    let count = Int(seconds * Double(rate))
    return Waveform(
      samples: (0..<count).map { index in
        phase += 2 * .pi * (start + (end - start) * Double(index) / Double(count)) / Double(rate)
        return Float(0.4 * sin(phase))
      }, sampleRate: rate)
  }
}

import Foundation
import TestSupport
import TonoAudio
import TonoCore
import TonoModels
import TonoNetwork

/// Small models whose faults are known.
enum CheckedModel {
  /// A second of 8 kHz in 16 bands of 31 frames, each example normalized.
  static let frontEnd = FrontEnd(
    name: "test", sampleRate: 8000, seconds: 1, fftSize: 256, hop: 256, bands: 16, frames: 31,
    highestFrequency: 4000, typicalMean: -50, typicalDeviation: 20)

  /// A model of these nodes on an input `x` of the front end's shape.
  static func model(
    _ nodes: [Network.Node], outputs: [String]? = nil, missing: [String: String] = [:]
  ) throws -> Model {
    let network = try Network(
      inputs: [.init(name: "x", shape: frontEnd.inputShape)], nodes: nodes,
      outputs: outputs ?? [nodes[nodes.count - 1].name], unavailable: missing)
    return Model(network, name: "weights")
  }

  /// A convolution of 3×3 kernels, all equal but for those that `kernels` replaces.
  static func convolution(biases: [Float], zeroKernels: Set<Int> = []) -> Conv2D {
    let edge: [Float] = [1, 0.5, 1, 0, 0.25, 0, -1, -0.5, -1]
    return Conv2D(
      kernel: Tensor(
        shape: [biases.count, 1, 3, 3],
        values: biases.indices.flatMap { channel in
          edge.map { zeroKernels.contains(channel) ? 0 : $0 }
        }), bias: biases)
  }

  /// Convolution, rectifier, flat, dense, softmax: nothing is wrong with it.
  static func sound() throws -> Model {
    var random = TestRandom(5)
    return try model([
      .init(name: "conv", layer: convolution(biases: [0, 0.5, 1]), inputs: ["x"]),
      .init(
        name: "norm",
        layer: BatchNormalization(
          gamma: [1, 1, 1], beta: [0, 0, 0], mean: [0, 0.5, 1], variance: [4, 4, 4], epsilon: 1e-3),
        inputs: ["conv"]),
      .init(name: "relu", layer: ReLU(), inputs: ["norm"]),
      .init(
        name: "pool",
        layer: MaxPooling2D(
          window: Pair(rows: 2, columns: 2), strides: Pair(rows: 2, columns: 2)),
        inputs: ["relu"]),
      .init(name: "flat", layer: Flatten(), inputs: ["pool"]),
      .init(
        name: "fc_pre",
        layer: Dense(
          weights: Tensor(
            shape: [294, 4],
            values: Tensor.random([294, 4], using: &random).values.map { $0 / 20 }), bias: nil),
        inputs: ["flat"]),
      .init(name: "fc", layer: Softmax(axis: 0), inputs: ["fc_pre"]),
    ])
  }

  /// A tone at the front end's rate.
  static func tone(_ hertz: Double, seconds: Double = 1) throws -> [UInt8] {
    try AudioFile.encode(
      Waveform(
        samples: (0..<Int(seconds * 8000)).map {
          Float(0.4 * sin(2 * .pi * hertz * Double($0) / 8000))
        }, sampleRate: 8000))
  }
}

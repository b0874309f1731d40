// Compose an objective: sums, whole layers and directions, and their one text form.
//
//     swift run -c release ComposeAnObjective

import Tonoscope

// A small network, built in code: three channels over a spectrogram of 6 bands and 8 frames.
let kernel = Tensor(shape: [3, 1, 2, 2], values: [1, -1, 0, 0, 1, 1, 1, 1, 0, 1, 0, -1])
let network = try Network(
  inputs: [.init(name: "x", shape: [1, 6, 8])],
  nodes: [
    .init(name: "conv", layer: Conv2D(kernel: kernel, bias: [0, 0, 0]), inputs: ["x"]),
    .init(name: "relu", layer: ReLU(), inputs: ["conv"]),
  ], outputs: ["relu"])

let edge = Objective(try NeuronReference("relu:0"))
let mass = Objective(try NeuronReference("relu:1"))
let objectives = [
  edge - 0.5 * mass,
  Objective(.meanSquare(of: "conv")),
  Objective(try .direction([1, 0, -1], in: "conv", cosinePower: 2)),
]

let ascent = try Ascent(
  network: network, canvases: ["x": .spectrogram(SpectrogramCanvas(normalizes: true))],
  settings: AscentSettings(steps: 60))
for objective in objectives {
  let pattern = try ascent.climb(objective)
  let first = pattern.activations[0]
  print(objective, pattern.activation > first ? "rose" : "fell")
  let read = try Objective(objective.description)
  precondition(read == objective)
}

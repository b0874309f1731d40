// Write a layer of your own: forward, backward and what it looks at; everything else follows.
//
//     swift run -c release WriteALayer

import Tonoscope

/// x ← x·|x|: a square that keeps its sign.
struct SignedSquare: UnaryLayer {
  var kind: String { "SignedSquare" }
  func outputShape(_ input: Shape) -> Shape { input }
  func forward(_ input: Tensor) -> Tensor {
    Tensor(shape: input.shape, values: input.values.map { $0 * abs($0) })
  }
  func backward(_ dOutput: Tensor, input: Tensor, output: Tensor) -> Tensor {
    Tensor(
      shape: input.shape, values: zip(dOutput.values, input.values).map { $0 * 2 * abs($1) })
  }
  func inputRegion(of output: Region, input: Shape) -> Region { output }
}

let kernel = Tensor(shape: [2, 1, 3, 3], values: (0..<18).map { Float($0 % 5) - 2 })
let network = try Network(
  inputs: [.init(name: "x", shape: [1, 7, 9])],
  nodes: [
    .init(name: "conv", layer: Conv2D(kernel: kernel, bias: [0, 0]), inputs: ["x"]),
    .init(name: "square", layer: SignedSquare(), inputs: ["conv"]),
  ], outputs: ["square"])

let report = try ModelCheck(Model(network, name: "mine"), frontEnds: [:]).run(threads: 1)
let layer = report.layers.first { $0.name == "square" }
print("the gradient agrees:", layer?.gradient?.deviation.map { $0 < 0.01 } ?? false)

let pattern = try Ascent(network: network, settings: AscentSettings(steps: 40))
  .climb(Objective("square:1"))
print("it rises:", pattern.activation > pattern.activations[0])

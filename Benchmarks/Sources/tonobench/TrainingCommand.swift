import ArgumentParser
import Foundation
import TonoCore
import TonoNetwork
import TonoStudy

/// `tonobench training`: the step of training that the peers run as W6.
struct TrainingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "training",
    abstract: "Measure training steps of the siamese network, in pairs per second.",
    discussion: """
      A step is what it is for the peers: forward in training mode, binary cross-entropy of the \
      logit, all gradients, gradient descent with momentum, weights made ready for the next step.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var output: OutputOptions

  @Option(help: "How many pairs a batch has.")
  var batch = 128

  @Option(help: "How long to measure.")
  var seconds = 4.0

  private struct Record: Encodable {
    let peer = "tonoscope"
    let version = tonoscopeVersion
    let variant: String
    let work = "W6"
    let mode = "batched"
    let threads: Int
    let rate: Double
    let steps: Int
    let seconds: Double
    let gigaflops: Double
    let peakMegabytes: Double
  }

  func run() throws {
    var descent = try Descent(try model.load(), batch: batch, threads: threads.threads)
    for _ in 0..<2 { try descent.step() }
    var times: [Double] = []
    while times.count < 3 || times.reduce(0, +) < seconds {
      times.append(try Stopwatch.once { try descent.step() })
    }
    let rate = Double(batch) / Stopwatch.median(of: times)
    let record = Record(
      variant: KernelSet.current.name, threads: threads.threads, rate: rate, steps: times.count,
      seconds: times.reduce(0, +), gigaflops: rate * descent.operations / 1e9,
      peakMegabytes: ResidentMemory.peak)
    try output.print(
      [record],
      as: { record in
        [
          record.work, "\(record.threads)", record.rate.rounded(to: 1),
          record.gigaflops.rounded(to: 1), record.peakMegabytes.rounded(to: 0),
        ]
      }, "work", "threads", "pairs/s", "nominal GFLOP/s", "peak MB")
  }
}

/// Gradient descent with momentum on a batch of noise with labels that alternate.
private struct Descent {
  /// Operations of a step for one pair, nothing left out: as works.py counts them.
  let operations: Double

  private static let rate: Float = 1e-3
  private static let momentum: Float = 0.9

  private let program: TrainingProgram
  private let logit: String
  private let batch: [String: Tensor]
  private let labels: [Float]
  private var velocities: [ParameterName: [Float]]
  private var random = SystemRandomNumberGenerator()  // the network has no dropout to draw for

  init(_ network: Network, batch count: Int, threads: Int) throws {
    guard let output = network.outputs.first, let last = try network.node(output).inputs.first
    else { throw ValidationError("the model has no output") }
    logit = last
    program = try TrainingProgram(network, outputs: [logit], batch: count, threads: threads)
    var noise = Noise()
    batch = Dictionary(
      uniqueKeysWithValues: network.inputs.map { input in
        let shape = input.shape.batched(count)
        return (
          input.name, Tensor(shape: shape, values: (0..<shape.count).map { _ in noise.next() })
        )
      })
    labels = (0..<count).map { Float($0 % 2) }
    velocities = network.parameters.mapValues { Array(repeating: 0, count: $0.count) }
    operations = try network.trainingOperations(to: logit)
  }

  mutating func step() throws {
    guard let logits = try program.forward(batch, using: &random)[logit] else { return }
    let count = Float(labels.count)
    let seed = Tensor(
      shape: logits.shape,
      values: zip(logits.values, labels).map { (1 / (1 + exp(-$0)) - $1) / count })
    let gradients = program.backward([logit: seed])
    var parameters: [ParameterName: Tensor] = [:]
    for (name, parameter) in program.network.parameters {
      guard let gradient = gradients[name]?.values, var velocity = velocities[name] else {
        continue
      }
      velocities[name] = nil
      var values = parameter.values
      for index in values.indices {
        velocity[index] = Self.momentum * velocity[index] + gradient[index]
        values[index] -= Self.rate * velocity[index]
      }
      velocities[name] = velocity
      parameters[name] = Tensor(shape: parameter.shape, values: values)
    }
    program.adopt(try program.network.replacing(parameters))
  }
}

extension Network {
  /// Operations of a training step for one sample: three times the forward pass, but twice for
  /// convolutions of an input, which needs no gradient.
  fileprivate func trainingOperations(to node: String) throws -> Double {
    let inputs = Set(inputs.map(\.name))
    return try path(to: [node]).reduce(0) { total, node in
      let outputs = Double(try shape(of: node.name).count)
      let passes: Double = inputs.contains(node.inputs[0]) ? 4 : 6
      return switch node.layer {
      case let layer as Conv2D:
        total + passes * outputs * Double(layer.kernel.shape.sample.count)
      case is Dense: total + passes * outputs * Double(try shape(of: node.inputs[0]).count)
      default: total
      }
    }
  }
}

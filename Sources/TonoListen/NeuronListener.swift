import TonoAscent
import TonoCore
import TonoFiles
import TonoNetwork

/// What some neurons of one network answer to an input: a program for all of them together.
struct NeuronListener: Sendable {
  /// A neuron's answer to one input.
  struct Answer: Sendable {
    /// Its value: the mean of its cells.
    let value: Float
    /// Which of its cells has the largest value, in row-major order; the first of equals.
    let peak: Int
  }

  /// Where a neuron's cells lie among the targets.
  private struct Readout: Sendable {
    let neuron: NeuronReference
    let target: Int
    let runs: [Range<Int>]
  }

  private let program: Program
  private let input: String
  private let targets: [Target]
  private let readouts: [Readout]
  private let kernels = KernelSet.current

  /// A program for neurons that see one input.
  ///
  /// - Throws: `NeuronError` or `NetworkError` if the network has no such neuron.
  init(_ neurons: [NeuronReference], input: String, network: Network) throws {
    let regions = try neurons.map { (node: $0.layer, region: try $0.region(in: network)) }
    let targets = Target.boxes(around: regions)
    self.targets = targets
    self.input = input
    readouts = zip(neurons, regions).map { neuron, cells in
      let (target, runs) = targets.place(of: cells.region, in: cells.node)
      return Readout(neuron: neuron, target: target, runs: runs)
    }
    program = try Program(
      network, targets: Dictionary(uniqueKeysWithValues: targets.map { ($0.node, $0.region) }))
  }

  /// New buffers, for one thread.
  func makeWorkspace() -> Workspace { program.makeWorkspace() }

  /// Each neuron's answer to an input in network units.
  ///
  /// - Throws: `InputError` if one is no finite number.
  func answers(to features: Tensor, in workspace: Workspace) throws -> [Answer] {
    _ = workspace.input(input).update(from: features.values)
    program.forward(workspace)
    let cells = targets.map { workspace.output($0.node) }
    return try readouts.map { readout in
      let answer = answer(of: readout, UnsafeBufferPointer(cells[readout.target]))
      guard answer.value.isFinite else {
        throw InputError(
          "\(readout.neuron) answers with NaN or infinity; its weights may have diverged")
      }
      return answer
    }
  }

  private func answer(of readout: Readout, _ cells: UnsafeBufferPointer<Float>) -> Answer {
    var (sum, count) = (0.0, 0)
    var (highest, peak) = (-Float.infinity, 0)
    for run in readout.runs {
      let part = UnsafeBufferPointer(rebasing: cells[run])
      if let start = part.baseAddress { sum += kernels.sum(start, count: part.count) }
      for (index, value) in part.enumerated() where value > highest {
        (highest, peak) = (value, count + index)
      }
      count += part.count
    }
    return Answer(value: Float(sum / Double(count)), peak: peak)
  }
}

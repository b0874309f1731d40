import Synchronization
import TonoCore

/// What the steps of a training program read and write, beside buffers of their own.
final class TrainingState {
  /// The threads that share the samples.
  let threads: TrainingThreads
  /// How many samples the batch has.
  var count = 0
  /// Batches `[N] + shape` of inputs and of nodes that some step reads as a tensor.
  var values: [String: Tensor] = [:]
  /// The scalar's gradients with respect to them, on the way back.
  var gradients: [String: Tensor] = [:]
  /// What dropout layers multiply their batch by.
  var masks: [String: Tensor] = [:]
  /// The statistics of the batch in each batch normalization.
  var statistics: [String: ChannelStatistics] = [:]
  /// The gradients of the parameters found so far.
  var parameterGradients: [ParameterName: Tensor] = [:]

  init(threads: Int) { self.threads = TrainingThreads(count: threads) }

  /// Adds to the gradient with respect to an input or node.
  func add(_ gradient: Tensor, for name: String) {
    if gradients[name] == nil { gradients[name] = gradient } else { gradients[name]?.add(gradient) }
  }
}

/// Threads that take the next piece of work when they are free.
///
/// Which thread computes a piece does not change what is computed.
struct TrainingThreads {
  private let team: ThreadTeam

  init(count: Int) { team = ThreadTeam(threads: count) }

  /// Calls `body` for each index in 0 ..< count, on any thread.
  func forEach(_ count: Int, _ body: @escaping (_ index: Int, _ thread: Int) -> Void) {
    let next = Atomic(0)
    team.run { share, _ in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < count else { return }
        body(index, share.index)
      }
    }
  }
}

/// A part of a network's training: one layer, or a convolution with what follows it.
protocol TrainingStep: AnyObject {
  /// Computes the values of the step's output.
  func forward(_ state: TrainingState)

  /// Takes the gradient with respect to the output; gives those of the parameters and inputs.
  func backward(_ state: TrainingState)

  /// Takes the parameters of a network of the same graph.
  func adopt(_ network: Network, _ threads: TrainingThreads)
}

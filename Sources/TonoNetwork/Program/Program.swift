import TonoCore

/// A network compiled for speed: what some targets need, as fused steps over planned buffers.
///
/// It computes the same as ``Network/forward(_:to:)`` and ``Network/backward(_:through:)`` on one sample,
/// up to rounding, but only what the targets' cells depend on: no node past them, no channel that is
/// not asked, no cell outside their receptive field. Convolution, batch normalization, rectifier and
/// pooling are one step; gradients follow the winners of the pooling instead of convolving zeros;
/// weights are packed once for all programs of a network. No buffer is allocated while it runs, but by
/// layers that have no step of their own.
///
/// A value that threads share; each runs it on a ``Workspace`` of its own.
public struct Program: Sendable {
  private let steps: [any Step]
  private let heldSteps: [any Step]
  private let plan: BufferPlan

  /// A program for some cells of some nodes.
  ///
  /// - Parameters:
  ///   - network: the network.
  ///   - targets: per name of an input or node the cells whose values are asked.
  ///   - held: inputs that will not change: what depends on them alone is computed once, by
  ///     ``hold(_:)``, and gets no gradient.
  ///   - exact: whether convolutions are summed as they are written; otherwise those of more than a
  ///     few channels run by Winograd's minimal filtering. Its largest error is 1 to 3·10⁻⁵ of the
  ///     map's root mean square, of direct sums 1 to 5·10⁻⁶ (`tonobench accuracy`); it may decide
  ///     between cells that nearly tie before a max-pool.
  /// - Throws: `NetworkError.unknownName` if a target is neither an input nor a node.
  public init(
    _ network: Network, targets: [String: Region], held: Set<String> = [], exact: Bool = false
  ) throws {
    var lowering = try Lowering(network, targets: targets, held: held, exact: exact)
    try lowering.lower()
    steps = lowering.steps
    heldSteps = lowering.heldSteps
    plan = lowering.plan
  }

  /// The steps in their order, each in a few words: what it computes, of which size, and how.
  public var summary: [String] { (heldSteps + steps).map(\.summary) }

  /// New buffers for this program, on which so many threads work together on a sample.
  public func makeWorkspace(threads: Int = 1) -> Workspace {
    Workspace(plan: plan, threads: threads)
  }

  /// Computes what depends on held inputs alone, after they were written.
  public func hold(_ workspace: Workspace) {
    workspace.team.run { share, barrier in
      for step in heldSteps {
        step.forward(workspace, share)
        barrier()
      }
    }
  }

  /// Computes the targets' cells from the inputs.
  public func forward(_ workspace: Workspace) {
    workspace.team.run { share, barrier in
      for step in steps {
        step.forward(workspace, share)
        barrier()
      }
    }
  }

  /// Computes the gradient with respect to the inputs from the targets' seeds, through the last
  /// forward pass.
  public func backward(_ workspace: Workspace) {
    workspace.team.run { share, barrier in
      workspace.gradients.clear(share.range(of: plan.gradientCount))
      barrier()
      for step in steps.reversed() {
        step.backward(workspace, share)
        barrier()
      }
    }
  }
}

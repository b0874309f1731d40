import TonoCore

/// A layer as it is, on channels first: what has no step of its own.
struct LayerStep: Step {
  let layer: any Layer
  let inputs: [DenseSlot]
  let output: DenseSlot

  var summary: String { "layer \(layer.kind), \(output.shape)" }

  func forward(_ workspace: Workspace, _ share: Share) {
    guard share.index == 0 else { return }
    let result = layer.forward(inputs.map { tensor($0, workspace) })
    result.withPointer {
      (workspace.values.start + output.values).update(from: $0, count: result.count)
    }
  }

  func backward(_ workspace: Workspace, _ share: Share) {
    guard share.index == 0 else { return }
    let dOutput = Tensor(shape: output.shape.batched(1)) {
      $0.update(from: workspace.gradients.start + output.gradient, count: output.shape.count)
    }
    let dInputs = layer.backward(
      dOutput, inputs: inputs.map { tensor($0, workspace) }, output: tensor(output, workspace))
    for (slot, dInput) in zip(inputs, dInputs) {
      let gradient = workspace.gradients.start + slot.gradient
      dInput.withPointer { dInput in
        for index in 0..<slot.shape.count { gradient[index] += dInput[index] }
      }
    }
  }

  private func tensor(_ slot: DenseSlot, _ workspace: Workspace) -> Tensor {
    Tensor(shape: slot.shape.batched(1)) {
      $0.update(from: workspace.values.start + slot.values, count: slot.shape.count)
    }
  }
}

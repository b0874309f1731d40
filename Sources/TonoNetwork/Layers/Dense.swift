import TonoCore

/// A fully connected layer on the last axis of a sample: y = Wᵀx + bias, `[…, D]` → `[…, E]`.
public struct Dense: UnaryLayer {
  /// The weights `[D, E]`, as Keras stores them.
  public let weights: Tensor
  /// E numbers, or none.
  public let bias: [Float]?

  /// A layer with weights `[D, E]` and E biases, or none.
  public init(weights: Tensor, bias: [Float]?) {
    precondition(weights.shape.rank == 2, "weights have two axes")
    precondition(bias == nil || bias?.count == weights.shape[1], "one bias per output")
    self.weights = weights
    self.bias = bias
  }

  /// `Dense`, in Keras' terms.
  public var kind: String { "Dense" }

  /// The weights and biases.
  public var parameterCount: Int { weights.count + (bias?.count ?? 0) }

  /// The input's shape with its last extent replaced by E.
  public func outputShape(_ input: Shape) throws -> Shape {
    guard input.rank > 0, input[input.rank - 1] == weights.shape[0] else {
      throw ShapeError("Dense expects vectors of \(weights.shape[0]) elements, got \(input)")
    }
    return Shape(input.extents.dropLast() + [weights.shape[1]])
  }

  /// Wᵀx + bias, one vector at a time: a vector's result does not depend on its companions.
  public func forward(_ input: Tensor) -> Tensor {
    let (length, width) = (weights.shape[0], weights.shape[1])
    let bias = bias ?? Array(repeating: 0, count: width)
    let vectors = input.count / length
    return Tensor(shape: Shape(input.shape.extents.dropLast() + [width])) { output in
      input.withPointer { input in
        weights.withPointer { weights in
          for vector in 0..<vectors {
            for index in 0..<width { output[vector * width + index] = bias[index] }
            BLAS.multiply(
              rows: length, columns: width, weights, transposed: true, input + vector * length,
              beta: 1, into: output + vector * width)
          }
        }
      }
    }
  }

  /// W·dy.
  public func backward(_ dOutput: Tensor, input: Tensor, output: Tensor) -> Tensor {
    let (length, width) = (weights.shape[0], weights.shape[1])
    let vectors = input.count / length
    return Tensor(shape: input.shape) { dInput in
      dOutput.withPointer { dOutput in
        weights.withPointer { weights in
          for vector in 0..<vectors {
            BLAS.multiply(
              rows: length, columns: width, weights, transposed: false, dOutput + vector * width,
              into: dInput + vector * length)
          }
        }
      }
    }
  }

  /// The whole vectors that the output elements come from.
  public func inputRegion(of output: Region, input: Shape) -> Region {
    guard let last = output.ranges.last else { return output }
    return Region(output.ranges.dropLast() + [last.isEmpty ? last : 0..<weights.shape[0]])
  }
}

extension Dense: TrainableLayer {
  /// `kernel` `[D, E]`, and `bias` `[E]` if there is one.
  public var parameters: [String: Tensor] {
    var parameters = ["kernel": weights]
    if let bias { parameters["bias"] = Tensor(shape: [bias.count], values: bias) }
    return parameters
  }

  /// Σ x·dyᵀ and Σ dy over all vectors.
  public func parameterGradients(
    _ dOutput: Tensor, inputs: [Tensor], output: Tensor
  ) -> [String: Tensor] {
    let (length, width) = (weights.shape[0], weights.shape[1])
    let vectors = dOutput.count / width
    var gradients = [
      "kernel": Tensor(shape: weights.shape) { dKernel in
        inputs[0].withPointer { input in
          dOutput.withPointer { dOutput in
            BLAS.multiply(
              input, transposed: true, dOutput, transposed: false, rows: length, columns: width,
              depth: vectors, into: dKernel)
          }
        }
      }
    ]
    if bias != nil {
      gradients["bias"] = dOutput.reshaped([vectors, width]).sums
    }
    return gradients
  }

  /// The same layer with another kernel or bias.
  public func replacing(_ parameters: [String: Tensor]) -> Dense {
    Dense(
      weights: parameters["kernel"] ?? weights,
      bias: bias.map { parameters["bias"]?.values ?? $0 })
  }
}

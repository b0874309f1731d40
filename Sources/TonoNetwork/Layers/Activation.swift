import TonoCore

/// A layer that maps every element by the same function: y = f(x).
public protocol Activation: UnaryLayer {
  /// f(x).
  func value(_ x: Float) -> Float

  /// f′(x), where y = f(x).
  func slope(_ x: Float, _ y: Float) -> Float
}

extension Activation {
  /// Every cell by itself.
  public var role: LayerRole { .activation }

  /// Whether its slope is zero, or rounds to it, at zero or on a far end.
  public var canSleep: Bool { Self.places.contains { slope($0, value($0)) == 0 } }

  /// Zero, and far and as far as can be on both sides.
  private static var places: [Float] {
    [0, -1e3, 1e3, -.greatestFiniteMagnitude, .greatestFiniteMagnitude]
  }

  /// The input's own shape.
  public func outputShape(_ input: Shape) throws -> Shape { input }

  /// f of every element.
  public func forward(_ input: Tensor) -> Tensor {
    let count = input.count
    return Tensor(shape: input.shape) { output in
      input.withPointer { input in
        for index in 0..<count { output[index] = value(input[index]) }
      }
    }
  }

  /// f′ of every element times the gradient that reaches it.
  public func backward(_ dOutput: Tensor, input: Tensor, output: Tensor) -> Tensor {
    let count = input.count
    return Tensor(shape: input.shape) { dInput in
      dOutput.withPointer { dOutput in
        input.withPointer { input in
          output.withPointer { output in
            for index in 0..<count {
              dInput[index] = dOutput[index] * slope(input[index], output[index])
            }
          }
        }
      }
    }
  }

  /// The same cells.
  public func inputRegion(of output: Region, input: Shape) -> Region { output }
}

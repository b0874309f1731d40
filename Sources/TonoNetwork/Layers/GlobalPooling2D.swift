import TonoCore

/// The mean of each channel's whole map: `[C, H, W]` → `[C]`, or `[C, 1, 1]` if axes are kept.
public struct GlobalAveragePooling2D: UnaryLayer {
  /// Whether the row and column axes stay, with one cell each.
  public let keepsAxes: Bool

  /// Pooling over whole maps.
  public init(keepsAxes: Bool = false) { self.keepsAxes = keepsAxes }

  /// `GlobalAveragePooling2D`, in Keras' terms.
  public var kind: String { "GlobalAveragePooling2D" }

  /// One cell out of a whole map.
  public var role: LayerRole { .pooling }

  /// `[C]` or `[C, 1, 1]`.
  public func outputShape(_ input: Shape) throws -> Shape {
    try input.globallyPooled(by: kind, keepsAxes: keepsAxes)
  }

  /// The mean of each map, summed in row-major order.
  public func forward(_ input: Tensor) -> Tensor {
    let cells = input.shape[2] * input.shape[3]
    let means = input.planes.map { plane in
      input.values[plane].reduce(0, +) / Float(cells)
    }
    return Tensor(shape: input.shape.globallyPooled(keepsAxes), values: means)
  }

  /// Each cell's equal share of its channel's gradient.
  public func backward(_ dOutput: Tensor, input: Tensor, output: Tensor) -> Tensor {
    let cells = input.shape[2] * input.shape[3]
    return Tensor(
      shape: input.shape,
      values: dOutput.values.flatMap { repeatElement($0 / Float(cells), count: cells) })
  }

  /// The whole maps of the channels.
  public func inputRegion(of output: Region, input: Shape) -> Region {
    output.wholeMaps(of: input)
  }
}

/// The largest cell of each channel's whole map: `[C, H, W]` → `[C]`, or `[C, 1, 1]` if axes are kept.
public struct GlobalMaxPooling2D: UnaryLayer {
  /// Whether the row and column axes stay, with one cell each.
  public let keepsAxes: Bool

  /// Pooling over whole maps.
  public init(keepsAxes: Bool = false) { self.keepsAxes = keepsAxes }

  /// `GlobalMaxPooling2D`, in Keras' terms.
  public var kind: String { "GlobalMaxPooling2D" }

  /// One cell out of a whole map.
  public var role: LayerRole { .pooling }

  /// `[C]` or `[C, 1, 1]`.
  public func outputShape(_ input: Shape) throws -> Shape {
    try input.globallyPooled(by: kind, keepsAxes: keepsAxes)
  }

  /// The largest cell of each map.
  public func forward(_ input: Tensor) -> Tensor {
    Tensor(
      shape: input.shape.globallyPooled(keepsAxes),
      values: input.planes.map { plane in input.values[winner(of: plane, in: input)] })
  }

  /// The gradient, handed to the first largest cell of each map.
  public func backward(_ dOutput: Tensor, input: Tensor, output: Tensor) -> Tensor {
    var dInput = Tensor(shape: input.shape)
    for (plane, gradient) in zip(input.planes, dOutput.values) {
      dInput.values[winner(of: plane, in: input)] = gradient
    }
    return dInput
  }

  /// The whole maps of the channels.
  public func inputRegion(of output: Region, input: Shape) -> Region {
    output.wholeMaps(of: input)
  }

  private func winner(of plane: Range<Int>, in input: Tensor) -> Int {
    plane.reduce(plane.lowerBound) { input.values[$1] > input.values[$0] ? $1 : $0 }
  }
}

extension Shape {
  fileprivate func globallyPooled(by kind: String, keepsAxes: Bool) throws -> Shape {
    guard rank == 3, self[1] * self[2] > 0 else {
      throw ShapeError("\(kind) expects a map [channels, rows, columns], got \(self)")
    }
    return keepsAxes ? [self[0], 1, 1] : [self[0]]
  }

  /// The same for a batch.
  fileprivate func globallyPooled(_ keepsAxes: Bool) -> Shape {
    keepsAxes ? [self[0], self[1], 1, 1] : [self[0], self[1]]
  }
}

extension Region {
  fileprivate func wholeMaps(of input: Shape) -> Region {
    Region(isEmpty ? [0..<0, 0..<0, 0..<0] : [ranges[0], 0..<input[1], 0..<input[2]])
  }
}

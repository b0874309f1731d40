import TonoCore

/// Cells taken by their places along each axis: what slices, gathers, repeats and pads.
///
/// `y[i, j, …] = x[places₀[i], places₁[j], …]`; a place may be taken several times or not at all.
public struct Selection: UnaryLayer {
  /// What the selection is for: `Slice`, `Gather`, `Tile`.
  public let kind: String
  /// Per axis of a sample the places taken, in order, or nil for all of them; `fillPlace` for a cell
  /// of `fill`.
  public let places: [[Int]?]
  /// The value of cells that come from nowhere.
  public let fill: Float

  /// The place that stands for no cell.
  public static let fillPlace = -1

  /// A selection by these places along each axis of a sample.
  public init(kind: String, places: [[Int]?], fill: Float = 0) {
    self.kind = kind
    self.places = places
    self.fill = fill
  }

  /// Padding if it fills cells that come from nowhere.
  public var role: LayerRole {
    places.contains { $0?.contains(Self.fillPlace) == true } ? .padding : .arrangement
  }

  /// Along each axis as many cells as places are taken.
  public func outputShape(_ input: Shape) throws -> Shape {
    guard input.rank == places.count else {
      throw ShapeError("\(kind) of \(places.count) axes does not fit a sample of shape \(input)")
    }
    for (places, extent) in zip(places, input.extents) {
      guard let places else { continue }
      guard places.allSatisfy({ (Self.fillPlace..<extent).contains($0) }) else {
        throw ShapeError("\(kind) takes cells that \(input) does not have")
      }
    }
    return Shape(zip(places, input.extents).map { $0?.count ?? $1 })
  }

  /// The cells taken.
  public func forward(_ input: Tensor) -> Tensor {
    let walk = Walk(self, input.shape)
    return Tensor(shape: walk.shape) { output in
      output.update(repeating: fill, count: walk.shape.count)
      input.withPointer { input in
        walk.forEachRun { from, to, count in (output + to).update(from: input + from, count: count)
        }
      }
    }
  }

  /// Each cell's gradient: the sum over all times that it was taken.
  public func backward(_ dOutput: Tensor, input: Tensor, output: Tensor) -> Tensor {
    var dInput = Tensor(shape: input.shape)
    dInput.withMutablePointer { dInput in
      dOutput.withPointer { dOutput in
        Walk(self, input.shape).forEachRun { from, to, count in
          for index in 0..<count { dInput[from + index] += dOutput[to + index] }
        }
      }
    }
    return dInput
  }

  /// From the first to the last place taken along each axis.
  public func inputRegion(of output: Region, input: Shape) -> Region {
    Region(
      zip(places, output.ranges).map { places, range in
        guard let places else { return range }
        let taken = places[range].filter { $0 != Self.fillPlace }
        guard let first = taken.min(), let last = taken.max() else { return 0..<0 }
        return first..<last + 1
      })
  }
}

/// A pass over the cells of a batch that a selection takes.
private struct Walk {
  /// The shape of the output, `[N] + sample shape`.
  let shape: Shape
  private let places: [[Int]?]
  private let strides: [Int]
  private let outputStrides: [Int]
  private let extents: [Int]

  init(_ selection: Selection, _ input: Shape) {
    places = [nil] + selection.places
    extents = input.extents
    shape = Shape(zip(places, extents).map { $0?.count ?? $1 })
    strides = input.strides
    outputStrides = shape.strides
  }

  /// Visits runs of cells that lie side by side both in the input and in the output.
  func forEachRun(_ body: (_ from: Int, _ to: Int, _ count: Int) -> Void) {
    // Behind the last axis that is selected from, everything is one run.
    guard let last = places.lastIndex(where: { $0 != nil }) else {
      return body(0, 0, shape.count)
    }
    visit(0, last, 0, 0, body)
  }

  private func visit(
    _ axis: Int, _ last: Int, _ from: Int, _ to: Int, _ body: (Int, Int, Int) -> Void
  ) {
    for index in 0..<shape[axis] {
      let place = places[axis]?[index] ?? index
      guard place != Selection.fillPlace else { continue }
      let (source, target) = (from + place * strides[axis], to + index * outputStrides[axis])
      if axis == last {
        body(source, target, strides[axis])
      } else {
        visit(axis + 1, last, source, target, body)
      }
    }
  }
}

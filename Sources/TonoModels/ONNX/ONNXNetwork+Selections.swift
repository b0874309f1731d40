import TonoCore
import TonoFiles
import TonoNetwork

/// Parts, repetitions and margins of tensors.
extension ONNXNetwork {
  /// The longest axis whose cells are taken one by one.
  private static let longestAxis = 1 << 22

  /// Takes cells along some axes of a tensor, given by their places.
  ///
  /// `shape` is the output's as the file has it, by default that of the cells taken.
  private mutating func select(
    _ kind: String, _ places: [Int: [Int]], of input: ONNXValue, fill: Float = 0,
    part: String = "", shape: [Int]? = nil, _ call: ONNXCall
  ) throws -> ONNXValue {
    let extents = input.shape.enumerated().map { places[$0.offset]?.count ?? $0.element }
    let touchesSamples = places[0].map { $0 != [0] } ?? false
    let keepsAll = touchesSamples || !input.hasSampleAxis
    let plain = try plain(input, keepsAll: keepsAll, for: call)
    let first = keepsAll ? 0 : 1
    let layer = Selection(
      kind: kind, places: (first..<max(first, input.shape.count)).map { places[$0] }, fill: fill)
    return try add(layer, part: part, for: call, reading: [plain], shape: shape ?? extents)
  }

  /// Takes memory for the places along an axis, and refuses one that is too long.
  private mutating func check(_ length: Int, _ call: ONNXCall) throws {
    guard (0...Self.longestAxis).contains(length) else {
      throw call.failure("makes an axis of \(length) elements; at most 2^22 are taken")
    }
    try spend(length, call)
  }

  /// Concat.
  mutating func concat(_ call: ONNXCall) throws -> ONNXValue {
    let given = try call.allInputs()
    // An exported shape may begin with nothing.
    let inputs = given.filter { $0.count > 0 }
    guard let first = inputs.first else { return given[0] }
    guard call.has("axis"), inputs.allSatisfy({ $0.shape.count == first.shape.count }) else {
      throw call.failure("has no axis, or joins tensors of different numbers of axes")
    }
    let axis = try call.axis("axis", default: 0, rank: first.shape.count)
    let keepsAll = axis == 0 || !inputs.allSatisfy(\.hasSampleAxis)
    let parts = try inputs.map { try plain($0, keepsAll: keepsAll, for: call) }
    return try add(
      Concatenate(axis: keepsAll ? axis : axis - 1), for: call, reading: parts,
      leading: keepsAll ? [] : [1])
  }

  /// Split: the parts' lengths are an attribute, later an input, or equal.
  mutating func split(_ call: ONNXCall) throws -> [ONNXValue] {
    let input = try call.input()
    let axis = try call.axis("axis", default: 0, rank: input.shape.count)
    let extent = input.shape[axis]
    try check(extent, call)
    let count = call.outputCount
    let even = count == 0 ? 0 : (extent + count - 1) / count
    let lengths =
      try call.integers(1, "lengths") ?? call.integers("split", from: 0)
      ?? (0..<count).map { min(even, extent - min(extent, $0 * even)) }
    guard lengths.count == count, lengths.allSatisfy({ (0...extent).contains($0) }),
      lengths.reduce(0, +) == extent
    else {
      throw call.failure(
        "splits an axis of \(extent) elements into parts of \(call.text(lengths)) for \(count)"
          + " outputs")
    }
    var first = 0
    return try lengths.enumerated().map { index, length in
      defer { first += length }
      return try select(
        "Slice", [axis: Array(first..<first + length)], of: input,
        part: index == 0 ? "" : ".\(index + 1)", call)
    }
  }

  /// Slice: bounds are attributes, later inputs; they may lie beyond the ends.
  mutating func slice(_ call: ONNXCall) throws -> ONNXValue {
    let input = try call.input()
    func places(_ place: Int, _ role: String) throws -> [Int]? {
      try call.integers(place, role)?.map {
        $0.clamped(to: -ONNXCall.largestSetting...ONNXCall.largestSetting)
      } ?? call.places(role)
    }
    guard let starts = try places(1, "starts"), let ends = try places(2, "ends") else {
      throw call.failure("has no starts or ends")
    }
    let axes = try call.axes(
      places(3, "axes") ?? Array(starts.indices), rank: input.shape.count)
    let steps = try places(4, "steps") ?? starts.map { _ in 1 }
    guard ends.count == starts.count, axes.count == starts.count, steps.count == starts.count,
      !steps.contains(0)
    else { throw call.failure("has starts, ends, axes or steps that do not fit each other") }
    var taken: [Int: [Int]] = [:]
    for (index, axis) in axes.enumerated() {
      let extent = input.shape[axis]
      try check(extent, call)
      let step = steps[index]
      func bound(_ place: Int) -> Int {
        let place = place < 0 ? place + extent : place
        return step > 0 ? place.clamped(to: 0...extent) : place.clamped(to: -1...extent - 1)
      }
      taken[axis] = Array(
        stride(from: bound(starts[index]), to: bound(ends[index]), by: step))
    }
    return try select("Slice", taken, of: input, call)
  }

  /// Gather along one axis, by constant places.
  mutating func gather(_ call: ONNXCall) throws -> ONNXValue {
    let input = try call.input()
    guard let indices = try call.constant(1, "places"), let places = indices.integers else {
      throw call.failure("has no integers as its places")
    }
    let axis = try call.axis("axis", default: 0, rank: input.shape.count)
    let extent = input.shape[axis]
    try check(places.count, call)
    let taken = try places.map { place in
      let index = place < 0 ? place &+ extent : place
      guard (0..<extent).contains(index) else {
        throw call.failure("takes element \(place) of an axis of \(extent)")
      }
      return index
    }
    let shape = input.shape[..<axis] + indices.shape + input.shape[(axis + 1)...]
    return try select("Gather", [axis: taken], of: input, shape: Array(shape), call)
  }

  /// Expand: repeats axes of extent 1.
  mutating func expand(_ call: ONNXCall) throws -> ONNXValue {
    let input = try call.input()
    guard let asked = try call.integers(1, "shape") else { throw call.failure("has no shape") }
    let shape = try call.broadcast([input.shape, asked])
    return try repeated(input, to: shape, call)
  }

  /// Tile: repeats whole axes.
  mutating func tile(_ call: ONNXCall) throws -> ONNXValue {
    let input = try call.input()
    guard let repeats = try call.integers(1, "repeats"), repeats.count == input.shape.count else {
      throw call.failure("has no repeats for each axis")
    }
    let shape = try zip(input.shape, repeats).map { extent, count in
      guard (0...ONNXCall.largestSetting).contains(count), extent <= ONNXCall.largestSetting
      else { throw call.failure("repeats an axis \(count) times") }
      return extent * count
    }
    return try repeated(input, to: shape, call)
  }

  /// A tensor repeated along its axes until it has these extents.
  private mutating func repeated(
    _ input: ONNXValue, to shape: [Int], _ call: ONNXCall
  ) throws -> ONNXValue {
    try count(shape, call)
    let extents = Array(repeating: 1, count: shape.count - input.shape.count) + input.shape
    var taken: [Int: [Int]] = [:]
    for (axis, (extent, wanted)) in zip(extents, shape).enumerated() where extent != wanted {
      try check(wanted, call)
      taken[axis] = (0..<wanted).map { $0 % max(1, extent) }
    }
    let value = ONNXValue(input.content, shape: extents, layout: input.layout)
    return try select("Tile", taken, of: value, shape: shape, call)
  }

  /// Pad: margins of a constant, of the outermost cells, or of the map mirrored or repeated.
  mutating func pad(_ call: ONNXCall) throws -> ONNXValue {
    let input = try call.input()
    let rank = input.shape.count
    guard let pads = try call.integers(1, "pads") ?? call.integers("pads") else {
      throw call.failure("has no pads")
    }
    let fill = try call.number(2, "value") ?? call.number("value", default: 0)
    let axes = try call.axes(call.integers(3, "axes") ?? Array(0..<rank), rank: rank)
    guard pads.count == 2 * axes.count,
      pads.allSatisfy({
        abs($0.clamped(to: -Int.max...0)) <= Self.longestAxis && $0 <= Self.longestAxis
      })
    else {
      throw call.failure("has pads \(pads.prefix(8)), which do not fit its \(rank) axes")
    }
    let mode = try call.text("mode", default: "constant")
    var taken: [Int: [Int]] = [:]
    for (index, axis) in axes.enumerated() {
      let (before, after) = (pads[index], pads[index + axes.count])
      guard before != 0 || after != 0 else { continue }
      let extent = input.shape[axis]
      try check(before + extent + after, call)
      guard extent > 0 else { throw call.unsupported("widens an axis without elements") }
      taken[axis] = try (-before..<max(-before, extent + after)).map { place in
        try Self.source(of: place, extent, mode, call)
      }
    }
    return try select("Pad", taken, of: input, fill: fill, call)
  }

  /// The cell that stands in a place before, in or behind an axis.
  private static func source(
    of place: Int, _ extent: Int, _ mode: String, _ call: ONNXCall
  ) throws -> Int {
    if (0..<extent).contains(place) { return place }
    switch mode {
    case "constant": return Selection.fillPlace
    case "edge": return place.clamped(to: 0...extent - 1)
    case "wrap": return ((place % extent) + extent) % extent
    case "reflect":
      let period = max(1, 2 * (extent - 1))
      let folded = ((place % period) + period) % period
      return folded < extent ? folded : period - folded
    default: throw call.failure("has the unknown mode '\(mode)'")
    }
  }
}

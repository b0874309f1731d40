import TonoCore
import TonoFiles
import TonoNetwork

/// What a selection is for, as ONNX calls it.
private enum SelectionName: String, CaseIterable {
  case slice = "Slice"
  case gather = "Gather"
  case tile = "Tile"
  case pad = "Pad"
  case resize = "Resize"
}

/// `places`: for each axis of a sample the cells that are taken, in order, or null for all of them. A list
/// holds places from 0, −1 for a cell of `fill` (0), and `[first, count, step]` for several at one
/// distance: `[null, [[0, 40, 2]]]` takes every other of 80 columns. `as` (`Slice`) only names it: `Slice`,
/// `Gather`, `Tile`, `Pad` or `Resize`.
extension Selection: DescribedLayer {
  /// The most places along one axis.
  private static let mostPlaces = 1 << 22

  var layerDescription: LayerDescription {
    var settings: [String: JSONValue] = [
      "places": .array(places.map { $0.map(Self.json) ?? .null })
    ]
    if kind != SelectionName.slice.rawValue { settings["as"] = .string(kind) }
    if fill.bitPattern != 0 { settings["fill"] = JSONValue(fill) }
    return LayerDescription(settings)
  }

  init(from decoder: inout LayerDecoder) throws {
    let name: SelectionName = try decoder.word("as", default: .slice)
    guard let axes = decoder.setting("places")?.array, !axes.isEmpty,
      axes.count <= Architecture.mostAxes
    else {
      throw decoder.failure(
        setting: "places", expected: "for each axis of a sample null or a list of places")
    }
    self.init(
      kind: name.rawValue,
      places: try axes.map { $0.isNull ? nil : try Self.places($0, &decoder) },
      fill: try decoder.number("fill", default: 0))
  }

  /// Places as a list in which three or more at one distance are one item.
  private static func json(_ places: [Int]) -> JSONValue {
    var items: [JSONValue] = []
    var index = 0
    while index < places.count {
      let first = places[index]
      let step = index + 1 < places.count ? places[index + 1] - first : 0
      var end = index + 1
      // The place of no cell is no neighbour of the first.
      while end < places.count, places[end] - places[end - 1] == step,
        step == 0 || first != fillPlace && places[end] != fillPlace
      { end += 1 }
      if end - index > 2 {
        items.append(.array([first, end - index, step].map { JSONValue($0) }))
        index = end
      } else {
        items.append(JSONValue(first))
        index += 1
      }
    }
    return .array(items)
  }

  /// The places of such a list.
  private static func places(
    _ json: JSONValue, _ decoder: inout LayerDecoder
  ) throws -> [Int] {
    let failure = decoder.failure(
      setting: "places",
      expected: "places of at least -1, and [first, count, step] for several, 2^22 at most")
    var places: [Int] = []
    for item in json.array ?? [] {
      let run = item.array?.compactMap(\.extent) ?? item.extent.map { [$0, 1, 0] } ?? []
      guard run.count == 3, item.array == nil || item.array?.count == 3, run[1] > 0,
        run[1] <= mostPlaces - places.count, run[0] >= fillPlace,
        run[0] + (run[1] - 1) * run[2] >= fillPlace
      else { throw failure }
      try decoder.spend(places: run[1])
      places += (0..<run[1]).map { run[0] + $0 * run[2] }
    }
    guard !places.isEmpty else { throw failure }
    return places
  }
}

/// Weighted sums of cells along `axis` of a sample, from 0: `places` and `factors`, arrays with a row for
/// each sum and a column for each cell that it is made of; −1 stands for none.
extension Interpolation: DescribedLayer {
  var layerDescription: LayerDescription {
    let width = max(1, taps.map(\.count).max() ?? 1)
    func table(_ number: (Tap) -> Float, empty: Float) -> Tensor {
      Tensor(
        shape: [taps.count, width],
        values: taps.flatMap { taps in
          taps.map(number) + Array(repeating: empty, count: width - taps.count)
        })
    }
    return LayerDescription(
      ["axis": JSONValue(axis)],
      weights: [
        "places": table({ Float($0.place) }, empty: Float(Self.noPlace)),
        "factors": table(\.weight, empty: 0),
      ])
  }

  /// The place that stands for no cell.
  private static let noPlace = -1

  init(from decoder: inout LayerDecoder) throws {
    let (places, factors) = (
      try decoder.tensor("places", rank: 2), try decoder.tensor("factors", rank: 2)
    )
    let whole = places.values.compactMap { Int(exactly: $0) }
    guard places.shape == factors.shape, whole.count == places.count,
      whole.allSatisfy({ $0 >= Self.noPlace })
    else {
      throw decoder.failure(
        "has places of shape \(places.shape) and factors of shape \(factors.shape); expected one"
          + " shape, and whole numbers of at least -1 as places")
    }
    let width = places.shape[1]
    self.init(
      axis: try decoder.integer("axis", default: nil, minimum: 0),
      taps: (0..<places.shape[0]).map { row in
        (row * width..<(row + 1) * width).compactMap { index in
          whole[index] == Self.noPlace
            ? nil : Tap(place: whole[index], weight: factors.values[index])
        }
      })
  }
}

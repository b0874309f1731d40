import TonoCore
import TonoFiles
import TonoNetwork

/// What becomes of many cells, as the JSON calls it.
private enum ReductionName: String, CaseIterable {
  case mean, sum, maximum, minimum, norm

  init(_ operation: Reduction.Operation) {
    self =
      switch operation {
      case .mean: .mean
      case .sum: .sum
      case .maximum: .maximum
      case .minimum: .minimum
      case .norm: .norm
      }
  }

  var operation: Reduction.Operation {
    switch self {
    case .mean: .mean
    case .sum: .sum
    case .maximum: .maximum
    case .minimum: .minimum
    case .norm: .norm
    }
  }
}

/// `operation` (`mean`, `sum`, `maximum`, `minimum` or `norm`), `axes` of a sample, from 0; `keepsAxes`
/// (false), with one cell each.
extension Reduction: DescribedLayer {
  var layerDescription: LayerDescription {
    var description = LayerDescription([
      "operation": .string(ReductionName(operation).rawValue),
      "axes": .array(axes.sorted().map { JSONValue($0) }),
    ])
    if keepsAxes { description.settings["keepsAxes"] = .bool(true) }
    return description
  }

  init(from decoder: inout LayerDecoder) throws {
    let name: ReductionName = try decoder.word("operation", default: nil)
    let axes = try decoder.integers("axes", minimum: 0)
    guard Set(axes).count == axes.count else {
      throw decoder.failure("names one of its 'axes' twice; name each once")
    }
    self.init(
      name.operation, axes: Set(axes), keepsAxes: try decoder.bool("keepsAxes", default: false))
  }
}

/// What becomes of a window's cells, as the JSON calls it.
private enum PoolingName: String, CaseIterable {
  case maximum, mean, norm
}

/// Pooling along one to three axes with every setting. `operation`: `maximum`, `mean` or `norm`, with the
/// norm's `p` (2) and whether means count the padding, `countsPadding` (false). With a number for each
/// axis behind the channels: `window`, `windows` (how many), and `strides`, `dilation` (1), `before` and
/// `after` (0), the cells of padding.
extension WindowPooling: DescribedLayer {
  /// The most cells of all windows along one axis.
  private static let mostCells = 1 << 24

  var layerDescription: LayerDescription {
    func list(_ number: (Axis) -> Int) -> JSONValue { .array(axes.map { JSONValue(number($0)) }) }
    var settings = ["window": list(\.size), "windows": list(\.windows)]
    if axes.contains(where: { $0.stride != 1 }) { settings["strides"] = list(\.stride) }
    if axes.contains(where: { $0.dilation != 1 }) { settings["dilation"] = list(\.dilation) }
    if axes.contains(where: { $0.before != 0 }) { settings["before"] = list(\.before) }
    if axes.contains(where: { $0.after != 0 }) { settings["after"] = list(\.after) }
    let name: PoolingName
    switch operation {
    case .maximum: name = .maximum
    case .average(let countsPadding):
      name = .mean
      if countsPadding { settings["countsPadding"] = .bool(true) }
    case .norm(let p):
      name = .norm
      settings["p"] = JSONValue(p)
    }
    settings["operation"] = .string(name.rawValue)
    return LayerDescription(settings)
  }

  init(from decoder: inout LayerDecoder) throws {
    let name: PoolingName = try decoder.word("operation", default: nil)
    let operation: Operation
    switch name {
    case .maximum: operation = .maximum
    case .mean:
      operation = .average(countsPadding: try decoder.bool("countsPadding", default: false))
    case .norm: operation = .norm(p: try decoder.number("p", default: 2))
    }
    let sizes = try decoder.integers("window", minimum: 1)
    func numbers(_ key: String, default value: Int?, minimum: Int) throws -> [Int] {
      if let value, decoder.setting(key) == nil {
        return Array(repeating: value, count: sizes.count)
      }
      let numbers = try decoder.integers(key, minimum: minimum)
      guard numbers.count == sizes.count else {
        throw decoder.failure(setting: key, expected: "as many numbers as 'window' has")
      }
      return numbers
    }
    let windows = try numbers("windows", default: nil, minimum: 1)
    let strides = try numbers("strides", default: 1, minimum: 1)
    let dilation = try numbers("dilation", default: 1, minimum: 1)
    let before = try numbers("before", default: 0, minimum: 0)
    let after = try numbers("after", default: 0, minimum: 0)
    guard (1...3).contains(sizes.count) else {
      throw decoder.failure("has windows over \(sizes.count) axes; expected one to three")
    }
    guard zip(sizes, windows).allSatisfy({ $0 <= Self.mostCells / $1 }) else {
      throw decoder.failure("has windows of more than 2^24 cells along one axis; correct 'window'")
    }
    self.init(
      operation,
      axes: sizes.indices.map {
        Axis(
          size: sizes[$0], stride: strides[$0], dilation: dilation[$0], before: before[$0],
          after: after[$0], windows: windows[$0])
      })
  }
}

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif
import TonoCore
import TonoFiles
import TonoNetwork

/// How values between cells are found when a map is resized.
struct ONNXSampling {
  /// What is taken of the cells around.
  enum Mode { case nearest, linear, cubic }

  let mode: Mode
  /// The name of the rule from output to input coordinates.
  let coordinates: String
  /// The name of the rule by which a coordinate becomes the nearest cell.
  let rounding: String
  /// Whether cells outside the map count nothing instead of as much as the outermost.
  let excludesOutside: Bool
  /// Whether several cells are averaged where the map shrinks.
  let antialiases: Bool
  /// The cubic's coefficient.
  let cubic: Float
  /// What stands outside the map.
  let extrapolation: Float
}

/// How one axis is resized.
struct ONNXResizeAxis {
  /// The extent before and after.
  let extent: Int
  let target: Int
  /// The quotient of both, as the file states it.
  let scale: Double
  /// The part of the axis that is resized, from 0 to 1.
  let region: (start: Double, end: Double)

  /// Whether nothing happens.
  var isIdentity: Bool { extent == target && scale == 1 && region == (0, 1) }

  /// How many numbers say where its cells come from.
  func cost(_ sampling: ONNXSampling) -> Int {
    switch sampling.mode {
    case .nearest: target
    case .linear, .cubic: sampling.antialiases ? 8 * target + 8 * extent : 8 * target
    }
  }

  /// The input coordinate of an output cell.
  private func coordinate(_ cell: Int, _ rule: String) -> Double {
    // The extent that the factor states need not be whole; corners are aligned with its end.
    let (i, n, m) = (Double(cell), Double(extent), Double(extent) * scale)
    switch rule {
    case "asymmetric": return i / scale
    case "align_corners": return m == 1 ? 0 : i * (n - 1) / (m - 1)
    case "pytorch_half_pixel": return target == 1 ? 0 : (i + 0.5) / scale - 0.5
    case "tf_half_pixel_for_nn": return (i + 0.5) / scale
    case "half_pixel_symmetric":
      let adjustment = Double(target) / m
      return n / 2 * (1 - adjustment) + (i + 0.5) / scale - 0.5
    case "tf_crop_and_resize":
      return m != 1
        ? region.start * (n - 1) + i * (region.end - region.start) * (n - 1) / (m - 1)
        : 0.5 * (region.start + region.end) * (n - 1)
    default: return (i + 0.5) / scale - 0.5
    }
  }

  private func isOutside(_ x: Double, _ rule: String) -> Bool {
    rule == "tf_crop_and_resize" && (x < 0 || x > Double(extent - 1))
  }

  /// The place of each output cell that lies inside the map.
  func places(_ sampling: ONNXSampling) -> [Int] {
    (0..<target).map { cell in
      isOutside(coordinate(cell, sampling.coordinates), sampling.coordinates)
        ? Selection.fillPlace : cell
    }
  }

  /// Whether every output cell lies inside the map.
  func isInside(_ sampling: ONNXSampling) -> Bool {
    !places(sampling).contains(Selection.fillPlace)
  }

  /// The cell that each output cell takes.
  func nearest(_ sampling: ONNXSampling) -> [Int] {
    (0..<target).map { cell in
      let x = coordinate(cell, sampling.coordinates)
      if isOutside(x, sampling.coordinates) { return Selection.fillPlace }
      let place =
        switch sampling.rounding {
        case "floor": x.rounded(.down)
        case "ceil": x.rounded(.up)
        case "round_prefer_ceil": (x + 0.5).rounded(.down)
        default: (x - 0.5).rounded(.up)
        }
      return Int(place.clamped(to: 0...Double(extent - 1)))
    }
  }

  /// The cells that each output cell is made of.
  func taps(_ sampling: ONNXSampling) -> [[Interpolation.Tap]] {
    (0..<target).map { cell in
      let x = coordinate(cell, sampling.coordinates).clamped(to: -4...Double(extent) + 4)
      if isOutside(x, sampling.coordinates) { return [] }
      // A coordinate that is a cell's own counts as the end of the stretch before it.
      let base = x.rounded(.down) == x ? x - 1 : x.rounded(.down)
      let shrink = sampling.antialiases ? min(max(scale, 1 / Double(extent)), 1) : 1
      let reach = sampling.mode == .linear ? 1.0 : 2.0
      let start = Int((-reach / shrink).rounded(.down)) + 1
      var taps: [(place: Int, weight: Double)] = (start..<2 - start).map { step in
        let distance = (Double(step) - (x - base)) * shrink
        return (Int(base) + step, weight(distance, sampling))
      }
      if sampling.excludesOutside { taps.removeAll { !(0..<extent).contains($0.place) } }
      let isNormalized = sampling.excludesOutside || sampling.antialiases
      let sum = isNormalized ? taps.reduce(0) { $0 + $1.weight } : 1
      var weights: [Int: Double] = [:]
      for tap in taps {
        weights[tap.place.clamped(to: 0...extent - 1), default: 0] += tap.weight / sum
      }
      return weights.sorted { $0.key < $1.key }.filter { $0.value != 0 }.map {
        Interpolation.Tap(place: $0.key, weight: Float($0.value))
      }
    }
  }

  private func weight(_ distance: Double, _ sampling: ONNXSampling) -> Double {
    let d = abs(distance)
    if sampling.mode == .linear { return max(0, 1 - d) }
    let a = Double(sampling.cubic)
    if d <= 1 { return ((a + 2) * d - (a + 3)) * d * d + 1 }
    return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0
  }
}

/// What a node of the kind Resize or Upsample asks for.
struct ONNXResizePlan {
  /// How values are found.
  let sampling: ONNXSampling
  /// How each axis is resized.
  let axes: [ONNXResizeAxis]

  /// Reads the node's attributes and inputs.
  ///
  /// - Throws: `ModelError` if they do not fit a tensor of this shape, `ONNXUnsupported` for unknown
  ///   modes.
  init(_ call: ONNXCall, _ shape: [Int]) throws {
    let isOld = call.kind == "Upsample" || call.operators < 11
    let mode: ONNXSampling.Mode
    switch try call.text("mode", default: "nearest") {
    case "nearest": mode = .nearest
    case "linear", "bilinear": mode = .linear
    case "cubic": mode = .cubic
    case let other: throw call.unsupported("has the mode '\(other)', which is not read")
    }
    let sampling = ONNXSampling(
      mode: mode,
      coordinates: isOld
        ? "asymmetric" : try call.text("coordinate_transformation_mode", default: "half_pixel"),
      rounding: isOld ? "floor" : try call.text("nearest_mode", default: "round_prefer_floor"),
      excludesOutside: try call.flag("exclude_outside"), antialiases: try call.flag("antialias"),
      cubic: try call.number("cubic_coeff_a", default: -0.75),
      extrapolation: try call.number("extrapolation_value", default: 0))
    self.sampling = sampling
    guard !shape.contains(0) else { throw call.unsupported("reads a tensor without elements") }
    let rank = shape.count
    let own = try call.integers("axes").map { try call.axes($0, rank: rank) } ?? Array(0..<rank)
    let roi = isOld ? nil : try call.constant(1, "region")?.floats
    guard roi?.allSatisfy({ abs($0) <= 1e6 }) ?? true else {
      throw call.failure("has a region that is no part of the map")
    }
    let factors = try Self.factors(call, shape, own, isOld: isOld)
    axes = try shape.enumerated().map { axis, extent in
      let place = own.firstIndex(of: axis)
      let region =
        if sampling.coordinates == "tf_crop_and_resize", let roi, let place,
          roi.count == 2 * own.count
        {
          (Double(roi[place]), Double(roi[place + own.count]))
        } else {
          (0.0, 1.0)
        }
      guard let place else {
        return ONNXResizeAxis(extent: extent, target: extent, scale: 1, region: region)
      }
      let (scale, target) = factors[place]
      guard scale > 0, scale.isFinite, target > 0 else {
        throw call.failure("makes an axis of \(target) elements of \(extent)")
      }
      return ONNXResizeAxis(extent: extent, target: target, scale: scale, region: region)
    }
  }

  /// The factor and the new extent of each of the axes that are named.
  private static func factors(
    _ call: ONNXCall, _ shape: [Int], _ axes: [Int], isOld: Bool
  ) throws -> [(scale: Double, target: Int)] {
    let sizes = isOld ? nil : try call.integers(3, "sizes")
    let scales =
      try call.constant(isOld ? 1 : 2, "scales")?.floats ?? call.numbers("scales")
    if let sizes, !sizes.isEmpty {
      guard sizes.count == axes.count, sizes.allSatisfy({ (1...1 << 30).contains($0) }) else {
        throw call.failure("has sizes \(sizes.prefix(8)), which do not fit its axes")
      }
      let factors = zip(sizes, axes).map { Double($0) / Double(shape[$1]) }
      switch try call.text("keep_aspect_ratio_policy", default: "stretch") {
      case "not_larger", "not_smaller":
        let isUpper = try call.text("keep_aspect_ratio_policy", default: "") == "not_larger"
        let factor = (isUpper ? factors.min() : factors.max()) ?? 1
        return axes.map { (factor, Int((factor * Double(shape[$0]) + 0.5).rounded(.down))) }
      default: return zip(factors, sizes).map { ($0, $1) }
      }
    }
    guard let scales, scales.count == axes.count,
      scales.allSatisfy({ $0 > 0 && $0 <= Float(1 << 30) })
    else { throw call.failure("has neither sizes nor scales that fit its axes") }
    return zip(scales, axes).map { scale, axis in
      (Double(scale), Int((Double(scale) * Double(shape[axis])).clamped(to: 0...Double(1 << 40))))
    }
  }
}

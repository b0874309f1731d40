import TonoCore
import TonoFiles
import TonoNetwork

/// The layers that move elements or join tensors: where the order of Keras' axes shows.
extension KerasNetwork {
  /// Flatten, in Keras' order; with `data_format` channels-first, Keras moves the channels last
  /// before it flattens.
  mutating func flatten(_ call: KerasCall) throws -> KerasValue {
    let input = try call.input()
    var axes = input.axes
    if try !call.isChannelsLast(), axes.count > 1 { axes.append(axes.removeFirst()) }
    let ordered = try reordered(input, axes, for: call)
    return try add(Flatten(), for: call, reading: [ordered])
  }

  /// Reshape, in Keras' order; one extent may be -1: what is left.
  mutating func reshape(_ call: KerasCall) throws -> KerasValue {
    let value = try call.input()
    let input = try reordered(value, value.axes, for: call)
    let target = call.settings["target_shape"].array?.map(\.integer) ?? []
    guard !target.isEmpty, target.allSatisfy({ ($0 ?? 0) > 0 || $0 == -1 }),
      target.count(where: { $0 == -1 }) <= 1
    else { throw call.failure(setting: "target_shape", expected: "extents, at most one -1") }
    var extents = target.compactMap(\.self)
    var known = 1
    for extent in extents where extent > 0 {
      guard known <= input.shape.count else { break }
      known *= extent
    }
    if let free = extents.firstIndex(of: -1), known <= input.shape.count {
      extents[free] = input.shape.count / known
      known *= extents[free]
    }
    guard known == input.shape.count else {
      let shape = target.map { String($0 ?? 0) }.joined(separator: "×")
      throw call.failure("cannot give \(input.shape) the shape \(shape)")
    }
    let reshape = Reshape(shape: Shape(extents))
    guard isChannelsLast, extents.count == 3 else {
      return try add(reshape, for: call, reading: [input])
    }
    let map = try add(reshape, part: "_reshape", for: call, reading: [input])
    return try add(Permute(axes: [2, 0, 1]), for: call, reading: [map], isChannelsLast: true)
  }

  /// Permute, whose axes count from 1; it acts on what the network keeps.
  mutating func permute(_ call: KerasCall) throws -> KerasValue {
    let input = try call.input()
    let dims = call.settings["dims"].array?.compactMap(\.integer) ?? []
    guard dims.sorted() == Array(1..<input.shape.rank + 1) else {
      throw call.failure(
        setting: "dims", expected: "each axis of \(input.kerasShape) once, counted from 1")
    }
    let axes = dims.map { input.axes[$0 - 1] }
    let isMap = isChannelsLast && axes.count == 3
    return try add(
      Permute(axes: isMap ? [axes[2], axes[0], axes[1]] : axes), for: call, reading: [input],
      isChannelsLast: isMap)
  }

  /// ZeroPadding2D: one number, one for each axis, or two for each axis.
  mutating func zeroPadding(_ call: KerasCall) throws -> KerasValue {
    let isChannelsLast = try call.isChannelsLast()
    let input = try asMap(try call.input(), isChannelsLast: isChannelsLast, for: call)
    let setting = call.settings["padding"]
    let axes = setting.isNull ? [.number(1), .number(1)] : setting.array ?? [setting, setting]
    let margins = axes.flatMap { $0.array ?? [$0, $0] }.compactMap(\.integer)
    guard axes.count == 2, margins.count == 4, margins.allSatisfy({ $0 >= 0 }) else {
      throw call.failure(
        setting: "padding", expected: "two numbers of cells for rows and two for columns")
    }
    let layer = ZeroPadding2D(
      top: margins[0], bottom: margins[1], left: margins[2], right: margins[3])
    return try add(layer, for: call, reading: [input], isChannelsLast: isChannelsLast)
  }

  /// Concatenate along an axis in Keras' counting.
  mutating func concatenate(_ call: KerasCall) throws -> KerasValue {
    let inputs = try unified(call)
    let kerasAxis = try call.axis("axis", default: -1)
    guard let axis = inputs[0].axis(keras: kerasAxis) else {
      throw call.failure("joins axis \(kerasAxis) of \(inputs[0].kerasShape)")
    }
    return try add(
      Concatenate(axis: axis), for: call, reading: inputs, isChannelsLast: inputs[0].isChannelsLast)
  }

  /// A layer that takes several tensors element by element.
  mutating func merge(_ call: KerasCall, by layer: any Layer) throws -> KerasValue {
    let inputs = try unified(call)
    return try add(layer, for: call, reading: inputs, isChannelsLast: inputs[0].isChannelsLast)
  }

  /// The inputs of a call, all in the same order: that of channels-last maps if one of them is one.
  private mutating func unified(_ call: KerasCall) throws -> [KerasValue] {
    guard !call.inputs.isEmpty else { throw call.failure("is called on nothing") }
    guard call.inputs.contains(where: \.isChannelsLast) else { return call.inputs }
    var unified: [KerasValue] = []
    for input in call.inputs {
      unified.append(try asMap(input, isChannelsLast: true, for: call))
    }
    return unified
  }
}

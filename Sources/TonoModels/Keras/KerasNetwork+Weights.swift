import TonoCore
import TonoFiles
import TonoNetwork

/// The layers that hold weights.
extension KerasNetwork {
  /// An array of a layer, whose extents must be those of `shape`, where nothing stands for any.
  ///
  /// - Throws: `ModelError` with got and expected if it is not there or has another shape.
  private func array(_ role: String, of call: KerasCall, shape: [Int?]) throws -> Tensor {
    let variable = KerasVariable(path: call.models + [call.layer.name], role: role)
    guard let array = weights.arrays[variable] else {
      throw call.failure("has no \(role) in the file")
    }
    let extents = array.shape.extents
    guard extents.count == shape.count,
      zip(extents, shape).allSatisfy({ $0 > 0 && ($1 == nil || $0 == $1) })
    else {
      let expected = shape.map { $0.map(String.init) ?? "any" }.joined(separator: "×")
      throw call.failure(
        "has a \(role) of shape \(array.shape); expected \(expected); is the architecture this"
          + " file's?")
    }
    return array
  }

  /// The bias, if the layer has one.
  private func bias(of call: KerasCall, count: Int) throws -> [Float]? {
    guard call.settings["use_bias"].bool ?? true else { return nil }
    return try array("bias", of: call, shape: [count]).values
  }

  /// The extents of a kernel along rows and columns, if the settings state them.
  private func kernelSize(of call: KerasCall) throws -> [Int?] {
    if call.settings["kernel_size"].isNull { return [nil, nil] }
    let size = try call.pair("kernel_size", default: .one)
    return [size.rows, size.columns]
  }

  /// Conv2D: Keras keeps kernels as `[rows, columns, in ÷ groups, out]`.
  mutating func convolution(_ call: KerasCall) throws -> KerasValue {
    let isChannelsLast = try call.isChannelsLast()
    let input = try asMap(try call.input(), isChannelsLast: isChannelsLast, for: call)
    let groups = try call.integer("groups", default: 1, minimum: 1)
    let kernel = try array(
      "kernel", of: call,
      shape: kernelSize(of: call) + [input.shape[0] / groups, call.settings["filters"].integer])
    let filters = kernel.shape[3]
    guard input.shape[0] % groups == 0, filters % groups == 0 else {
      throw call.failure(
        "has \(groups) groups, which do not divide \(input.shape[0]) channels into \(filters)")
    }
    let layer = Conv2D(
      kernel: (flipsKernels ? kernel.mirrored() : kernel).permuted([3, 2, 0, 1]),
      bias: try bias(of: call, count: filters),
      strides: try call.pair("strides", default: .one),
      dilation: try call.pair("dilation_rate", default: .one), groups: groups,
      padding: try call.padding())
    return try addActivated(layer, for: call, reading: input, isChannelsLast: isChannelsLast)
  }

  /// DepthwiseConv2D: each channel has its own few kernels.
  mutating func depthwiseConvolution(_ call: KerasCall) throws -> KerasValue {
    let isChannelsLast = try call.isChannelsLast()
    let input = try asMap(try call.input(), isChannelsLast: isChannelsLast, for: call)
    let kernel = try depthwiseKernel(of: call, channels: input.shape[0])
    let layer = try depthwise(
      kernel, bias: try bias(of: call, count: kernel.shape[0]), input: input, call)
    return try addActivated(layer, for: call, reading: input, isChannelsLast: isChannelsLast)
  }

  /// SeparableConv2D: two nodes, a depthwise convolution (NAME_depthwise) and one of 1×1 cells.
  mutating func separableConvolution(_ call: KerasCall) throws -> KerasValue {
    let isChannelsLast = try call.isChannelsLast()
    let input = try asMap(try call.input(), isChannelsLast: isChannelsLast, for: call)
    let depthwiseKernel = try depthwiseKernel(of: call, channels: input.shape[0])
    let pointwiseKernel = try array(
      "pointwise_kernel", of: call,
      shape: [1, 1, depthwiseKernel.shape[0], call.settings["filters"].integer])
    let inner = try add(
      depthwise(depthwiseKernel, bias: nil, input: input, call), part: "_depthwise", for: call,
      reading: [input], isChannelsLast: isChannelsLast)
    let layer = Conv2D(
      kernel: pointwiseKernel.permuted([3, 2, 0, 1]),
      bias: try bias(of: call, count: pointwiseKernel.shape[3]))
    return try addActivated(layer, for: call, reading: inner, isChannelsLast: isChannelsLast)
  }

  /// A kernel that Keras keeps as `[rows, columns, in, multiplier]`, as `[in·multiplier, 1, rows,
  /// columns]`.
  private func depthwiseKernel(of call: KerasCall, channels: Int) throws -> Tensor {
    let multiplier = call.settings["depth_multiplier"].integer
    let kernel = try array(
      "depthwise_kernel", of: call, shape: kernelSize(of: call) + [channels, multiplier])
    let shape = kernel.shape
    return kernel.permuted([2, 3, 0, 1]).reshaped([shape[2] * shape[3], 1, shape[0], shape[1]])
  }

  private func depthwise(
    _ kernel: Tensor, bias: [Float]?, input: KerasValue, _ call: KerasCall
  ) throws -> Conv2D {
    Conv2D(
      kernel: kernel, bias: bias, strides: try call.pair("strides", default: .one),
      dilation: try call.pair("dilation_rate", default: .one), groups: input.shape[0],
      padding: try call.padding())
  }

  /// Dense, on the last axis in Keras' order.
  ///
  /// For a channels-last map that axis is the channels: there it is a convolution of 1×1 cells, and
  /// the map stays one.
  mutating func dense(_ call: KerasCall) throws -> KerasValue {
    let input = try call.input()
    guard let last = input.axis(keras: -1) else { throw call.failure("is called on a number") }
    let kernel = try array(
      "kernel", of: call, shape: [input.shape[last], call.settings["units"].integer])
    let bias = try bias(of: call, count: kernel.shape[1])
    guard input.isChannelsLast else {
      return try addActivated(Dense(weights: kernel, bias: bias), for: call, reading: input)
    }
    let shape: Shape = [kernel.shape[1], kernel.shape[0], 1, 1]
    let layer = Conv2D(kernel: kernel.permuted([1, 0]).reshaped(shape), bias: bias)
    return try addActivated(layer, for: call, reading: input, isChannelsLast: true)
  }

  /// BatchNormalization.
  ///
  /// An axis that is not the network's first is brought there and back.
  mutating func batchNormalization(_ call: KerasCall) throws -> KerasValue {
    let input = try call.input()
    let kerasAxis = try call.axis("axis", default: -1)
    guard let axis = input.axis(keras: kerasAxis) else {
      throw call.failure("normalizes axis \(kerasAxis) of \(input.kerasShape)")
    }
    let count = input.shape[axis]
    func array(_ role: String, unless value: Float) throws -> [Float] {
      guard call.layer.roles.trained.contains(role) else {
        return [Float](repeating: value, count: count)
      }
      return try self.array(role, of: call, shape: [count]).values
    }
    let layer = BatchNormalization(
      gamma: try array("gamma", unless: 1), beta: try array("beta", unless: 0),
      mean: try self.array("moving_mean", of: call, shape: [count]).values,
      variance: try self.array("moving_variance", of: call, shape: [count]).values,
      epsilon: try call.number("epsilon", default: 1e-3))
    if axis == 0 {
      return try add(layer, for: call, reading: [input], isChannelsLast: input.isChannelsLast)
    }
    let axes = [axis] + (0..<input.shape.rank).filter { $0 != axis }
    let front = try add(Permute(axes: axes), part: "_permute", for: call, reading: [input])
    let normalized = try add(layer, part: "_normalize", for: call, reading: [front])
    let inverse = axes.indices.map { index in axes.firstIndex(of: index) ?? index }
    return try add(
      Permute(axes: inverse), for: call, reading: [normalized],
      isChannelsLast: input.isChannelsLast)
  }
}

import TonoCore
import TonoFiles
import TonoNetwork

/// Matrix products.
extension ONNXNetwork {
  /// Gemm: alpha·A·B + beta·C, where A or B may be transposed.
  mutating func gemm(_ call: ONNXCall) throws -> ONNXValue {
    let (a, b, c) = (try call.input(0), try call.input(1), call.optional(2))
    guard a.shape.count == 2, b.shape.count == 2 else {
      throw call.failure(
        "multiplies \(call.text(a.shape)) by \(call.text(b.shape)); expected two matrices")
    }
    let (alpha, beta) = (
      try call.number("alpha", default: 1), try call.number("beta", default: 1)
    )
    let transposesB = try call.flag("transB")
    let width = b.shape[transposesB ? 0 : 1]
    let isBias = c.map { $0.constant != nil && ($0.count == width || $0.count == 1) } ?? true
    let isRow = c.map { $0.shape.count < 2 || $0.shape[0] == 1 && $0.shape.count == 2 } ?? true
    if b.constant != nil, isBias, isRow, try !call.flag("transA"),
      let weights = try call.array(1, "weights", shape: [nil, nil])
    {
      let kernel = transposesB ? weights.transposed : weights
      let bias = c?.constant?.floats.map { beta * $0 }
      let layer = Dense(
        weights: alpha == 1
          ? kernel : Tensor(shape: kernel.shape, values: kernel.values.map { alpha * $0 }),
        bias: bias.map { $0.count == 1 ? Array(repeating: $0[0], count: width) : $0 })
      let input = try plain(a, keepsAll: !a.hasSampleAxis, for: call)
      return try add(layer, for: call, reading: [input], shape: [a.shape[0], width])
    }
    return try generalGemm(call, a, b, c, alpha, beta)
  }

  /// Gemm of any two matrices, as several nodes.
  private mutating func generalGemm(
    _ call: ONNXCall, _ a: ONNXValue, _ b: ONNXValue, _ c: ONNXValue?, _ alpha: Float,
    _ beta: Float
  ) throws -> ONNXValue {
    func matrix(_ value: ONNXValue, _ flag: String) throws -> ONNXValue {
      let plain = try plain(value, keepsAll: true, for: call)
      guard try call.flag(flag) else { return plain }
      return try add(Permute(axes: [1, 0]), part: "_permute", for: call, reading: [plain])
    }
    let factors = [try matrix(a, "transA"), try matrix(b, "transB")]
    let product = try add(
      MatMul(), part: c == nil && alpha == 1 ? "" : "_product", for: call, reading: factors)
    guard let c else {
      if alpha == 1 { return product }
      return try add(Affine(scale: alpha), for: call, reading: [product])
    }
    let scaled = try add(Affine(scale: alpha), part: "_scaled", for: call, reading: [product])
    let summand = try add(
      Affine(scale: beta), part: "_summand", for: call, reading: [c], shape: c.shape)
    return try broadcasting(Add(), [scaled, summand], call)
  }

  /// MatMul: by a matrix in the file a fully connected layer, else a product of two tensors.
  mutating func matMul(_ call: ONNXCall) throws -> ONNXValue {
    let (a, b) = (try call.input(0), try call.input(1))
    guard let inner = a.shape.last, !b.shape.isEmpty else {
      throw call.failure("multiplies a single number")
    }
    if b.constant != nil, b.shape.count == 2, a.constant == nil,
      let weights = try call.array(1, "weights", shape: [inner, nil])
    {
      let input = try plain(a, keepsAll: !a.hasSampleAxis, for: call)
      return try add(
        Dense(weights: weights, bias: nil), for: call, reading: [input],
        shape: a.shape.dropLast() + [b.shape[1]])
    }
    // A vector is a row on the left and a column on the right; the axis goes again.
    let left = a.shape.count == 1 ? [1] + a.shape : a.shape
    let right = b.shape.count == 1 ? b.shape + [1] : b.shape
    let rank = max(left.count, right.count)
    func stacked(_ shape: [Int]) -> [Int] {
      Array(repeating: 1, count: rank - shape.count) + shape
    }
    let shapes = [stacked(left), stacked(right)]
    let drop = rank > 2 && shapes.allSatisfy { $0[0] == 1 } ? 1 : 0
    let factors = try zip([a, b], shapes).map { value, shape in
      try laidOut(value, as: Shape(Array(shape.dropFirst(drop))), for: call)
    }
    let leading = zip(shapes[0], shapes[1]).map { $0 == 1 ? $1 : $0 }.dropLast(2)
    let shape =
      leading + (a.shape.count == 1 ? [] : [shapes[0][rank - 2]])
      + (b.shape.count == 1 ? [] : [shapes[1][rank - 1]])
    return try add(MatMul(), for: call, reading: factors, shape: Array(shape))
  }
}

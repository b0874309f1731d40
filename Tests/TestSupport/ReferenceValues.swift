import Foundation
import TonoCore
import TonoNetwork

/// Numbers that another framework computed: an index `NAME.json` and the arrays in `NAME.f32`.
///
/// Arrays are in row-major order, channels first, without a batch axis. Large ones are not in the
/// blob: of those only checksums and 64 samples are known.
public struct ReferenceValues: Sendable {
  /// The arrays, in the order of the file.
  public let arrays: [ReferenceArray]

  /// The gradient ascents, in the order of the file; empty if there are none.
  public let ascents: [ReferenceAscent]

  private let positions: [String: Int]
  private let blob: [Float]

  /// Reads a committed pair of files: `Tests/Fixtures/{name}.json` and the blob beside it.
  public init(_ name: String) throws {
    let url = Fixture.url(name + ".json")
    let index = try JSONDecoder().decode(Index.self, from: Data(contentsOf: url))
    let data = try Data(contentsOf: url.deletingLastPathComponent().appending(path: index.blob))
    arrays = index.arrays
    ascents = index.ascent ?? []
    positions = Dictionary(uniqueKeysWithValues: zip(arrays.map(\.name), arrays.indices))
    blob = data.withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count, by: 4).map {
        Float(
          bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt32.self))
        )
      }
    }
  }

  /// What is known about an array.
  ///
  /// - Throws: ``ReferenceError`` if there is no array of this name.
  public func array(_ name: String) throws -> ReferenceArray {
    guard let position = positions[name] else {
      throw ReferenceError("no reference array is called \(name)")
    }
    return arrays[position]
  }

  /// A whole array.
  ///
  /// - Throws: ``ReferenceError`` if there is no array of this name, or only its checksums are known.
  public func tensor(_ name: String) throws -> Tensor {
    let array = try array(name)
    guard let range = array.range else {
      throw ReferenceError("only the checksums of reference array \(name) are known")
    }
    return Tensor(shape: array.shape, values: Array(blob[range]))
  }

  /// How far a tensor without batch axis is from a reference array.
  ///
  /// Compares every element where the whole array is known, else the samples and checksums.
  ///
  /// - Throws: ``ReferenceError`` if there is no array of this name.
  public func deviation(of tensor: Tensor, from name: String) throws -> Deviation {
    let array = try array(name)
    guard tensor.shape == array.shape else {
      return Deviation(relative: .infinity, place: "shape \(tensor.shape), not \(array.shape)")
    }
    if array.range != nil { return Deviation(of: tensor, from: try self.tensor(name)) }
    return array.deviation(of: tensor)
  }

  /// The relative Euclidean error of a tensor without batch axis against a reference array.
  ///
  /// Of an array that is not there as a whole, the least error that its checksums allow.
  ///
  /// - Throws: ``ReferenceError`` if there is no array of this name.
  public func euclideanError(of tensor: Tensor, from name: String) throws -> Double {
    let array = try array(name)
    guard tensor.shape == array.shape else { return .infinity }
    if array.range != nil {
      return Deviation.euclidean(of: tensor, from: try self.tensor(name))
    }
    return array.leastEuclideanError(of: tensor)
  }

  private struct Index: Decodable {
    let blob: String
    let arrays: [ReferenceArray]
    let ascent: [ReferenceAscent]?
  }
}

/// What is known about one reference array.
public struct ReferenceArray: Sendable, Decodable {
  /// The name, as in `input0/gradient/nyu_conv_1/7/ref_input`.
  public let name: String

  /// The shape of one sample: no batch axis.
  public let shape: Shape

  /// The value of the objective, for a gradient.
  public let objective: Double?

  private let sum: Double
  private let absoluteSum: Double
  private let squareSum: Double
  private let minimum: Double
  private let maximum: Double
  private let sample: [Double]?
  private let offset: Int?

  /// Where the whole array is in the blob; nil if only its checksums are known.
  public var range: Range<Int>? { offset.map { $0..<$0 + shape.count } }

  private enum CodingKeys: String, CodingKey {
    case name, shape, objective, sum, sample, offset
    case absoluteSum = "abs_sum"
    case squareSum = "sum_sq"
    case minimum = "min"
    case maximum = "max"
  }

  /// The largest deviation among the samples and the checksums.
  public func deviation(of tensor: Tensor) -> Deviation {
    let values = tensor.values.map(Double.init)
    let scale = max(abs(minimum), abs(maximum))
    var all = [
      Deviation(values.reduce(0, +), sum, over: absoluteSum, place: "the sum"),
      Deviation(
        values.reduce(0) { $0 + abs($1) }, absoluteSum, over: absoluteSum,
        place: "the absolute sum"),
      Deviation(
        values.reduce(0) { $0 + $1 * $1 }, squareSum, over: squareSum, place: "the sum of squares"),
      Deviation(values.min() ?? 0, minimum, over: scale, place: "the minimum"),
      Deviation(values.max() ?? 0, maximum, over: scale, place: "the maximum"),
    ]
    for (offset, expected) in samples {
      all.append(Deviation(values[offset], expected, over: scale, place: "element \(offset)"))
    }
    return all.worst
  }

  /// A lower bound of the relative Euclidean error: that of the norm, and that of the samples.
  public func leastEuclideanError(of tensor: Tensor) -> Double {
    let norm = squareSum.squareRoot()
    let other = tensor.values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    let sampled = samples.reduce(0) { sum, sample in
      let error = Double(tensor.values[sample.offset]) - sample.value
      return sum + error * error
    }.squareRoot()
    let error = abs(other - norm) > sampled ? abs(other - norm) : sampled
    if error == 0 { return 0 }
    return error.isNaN || other.isNaN ? .infinity : error / norm
  }

  /// The known elements with their row-major offsets.
  private var samples: [(offset: Int, value: Double)] {
    (sample ?? []).enumerated().map { k, value in
      (shape.count > 64 ? k * (shape.count - 1) / 63 : k, value)
    }
  }
}

/// A plain gradient ascent `x += rate · gradient` of a reference network.
public struct ReferenceAscent: Sendable, Decodable {
  /// The layer of the neuron, as in the array names.
  public let layer: String
  /// The channel, or the element of a vector.
  public let neuron: Int
  /// What the gradient is multiplied with.
  public let rate: Double
  /// How many steps were taken.
  public let steps: Int
  /// The names of the inputs that changed.
  public let moves: [String]
  /// The objective before each step, and after the last: `steps + 1` values.
  public let loss: [Double]

  private enum CodingKeys: String, CodingKey {
    case layer, neuron, steps, moves, loss
    case rate = "lr"
  }
}

/// A reference array that is not there.
public struct ReferenceError: Error, CustomStringConvertible {
  /// The sentence.
  public let description: String

  init(_ description: String) { self.description = description }
}

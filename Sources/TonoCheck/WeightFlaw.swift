import TonoCore
import TonoNetwork

/// What is wrong with one of a layer's trained arrays.
public struct WeightFlaw: Codable, Hashable, Sendable {
  /// What is wrong.
  public enum Kind: String, Codable, Sendable {
    /// Numbers are NaN or infinite.
    case notFinite
    /// A variance is negative.
    case negativeVariance
    /// All numbers of a kernel or of a normalization's factors are zero.
    case allZero
    /// Numbers are absurdly large.
    case huge
    /// A normalization's statistics are those that it has before training: mean 0, variance 1.
    case untrained
  }

  /// What is wrong.
  public let kind: Kind
  /// The array, such as `kernel`.
  public let array: String
  /// How many of its numbers are concerned.
  public let count: Int
  /// How many numbers it has.
  public let of: Int

  /// A size that no trained weight has, though statistics and constants may.
  fileprivate static let hugeWeight: Float = 1e6

  /// What is wrong with the arrays of a layer, in their order.
  static func flaws(of layer: any Layer) -> [WeightFlaw] {
    var flaws = LayerArray.all(of: layer).flatMap { array in array.flaws }
    if let channels = layer.trainedStatistics?.channels, !channels.mean.isEmpty,
      channels.mean.allSatisfy({ $0 == 0 }), channels.variance.allSatisfy({ $0 == 1 })
    {
      let count = channels.mean.count
      flaws.append(WeightFlaw(kind: .untrained, array: "statistics", count: count, of: count))
    }
    return flaws
  }
}

/// An array of numbers that a layer holds.
private struct LayerArray {
  let name: String
  let values: [Float]
  let rank: Int
  /// Whether it is a constant of the graph rather than trained: masks hold infinities on purpose.
  let isConstant: Bool

  /// The arrays of a layer, and of those inside it.
  ///
  /// Read by reflection, so that a layer needs not list them once more.
  static func all(of layer: any Layer) -> [LayerArray] {
    let isConstant = layer.role == .constant
    return Mirror(reflecting: layer).children.flatMap { child -> [LayerArray] in
      let name = child.label ?? ""
      switch child.value {
      case let tensor as Tensor:
        // Its name in files.
        let name = name == "weights" ? "kernel" : name
        return [LayerArray(name, tensor.values, rank: tensor.shape.rank, isConstant)]
      case let values as [Float]:
        return [LayerArray(name, values, rank: 1, isConstant)]
      case let constants as [Int: Tensor]:
        return constants.sorted { $0.key < $1.key }.map {
          LayerArray("constant \($0.key)", $0.value.values, rank: $0.value.shape.rank, true)
        }
      case let layer as any Layer: return all(of: layer)
      default: return []
      }
    }
  }

  private init(_ name: String, _ values: [Float], rank: Int, _ isConstant: Bool) {
    (self.name, self.values, self.rank, self.isConstant) = (name, values, rank, isConstant)
  }

  var flaws: [WeightFlaw] {
    func flaw(_ kind: WeightFlaw.Kind, _ isBad: (Float) -> Bool) -> WeightFlaw? {
      let count = values.count(where: isBad)
      return count == 0
        ? nil : WeightFlaw(kind: kind, array: name, count: count, of: values.count)
    }
    if isConstant { return [flaw(.notFinite, \.isNaN)].compactMap { $0 } }
    let isStatistic = name == "mean" || name == "variance"
    let isFactor = name == "gamma" || rank > 1 && name != "beta" && name != "bias"
    return [
      flaw(.notFinite) { !$0.isFinite },
      name == "variance" ? flaw(.negativeVariance) { $0 < 0 } : nil,
      isFactor && !values.isEmpty && values.allSatisfy { $0 == 0 }
        ? flaw(.allZero) { _ in true } : nil,
      isStatistic ? nil : flaw(.huge) { $0.isFinite && $0.magnitude > WeightFlaw.hugeWeight },
    ].compactMap { $0 }
  }
}

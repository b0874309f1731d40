import TonoCore
import TonoNetwork

/// A differentiable scalar of one sample's activations.
protocol Scalar: Sendable {
  /// The cells that it looks at.
  var targets: [Target] { get }

  /// Its value, given the cells of each target in row-major order.
  func value(of cells: [UnsafeMutablePointer<Float>]) -> Float

  /// Writes its gradient with respect to those cells.
  func seed(_ seeds: [UnsafeMutablePointer<Float>], at cells: [UnsafeMutablePointer<Float>])
}

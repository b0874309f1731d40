/// How far numbers may be from what they should be, each with the reason.
public enum Tolerance {
  /// Central differences of float32 layers: rounding of the outputs (6e-8) over the step (1/128),
  /// and the third derivative of smooth activations times the step squared.
  public static let finiteDifference = 2e-3

  /// Central differences of a whole network, with a smaller step so that few kinks are crossed: the
  /// outputs' rounding (6e-8) over the step (1/1024), and the kinks.
  public static let smallStep = 2e-2

  /// Activations against another framework, relative to the largest: sums of some thousand products
  /// in another order.
  public static let activation = 1e-4

  /// Gradients against another framework, relative to the largest.
  public static let gradient = 1e-3

  /// Sums of a few hundred float32 products in another order.
  public static let reordered: Float = 1e-5
}

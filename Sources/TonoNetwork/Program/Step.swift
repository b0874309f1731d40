import TonoCore

/// One fused operation of a program.
///
/// Shares split its work, forward and backward, so that every number is computed by the same
/// operations whatever their count: they write apart from each other.
protocol Step: Sendable {
  /// What it computes and how, in a few words.
  var summary: String { get }

  /// Computes a share of the output.
  func forward(_ workspace: Workspace, _ share: Share)

  /// Adds a share of the gradient with respect to the inputs.
  func backward(_ workspace: Workspace, _ share: Share)
}

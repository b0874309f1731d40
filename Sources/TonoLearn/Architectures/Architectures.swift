import TonoCore
import TonoNetwork

/// The networks of IMINET and TL-IMINET before their training, weights as Keras draws them.
///
/// Source: Zhang, Pardo & Duan, "Siamese Style Convolutional Neural Networks for Sound Search by Vocal
/// Imitation", TASLP 2019. The weights of each layer are determined by the seed and its name.
public enum Architectures {
  /// A tower with a classifier, as it is pretrained: dropout, `PREFIX_fc_1` with ReLU, dropout,
  /// `PREFIX_fc_2` with softmax.
  ///
  /// - Parameters:
  ///   - tower: the tower.
  ///   - hidden: how many neurons the hidden layer has.
  ///   - classes: how many classes there are.
  ///   - dropout: the rates before both layers; 0 for no such layer.
  ///   - initializer: how weights are drawn.
  ///   - seed: what determines them.
  /// - Returns: the network before its training.
  /// - Throws: `ShapeError` if the tower does not fit its input.
  public static func classifier(
    _ tower: TowerArchitecture, hidden: Int, classes: Int, dropout: (Double, Double),
    initializer: WeightInitializer = .glorotUniform, seed: UInt64
  ) throws -> Network {
    var builder = NetworkBuilder(initializer, seed: seed)
    let features = try tower.add(to: &builder)
    builder.dropout(tower.prefix + "_drop_1", rate: dropout.0)
    builder.dense(tower.prefix + "_fc_1", from: features, to: hidden, ReLU())
    builder.dropout(tower.prefix + "_drop_2", rate: dropout.1)
    builder.dense(tower.prefix + "_fc_2", from: hidden, to: classes, Softmax(axis: 0))
    return try builder.network()
  }

  /// TL-IMINET's imitation tower with its pretraining head: Dense 256, then the languages.
  public static func imitationTower(
    languages: Int = 7, dropout: (Double, Double) = (0, 0),
    initializer: WeightInitializer = .glorotUniform, seed: UInt64
  ) throws -> Network {
    try classifier(
      .imitation, hidden: 256, classes: languages, dropout: dropout, initializer: initializer,
      seed: seed)
  }

  /// TL-IMINET's recording tower with its pretraining head: dropout ½, Dense 64, dropout ½, then the
  /// classes.
  public static func recordingTower(
    classes: Int = 10, dropout: (Double, Double) = (0.5, 0.5),
    initializer: WeightInitializer = .glorotUniform, seed: UInt64
  ) throws -> Network {
    try classifier(
      .recording, hidden: 64, classes: classes, dropout: dropout, initializer: initializer,
      seed: seed)
  }

  /// Two towers side by side and what compares them: `merge`, `fc_1` with ReLU, `fc_2` with one sigmoid:
  /// the likelihood that an imitation means a recording.
  ///
  /// - Parameters:
  ///   - imitation: the tower of imitations; its input's name gets the suffix `_a`.
  ///   - recording: the tower of recordings; its input's name gets the suffix `_b`.
  ///   - hidden: how many neurons `fc_1` has.
  ///   - initializer: how weights are drawn.
  ///   - seed: what determines them.
  /// - Returns: the network before its training.
  /// - Throws: `ShapeError` if a tower does not fit its input.
  public static func siamese(
    imitation: TowerArchitecture = .imitation, recording: TowerArchitecture = .recording,
    hidden: Int = 108, initializer: WeightInitializer = .glorotUniform, seed: UInt64
  ) throws -> Network {
    var builder = NetworkBuilder(initializer, seed: seed)
    let a = try imitation.add(to: &builder, inputSuffix: "_a")
    let b = try recording.add(to: &builder, inputSuffix: "_b")
    builder.add("merge", Concatenate(axis: 0), reading: [imitation.output, recording.output])
    builder.dense("fc_1", from: a + b, to: hidden, ReLU())
    builder.dense("fc_2", from: hidden, to: 1, Sigmoid())
    return try builder.network()
  }

  /// IMINET: two towers of one structure, each with weights of its own.
  public static func iminet(
    inputShape: Shape = [1, 72, 153], hidden: Int = 108,
    initializer: WeightInitializer = .glorotUniform, seed: UInt64
  ) throws -> Network {
    try siamese(
      imitation: .iminet(prefix: "imi", inputShape: inputShape),
      recording: .iminet(prefix: "ref", inputShape: inputShape), hidden: hidden,
      initializer: initializer, seed: seed)
  }
}

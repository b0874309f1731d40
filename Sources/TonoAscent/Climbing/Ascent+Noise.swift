import TonoCore
import TonoNetwork

extension Ascent {
  /// The inputs that a climb from noise begins with: what each canvas paints of noise cells.
  ///
  /// - Parameters:
  ///   - text: whose climb, such as `conv_1:17`; with the seed and the start it decides the numbers.
  ///   - start: which start, from 0.
  /// - Returns: per input name a tensor `[C, H, W]` in network units.
  public func noise(for text: String, start: Int) -> [String: Tensor] {
    var random = RandomSource(seed: settings.seed, text: "\(text)|\(start)")
    return Dictionary(
      uniqueKeysWithValues: network.inputs.map { input in
        let climbed = ClimbedInput(
          input, canvas: canvas(before: input.name), frontEnd: frontEnds[input.name],
          settings: settings)
        climbed.begin { _ in random.normal() }
        return (input.name, climbed.painted)
      })
  }
}

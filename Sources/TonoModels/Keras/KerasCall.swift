import Foundation
import TonoCore
import TonoFiles
import TonoNetwork

/// One call of a Keras layer: its settings, and what it is called on.
struct KerasCall {
  /// The layer.
  let layer: KerasLayer

  /// What it is called on.
  let inputs: [KerasValue]

  /// The names of the models around the layer, outermost first.
  let models: [String]

  /// What tells the call from the first one of the same layer; empty for the first.
  let suffix: String

  /// The file, for messages.
  let url: URL

  /// The settings by Keras' names.
  var settings: JSONValue { layer.settings }

  /// The only input.
  ///
  /// - Throws: `ModelError` if there is another number of them.
  func input() throws -> KerasValue {
    guard inputs.count == 1 else {
      throw failure("takes one input, but is called on \(inputs.count)")
    }
    return inputs[0]
  }

  /// An error about the layer; `problem` continues the sentence.
  func failure(_ problem: String) -> ModelError {
    ModelError(url, "layer '\(layer.name)' (\(layer.kind)) \(problem)")
  }

  /// An error about a setting whose value makes no sense or is not supported.
  func failure(setting key: String, expected: String) -> ModelError {
    failure("has an unsupported '\(key)'; expected \(expected)")
  }

  // MARK: - Settings

  /// A whole number of at least `minimum`.
  func integer(_ key: String, default value: Int, minimum: Int) throws -> Int {
    if settings[key].isNull { return value }
    guard let integer = settings[key].integer, integer >= minimum else {
      throw failure(setting: key, expected: "a whole number from \(minimum) to a million")
    }
    return integer
  }

  /// A finite number.
  func number(_ key: String, default value: Double) throws -> Float {
    if settings[key].isNull { return Float(value) }
    guard let number = settings[key].number, Float(number).isFinite else {
      throw failure(setting: key, expected: "a number")
    }
    return Float(number)
  }

  /// Two numbers of at least 1, or one for both.
  func pair(_ key: String, default value: Pair) throws -> Pair {
    if settings[key].isNull { return value }
    let numbers = settings[key].array ?? [settings[key], settings[key]]
    guard numbers.count == 2, let rows = numbers[0].integer, let columns = numbers[1].integer,
      rows > 0, columns > 0
    else { throw failure(setting: key, expected: "two whole numbers of at least 1") }
    return Pair(rows: rows, columns: columns)
  }

  /// The only axis of a setting that is a number or a list of one, in Keras' counting.
  func axis(_ key: String, default value: Int) throws -> Int {
    if settings[key].isNull { return value }
    let list = settings[key].array ?? [settings[key]]
    guard list.count == 1, let axis = list[0].integer else {
      throw failure(setting: key, expected: "one axis")
    }
    return axis
  }

  /// `valid` or `same`.
  func padding() throws -> Padding {
    switch settings["padding"].string?.lowercased() ?? "valid" {
    case "valid": .valid
    case "same": .same
    default: throw failure(setting: "padding", expected: "'valid' or 'same'")
    }
  }

  /// Whether Keras thinks of the layer's maps as `[H, W, C]`, which it does unless told otherwise.
  func isChannelsLast() throws -> Bool {
    switch settings["data_format"].string ?? "channels_last" {
    case "channels_last": true
    case "channels_first": false
    default:
      throw failure(setting: "data_format", expected: "'channels_last' or 'channels_first'")
    }
  }
}

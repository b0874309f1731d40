import Foundation
import TonoCore
import TonoFiles

/// A recipe as JSON: an object with a key for each setting that is not at its default.
extension Recipe {
  /// Reads JSON text.
  ///
  /// - Throws: ``RecipeError`` for a key that there is not, with the nearest, or a value that its key does
  ///   not take; `InputError` if this is no JSON object.
  public init(json: Data) throws {
    guard let object = JSONValue(parsing: json)?.object else {
      throw InputError("a recipe is a JSON object, as in {\"steps\": 400}")
    }
    try self.init(object)
  }

  package init(_ object: [String: JSONValue]) throws {
    self.init()
    for (key, value) in object.sorted(by: { $0.key < $1.key }) {
      guard let setting = Self.setting(key) else {
        let near = nearest(to: key, in: Self.settings.map(\.key), count: 3)
        throw RecipeError(key, "is no setting", .give("one of " + near.joined(separator: ", ")))
      }
      guard setting.set(value, &self) != nil else {
        throw RecipeError(key, got: value.text, expected: setting.expected)
      }
    }
    try validate()
  }

  /// JSON text on one line, with the settings that are not at their defaults.
  public var json: String {
    let defaults = Recipe()
    let changed = Self.settings.compactMap { setting -> (String, JSONValue)? in
      let value = setting.value(self)
      return value == setting.value(defaults) ? nil : (setting.key, value)
    }
    return JSONValue.object(Dictionary(uniqueKeysWithValues: changed)).text
  }
}

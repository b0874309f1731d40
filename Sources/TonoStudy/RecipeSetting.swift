import TonoCore
import TonoFiles

extension Recipe {
  /// One setting: its key, what it does, and what it takes.
  public struct Setting: Sendable {
    /// The key in JSON, and the flag's name.
    public let key: String
    /// What it does, in one or two sentences.
    public let help: String
    /// What values it takes, in words: `a whole number from 1`.
    public let expected: String

    /// The value of a recipe.
    let value: @Sendable (Recipe) -> JSONValue
    /// Sets the value; nothing if it is of the wrong kind.
    let set: @Sendable (JSONValue, inout Recipe) -> Void?
    /// Whether a recipe's value is in range.
    let accepts: @Sendable (Recipe) -> Bool

    /// Checks a recipe's value.
    func check(_ recipe: Recipe) throws {
      guard accepts(recipe) else {
        let value = value(recipe)
        throw RecipeError(key, got: value.string ?? value.text, expected: expected)
      }
    }
  }
}

// MARK: - Kinds of settings

extension Recipe.Setting {
  typealias Path<Value> = WritableKeyPath<Recipe, Value> & Sendable

  static func integer(
    _ key: String, _ path: Path<Int>, _ range: ClosedRange<Int>, _ help: String
  ) -> Self {
    Self(
      key: key, help: help, expected: "a whole number from \(range.lowerBound)",
      value: { JSONValue($0[keyPath: path]) },
      set: { value, recipe in value.extent.map { recipe[keyPath: path] = $0 } },
      accepts: { range.contains($0[keyPath: path]) })
  }

  static func seed(_ key: String, _ path: Path<UInt64>, _ help: String) -> Self {
    Self(
      key: key, help: help, expected: "a whole number from 0",
      value: { JSONValue.number(Double($0[keyPath: path])) },
      set: { value, recipe in
        value.number.flatMap { UInt64(exactly: $0) }.map { recipe[keyPath: path] = $0 }
      }, accepts: { _ in true })
  }

  static func number(
    _ key: String, _ path: Path<Float>, above lowest: Float, _ help: String
  ) -> Self {
    number(key, path, "a number above \(lowest.short)", help) { $0 > lowest && $0.isFinite }
  }

  static func number(
    _ key: String, _ path: Path<Float>, from lowest: Float, to highest: Float = .infinity,
    _ help: String
  ) -> Self {
    let expected =
      highest.isFinite
      ? "a number from \(lowest.short) to \(highest.short)" : "a number from \(lowest.short)"
    return number(key, path, expected, help) { $0 >= lowest && $0 <= highest && $0.isFinite }
  }

  static func optionalNumber(
    _ key: String, _ path: Path<Float?>, from lowest: Float, _ help: String
  ) -> Self {
    Self(
      key: key, help: help, expected: "a number from \(lowest.short)",
      value: { $0[keyPath: path].map { JSONValue($0) } ?? .null },
      set: { value, recipe in value.float.map { recipe[keyPath: path] = $0 } },
      accepts: { recipe in
        recipe[keyPath: path].map { $0 >= lowest && $0.isFinite } ?? true
      })
  }

  private static func number(
    _ key: String, _ path: Path<Float>, _ expected: String, _ help: String,
    _ accepts: @escaping @Sendable (Float) -> Bool
  ) -> Self {
    Self(
      key: key, help: help, expected: expected, value: { JSONValue($0[keyPath: path]) },
      set: { value, recipe in value.float.map { recipe[keyPath: path] = $0 } },
      accepts: { accepts($0[keyPath: path]) })
  }

  static func flag(_ key: String, _ path: Path<Bool>, _ help: String) -> Self {
    Self(
      key: key, help: help, expected: "true or false", value: { .bool($0[keyPath: path]) },
      set: { value, recipe in value.bool.map { recipe[keyPath: path] = $0 } },
      accepts: { _ in true })
  }

  static func optionalFlag(
    _ key: String, _ path: Path<Bool?>, _ help: String
  ) -> Self {
    Self(
      key: key, help: help, expected: "true or false",
      value: { $0[keyPath: path].map(JSONValue.bool) ?? .null },
      set: { value, recipe in value.bool.map { recipe[keyPath: path] = $0 } },
      accepts: { _ in true })
  }

  static func choice<Choice: RawRepresentable & CaseIterable & SendableMetatype>(
    _ key: String, _ path: Path<Choice>, _ help: String
  ) -> Self where Choice.RawValue == String {
    Self(
      key: key, help: help, expected: expected(Choice.self),
      value: { .string($0[keyPath: path].rawValue) },
      set: { value, recipe in
        value.string.flatMap(Choice.init(rawValue:)).map { recipe[keyPath: path] = $0 }
      }, accepts: { _ in true })
  }

  static func choice<Choice: RawRepresentable & CaseIterable & SendableMetatype>(
    _ key: String, _ path: Path<Choice?>, _ help: String
  ) -> Self where Choice.RawValue == String {
    Self(
      key: key, help: help, expected: expected(Choice.self),
      value: { $0[keyPath: path].map { .string($0.rawValue) } ?? .null },
      set: { value, recipe in
        value.string.flatMap(Choice.init(rawValue:)).map { recipe[keyPath: path] = $0 }
      }, accepts: { _ in true })
  }

  private static func expected<Choice: RawRepresentable & CaseIterable>(
    _ choice: Choice.Type
  ) -> String where Choice.RawValue == String {
    "one of " + choice.allCases.map(\.rawValue).joined(separator: ", ")
  }
}

import TonoCore

/// What Scripts/reference/format_fixtures.py puts into files of arrays of every type.
public enum TypesFixture {
  /// The arrays by their names.
  public static let arrays: [(name: String, tensor: Tensor)] =
    [
      "f64", "f32", "f16", "bf16", "i64", "i32", "i16", "i8", "u64", "u32", "u16", "u8",
    ].map { ($0, Tensor(shape: [6], values: [0, 1, 2, 3, 100, 127])) } + [
      ("bool", Tensor(shape: [6], values: [0, 1, 1, 1, 1, 1])),
      ("half", Tensor(shape: [5], values: [-2.5, 0x1p-24, 0x1.ff8p-15, 65504, .infinity])),
      ("brain", Tensor(shape: [4], values: [-2.5, 0x1p-133, 0x1.fep127, 1.5])),
      ("scalar", Tensor(shape: [], values: [2.5])), ("empty", Tensor(shape: [0, 3])),
    ]
}

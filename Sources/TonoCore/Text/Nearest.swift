/// The few names most like `name`: by edit distance, those that contain it or begin alike first.
///
/// - Complexity: O(names × length²).
public func nearest(
  to name: String, in names: some Sequence<String>, count: Int = 4
) -> [String] {
  let ranked = names.map { candidate -> (name: String, distance: Int) in
    let common = zip(name, candidate).prefix { $0 == $1 }.count
    return (candidate, editDistance(name, candidate) - common)
  }
  return ranked.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(count).map(\.name)
}

/// How many characters must be inserted, deleted or replaced to turn one text into the other
/// (Levenshtein 1966).
private func editDistance(_ a: String, _ b: String) -> Int {
  let b = Array(b)
  var row = Array(0...b.count)
  for (i, character) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, other) in b.enumerated() {
      let substitution = diagonal + (character == other ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(substitution, row[j] + 1, diagonal + 1)
    }
  }
  return row[b.count]
}

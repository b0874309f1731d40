/// A sentence on one line of moderate length, whatever names a damaged file has put into it.
///
/// Line feeds and what else controls a terminal become `�`.
public func oneLine(_ sentence: String) -> String {
  var line = String.UnicodeScalarView()
  for scalar in sentence.unicodeScalars.prefix(2_000) {
    line.append(scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar)
  }
  return String(line)
}

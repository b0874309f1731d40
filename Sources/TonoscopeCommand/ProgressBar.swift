import TonoCore
import TonoFiles

/// A bar on a terminal with what is done and how long the rest will take; nothing elsewhere.
struct ProgressBar {
  private let start = ContinuousClock.now
  private var lastDraw: ContinuousClock.Instant?

  /// How often it is drawn at most.
  private static let interval = Duration.milliseconds(100)

  /// Draws the share that is done, 0…1, with a few words; not more often than is seen.
  ///
  /// `since` is the share that was done when the bar was made, from which the time left is told.
  mutating func draw(share: Double, since first: Double = 0, _ words: String) {
    guard Terminal.isInteractive else { return }
    let now = ContinuousClock.now
    if let lastDraw, now - lastDraw < Self.interval { return }
    lastDraw = now
    let share = min(1, share)
    let elapsed = (now - start) / .seconds(1)
    let left =
      share - first > 0.01
      ? Self.clock(elapsed * (1 - share) / (share - first)) + " left" : ""
    let text = " \(words)  \(left)"
    let width = max(0, min(40, Terminal.columns - text.count - 3))
    let filled = Int(share * Double(width))
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    Terminal.write("\r\(bar)\(text)\u{1B}[K")
  }

  /// Clears the line of the bar.
  static func clear() {
    if Terminal.isInteractive { Terminal.write("\r\u{1B}[K") }
  }

  private static func clock(_ seconds: Double) -> String {
    let seconds = Int(seconds.rounded(.up))
    return seconds < 60 ? "\(seconds) s" : "\(seconds / 60) min \(seconds % 60) s"
  }
}

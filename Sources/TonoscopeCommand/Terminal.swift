import Foundation
import TonoFiles

/// What a command says besides its results: on standard error, so that results can be piped.
enum Terminal {
  /// Whether standard error is a terminal that shows a progress bar.
  static var isInteractive: Bool { isatty(STDERR_FILENO) == 1 }

  /// Writes a line.
  static func note(_ line: String) { write(line + "\n") }

  /// Writes text as it is.
  static func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

  /// How many columns a line has.
  static var columns: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}

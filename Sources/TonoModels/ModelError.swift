import Foundation
import TonoNetwork

/// Why a model cannot be read, in one sentence: the file, the place, got and expected, a remedy.
public struct ModelError: Error, Equatable, CustomStringConvertible {
  /// The file that was being read.
  public let file: URL

  /// What is wrong with it and what to do, without the file's name.
  public let problem: String

  /// An error about `file`; `problem` is a sentence without a full stop.
  ///
  /// Names in files may be anything: line feeds and what else controls a terminal become `�`.
  public init(_ file: URL, _ problem: String) {
    self.file = file
    self.problem = oneLine(problem)
  }

  /// The sentence: the file as it was named, then what is wrong with it.
  public var description: String { "\(file.relativePath): \(problem)" }
}

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Why something from outside cannot be used: a file, a flag's value, a recipe, a network.
///
/// It carries facts, and what would help as a ``Remedy``; each face (command line, Swift, Python, page) puts
/// the remedy into its own words.
public struct InputError: Error, Equatable, CustomStringConvertible {
  /// What it is about, such as a file as it was named; nothing where the problem says it.
  public let subject: String?

  /// What was got, what was expected and where, on one line and without a full stop.
  public let problem: String

  /// What would help, where that differs from face to face.
  public let remedy: Remedy?

  /// An error about a subject, or one that says of what it is.
  ///
  /// Names in files may be anything: line feeds and what else controls a terminal become `�`.
  public init(_ problem: String, about subject: String? = nil, remedy: Remedy? = nil) {
    self.subject = subject.map(oneLine)
    self.problem = oneLine(problem)
    self.remedy = remedy
  }

  /// An error about a file, which is called as it was named.
  public init(_ file: URL, _ problem: String, remedy: Remedy? = nil) {
    self.init(problem, about: file.relativePath, remedy: remedy)
  }

  /// The sentence in words that suit no face in particular.
  public var description: String { sentence { $0.description } }

  /// The sentence, with the remedy in a face's own words.
  public func sentence(_ words: (Remedy) -> String) -> String {
    (subject.map { "\($0): " } ?? "") + problem + (remedy.map { "; \(words($0))" } ?? "")
  }
}

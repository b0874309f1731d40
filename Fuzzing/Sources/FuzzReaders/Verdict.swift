import TonoAudio
import TonoCore
import TonoStudy

@testable import TonoModels

/// What counts as a right answer to a hostile file.
enum Verdict {
  /// Runs `body`, which may succeed or throw one of the project's errors: one clear sentence.
  static func of(_ body: () throws -> Void) {
    do {
      try body()
    } catch let error as InputError {
      check(error.description)
    } catch {
      preconditionFailure("thrown was \(type(of: error)): \(error)")
    }
  }

  private static func check(_ sentence: String) {
    precondition(!sentence.isEmpty, "the error says nothing")
    precondition(sentence.count <= 4_000, "the error says \(sentence.count) characters")
    precondition(
      !sentence.unicodeScalars.contains { $0.properties.generalCategory == .control },
      "the error is not one line: \(sentence)")
  }
}

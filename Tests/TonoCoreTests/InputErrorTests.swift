import Foundation
import Testing
import TonoCore

@Suite struct InputErrorTests {
  @Test func namesItsSubjectAndKeepsToOneLine() {
    let error = InputError(URL(filePath: "a\nb.npy"), "is\u{1B}[2J damaged")
    #expect(error.description == "a\u{FFFD}b.npy: is\u{FFFD}[2J damaged")
  }

  @Test func eachFaceHasItsWordsForARemedy() {
    let error = InputError("the shapes differ", about: "mine", remedy: .nameFrontEnd)
    #expect(error.description.hasPrefix("mine: the shapes differ; "))
    #expect(error.sentence { _ in "do this" } == "mine: the shapes differ; do this")
  }
}

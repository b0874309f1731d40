import Foundation
import TestSupport
import Testing
import TonoCore

@testable import TonoLearn

struct SplitFileTests {
  private let split = RetrievalSplit(
    rule: "by hand", trainingConcepts: ["a/b"], testConcepts: ["a/c"], training: ["1.wav"],
    validation: ["2.wav"], test: ["3, 4.wav"])

  @Test func isReadAsItWasWritten() throws {
    let folder = try TemporaryFolder()
    try split.write(to: folder["split.json"])
    #expect(try RetrievalSplit.read(folder["split.json"]) == split)
  }

  @Test(arguments: [
    ("{", "is no split of a data set"), ("[1]", "is no split of a data set"),
    ("{\"rule\": \"x\"}", "'trainingConcepts' is missing"),
    (
      """
      {"rule": "x", "trainingConcepts": [], "testConcepts": [], "training": ["1.wav"],
       "validation": [], "test": ["1.wav"]}
      """, "has '1.wav' twice"
    ),
  ])
  func refusesWhatIsNone(text: String, problem: String) throws {
    let folder = try DataSetFolder()
    try folder.file("split.json", text)
    let error = #expect(throws: InputError.self) {
      try RetrievalSplit.read(folder["split.json"])
    }
    #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
  }
}

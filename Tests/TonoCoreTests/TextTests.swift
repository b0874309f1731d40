import Testing
@testable import TonoCore

@Suite struct TextTests {
  @Test func theNearestNamesComeFirst() {
    #expect(
      nearest(to: "conv_1", in: ["dense", "conv_2", "conv_10"], count: 2) == ["conv_10", "conv_2"])
  }

  @Test(
    "names of layers stay in their folder and come back to nobody's else",
    arguments: [
      ("a/b", "a%2Fb"), ("..", "%2E."), ("%2F", "%252F"), ("conv_1", "conv_1"),
    ])
  func fileNames(_ name: String, _ file: String) {
    #expect(fileName(name) == file)
  }

  @Test func columnsAreAsWideAsTheirWidestCell() {
    #expect(table(["a", "b"], [["long", "1"]], rightAligned: [1]) == ["a     b", "long  1"])
  }
}

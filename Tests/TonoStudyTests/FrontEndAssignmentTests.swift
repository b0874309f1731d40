import Testing
import TonoAudio
import TonoCore
import TonoNetwork
import TonoStudy

@Suite struct FrontEndAssignmentTests {
  @Test("inputs of one file fit with axes of one element anywhere, and open frames are theirs")
  func assignment() throws {
    func network(_ shape: Shape) throws -> Network {
      try Network(
        inputs: [.init(name: "x", shape: shape)],
        nodes: [.init(name: "relu", layer: ReLU(), inputs: ["x"])], outputs: ["relu"])
    }
    for shape: Shape in [[1, 96, 64], [96, 64], [96, 64, 1]] {
      let found = try FrontEndAssignment(["vggish"], for: network(shape)).frontEnds
      #expect(found["x"]?.name == "vggish")
    }
    let found = try FrontEndAssignment(["panns"], for: network([1, 301, 64])).frontEnds
    #expect(found["x"]?.frames == 301)
    let error = #expect(throws: InputError.self) {
      try FrontEndAssignment(["panns"], for: network([1, 64, 301]))
    }
    #expect(error?.description.contains("makes 1×any×64") == true)
  }
}

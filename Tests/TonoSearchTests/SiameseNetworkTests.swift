import TestSupport
import Testing
import TonoAudio
import TonoModels
import TonoCore
import TonoNetwork

@testable import TonoSearch

/// Towers run once, and a head on many pairs: the scores are the whole network's.
@Suite struct SiameseNetworkTests {
  private static func features(_ count: Int, seed: UInt64) -> [Tensor] {
    var random = TestRandom(seed)
    return (0..<count).map { _ in .random([1, 16, 31], using: &random) }
  }

  private static func codes(_ encoder: PairEncoder, _ features: [Tensor]) -> [[Float]] {
    let workspace = encoder.makeWorkspace()
    return features.map { encoder.code(of: $0, in: workspace) }
  }

  private static func table(_ codes: [[Float]]) -> CodeTable {
    CodeTable(length: codes[0].count, values: codes.flatMap(\.self))
  }

  @Test(
    "scores are those of the whole network, however the sides meet",
    arguments: SmallPairs.Joint.allCases)
  func whole(_ joint: SmallPairs.Joint) throws {
    let pairs = try SmallPairs.network(joint)
    #expect(pairs.scoreNode == "score" && pairs.roles.imitation == "voice")
    let (voices, others) = (Self.features(3, seed: 1), Self.features(300, seed: 2))
    let codes = Self.codes(pairs.imitations, voices)
    let table = Self.table(Self.codes(pairs.recordings, others))
    #expect(table.length == [21, 21, 27, 27][SmallPairs.Joint.allCases.firstIndex(of: joint) ?? 0])
    for (voice, code) in zip(voices, codes) {
      let scores = try pairs.scores(of: code, with: table)
      let whole = try pairs.model.network.forward(
        [
          "voice": Tensor(batch: others.map { _ in voice }), "other": Tensor(batch: others),
        ], to: ["likelihood"])
      let deviation = Deviation(
        of: Tensor(shape: [300, 1], values: scores), from: whole["score"])
      #expect(deviation.relative < Tolerance.program, "\(deviation)")
      #expect(pairs.likelihood(ofScore: whole["score"].values[7]) == whole["likelihood"].values[7])
    }
  }

  @Test(
    "a score depends neither on companions nor on threads", arguments: SmallPairs.Joint.allCases)
  func alone(_ joint: SmallPairs.Joint) throws {
    let pairs = try SmallPairs.network(joint)
    let code = Self.codes(pairs.imitations, Self.features(1, seed: 1))[0]
    let some = Self.codes(pairs.recordings, Self.features(40, seed: 2))
    let many = (0..<9000).map { some[$0 % 40] }
    let one = try pairs.scores(of: code, with: Self.table(many), threads: 1)
    #expect(try pairs.scores(of: code, with: Self.table(many), threads: 2) == one)
    for index in 0..<40 {
      #expect(try pairs.scores(of: code, with: Self.table([some[index]])) == [one[index + 8000]])
    }
    #expect(Set(one).count == 40)
  }

  @Test("the gradient is that of the score", arguments: SmallPairs.Joint.allCases)
  func gradient(_ joint: SmallPairs.Joint) throws {
    let pairs = try SmallPairs.network(joint)
    let features = Self.features(2, seed: 3)
    let result = try pairs.gradient(imitation: features[0], recording: features[1])
    for (index, gradient) in [result.imitation, result.recording].enumerated() {
      for cell in stride(from: 3, to: 496, by: 97) {
        let step: Float = 1.0 / 1024
        let values = try [step, -step].map { step in
          var moved = features
          moved[index].values[cell] += step
          return try pairs.gradient(imitation: moved[0], recording: moved[1]).score
        }
        let difference = (values[0] - values[1]) / (2 * step)
        #expect(abs(difference - gradient.values[cell]) < Float(Tolerance.smallStep))
      }
    }
  }

  @Test("a network that compares nothing is refused in one sentence")
  func refused() throws {
    let model = try SmallPairs.model()
    func sentence(_ model: Model, _ frontEnds: [String: FrontEnd]) -> String {
      do {
        _ = try SiameseNetwork(model, frontEnds: frontEnds)
        return ""
      } catch { return "\(error)" }
    }
    let tower = try Model(
      model.network.part(from: ["voice"], to: ["flat_voice"]), name: "tower")
    #expect(sentence(tower, SmallPairs.frontEnds).contains("has two inputs, but this one has 1"))
    let wide = try Model(
      model.network.part(from: ["voice", "other"], to: ["fc"]), name: "wide")
    #expect(sentence(wide, SmallPairs.frontEnds).contains("fc (21)"))
    let deaf = SmallPairs.frontEnds.filter { $0.key == "other" }
    #expect(sentence(model, deaf).contains("no front end before 'voice'"))
    let twins = SmallPairs.frontEnds.mapValues { _ in SmallPairs.frontEnd("one") }
    #expect(sentence(model, twins).isEmpty, "'voice' tells")
  }

  @Test("broken weights are told, not ranked")
  func notFinite() throws {
    let pairs = try SmallPairs.network()
    #expect(throws: InputError.self) {
      try pairs.scores(
        of: Array(repeating: .infinity, count: 21),
        with: CodeTable(length: 21, values: Array(repeating: -.infinity, count: 21)))
    }
  }
}

@Suite struct PairRoleTests {
  private func roles(
    _ names: [String], _ frontEnds: [String] = [], asked: String? = nil
  ) throws -> PairRoles {
    let network = try Network(
      inputs: names.map { .init(name: $0, shape: [3]) },
      nodes: [.init(name: "sum", layer: Add(), inputs: names)], outputs: ["sum"])
    return try PairRoles(
      of: network,
      frontEnds: Dictionary(
        uniqueKeysWithValues: zip(names, frontEnds).map { ($0, SmallPairs.frontEnd($1)) }),
      imitation: asked)
  }

  @Test("roles are told by front ends, then by inputs, and one tells the other")
  func found() throws {
    #expect(try roles(["ref_input_b", "imi_input_a"]).imitation == "imi_input_a")
    #expect(try roles(["a", "b"], ["tl-iminet/recording", "x"]).imitation == "b")
    #expect(try roles(["a", "query"]).recording == "a")
    #expect(
      try roles(["imi_input_a", "ref_input_b"], ["iminet", "iminet"]).imitation == "imi_input_a")
    #expect(try roles(["a", "b"], asked: "b").recording == "a")
  }

  @Test("what cannot be told is asked for")
  func refused() throws {
    #expect(throws: InputError.self) { try roles(["a", "b"]) }
    #expect(throws: InputError.self) { try roles(["imi_a", "imi_b"]) }
    #expect(throws: InputError.self) { try roles(["a", "b"], asked: "c") }
    #expect(throws: InputError.self) { try roles(["a"]) }
  }
}

@Suite struct RectifiedSumTests {
  private static let cases = KernelSet.available.flatMap { set in
    [1, 7, 16, 31, 32, 33, 108, 250].map { (set, $0) }
  }

  @Test("sums behind a rectifier, of each instruction set", arguments: cases)
  func sums(_ set: KernelSet, _ width: Int) {
    var random = TestRandom(8)
    func numbers(_ count: Int) -> [Float] { Tensor.random([count], using: &random).values }
    let (one, weights, others) = (numbers(width), numbers(width), numbers(5 * width))
    var (answers, plain) = ([Float](repeating: 9, count: 6), [Float](repeating: 9, count: 6))
    set.rectifiedSums(one, others, weights, bias: 0.3, width: width, count: 5, into: &answers)
    for row in 0..<5 {
      plain[row] = (0..<width).reduce(Float(0.3)) {
        $0 + weights[$1] * max(0, one[$1] + others[row * width + $1])
      }
    }
    let deviation = Deviation(
      of: Tensor(shape: [6], values: answers), from: Tensor(shape: [6], values: plain))
    #expect(deviation.relative < Double(Tolerance.reordered), "\(deviation)")
    #expect(answers[5] == 9)
  }
}

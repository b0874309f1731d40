import Foundation
import TonoAudio
import TonoCore
import TonoFiles
import TonoModels
import TonoNetwork

/// Which front end stands before each input of a network.
public struct FrontEndAssignment: Sendable {
  /// Per input name its front end; inputs without one are drawn in bins and frames, and silent.
  public let frontEnds: [String: FrontEnd]
  /// The inputs whose front end was recognized, not asked for.
  public let recognized: Set<String>

  /// Assigns what is asked for, and where nothing is asked what the network is recognized to have.
  ///
  /// - Parameters:
  ///   - requests: each a name or a path of a front end for all inputs whose shape it fits,
  ///     `INPUT=` and the same for one input, or `none` for no front end at all.
  ///   - network: whose inputs they stand before.
  /// - Throws: `InputError` for a front end that does not exist, or one that no input takes,
  ///   `NetworkError` for an unknown input.
  public init(_ requests: [String], for network: Network) throws {
    var frontEnds: [String: FrontEnd] = [:]
    for request in requests where request != "none" {
      let parts = request.split(separator: "=", maxSplits: 1).map(String.init)
      let named = parts.count == 2 && network.inputs.contains { $0.name == parts[0] }
      if named, parts[1] == "none" { continue }
      let frontEnd = try FrontEnd.load(named ? parts[1] : request)
      let asked = network.inputs.filter { !named || $0.name == parts[0] }
      let fitting = asked.filter { frontEnd.fitted(to: $0.shape).fits($0.shape) }
      guard !fitting.isEmpty else {
        throw InputError(
          """
          the front end '\(frontEnd.name)' makes \(frontEnd.shapeText), but the network takes \
          \(asked.map { "'\($0.name)' \($0.shape)" }.joined(separator: ", "))
          """, remedy: .nameFrontEnd)
      }
      for input in fitting {
        let fitted = frontEnd.fitted(to: input.shape)
        try fitted.validate()
        frontEnds[input.name] = fitted
      }
    }
    guard requests.isEmpty else {
      self.frontEnds = frontEnds
      recognized = []
      return
    }
    self.frontEnds = try Self.recognize(network)
    recognized = Set(self.frontEnds.keys)
  }

  /// Assigns what is asked for, and where nothing is asked what the model's file says or else what the
  /// network is recognized to have.
  ///
  /// - Parameters:
  ///   - requests: as above.
  ///   - model: whose inputs they stand before.
  /// - Throws: as above, and for a front end in the file that makes no sense or does not fit.
  public init(_ requests: [String], for model: Model) throws {
    guard requests.isEmpty, !model.frontEnds.isEmpty else {
      try self.init(requests, for: model.network)
      return
    }
    var frontEnds: [String: FrontEnd] = [:]
    for input in model.network.inputs {
      guard let json = model.frontEnds[input.name] else { continue }
      let file = model.architectureURL?.relativePath ?? model.name
      let frontEnd = try FrontEnd.parse(json, from: "\(file), front end of '\(input.name)'")
      guard frontEnd.fits(input.shape) else {
        throw InputError(
          """
          \(file): the front end of '\(input.name)' makes \(frontEnd.inputShape), but the input takes \
          \(input.shape)
          """, remedy: .giveRightFrontEnd)
      }
      frontEnds[input.name] = frontEnd
    }
    self.init(frontEnds: frontEnds)
  }

  /// These front ends, none of them recognized.
  private init(frontEnds: [String: FrontEnd]) {
    self.frontEnds = frontEnds
    recognized = []
  }

  /// The front ends as JSON text, as a model's file carries them.
  ///
  /// - Throws: what the encoder throws, which is nothing for front ends that were checked.
  public func encoded() throws -> [String: Data] { try frontEnds.mapValues(JSONEncoder().encode) }

  /// The TL-IMINET towers, known by their layers' own names, or where a format has lost those by their
  /// inputs', and by their inputs' shapes.
  private static func recognize(_ network: Network) throws -> [String: FrontEnd] {
    var frontEnds: [String: FrontEnd] = [:]
    for (layer, prefix, name) in [
      ("lid_conv_1", "imi_input", "tl-iminet/imitation"),
      ("nyu_conv_1", "ref_input", "tl-iminet/recording"),
    ] {
      let frontEnd = try FrontEnd.named(name)
      let isThere = network.nodes.contains { $0.name == layer }
      let behind = isThere ? try network.inputs(of: [layer]).map(\.name) : []
      for input in network.inputs where frontEnd.fits(input.shape) {
        guard behind.contains(input.name) || input.name.hasPrefix(prefix) else { continue }
        frontEnds[input.name] = frontEnd
      }
    }
    return frontEnds
  }
}

import ArgumentParser
import TonoAscent
import TonoAudio
import TonoCore
import TonoNetwork

/// The works that Tonoscope and the peers of Benchmarks/peers/works.py are measured with.
enum Work: String, CaseIterable, ExpressibleByArgument {
  /// All channels of the recording tower's third convolution: the mean of the map.
  case w1 = "W1"
  /// All channels of its second convolution.
  case w2 = "W2"
  /// All channels of the imitation tower's third convolution.
  case w3 = "W3"
  /// The unit in the centre of each channel of the recording tower's third convolution.
  case w4 = "W4"
  /// The same with an input that a user has cropped by hand to the unit's receptive field.
  case w4crop = "W4crop"
  /// All neurons of the head's first dense layer, both inputs free.
  case w5 = "W5"
  /// As W1, climbing the samples of a sound through the tower's front end.
  case w7 = "W7"
  /// As W2, climbing samples.
  case w8 = "W8"
  /// As W4, climbing samples.
  case w9 = "W9"

  /// The neurons, as the command line names them.
  private var selection: String {
    switch self {
    case .w1, .w7: "nyu_conv_3_AC:*"
    case .w2, .w8: "nyu_conv_2_AC:*"
    case .w3: "lid_conv_3_AC:*"
    case .w4, .w9: "nyu_conv_3_AC:*@12,1"
    case .w4crop: "nyu_conv_3_AC:*@0,0"
    case .w5: "fc_1:*"
    }
  }

  /// Whether it climbs the samples of a sound.
  var climbsSamples: Bool { self == .w7 || self == .w8 || self == .w9 }

  /// The front end before the recording's input, where the work climbs samples behind it.
  func frontEnds(of network: Network) throws -> [String: FrontEnd] {
    guard climbsSamples else { return [:] }
    let frontEnd = try FrontEnd.named("tl-iminet/recording")
    let inputs = network.inputs.filter { frontEnd.fits($0.shape) }
    return Dictionary(uniqueKeysWithValues: inputs.map { ($0.name, frontEnd) })
  }

  /// The network to run: the siamese one, or the part that a user would cut out.
  func network(of siamese: Network) throws -> Network {
    guard self == .w4crop else { return siamese }
    return try siamese.resized(to: "nyu_conv_3_AC", [1, 32, 100])
  }

  /// The neurons, each to be climbed by itself.
  func neurons(in network: Network) throws -> [NeuronReference] {
    try NeuronSelection(selection).neurons(in: network)
  }
}

extension Network {
  /// The part of the network that a node depends on, its one input given another size.
  func resized(to node: String, _ shape: Shape) throws -> Network {
    let inputs = try inputs(of: [node]).map { Input(name: $0.name, shape: shape) }
    return try Network(inputs: inputs, nodes: try path(to: [node]), outputs: [node])
  }

  /// The floating-point operations of a forward pass and a gradient to the inputs, two for each
  /// multiply-add: those of a computation that leaves nothing out, as the peers do it.
  func denseOperations(to node: String) throws -> Double {
    try path(to: [node]).reduce(0) { total, node in
      let outputs = Double(try shape(of: node.name).count)
      return switch node.layer {
      case let layer as Conv2D: total + 4 * outputs * Double(layer.kernel.shape.sample.count)
      case is Dense: total + 4 * outputs * Double(try shape(of: node.inputs[0]).count)
      default: total
      }
    }
  }
}

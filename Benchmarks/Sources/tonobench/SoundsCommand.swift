import ArgumentParser
import Foundation
import TonoAscent
import TonoAudio
import TonoCore
import TonoModels
import TonoNetwork
import TonoStudy

/// `tonobench sounds`: what the sounds of patterns are worth to the neuron, method by method.
struct SoundsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sounds",
    abstract: "Compare ways from a neuron to a sound: retention, activation, distance, time.",
    discussion: """
      Every sound is encoded, read again, analysed by the model's front end and shown to the network. \
      Retention is the neuron's answer to it as a share of the answer to the pattern that was played; \
      'reached' is the same as a share of the answer to a free spectrogram's pattern after as many \
      steps. Neurons that are dead on a free spectrogram are left out.

      Benchmarks/peers/sounds.py plays the same patterns with librosa and adds its rows.
      """)

  @Option(help: "The model.")
  var model = "seeds/siamese_pretrained.h5"

  @Option(help: "The architecture of a file of weights alone.")
  var architecture: String?

  @Option(parsing: .upToNextOption, help: "The layers.")
  var layers = [
    "lid_conv_1_AC", "lid_conv_2_AC", "lid_conv_3_AC", "nyu_conv_1_AC", "nyu_conv_2_AC",
    "nyu_conv_3_AC", "fc_1",
  ]

  @Option(help: "How many neurons of each layer, from the first on.")
  var neurons = 16

  @Option(help: "How many steps a neuron climbs.")
  var steps = AscentSettings().steps

  @Option(help: "The length of a step.")
  var rate = Optimizer().rate

  @Option(parsing: .upToNextOption, help: "The methods, by their places in the list, from 0.")
  var methods = Array(SoundMethod.allCases.indices)

  @Option(help: "Write the free patterns into this folder, as LAYER/CHANNEL.INPUT.npy.")
  var patterns: String?

  @Option(
    help: "Measure sounds in this folder, METHOD/LAYER/CHANNEL.INPUT.wav, beside the methods.")
  var sounds: String?

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var output: OutputOptions

  private struct Record: Encodable {
    let layer: String
    let method: String
    let neurons: Int
    let retention: Double
    let lowerQuartile: Double
    let elsewhere: Double
    let reached: Double
    let distance: Double
    let climbing: Double
    let playing: Double?
  }

  func run() throws {
    let model = try ModelFile.load(
      URL(filePath: model), architecture: architecture.map { URL(filePath: $0) })
    let bench = SoundBench(
      network: model.network,
      frontEnds: try FrontEndAssignment([], for: model.network).frontEnds,
      settings: AscentSettings(
        steps: steps, optimizer: Optimizer(rate: rate), plateau: nil), threads: threads.threads)
    let records = try layers.flatMap { layer in try self.records(of: layer, bench) }
    try output.print(
      records,
      as: { record in
        [
          record.layer, record.method, "\(record.neurons)", record.retention.rounded(to: 3),
          record.lowerQuartile.rounded(to: 3), record.elsewhere.rounded(to: 3),
          record.reached.rounded(to: 3),
          record.distance.rounded(to: 3), record.climbing.rounded(to: 2),
          record.playing?.rounded(to: 2) ?? "–",
        ]
      }, "layer", "method", "neurons", "retention", "lower quartile", "elsewhere", "reached",
      "distance",
      "climbing s", "playing s")
  }

  private func records(of layer: String, _ bench: SoundBench) throws -> [Record] {
    let all = try NeuronSelection("\(layer):0-\(neurons - 1)").neurons(in: bench.network)
    let free = try bench.climb(all, on: .refined).filter { $0.pattern.isFound }
    if let patterns { try bench.write(free, to: URL(filePath: patterns)) }
    var records: [Record] = []
    for method in methods.map({ SoundMethod.allCases[$0] }) {
      let climbed = method.isFree ? free : try bench.climb(free.map(\.neuron), on: method)
      let outcomes = try bench.measure(climbed, free: free, by: method)
      records.append(record(layer, method.rawValue, outcomes))
    }
    if let sounds {
      let folder = URL(filePath: sounds)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      for name in names {
        let outcomes = try bench.measure(free, soundsIn: folder.appending(path: name))
        if !outcomes.isEmpty { records.append(record(layer, name, outcomes)) }
      }
    }
    return records
  }

  private func record(_ layer: String, _ method: String, _ outcomes: [SoundBench.Outcome]) -> Record
  {
    func quantile(_ share: Double, _ value: (SoundBench.Outcome) -> Double) -> Double {
      let sorted = outcomes.map(value).sorted()
      guard !sorted.isEmpty else { return .nan }
      let place = share * Double(sorted.count - 1)
      let (low, rest) = (sorted[Int(place)], place - place.rounded(.down))
      return low + rest * (sorted[min(Int(place) + 1, sorted.count - 1)] - low)
    }
    return Record(
      layer: layer, method: method, neurons: outcomes.count,
      retention: quantile(0.5, \.retention), lowerQuartile: quantile(0.25, \.retention),
      elsewhere: quantile(0.5, \.elsewhere),
      reached: quantile(0.5, \.reached), distance: quantile(0.5, \.distance),
      climbing: quantile(0.5, \.climbing),
      playing: outcomes.contains { $0.playing.isNaN } ? nil : quantile(0.5, \.playing))
  }
}

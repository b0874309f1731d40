import Foundation
import Synchronization
import TonoAscent
import TonoAudio
import TonoCore
import TonoFiles
import TonoNetwork
import TonoStudy

/// Climbs neurons, plays their patterns, and asks the network about the sounds.
struct SoundBench {
  let network: Network
  let frontEnds: [String: FrontEnd]
  let settings: AscentSettings
  let threads: Int

  /// A neuron's pattern and how long it took to find.
  struct Climbed: Sendable {
    let neuron: NeuronReference
    let pattern: Pattern
    let seconds: Double
  }

  /// What a sound is worth.
  struct Outcome: Sendable {
    /// The neuron's answer to the sound, as a share of that to its pattern.
    let retention: Double
    /// The least of it where the sound is played elsewhere.
    let elsewhere: Double
    /// The same as a share of the answer to a free spectrogram's pattern.
    let reached: Double
    /// The root mean square from the pattern, in network units.
    let distance: Double
    /// How long finding the pattern took, in seconds.
    let climbing: Double
    /// How long making a sound of it took, in seconds.
    let playing: Double
  }

  /// The patterns of neurons, in their order.
  func climb(_ neurons: [NeuronReference], on method: SoundMethod) throws -> [Climbed] {
    var settings = settings
    settings.hearing = method.hearing
    let ascent = try Ascent(
      network: network, canvases: frontEnds.mapValues { method.canvas($0) },
      frontEnds: frontEnds, settings: settings)
    let found = Mutex<[Int: Climbed]>([:])
    try ascent.climb(neurons.map { Objective($0) }, threads: threads) { index, pattern, duration in
      let climbed = Climbed(
        neuron: neurons[index], pattern: pattern, seconds: duration / .seconds(1))
      found.withLock { $0[index] = climbed }
    }
    return found.withLock { found in found.sorted { $0.key < $1.key }.map(\.value) }
  }

  /// Plays patterns and asks; `free` are the free patterns of the same neurons.
  func measure(_ climbed: [Climbed], free: [Climbed], by method: SoundMethod) throws -> [Outcome] {
    let found = Mutex<[Int: Outcome]>([:])
    try concurrently(climbed.count, threads: threads) { index, _ in
      let (one, reference) = (climbed[index], free[index].pattern)
      let start = ContinuousClock.now
      var sounds: [String: Waveform] = [:]
      for (input, tensor) in one.pattern.inputs {
        guard let frontEnd = frontEnds[input] else { continue }
        let inversion = method.inversion
        sounds[input] =
          try one.pattern.sounds[input].map {
            try inversion.leveled($0, frontEnd: frontEnd)
          } ?? inversion.sound(of: tensor, frontEnd: frontEnd)
      }
      let playing = (ContinuousClock.now - start) / .seconds(1)
      let heard = try sounds.mapValues { try read(again: $0) }
      let outcome = try outcome(
        of: heard, one, free: reference.activation, playing: playing)
      found.withLock { $0[index] = outcome }
    }
    return found.withLock { found in found.sorted { $0.key < $1.key }.map(\.value) }
  }

  /// Asks about another program's sounds of free patterns, as far as there are any.
  func measure(_ free: [Climbed], soundsIn folder: URL) throws -> [Outcome] {
    try free.compactMap { one in
      var sounds: [String: Waveform] = [:]
      for input in one.pattern.inputs.keys {
        let file = folder.appending(path: "\(name(one.neuron, input)).wav")
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        sounds[input] = try AudioFile.read(file.path)
      }
      return try outcome(of: sounds, one, free: one.pattern.activation, playing: .nan)
    }
  }

  /// Writes patterns for other programs.
  func write(_ climbed: [Climbed], to folder: URL) throws {
    for one in climbed {
      for (input, tensor) in one.pattern.inputs {
        let file = folder.appending(path: "\(name(one.neuron, input)).npy")
        try AtomicFile.write(NumPyArray.encode(tensor.reshaped(tensor.shape.sample)), to: file)
      }
    }
  }

  private func name(_ neuron: NeuronReference, _ input: String) -> String {
    "\(neuron.layer)/\(neuron.channel).\(input)"
  }

  private func outcome(
    of sounds: [String: Waveform], _ climbed: Climbed, free: Float, playing: Double
  ) throws -> Outcome {
    let pattern = climbed.pattern
    let roundTrip = try RoundTrip(
      of: sounds, patterns: pattern.inputs, held: [:], activation: pattern.activation,
      objective: pattern.objective, network: network, frontEnds: frontEnds)
    let distances = roundTrip.logMelDistances.values.map(Double.init)
    return Outcome(
      retention: Double(roundTrip.retention ?? 0),
      elsewhere: Double(roundTrip.playedElsewhere?.least ?? 0),
      reached: Double(roundTrip.activation / free),
      distance: distances.reduce(0, +) / Double(max(1, distances.count)),
      climbing: climbed.seconds, playing: playing)
  }

  /// A sound as its file gives it back.
  private func read(again sound: Waveform) throws -> Waveform {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).wav")
    defer { try? FileManager.default.removeItem(at: file) }
    try AtomicFile.write(try AudioFile.encode(sound), to: file)
    return try AudioFile.read(file.path)
  }
}

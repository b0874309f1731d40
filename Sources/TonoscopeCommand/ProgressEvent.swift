import Foundation
import Synchronization
import TonoAscent
import TonoStudy

/// One line of `--progress json`: what happened, for programs.
///
/// `{"event": "started", …}` once; `step` with neuron and activation; `finished` with neuron, activation, what its
/// sounds retain and its files; `summary` once, at the end.
struct ProgressEvent: Encodable {
  private var event: String
  private var neurons: Int?
  /// How many neurons were finished by an earlier session.
  private var resumed: Int?
  private var neuron: String?
  private var activation: Float?
  private var phase: String?
  private var index: Int?
  private var ending: String?
  /// What the sounds retain as they are, and the least played elsewhere.
  private var retention: Float?
  private var playedElsewhere: Float?
  private var seconds: Double?
  private var files: [String]?
  private var found: Int?
  private var dead: Int?
  private var failed: Int?
  private var directory: String?

  /// What happened in a study of so many neurons.
  init(_ event: Study.Event, neurons: Int) {
    switch event {
    case .resumed(let count):
      self.event = "started"
      self.neurons = neurons
      resumed = count
    case .step(let objective, let step):
      self.event = "step"
      neuron = "\(objective)"
      phase = step.phase.rawValue
      index = step.index
      activation = step.value.isFinite ? step.value : nil
    case .finished(let record):
      self.event = "finished"
      neuron = "\(record.objective)"
      activation = record.activation.isFinite ? record.activation : nil
      ending = record.ending
      retention = record.roundTrip?.retention
      playedElsewhere = record.roundTrip?.playedElsewhere?.least
      seconds = record.seconds
      files = record.files
    }
  }

  /// What became of a study.
  init(summaryOf records: [PatternRecord], dead: Int, failed: Int, directory: String) {
    event = "summary"
    neurons = records.count
    found = records.count - dead - failed
    self.dead = dead
    self.failed = failed
    self.directory = directory
  }

  /// One thread at a time.
  private static let output = Mutex(())

  /// Writes the line.
  func print() {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let line = try? encoder.encode(self) else { return }
    Self.output.withLock { _ in FileHandle.standardOutput.write(line + Data("\n".utf8)) }
  }
}

import ArgumentParser
import Foundation
import Synchronization
import TonoAscent
import TonoCore
import TonoFiles
import TonoStudy

/// A progress bar on a terminal, plain lines elsewhere.
final class Progress: Sendable {
  private struct State {
    var finished = 0
    var steps = 0
    /// The steps of the neurons that are on their way.
    var stepsUnderway: [Objective: Int] = [:]
    var sessionNeurons: Int
    var bar = ProgressBar()
  }

  private let neurons: Int
  private let stepsPerNeuron: Int
  private let kind: Kind
  private let state: Mutex<State>

  /// How progress is shown.
  enum Kind: String, ExpressibleByArgument, CaseIterable {
    /// A bar on a terminal, a line for each neuron elsewhere, on standard error.
    case text
    /// One line of JSON for each event, on standard output.
    case json
    /// Not at all.
    case none
  }

  /// The progress of climbing so many neurons, each for at most so many steps.
  init(neurons: Int, stepsPerNeuron: Int, as kind: Kind) {
    self.neurons = neurons
    self.kind = kind
    self.stepsPerNeuron = stepsPerNeuron
    state = Mutex(State(sessionNeurons: neurons))
  }

  /// Takes in what happened, and shows it.
  func note(_ event: Study.Event) {
    switch kind {
    case .text: show(event)
    case .json: ProgressEvent(event, neurons: neurons).print()
    case .none: break
    }
  }

  private func show(_ event: Study.Event) {
    state.withLock { state in
      switch event {
      case .resumed(let count):
        state.finished = count
        state.sessionNeurons = neurons - count
        if count > 0 { Terminal.note("\(count) of \(neurons) neurons were finished before") }
      case .step(let objective, _):
        state.steps += 1
        state.stepsUnderway[objective, default: 0] += 1
      case .finished(let record):
        state.finished += 1
        state.stepsUnderway[record.objective] = nil
        if !Terminal.isInteractive { Terminal.note(line(record, state.finished)) }
      }
      draw(&state)
    }
  }

  /// Clears the bar.
  func end() {
    if kind == .text { ProgressBar.clear() }
  }

  private func line(_ record: PatternRecord, _ finished: Int) -> String {
    let result =
      record.dead
      ? "dead"
      : record.files.isEmpty
        ? "no finite number" : "activation \(String(format: "%.4g", record.activation))"
    let steps = max(0, record.activations.count - 1) + record.wakingSteps
    let seconds = String(format: "%.1f", record.seconds)
    return "\(finished)/\(neurons) \(record.objective): \(result), \(steps) steps, \(seconds) s"
  }

  private func draw(_ state: inout State) {
    // Waking may take further steps, and drawing time: a neuron under way is never quite finished.
    let underway = state.stepsUnderway.values.reduce(0.0) {
      $0 + min(0.95, Double($1) / Double(stepsPerNeuron))
    }
    let done = Double(state.finished - (neurons - state.sessionNeurons)) + underway
    state.bar.draw(
      share: done / Double(max(1, state.sessionNeurons)),
      "\(state.finished)/\(neurons) neurons, \(state.steps) steps")
  }
}

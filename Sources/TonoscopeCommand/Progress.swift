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
  private let state: Mutex<State>

  /// The progress of climbing so many neurons, each for at most so many steps.
  init(neurons: Int, stepsPerNeuron: Int) {
    self.neurons = neurons
    self.stepsPerNeuron = stepsPerNeuron
    state = Mutex(State(sessionNeurons: neurons))
  }

  /// Takes in what happened, and shows it.
  func note(_ event: Study.Event) {
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
    ProgressBar.clear()
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

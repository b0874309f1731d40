import ArgumentParser
import Foundation
import Synchronization
import TonoStudy

/// The progress of a training: a bar with the time that is left on a terminal, a line for each epoch
/// elsewhere.
final class TrainingProgress: Sendable {
  private struct State {
    var features = ProgressBar()
    var training: ProgressBar?
    /// The share of the training that was done before.
    var done = 0.0
  }

  private let state = Mutex(State())
  private let interruption = Interruption()

  /// Takes in what happened, and shows it.
  ///
  /// - Throws: when a person wishes to stop.
  func note(_ event: TrainingEvent) throws {
    state.withLock { state in
      switch event {
      case .features(let done, let total):
        state.features.draw(
          share: Double(done) / Double(max(1, total)), "\(done) of \(total) sounds analysed")
      case .problem(let sentence): say("skipped: \(sentence)")
      case .data(let sentence): say(sentence)
      case .resumed(let epochs): say("\(epochs) epochs were finished before")
      case .step(let epoch, let epochs, let learned, let examples, let loss):
        let share = (Double(epoch - 1) + Double(learned) / Double(examples)) / Double(epochs)
        if state.training == nil {
          state.training = ProgressBar()
          state.done = share
        }
        // The bar tells the time left from what this session has done.
        state.training?.draw(
          share: share, since: state.done,
          "epoch \(epoch)/\(epochs), loss \(String(format: "%.4f", loss))")
      case .epoch(let record, let epochs):
        guard !Terminal.isInteractive else { return }
        var line = "epoch \(record.epoch)/\(epochs): loss \(number(record.training.loss))"
        line += ", accuracy \(number(record.training.accuracy))"
        if let validation = record.validation {
          line +=
            "; validation loss \(number(validation.loss)), accuracy \(number(validation.accuracy))"
        }
        Terminal.note(line)
      }
    }
    try interruption.check()
  }

  /// Runs a training, whose bar is cleared at its end.
  func watch<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      let result = try body()
      ProgressBar.clear()
      return result
    } catch is Interruption.Interrupted {
      ProgressBar.clear()
      Terminal.note("stopped; the same command goes on from here")
      throw ExitCode(130)
    } catch {
      ProgressBar.clear()
      throw error
    }
  }

  private func say(_ sentence: String) {
    ProgressBar.clear()
    Terminal.note(sentence)
  }

  private func number(_ value: Double) -> String { String(format: "%.4f", value) }
}

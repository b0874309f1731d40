import Foundation
import TonoAudio
import TonoCore

/// How training examples are varied, so that a network learns what does not depend on such changes.
///
/// A plain value with a text form, which is also its JSON: steps, one after the other, as in
/// `roll 1, time-mask 2 40`.
public struct Augmentation: Hashable, Sendable {
  /// One change of an example's spectrogram.
  public enum Step: Hashable, Sendable {
    /// Turns it round in time, by up to half this share of its length either way.
    ///
    /// What falls out at one end comes in at the other; 1 reaches every place.
    case roll(Float)
    /// Moves it in time by up to this share of its length either way; its smallest value comes in.
    case shift(Float)
    /// Makes it louder or softer by up to so many decibels; front ends whose features have forgotten it refuse.
    case gain(Float)
    /// Replaces this many stretches of up to so many frames by the mean (SpecAugment, Park et al. 2019).
    case timeMask(count: Int, frames: Int)
    /// Replaces this many ranges of up to so many bands by the mean (SpecAugment).
    case bandMask(count: Int, bands: Int)
  }

  /// The steps, in the order in which they are done.
  public var steps: [Step]

  /// Nothing is varied.
  public static let none = Augmentation(steps: [])

  /// These steps.
  public init(steps: [Step]) { self.steps = steps }

  /// An augmentation that is ready for examples of a front end.
  ///
  /// - Throws: `InputError` if a step has a number out of its range, or would change nothing.
  public func prepared(for frontEnd: FrontEnd) throws -> Augmenter {
    for step in steps { try step.validate(for: frontEnd) }
    return Augmenter(self, frontEnd)
  }
}

extension Augmentation.Step {
  /// Checks the numbers against the front end's.
  ///
  /// - Throws: `InputError` naming the step.
  func validate(for frontEnd: FrontEnd) throws {
    switch self {
    case .roll(let share), .shift(let share):
      guard share > 0, share <= 1 else {
        throw InputError("'\(self)' moves by a share above 0 and at most 1; correct it")
      }
    case .gain(let decibels):
      guard decibels > 0, decibels <= 60 else {
        throw InputError("'\(self)' changes by above 0 and at most 60 dB; correct it")
      }
      guard frontEnd.remembersLoudness else {
        throw InputError(
          "'\(self)' changes nothing: '\(frontEnd.name)' measures each example from its own maximum or "
            + "mean; leave it out")
      }
    case .timeMask(let count, let frames):
      try check(count, frames, most: frontEnd.frames, "frames")
    case .bandMask(let count, let bands):
      try check(count, bands, most: frontEnd.bands, "bands")
    }
  }

  private func check(_ count: Int, _ width: Int, most: Int, _ unit: String) throws {
    guard count >= 1, count <= 100, width >= 1, width < most else {
      throw InputError(
        "'\(self)' masks 1 to 100 times 1 to \(most - 1) \(unit); correct it")
    }
  }
}

extension Augmentation: CustomStringConvertible, Codable {
  /// The steps, as `parse` reads them; `none` for none.
  public var description: String {
    steps.isEmpty ? "none" : steps.map(\.description).joined(separator: ", ")
  }

  /// Reads what `description` writes.
  ///
  /// - Throws: `InputError` naming the step that is none.
  public static func parse(_ text: String) throws -> Augmentation {
    let text = text.trimmingCharacters(in: .whitespaces)
    guard text != "none", !text.isEmpty else { return .none }
    return Augmentation(steps: try text.split(separator: ",").map { try Step.parse(String($0)) })
  }

  /// Reads the text form.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    do {
      self = try .parse(container.decode(String.self))
    } catch let error as InputError {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
    }
  }

  /// Writes the text form.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension Augmentation.Step: CustomStringConvertible {
  /// Its name and its numbers.
  public var description: String {
    switch self {
    case .roll(let share): "roll \(share)"
    case .shift(let share): "shift \(share)"
    case .gain(let decibels): "gain \(decibels)"
    case .timeMask(let count, let frames): "time-mask \(count) \(frames)"
    case .bandMask(let count, let bands): "band-mask \(count) \(bands)"
    }
  }

  /// How the steps are written.
  public static let forms =
    "'roll SHARE', 'shift SHARE', 'gain DECIBELS', 'time-mask COUNT FRAMES' or 'band-mask COUNT BANDS'"

  /// Reads one step.
  static func parse(_ text: String) throws -> Augmentation.Step {
    let words = text.split(separator: " ").map(String.init)
    let numbers = words.dropFirst().compactMap { Float($0) }
    let whole = words.dropFirst().compactMap { Int($0) }
    switch (words.first, words.count, numbers.count, whole.count) {
    case ("roll", 2, 1, _): return .roll(numbers[0])
    case ("shift", 2, 1, _): return .shift(numbers[0])
    case ("gain", 2, 1, _): return .gain(numbers[0])
    case ("time-mask", 3, _, 2): return .timeMask(count: whole[0], frames: whole[1])
    case ("band-mask", 3, _, 2): return .bandMask(count: whole[0], bands: whole[1])
    default:
      throw InputError(
        "'\(text.trimmingCharacters(in: .whitespaces))' is no augmentation; write \(forms)")
    }
  }
}

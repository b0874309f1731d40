import Foundation
import TestSupport
import Testing
import TonoCore
import TonoNetwork

@testable import TonoAudio

struct InversionTests {
  /// A dark pattern with one bright block of rows and columns, in network units.
  private func block(_ rows: Range<Int>, _ columns: Range<Int>, of frontEnd: FrontEnd) -> Tensor {
    var pattern = Tensor(shape: [frontEnd.bands, frontEnd.frames], repeating: -60)
    for row in rows {
      for column in columns { pattern.values[row * frontEnd.frames + column] = 0 }
    }
    return frontEnd.input(ofLevels: pattern)
  }

  /// The mean level in dB of a region.
  private func mean(_ level: Tensor, _ rows: Range<Int>, _ columns: Range<Int>) -> Float {
    let cells = rows.flatMap { row in columns.map { level.values[row * level.shape[1] + $0] } }
    return cells.reduce(0, +) / Float(cells.count)
  }

  /// Where blocks begin: height and time, as shares of the pattern.
  static let places = [(0.1, 0.1), (0.1, 0.85), (0.45, 0.5), (0.8, 0.1), (0.8, 0.85)]

  @Test(arguments: FrontEnd.towers, places)
  func energyIsWhereThePatternIsBright(frontEnd: FrontEnd, place: (Double, Double)) throws {
    let row = Int(place.0 * Double(frontEnd.bands))
    let column = Int(place.1 * Double(frontEnd.frames))
    let rows = row..<row + frontEnd.bands / 10
    let columns = column..<column + frontEnd.frames / 10
    let sound = try Inversion(iterations: 30, refinement: 0)
      .sound(of: block(rows, columns, of: frontEnd), frontEnd: frontEnd)
    let level = try frontEnd.levels(of: sound)

    let inside = mean(level, rows, columns)
    let others = (0..<frontEnd.bands).filter { $0 < row - 2 || $0 >= rows.upperBound + 2 }
    let loudestOther =
      others.flatMap { other in
        (0..<frontEnd.frames).map { level.values[other * frontEnd.frames + $0] }
      }.max() ?? 0
    #expect(inside > -8, "the block is at \(inside) dB")
    #expect(loudestOther < -15, "another row reaches \(loudestOther) dB")
    let brightest = try #require(level.values.indices.max { level.values[$0] < level.values[$1] })
    #expect(rows.contains(brightest / frontEnd.frames))
    #expect(columns.contains(brightest % frontEnd.frames))
  }

  @Test(arguments: FrontEnd.towers)
  func analysedAgainTheSoundHasThePattern(frontEnd: FrontEnd) throws {
    let chirp = SyntheticSounds.chirp(rate: frontEnd.sampleRate, seconds: 4)
    let noise = SyntheticSounds.noise(rate: frontEnd.sampleRate, seconds: 4)
    let mixed = Waveform(
      samples: zip(chirp.samples, noise.samples).map { $0 + 0.05 * $1 },
      sampleRate: frontEnd.sampleRate)
    let pattern = try frontEnd.features(of: mixed)
    let again = try frontEnd.features(of: Inversion().sound(of: pattern, frontEnd: frontEnd))
    let products = zip(pattern.values, again.values).map { Double($0 * $1) }
    #expect(products.reduce(0, +) / Double(products.count) > 0.95)
  }

  @Test(arguments: FrontEnd.towers)
  func soundIsWholeLoudAndSmoothAtItsEnds(frontEnd: FrontEnd) throws {
    let settings = Inversion(iterations: 10, refinement: 10)
    let noise = SyntheticSounds.noise(rate: frontEnd.sampleRate, seconds: 4)
    let pattern = try frontEnd.features(of: noise)
    let sound = try settings.sound(of: pattern, frontEnd: frontEnd)
    #expect(sound.sampleRate == frontEnd.sampleRate)
    let seconds = min(4, Double(frontEnd.frames) * frontEnd.frameSeconds)
    #expect(sound.samples.count == Int(seconds * Double(frontEnd.sampleRate)))
    #expect(sound.samples.first == 0 && sound.samples.last == 0)
    // Within the first and last half millisecond a 5 ms fade is below 2.5 %.
    let edge = frontEnd.sampleRate / 2000
    let edges = sound.samples.prefix(edge) + sound.samples.suffix(edge)
    #expect(edges.allSatisfy { abs($0) < 0.025 * sound.peak })
    #expect(abs(try #require(Loudness(of: sound).integrated) + 23) < 0.1)
  }

  @Test(arguments: FrontEnd.towers)
  func peakIsKeptByScaling(frontEnd: FrontEnd) throws {
    let pattern = block(5..<8, 40..<44, of: frontEnd)
    let loud = try Inversion(iterations: 10, refinement: 0, loudness: 0)
      .sound(of: pattern, frontEnd: frontEnd)
    let quiet = try Inversion(iterations: 10, refinement: 0, loudness: -60)
      .sound(of: pattern, frontEnd: frontEnd)
    #expect(abs(try #require(Loudness(of: loud).truePeak) + 1) < 0.05)
    #expect(abs(try #require(Loudness(of: quiet).integrated) + 60) < 0.1)
    let scale = loud.peak / quiet.peak
    #expect(
      zip(loud.samples, quiet.samples).allSatisfy { abs($0 - scale * $1) < Tolerance.roundTrip })
  }

  @Test func sameSettingsGiveSameSamplesOnAnyThread() throws {
    let frontEnd = try FrontEnd.named("tl-iminet/imitation")
    let pattern = block(10..<14, 100..<160, of: frontEnd)
    let settings = Inversion(iterations: 5, refinement: 3, seed: 7)
    let expected = try settings.sound(of: pattern, frontEnd: frontEnd)
    let agreeing = Counter()
    DispatchQueue.concurrentPerform(iterations: 6) { _ in
      if (try? settings.sound(of: pattern, frontEnd: frontEnd)) == expected {
        agreeing.increment()
      }
    }
    #expect(agreeing.count == 6)
    let other = try Inversion(iterations: 5, refinement: 3, seed: 8).sound(
      of: pattern, frontEnd: frontEnd)
    #expect(other != expected)
  }

  @Test func moreIterationsAreMoreConsistent() throws {
    let frontEnd = try FrontEnd.named("tl-iminet/recording")
    let transform = ShortTimeFourierTransform<Float>(fftSize: 1024, windowLength: 1024, hop: 256)
    let sound = SyntheticSounds.chirp(rate: frontEnd.sampleRate, seconds: 1).samples
    let goal = transform.spectrogram(of: sound).values.map { ($0 * $0).sum().squareRoot() }
    func error(_ iterations: Int) -> Float {
      var search = GriffinLim(
        transform: transform, magnitudes: goal, count: sound.count, seed: 1)
      search.improve(iterations: iterations)
      let reached = transform.spectrogram(of: search.sound).values.map {
        ($0 * $0).sum().squareRoot()
      }
      return zip(goal, reached).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    let errors = [0, 5, 30].map(error)
    #expect(errors[1] < errors[0] / 2)
    #expect(errors[2] < errors[1])
  }

  @Test(arguments: FrontEnd.towers)
  func strangePatternsDoNotCrash(frontEnd: FrontEnd) throws {
    let settings = Inversion(iterations: 2, refinement: 2)
    for value: Float in [0, -3, 80] {
      let flat = Tensor(shape: frontEnd.inputShape, repeating: value)
      let sound = try settings.sound(of: flat, frontEnd: frontEnd)
      #expect(sound.samples.allSatisfy { $0 == 0 })
      #expect(!sound.samples.isEmpty)
    }
    for value: Float in [1e-30, 1e30] {
      var single = Tensor(shape: frontEnd.inputShape)
      single.values[3] = value
      let sound = try settings.sound(of: single, frontEnd: frontEnd)
      #expect(sound.samples.allSatisfy { $0.isFinite })
    }
    for value: Float in [.nan, .infinity] {
      var broken = Tensor(shape: frontEnd.inputShape)
      broken.values[3] = value
      #expect(throws: InputError.self) { try settings.sound(of: broken, frontEnd: frontEnd) }
    }
    #expect(throws: InputError.self) {
      try settings.sound(of: Tensor(shape: [1, 2, 3]), frontEnd: frontEnd)
    }
    #expect(throws: InputError.self) {
      try Inversion(hopDivisor: 1)
        .sound(of: Tensor(shape: frontEnd.inputShape), frontEnd: frontEnd)
    }
  }
}

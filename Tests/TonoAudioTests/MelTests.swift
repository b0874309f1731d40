import Foundation
import TestSupport
import Testing
import TonoCore
import TonoNetwork

@testable import TonoAudio

struct MelTests {
  @Test(arguments: MelScale.allCases)
  func hertzAgreeWithLibrosaAndComeBack(scale: MelScale) throws {
    let reference = try ReferenceArrays.committed()
    let table = try #require(reference["hertz_to_mel/\(scale.rawValue)"])
    for row in 0..<table.shape[0] {
      let (hertz, mel) = (Double(table.values[2 * row]), table.values[2 * row + 1])
      #expect(abs(scale.mel(fromHertz: hertz) - Double(mel)) <= Double(mel) * Tolerance.sum)
      #expect(abs(scale.hertz(fromMel: scale.mel(fromHertz: hertz)) - hertz) <= hertz * 1e-12)
    }
  }

  @Test(arguments: [(MelScale.slaney, MelNorm.slaney), (.htk, .slaney), (.slaney, .none)])
  func weightsAgreeWithLibrosa(scale: MelScale, norm: MelNorm) throws {
    let reference = try ReferenceArrays.committed()
    let expected = try #require(reference["mel/\(scale.rawValue)-\(norm.rawValue)"])
    let bank = FilterBank.mel(
      sampleRate: 8000, fftSize: 129, bands: 12, lowest: 50, highest: 3800, scale: scale,
      norm: norm)
    let largest = expected.values.max() ?? 0
    #expect(bank.weights.shape == expected.shape)
    #expect(bank.weights.largestDifference(from: expected) <= largest * Tolerance.filterWeight)
  }

  /// Triangles that peak at 1 add up to 1 between the first and the last centre.
  @Test(arguments: MelScale.allCases)
  func unscaledTrianglesPartitionTheRange(scale: MelScale) {
    let bank = FilterBank.mel(
      sampleRate: 16_000, fftSize: 1023, bands: 20, lowest: 100, highest: 7000, scale: scale,
      norm: .none)
    let edges = FilterBank.edges(bands: 20, lowest: 100, highest: 7000, scale: scale)
    for bin in 0..<bank.bins {
      let hertz = Double(bin) * 16_000 / 1023
      let sum = (0..<bank.bands).reduce(Float(0)) { $0 + bank.weights.values[$1 * bank.bins + bin] }
      if hertz >= edges[1] && hertz <= edges[20] { #expect(abs(sum - 1) < Tolerance.spectrum) }
      if hertz <= edges[0] || hertz >= edges[21] { #expect(sum == 0) }
    }
  }

  @Test func bandPowerIsTheMatrixProduct() {
    let bank = FilterBank.mel(sampleRate: 8000, fftSize: 65, bands: 9, lowest: 0, highest: 4000)
    let power = SyntheticSounds.noise(rate: bank.bins * 5, seconds: 1).samples.map { $0 + 0.5 }
    let result = bank.bands(summing: power, frames: 5)
    for band in 0..<9 {
      for frame in 0..<5 {
        let expected = (0..<bank.bins).reduce(Float(0)) {
          $0 + bank.weights.values[band * bank.bins + $1] * power[$1 * 5 + frame]
        }
        #expect(abs(result[band * 5 + frame] - expected) <= expected * 1e-5)
      }
    }
  }

  @Test(arguments: FrontEnd.towers)
  func leastSquaresKeepNonNegativeAndFit(frontEnd: FrontEnd) throws {
    let bank = frontEnd.filterBank
    let sound = SyntheticSounds.chirp(rate: frontEnd.sampleRate, seconds: 4)
    let level = try frontEnd.levels(of: sound)
    let goal = Tensor(shape: level.shape, values: level.values.map { pow(10, $0 / 10) })
    let found = bank.binPower(ofBandPower: goal, iterations: 30)
    let converged = bank.binPower(ofBandPower: goal, iterations: 1000)
    #expect(found.shape == [bank.bins, frontEnd.frames])
    #expect(found.values.allSatisfy { $0 >= 0 && $0.isFinite })
    #expect(residual(bank, found, goal) < 1.02 * residual(bank, converged, goal))
  }

  /// Band powers that some spectrum has are met exactly.
  @Test(arguments: FrontEnd.towers)
  func leastSquaresMeetWhatIsReachable(frontEnd: FrontEnd) {
    let bank = frontEnd.filterBank
    let noise = SyntheticSounds.noise(rate: bank.bins * 4, seconds: 1).samples
    let goal = Tensor(
      shape: [bank.bands, 4], values: bank.bands(summing: noise.map { $0 + 0.6 }, frames: 4))
    let start = bank.binPower(ofBandPower: goal, iterations: 0)
    let found = bank.binPower(ofBandPower: goal, iterations: 300)
    #expect(residual(bank, found, goal) < 0.01)
    #expect(residual(bank, found, goal) < residual(bank, start, goal) / 5)
  }

  /// The root mean square of the relative error of the band powers.
  private func residual(_ bank: FilterBank, _ bins: Tensor, _ goal: Tensor) -> Double {
    let actual = bank.bands(summing: bins.values, frames: goal.shape[1])
    let squares = zip(actual, goal.values).map { Double(($0 - $1) / $1) * Double(($0 - $1) / $1) }
    return (squares.reduce(0, +) / Double(squares.count)).squareRoot()
  }
}

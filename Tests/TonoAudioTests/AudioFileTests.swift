import Foundation
import TestSupport
import Testing
import TonoCore

@testable import TonoAudio

final class AudioFileTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "tono-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: folder)
  }

  private func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    let url = folder.appending(path: name)
    try Data(bytes).write(to: url)
    return url.path
  }

  /// Expects reading to fail with one sentence that names the file and holds `words`.
  private func expectFailure(_ path: String, _ words: String) {
    let error = #expect(throws: InputError.self) { try AudioFile.read(path) }
    let text = error?.description ?? ""
    #expect(text.hasPrefix(path) && text.contains(words), "\(text)")
    #expect(!text.contains("\n") && !text.hasSuffix("."), "\(text)")
  }

  @Test(arguments: AudioFile.Encoding.allCases)
  func encodedSoundsReadBack(encoding: AudioFile.Encoding) throws {
    let sound = SyntheticSounds.chirp(rate: 16_000, seconds: 0.5)
    let bytes = try AudioFile.encode(sound, as: encoding, comment: "nyu_conv_1:3")
    let again = try AudioFile.encode(sound, as: encoding, comment: "nyu_conv_1:3")
    #expect(bytes == again || encoding == .ogg)
    #expect(Data(bytes).range(of: Data("nyu_conv_1:3".utf8)) != nil)
    let back = try AudioFile.read(file("chirp.wav", bytes))
    #expect(back.sampleRate == sound.sampleRate)
    #expect(back.samples.count == sound.samples.count)
    let step =
      switch encoding {
      case .pcm16, .flac: Tolerance.sample16
      case .float32: Float(0)
      case .ogg: Tolerance.lossy
      }
    #expect(zip(back.samples, sound.samples).allSatisfy { abs($0 - $1) <= step })
  }

  @Test func overloadedSamplesAreClippedNotWrapped() throws {
    let sound = Waveform(samples: [2, -2, 1.0001, -1.5, 0], sampleRate: 8000)
    let back = try AudioFile.read(file("loud.wav", AudioFile.encode(sound)))
    let expected: [Float] = [1, -1, 1, -1, 0]
    #expect(zip(back.samples, expected).allSatisfy { abs($0 - $1) <= Tolerance.sample16 })
  }

  @Test func channelsBecomeTheirMean() throws {
    // A stereo WAV is the mono one of interleaved samples with three header fields changed.
    var bytes = try AudioFile.encode(
      Waveform(samples: [0.5, 0.25, -0.5, 0.5, 0, 0.5], sampleRate: 8000))
    bytes[22] = 2
    bytes[32] = 4
    bytes.replaceSubrange(28..<32, with: [0x00, 0x7D, 0, 0])
    let back = try AudioFile.read(file("stereo.wav", bytes))
    #expect(back.samples == [0.375, 0, 0.25])
  }

  @Test func missingFile() {
    expectFailure(folder.appending(path: "none.wav").path, "No such file")
  }

  @Test func emptyFile() throws {
    expectFailure(try file("empty.wav", []), "cannot be read as a sound")
  }

  @Test func textNamedWav() throws {
    expectFailure(try file("text.wav", Array("this is no sound\n".utf8)), "expected a WAV")
  }

  @Test func folderInsteadOfFile() {
    expectFailure(folder.path, "cannot be read as a sound")
  }

  @Test func cutInTheHeader() throws {
    let bytes = try AudioFile.encode(SyntheticSounds.noise(rate: 8000, seconds: 0.1))
    expectFailure(try file("cut.wav", Array(bytes.prefix(20))), "cannot be read as a sound")
  }

  @Test func noSamples() throws {
    let bytes = try AudioFile.encode(Waveform(samples: [], sampleRate: 8000))
    expectFailure(try file("none.wav", bytes), "no samples")
  }

  @Test func samplesThatAreNotNumbers() throws {
    // A WAV of 32-bit floats, one of them NaN.
    let samples: [Float] = [0, .nan, 0]
    var bytes = Array("RIFF".utf8) + [48, 0, 0, 0] + Array("WAVEfmt ".utf8)
    bytes += [16, 0, 0, 0, 3, 0, 1, 0, 0x40, 0x1F, 0, 0, 0, 0x7D, 0, 0, 4, 0, 32, 0]
    bytes += Array("data".utf8) + [12, 0, 0, 0] + samples.withUnsafeBytes(Array.init)
    expectFailure(try file("nan.wav", bytes), "not finite")
  }

  @Test(
    .enabled(if: Fixture.shared("data/imitation-mini") != nil, "needs a FLAC file"))
  func truncatedFlac() throws {
    let url = try #require(
      Fixture.shared("data/imitation-mini/sound_recordings/dog bark 1.flac"))
    let bytes = try Data(contentsOf: url)
    expectFailure(try file("cut.flac", Array(bytes.prefix(bytes.count / 2))), "get")
  }
}

import Foundation
import TestSupport
import Testing

@testable import TonoAudio

struct SoundReaderMemoryTests {
  private let sound = Waveform(
    samples: (0..<3000).map { 0.5 * sin(Float($0) / 10) }, sampleRate: 8000)

  @Test(arguments: [AudioFile.Encoding.pcm16, .float32, .flac, .ogg])
  func bytesAreReadAsTheirFile(encoding: AudioFile.Encoding) throws {
    let folder = try TemporaryFolder()
    let bytes = try AudioFile.encode(sound, as: encoding)
    let file = folder["sound"]
    try Data(bytes).write(to: file)
    let read = try SoundReader(bytes: bytes, name: "sound").read()
    #expect(try read == AudioFile.read(file.path))
    #expect(read.samples.count == 3000)
  }

  @Test func partsComeInTurn() throws {
    let reader = try SoundReader(bytes: AudioFile.encode(sound, as: .float32), name: "sound")
    #expect(reader.promisedCount == 3000)
    #expect(try reader.read(1000).samples + reader.read().samples == sound.samples)
  }

  @Test(arguments: [[], [1, 2, 3], Array("RIFF....WAVEfmt ".utf8)])
  func whatIsNoSoundIsNamed(bytes: [UInt8]) {
    #expect(throws: (any Error).self) {
      try SoundReader(bytes: bytes, name: "speaker.tgz/a.wav").read()
    }
  }
}

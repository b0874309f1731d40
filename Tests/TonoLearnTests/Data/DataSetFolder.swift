import Foundation
import TestSupport
import TonoAudio
import TonoCore
import TonoFiles

/// A data set of generated sounds in a folder of its own.
struct DataSetFolder {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  var url: URL { folder.url }

  subscript(path: String) -> URL { folder[path] }

  /// Writes a tone of a quarter of a second; its pitch follows from its path.
  func sound(_ path: String, seconds: Double = 0.25) throws {
    let pitch = Float(200 + path.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 1023 })
    let samples = (0..<Int(seconds * 8000)).map { 0.5 * sin(2 * .pi * pitch * Float($0) / 8000) }
    let encoding: AudioFile.Encoding = path.hasSuffix("flac") ? .flac : .pcm16
    try AtomicFile.write(
      AudioFile.encode(Waveform(samples: samples, sampleRate: 8000), as: encoding),
      to: folder[path])
  }

  /// Writes several tones.
  func sounds(_ paths: String...) throws {
    for path in paths { try sound(path) }
  }

  /// Writes text, or bytes.
  func file(_ path: String, _ text: String) throws { try file(path, bytes: Array(text.utf8)) }

  func file(_ path: String, bytes: [UInt8]) throws {
    try AtomicFile.write(bytes, to: folder[path])
  }

  /// Packs a folder as VoxForge does, and removes it.
  func pack(_ path: String, as archive: String, flags: String = "czf") throws {
    let url = folder[path]
    let tar = Process()
    tar.executableURL = URL(filePath: "/usr/bin/env")
    tar.arguments = [
      "tar", flags, folder[archive].path, "-C", url.deletingLastPathComponent().path,
      "./" + url.lastPathComponent,
    ]
    try tar.run()
    tar.waitUntilExit()
    guard tar.terminationStatus == 0 else { throw InputError("tar failed") }
    try FileManager.default.removeItem(at: url)
  }
}

extension FrontEnd {
  /// 8 bands and 8 frames of a quarter of a second.
  static let tiny = FrontEnd(
    name: "tiny", sampleRate: 8000, seconds: 0.25, fftSize: 256, hop: 256, bands: 8, frames: 8,
    highestFrequency: 4000, typicalMean: -40, typicalDeviation: 20)
}

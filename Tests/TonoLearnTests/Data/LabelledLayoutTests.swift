import Foundation
import Testing
import TonoCore

@testable import TonoLearn

struct LabelledLayoutTests {
  private static let header = "slice_file_name,fsID,start,end,salience,fold,classID,class"

  @Test func readsUrbanSound8K() throws {
    let folder = try DataSetFolder()
    try folder.sounds("audio/fold1/7-3-0-0.wav", "audio/fold10/9-1-0-1.flac")
    try folder.file(
      "metadata/UrbanSound8K.csv",
      """
      \(Self.header)
      7-3-0-0.wav,7,0.0,1.5,1,1,3,dog_bark
      9-1-0-1.flac,9,0.0,1.5,2,10,1,car_horn
      8-1-0-1.wav,8,0.0,1.5,2,10,1,car_horn
      """)
    let sounds = try LabelledSounds.read(folder.url)
    #expect(sounds.layout == .urbanSound8K)
    #expect(sounds.classes == ["car_horn", "dog_bark"])
    #expect(sounds.items.map(\.label) == [1, 0])
    #expect(sounds.items.map(\.fold) == [1, 10])
    #expect(sounds.items.map(\.group) == ["7", "9"])
    #expect(sounds.items[1].source.description == "audio/fold10/9-1-0-1.flac")
    #expect(sounds.problems == ["audio/fold10/8-1-0-1.wav is missing; it is left out"])
  }

  @Test(arguments: [
    ("a.wav,7,0,1,1,one,3,dog", "expected numbers and a name"),
    ("a.wav,7,0,1,1,1,3,dog\nb.wav,7,0,1,1,1,3,cat", "class 3 has two names"),
    ("a.wav,7,0,1,1,1,3,dog", "none of its sounds can be used; audio/fold1/a.wav is missing"),
  ])
  func refusesContradictions(rows: String, problem: String) throws {
    let folder = try DataSetFolder()
    try folder.file("metadata/UrbanSound8K.csv", "\(Self.header)\n\(rows)\n")
    let error = #expect(throws: InputError.self) { try LabelledSounds.read(folder.url) }
    #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
  }

  @Test func readsVoxForgeFoldersAndArchives() throws {
    let folder = try DataSetFolder()
    try folder.sounds(
      "German/ralf-20071220-de1/wav/de1-01.wav", "German/ralf-20071220-de1/wav/de1-02.wav",
      "German/ralf-20080101-de2/flac/de2-01.flac",
      "English/Trunk/Audio/Main/16kHz_16bit/anonymous-20080302-bla/wav/a1.wav",
      "English/Trunk/Audio/Main/16kHz_16bit/anonymous-20090302-blb/wav/a1.wav",
      "English/Trunk/Audio/Main/16kHz_16bit/Bob-20100101-xyz/wav/b-1.wav")
    try folder.file(
      "German/ralf-20071220-de1/etc/PROMPTS",
      """
      ralf-20071220-de1/mfc/de1-01 Sie ist da
      ralf-20071220-de1/mfc/de1-02 Sie ist fort
      ralf-20071220-de1/mfc/de1-03 Wer weiß
      """)
    try folder.file(
      "German/ralf-20080101-de2/etc/prompts-original", "de2-01 Ja\r\nde2-09 Nein\r\n")
    try folder.file(
      "English/Trunk/Audio/Main/16kHz_16bit/Bob-20100101-xyz/etc/PROMPTS",
      "*/b-1 yes\nBob-20100101-xyz/mfc/b2 no\n")
    try folder.file("English/Trunk/Audio/Main/16kHz_16bit/empty-20100101-xyz/wav/none.txt", "")
    try folder.pack(
      "English/Trunk/Audio/Main/16kHz_16bit/Bob-20100101-xyz",
      as: "English/Trunk/Audio/Main/16kHz_16bit/Bob-20100101-xyz.tgz")
    try folder.file(
      "English/Trunk/Audio/Main/16kHz_16bit/torn-20100101-xyz.tgz", bytes: [0x1f, 0x8b, 8, 0, 1])
    let sounds = try LabelledSounds.read(folder.url)
    #expect(sounds.layout == .voxForge)
    #expect(sounds.classes == ["English", "German"])
    #expect(
      sounds.items.map(\.source.description) == [
        "English/Trunk/Audio/Main/16kHz_16bit/Bob-20100101-xyz.tgz/Bob-20100101-xyz/wav/b-1.wav",
        "English/Trunk/Audio/Main/16kHz_16bit/anonymous-20080302-bla/wav/a1.wav",
        "English/Trunk/Audio/Main/16kHz_16bit/anonymous-20090302-blb/wav/a1.wav",
        "German/ralf-20071220-de1/wav/de1-01.wav", "German/ralf-20071220-de1/wav/de1-02.wav",
        "German/ralf-20080101-de2/flac/de2-01.flac",
      ])
    #expect(
      sounds.items.map(\.group) == [
        "Bob", "anonymous-20080302-bla", "anonymous-20090302-blb", "ralf", "ralf", "ralf",
      ])
    #expect(sounds.problems.contains { $0.contains("'de1-03' of its list is missing") })
    #expect(sounds.problems.contains { $0.contains("'de2-09' of its list is missing") })
    #expect(sounds.problems.contains { $0.contains("Bob-20100101-xyz.tgz: the sound 'b2'") })
    #expect(sounds.problems.contains { $0.contains("empty-20100101-xyz holds no sounds") })
    #expect(sounds.problems.contains { $0.contains("torn-20100101-xyz.tgz") })
  }

  @Test func anArchiveUnpackedBesideItselfCountsOnce() throws {
    let folder = try DataSetFolder()
    for _ in 0..<2 {
      try folder.sound("Dutch/a-1-x/wav/1.wav")
      if !FileManager.default.fileExists(atPath: folder["Dutch/a-1-x.tgz"].path) {
        try folder.pack("Dutch/a-1-x", as: "Dutch/a-1-x.tgz")
      }
    }
    #expect(
      try LabelledSounds.read(folder.url).items.map(\.source.description) == [
        "Dutch/a-1-x/wav/1.wav"
      ])
  }

  @Test func heldOutSpeakersAreTested() throws {
    let folder = try DataSetFolder()
    try folder.sounds(
      "A/x-1-a/wav/1.wav", "A/y-1-a/wav/1.wav", "B/x-1-a/wav/1.wav", "B/z-1-a/wav/1.wav")
    try folder.file("heldout_speakers.txt", "y-1-a\r\nz\r\n")
    #expect(
      try LabelledSounds.read(folder.url).items.map(\.part) == [
        .training, .test, .training, .test,
      ])
  }

  @Test func readsAFolderForEachClass() throws {
    let folder = try DataSetFolder()
    try folder.sounds("dog bark/1.wav", "dog bark/more/2.flac", "rain/r.wav")
    try folder.file("rain/notes.txt", "none")
    try folder.file("empty/notes.txt", "none")
    try folder.file("split.csv", "path,split\ndog bark/1.wav,train\nrain/r.wav,test\n")
    let sounds = try LabelledSounds.read(folder.url)
    #expect(sounds.layout == .classFolders)
    #expect(sounds.classes == ["dog bark", "rain"])
    #expect(
      sounds.items.map(\.source.path) == ["dog bark/1.wav", "dog bark/more/2.flac", "rain/r.wav"])
    #expect(sounds.items.map(\.part) == [.training, nil, .test])
  }

  @Test func refusesWhatIsNoDataSet() throws {
    let folder = try DataSetFolder()
    try folder.sound("only one/1.wav")
    #expect(throws: InputError.self) { try DataSetLayout.recognize(folder.url) }
    #expect(throws: InputError.self) { try DataSetLayout.recognize(folder["nothing"]) }
    let error = #expect(throws: InputError.self) {
      try ImitationSounds.read(folder.url, layout: .classFolders)
    }
    #expect(error?.description.contains("vocal imitations are asked for") == true)
  }
}

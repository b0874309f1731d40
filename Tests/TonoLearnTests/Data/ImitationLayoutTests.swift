import Foundation
import Testing
import TonoCore

@testable import TonoLearn

struct ImitationLayoutTests {
  private static let columns =
    "id,filename,stimulus_type,included,draft,training,participant_id,satisfaction,sound_label,"
    + "sound_label_id,sound_recording,sound_recording_id,audio_concept_subset,"
    + "participants_sound_recording_description,participants_sound_recording_description_confidence,"
    + "description_match"

  /// A row of VocalSketch's table of imitations; names are quoted.
  private static func row(
    _ name: String, of recording: String, by person: String, stimulus: String = "sound recording",
    flags: String = "True,False,False"
  ) -> String {
    "1,\"\(name)\",\(stimulus),\(flags),\(person),,label,2,\"\(recording)\",3,everyday,\"he said \"\"oh\"\", twice\",,"
  }

  /// Version 1.0 with names that hold commas and spaces, and what is to be left out.
  private static func vocalSketch() throws -> DataSetFolder {
    let folder = try DataSetFolder()
    try folder.sounds(
      "sound_recordings/bass, bowed.wav", "sound_recordings/guitar.wav",
      "sound_recordings/marcel guitar.wav", "sound_recordings/alone.wav",
      "vocal_imitations/included/bass, bowed - 1.wav", "vocal_imitations/included/g - 2.wav",
      "vocal_imitations/included/g - 3.wav", "vocal_imitations/included/word - 4.wav",
      "vocal_imitations/included/draft - 5.wav")
    try folder.file(
      "sound_recordings.csv",
      """
      id,filename,sound_label,sound_label_id,audio_concept_subset
      1,"bass, bowed.wav",bass (bowed),11,acoustic instruments
      2,guitar.wav,guitar,12,acoustic instruments
      3,guitar_playing.wav,guitar,13,everyday sounds
      4,alone.wav,alone,14,single synthesizer
      5,gone.wav,gone,15,commercial synthesizers
      """)
    try folder.file(
      "everyday_filename_translation.csv",
      "marcel_filename,vocalsketch_filename\nmarcel guitar.wav,guitar_playing.wav\n")
    try folder.file(
      "vocal_imitations.csv",
      [
        columns, row("bass, bowed - 1.wav", of: "bass, bowed.wav", by: "5001"),
        row("g - 2.wav", of: "guitar.wav", by: "5002"),
        row("g - 3.wav", of: "guitar_playing.wav", by: "5001"),
        row("word - 4.wav", of: "guitar.wav", by: "5003", stimulus: "sound label"),
        row("draft - 5.wav", of: "guitar.wav", by: "5003", flags: "True,True,False"),
        row("practice - 6.wav", of: "guitar.wav", by: "5003", flags: "True,False,True"),
        row("excluded - 7.wav", of: "guitar.wav", by: "5003", flags: "False,False,False"),
        row("lost - 8.wav", of: "guitar.wav", by: "5003"),
        row("lost - 8.wav", of: "guitar.wav", by: "5003"),
        row("g - 2.wav", of: "gone.wav", by: "5003"),
      ].joined(separator: "\r\n"))
    return folder
  }

  @Test func readsVocalSketch() throws {
    let folder = try Self.vocalSketch()
    let sounds = try ImitationSounds.read(folder.url)
    #expect(sounds.layout == .vocalSketch)
    #expect(
      sounds.concepts.map(\.id) == [
        "acoustic_instruments/bass (bowed)", "acoustic_instruments/guitar", "everyday/guitar",
      ])
    #expect(
      sounds.concepts.map { $0.references.map(\.path) } == [
        ["sound_recordings/bass, bowed.wav"], ["sound_recordings/guitar.wav"],
        ["sound_recordings/marcel guitar.wav"],
      ])
    #expect(
      sounds.concepts.map { $0.imitations.map(\.source.path) } == [
        ["vocal_imitations/included/bass, bowed - 1.wav"], ["vocal_imitations/included/g - 2.wav"],
        ["vocal_imitations/included/g - 3.wav"],
      ])
    #expect(sounds.concepts.flatMap(\.imitations).map(\.person) == ["5001", "5002", "5001"])
    #expect(
      sounds.problems == [
        "vocal_imitations/included/lost - 8.wav is missing; it is left out",
        "sound_recordings/alone.wav has no usable imitation; it is left out",
        "sound_recordings/gone.wav is missing; it is left out",
      ])
  }

  @Test(arguments: ["vocal_imitations_set2.csv", "vocal_imitaitons_set2.csv"])
  func readsTheSecondSetUnderBothItsNames(name: String) throws {
    let folder = try Self.vocalSketch()
    try folder.sound("vocal_imitations_set2/included/g - 9.wav")
    // As a spreadsheet has left it: numbers rounded, words in capitals, other identifiers.
    try folder.file(
      name,
      [
        Self.columns,
        Self.row("g - 9.wav", of: "guitar.wav", by: "5.21E+15", flags: "TRUE,FALSE,FALSE"),
      ].joined(separator: "\n"))
    let guitar = try #require(
      ImitationSounds.read(folder.url).concepts.first { $0.id == "acoustic_instruments/guitar" })
    #expect(guitar.imitations.map(\.person) == ["5002", "5.21E+15"])
    #expect(guitar.imitations[1].source.path == "vocal_imitations_set2/included/g - 9.wav")
  }

  @Test func takesOverItsOwnSplit() throws {
    let folder = try Self.vocalSketch()
    try folder.file(
      "split.csv",
      "sound_label,filename,split\nbass (bowed),\"bass, bowed.wav\",train\nguitar,guitar.wav,test\n"
    )
    #expect(
      try ImitationSounds.read(folder.url).concepts.map(\.part) == [.training, .test, .test])
    try folder.file("split.csv", "sound_label,split\nguitar,maybe\n")
    #expect(throws: InputError.self) { try ImitationSounds.read(folder.url) }
  }

  @Test func readsTheVocalImitationSet() throws {
    let folder = try DataSetFolder()
    let (cat, rain) = (
      "000Animal_Domestic animals_ pets_Cat_Growling", "142Natural sounds_Water_Rain"
    )
    try folder.sounds(
      "original_recordings/reference/\(cat)_reference.wav",
      "original_recordings/reference/\(rain)_reference.wav",
      "original_recordings/reference/150Alarm_reference.wav",
      "original_recordings/non_reference/\(cat)/368011__trngle__meow-8.wav",
      "vocal_imitations/included/\(cat)-4808870065078272.wav",
      "vocal_imitations/included/\(cat)-4815397341626368.wav",
      "vocal_imitations/excluded/\(cat)-5000000000000000.wav",
      "vocal_imitations/included/\(rain)/1.wav",
      "vocal_imitations/included/199Nothing-1.wav")
    try folder.file(
      "vocal_imitations.txt",
      "\timitation_id\timitation_filename\tparticipant_id\n0\t0\t\(cat)-4808870065078272.wav\t5734240000000000.0\n"
    )
    let sounds = try ImitationSounds.read(folder.url)
    #expect(sounds.layout == .vocalImitationSet)
    #expect(sounds.concepts.map(\.name) == [cat, rain])
    #expect(sounds.categories == ["Animal", "Natural sounds"])
    #expect(sounds.concepts.map(\.references.count) == [1, 1])
    #expect(sounds.concepts[0].imitations.map(\.person) == ["5734240000000000.0", nil])
    #expect(
      sounds.concepts[1].imitations.map(\.source.path) == [
        "vocal_imitations/included/\(rain)/1.wav"
      ])
    #expect(sounds.problems.count == 2)
  }

  @Test func marksTellTheRecordingsInAClassesFolder() throws {
    let folder = try DataSetFolder()
    try folder.sounds(
      "original_recordings/001Dog/a.wav", "original_recordings/001Dog/b_Perfect.wav",
      "original_recordings/002Cat/a.wav", "original_recordings/002Cat/b.wav",
      "vocal_imitations/001Dog-1.wav", "vocal_imitations/002Cat/2.wav")
    #expect(
      try ImitationSounds.read(folder.url).concepts.map { $0.references.map(\.path) } == [
        ["original_recordings/002Cat/a.wav", "original_recordings/002Cat/b.wav"],
        ["original_recordings/001Dog/b_Perfect.wav"],
      ])
  }

  @Test func readsVimSketch() throws {
    let folder = try DataSetFolder()
    try folder.sounds(
      "references/00001_camera, old.wav", "references/00002_tuba.wav",
      "vocal_imitations/00007_camera, old.wav", "vocal_imitations/00008_camera, old.wav",
      "vocal_imitations/00009_other.wav")
    try folder.file(
      "reference_file_names.csv", "00001_camera, old.wav\n00002_tuba.wav\n00003_gone.wav\n")
    try folder.file(
      "vocal_imitation_file_names.csv",
      "00007_camera, old.wav\n00008_camera, old.wav\n00009_other.wav\n")
    let sounds = try ImitationSounds.read(folder.url)
    #expect(sounds.layout == .vimSketch)
    #expect(sounds.concepts.map(\.id) == ["all/camera, old"])
    #expect(sounds.concepts[0].imitations.count == 2)
    #expect(
      sounds.problems == [
        "references/00002_tuba.wav has no usable imitation; it is left out",
        "references/00003_gone.wav is missing; it is left out",
        "1 imitations have no recording of their name; they are left out",
      ])
  }

  @Test func readsTheQVIMChallengesSet() throws {
    let folder = try DataSetFolder()
    try folder.sounds(
      "Items/Dog/bark 1.wav", "Items/Bell/bark 1.wav", "Queries/Dog/q1.wav", "Queries/Dog/q2.wav",
      "Queries/Dog/q4.wav", "Queries/Bell/q1.wav")
    try folder.file(
      "DEV Dataset.csv",
      """
      DEV set,,,,,
      Label,Class,Items,Query 1,Query 2,Query 3
      Animal,Dog,bark 1.wav,q1.wav,q2.wav,
      Animal,Dog,bark 1.wav,q4.wav,q1.wav,q3.wav
      Thing,Bell,bark 1.wav,q1.wav,,
      Thing,Bell,,q9.wav,,
      """)
    let sounds = try ImitationSounds.read(folder.url)
    #expect(sounds.layout == .qvim)
    #expect(sounds.concepts.map(\.id) == ["Bell/bark 1", "Dog/bark 1"])
    #expect(
      sounds.concepts[1].imitations.map(\.source.path) == [
        "Queries/Dog/q1.wav", "Queries/Dog/q2.wav", "Queries/Dog/q4.wav",
      ])
    #expect(sounds.problems == ["Queries/Dog/q3.wav is missing; it is left out"])
  }

  @Test func conceptsOfOneNameAreToldApart() {
    let folder = URL(filePath: "/data")
    let concepts = ["a.wav", "b.wav"].map { path in
      ImitationSounds.Concept(
        name: "bell", category: "x", references: [SoundSource(folder: folder, path: path)],
        imitations: [])
    }
    #expect(
      ImitationSounds(folder: folder, layout: .vocalSketch, concepts: concepts, problems: [])
        .concepts.map(\.id) == ["x/bell (a.wav)", "x/bell (b.wav)"])
  }
}

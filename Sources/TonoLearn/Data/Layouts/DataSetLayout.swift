import Foundation
import TonoCore

/// How the files of a data set lie in its folder.
public enum DataSetLayout: String, Codable, Sendable, CaseIterable {
  /// `metadata/UrbanSound8K.csv` and `audio/fold1` to `fold10`.
  case urbanSound8K = "urbansound8k"
  /// `sound_recordings.csv`, `vocal_imitations.csv` and their folders; version 1.1 has a second set.
  case vocalSketch = "vocalsketch"
  /// `original_recordings` and `vocal_imitations`, with the class in the names of files or folders.
  case vocalImitationSet = "vocal-imitation-set"
  /// `reference_file_names.csv`, `vocal_imitation_file_names.csv` and their folders.
  case vimSketch = "vimsketch"
  /// `DEV Dataset.csv`, `Items/CLASS` and `Queries/CLASS`: the QVIM challenge's development set.
  case qvim = "qvim"
  /// `LANGUAGE/…/SPEAKER/wav` and `etc`, or `LANGUAGE/…/SPEAKER.tgz`.
  case voxForge = "voxforge"
  /// A folder of sounds for each class.
  case classFolders = "class-folders"

  /// The layout of a folder, by the files and folders that are its marks.
  ///
  /// - Throws: `InputError` if there is no such folder, or none of the layouts in it.
  /// - Complexity: O(folders of the data set) for VoxForge, few files for the others.
  public static func recognize(_ folder: URL) throws -> DataSetLayout {
    let names = Set(try DataFile.names(in: folder))
    if DataFile.isFile(folder.appending(path: UrbanSound8K.table)) { return .urbanSound8K }
    if names.contains(VocalSketch.recordings) { return .vocalSketch }
    if names.contains(QVIM.table) { return .qvim }
    if names.contains(VimSketch.references) { return .vimSketch }
    if names.contains(VocalImitationSet.recordings), names.contains(VocalImitationSet.imitations) {
      return .vocalImitationSet
    }
    if try VoxForge.isMarked(folder) { return .voxForge }
    if try ClassFolders.isMarked(folder) { return .classFolders }
    throw InputError(
      folder,
      "holds no data set in a known layout: none of \(UrbanSound8K.table), "
        + "\(VocalSketch.recordings), \(QVIM.table), \(VimSketch.references), "
        + "\(VocalImitationSet.recordings)/, LANGUAGE/SPEAKER/wav/ or folders of sounds; name the "
        + "folder that holds them")
  }
}

extension LabelledSounds {
  /// Reads a data set of labelled sounds; without `layout`, it is recognized.
  ///
  /// No sound is decoded: what cannot be turns up when features are made.
  ///
  /// - Throws: `InputError` if the folder has no such layout, or no usable sound, or it holds imitations.
  public static func read(
    _ folder: URL, layout: DataSetLayout? = nil
  ) throws -> LabelledSounds {
    let layout = try layout ?? .recognize(folder)
    let sounds =
      switch layout {
      case .urbanSound8K: try UrbanSound8K.read(folder)
      case .voxForge: try VoxForge.read(folder)
      case .classFolders: try ClassFolders.read(folder)
      case .vocalSketch, .vocalImitationSet, .vimSketch, .qvim:
        throw InputError(
          folder,
          "holds vocal imitations in the layout \(layout.rawValue), but sounds of classes "
            + "are asked for; name another folder")
      }
    guard !sounds.items.isEmpty else {
      throw InputError(
        folder, "none of its sounds can be used; \(sounds.problems.first ?? "it is empty")")
    }
    return sounds
  }
}

extension ImitationSounds {
  /// Reads a data set of sounds and their imitations; without `layout`, it is recognized.
  ///
  /// No sound is decoded: what cannot be turns up when features are made. Concepts without a
  /// recording, or without an imitation, are left out.
  ///
  /// - Throws: `InputError` if the folder has no such layout, or no usable concept, or its sounds have classes.
  public static func read(
    _ folder: URL, layout: DataSetLayout? = nil
  ) throws -> ImitationSounds {
    let layout = try layout ?? .recognize(folder)
    let sounds =
      switch layout {
      case .vocalSketch: try VocalSketch.read(folder)
      case .vocalImitationSet: try VocalImitationSet.read(folder)
      case .vimSketch: try VimSketch.read(folder)
      case .qvim: try QVIM.read(folder)
      case .urbanSound8K, .voxForge, .classFolders:
        throw InputError(
          folder,
          "holds sounds of classes in the layout \(layout.rawValue), but vocal imitations are "
            + "asked for; name another folder")
      }
    guard !sounds.concepts.isEmpty else {
      throw InputError(
        folder,
        "no recording has a usable imitation; "
          + (sounds.problems.first ?? "it is empty"))
    }
    return sounds
  }
}

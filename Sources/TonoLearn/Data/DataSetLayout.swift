/// How the files of a data set lie in its folder.
public enum DataSetLayout: String, Codable, Sendable, CaseIterable {
  /// `LANGUAGE/SPEAKER/wav/*.wav` and `etc/PROMPTS`, or `LANGUAGE/SPEAKER.tgz`.
  case voxForge = "voxforge"
  /// `metadata/UrbanSound8K.csv` and `audio/fold1` to `fold10`.
  case urbanSound8K = "urbansound8k"
  /// `sound_recordings.csv`, `vocal_imitations.csv` and their folders; 1.1 has a second set.
  case vocalSketch = "vocalsketch"
  /// `original_recordings` and `vocal_imitations`, a class by the number in a file's name.
  case vocalImitationSet = "vocal-imitation-set"
  /// `reference_file_names.csv`, `vocal_imitation_file_names.csv` and their folders.
  case vimSketch = "vimsketch"
  /// `DEV Dataset.csv`, `Items/CLASS` and `Queries/CLASS`: the QVIM challenge's development set.
  case qvim = "qvim"
  /// A folder of sounds per class.
  case classFolders = "class-folders"
}

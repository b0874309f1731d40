import Foundation
import TonoCore

extension FrontEnd {
  /// The front ends that have a name, in the order in which they are listed.
  ///
  /// Typical means and deviations are averages over real examples, computed by
  /// `Scripts/reference/typical_levels.py DATA`.
  public static let presets =
    [recording, imitation, iminet, librosa, vggish, yamnet, panns]
    + [
      openL3(mel: "mel128", bands: 128, mean: -30.56, deviation: 23.66),
      openL3(mel: "mel256", bands: 256, mean: -32.14, deviation: 23.3), openL3Linear, musicnn,
    ]

  /// TL-IMINET's tower of recordings (Zhang, Pardo & Duan, TASLP 2019), with librosa's zero padding.
  ///
  /// Typical levels are means over 660 clips of UrbanSound8K, between which they vary by 10.0 and 2.7 dB.
  private static let recording = FrontEnd(
    name: "tl-iminet/recording", sampleRate: 44_100, seconds: 4, fftSize: 1024, hop: 1024,
    bands: 128, frames: 128, highestFrequency: 22_050, typicalMean: -47.44, typicalDeviation: 19.88)

  /// TL-IMINET's tower of imitations (Zhang, Pardo & Duan, TASLP 2019), with librosa's zero padding.
  ///
  /// Typical levels are means over 450 simulated vocal imitations, between which they vary by 9.6 and
  /// 3.6 dB.
  private static let imitation = FrontEnd(
    name: "tl-iminet/imitation", sampleRate: 16_000, seconds: 4, fftSize: 133, hop: 133,
    bands: 39, frames: 482, highestFrequency: 5_000, typicalMean: -47.36, typicalDeviation: 19.81)

  /// Both towers of IMINET (Zhang & Duan, WASPAA 2017): constant-Q spectrograms.
  ///
  /// Six octaves from 50 Hz, twelve bands in each, 26.25 ms from frame to frame: the settings of the
  /// authors' IMISOUND (ICASSP 2016). Levels and normalization are TL-IMINET's. Neither was checked against
  /// the paper's own words.
  private static let iminet = {
    var frontEnd = FrontEnd(
      name: "iminet", sampleRate: 16_000, seconds: 4, fftSize: 0, hop: 420, bands: 72, frames: 153,
      highestFrequency: 8_000, typicalMean: -32.69, typicalDeviation: 11.82)
    frontEnd.filters = .constantQ
    frontEnd.lowestFrequency = 50
    return frontEnd
  }()

  /// `power_to_db(melspectrogram(y), ref=max)` with librosa's defaults, of any length.
  private static let librosa = {
    var frontEnd = FrontEnd(
      name: "librosa", sampleRate: 22_050, seconds: 0, fftSize: 2048, hop: 512, bands: 128,
      frames: 0, highestFrequency: 11_025, typicalMean: -40.2, typicalDeviation: 13.22)
    frontEnd.normalization = .none
    return frontEnd
  }()

  /// VGGish (Hershey et al., ICASSP 2017): `mel_features.py` and `vggish_params.py` of
  /// tensorflow/models, research/audioset.
  private static let vggish = audioSet(
    name: "vggish", offset: 0.01, typicalMean: -1.03, typicalDeviation: 0.99)

  /// YAMNet: `features.py` and `params.py` of tensorflow/models, research/audioset.
  private static let yamnet = audioSet(
    name: "yamnet", offset: 0.001, typicalMean: -1.16, typicalDeviation: 1.07)

  /// 64 mel bands of magnitudes over 0.96 s, ln(s + offset).
  private static func audioSet(
    name: String, offset: Float, typicalMean: Float, typicalDeviation: Float
  ) -> FrontEnd {
    var frontEnd = FrontEnd(
      name: name, sampleRate: 16_000, seconds: 0.975, fftSize: 512, hop: 160, bands: 64,
      frames: 96, highestFrequency: 7_500, typicalMean: typicalMean,
      typicalDeviation: typicalDeviation)
    frontEnd.windowLength = 400
    frontEnd.padding = .windows
    frontEnd.lowestFrequency = 125
    frontEnd.melScale = .htk
    frontEnd.melNorm = .none
    frontEnd.melSlopes = .mel
    frontEnd.spectrum = .amplitude
    frontEnd.offset = offset
    frontEnd.logarithm = .natural
    frontEnd.reference = .value(1)
    frontEnd.dynamicRange = nil
    frontEnd.normalization = .none
    frontEnd.axes = .framesBands
    return frontEnd
  }

  /// The PANNs at 32 kHz (Kong et al., TASLP 2020), of any length.
  ///
  /// `Spectrogram` and `LogmelFilterBank` of torchlibrosa. The networks' own first batch normalization, over
  /// bands, is part of the model.
  private static let panns = {
    var frontEnd = FrontEnd(
      name: "panns", sampleRate: 32_000, seconds: 0, fftSize: 1024, hop: 320, bands: 64, frames: 0,
      highestFrequency: 14_000, typicalMean: -32.89, typicalDeviation: 21.65)
    frontEnd.padding = .reflect
    frontEnd.lowestFrequency = 50
    frontEnd.reference = .value(1)
    frontEnd.dynamicRange = nil
    frontEnd.normalization = .none
    frontEnd.axes = .framesBands
    return frontEnd
  }()

  /// OpenL3 (Cramer et al., ICASSP 2019) with mel bands: `_librosa_mel_frontend` of marl/openl3, which takes
  /// 10 log₁₀ of magnitudes, with zeros around the sound.
  private static func openL3(
    mel name: String, bands: Int, mean: Float, deviation: Float
  ) -> FrontEnd {
    var frontEnd = FrontEnd(
      name: "openl3/\(name)", sampleRate: 48_000, seconds: 1, fftSize: 2048, hop: 242,
      bands: bands, frames: 199, highestFrequency: 24_000, typicalMean: mean,
      typicalDeviation: deviation)
    frontEnd.spectrum = .amplitude
    frontEnd.normalization = .none
    return frontEnd
  }

  /// OpenL3 with linear bins: `_librosa_linear_frontend` of marl/openl3.
  private static let openL3Linear = {
    var frontEnd = FrontEnd(
      name: "openl3/linear", sampleRate: 48_000, seconds: 1, fftSize: 512, hop: 242, bands: 257,
      frames: 197, highestFrequency: 24_000, typicalMean: -52.73, typicalDeviation: 26.27)
    frontEnd.filters = .linear
    frontEnd.padding = .none
    frontEnd.spectrum = .amplitude
    frontEnd.normalization = .none
    return frontEnd
  }()

  /// MusiCNN (Pons & Serra, 2019): `extractor.py` of jordipons/musicnn, log₁₀(1 + 10⁴ s), of any length;
  /// without its rounding to half precision.
  private static let musicnn = {
    var frontEnd = FrontEnd(
      name: "musicnn", sampleRate: 16_000, seconds: 0, fftSize: 512, hop: 256, bands: 96, frames: 0,
      highestFrequency: 8_000, typicalMean: 1.22, typicalDeviation: 0.86)
    frontEnd.gain = 10_000
    frontEnd.offset = 1
    frontEnd.logarithm = .log10
    frontEnd.reference = .value(1)
    frontEnd.dynamicRange = nil
    frontEnd.normalization = .none
    frontEnd.axes = .framesBands
    return frontEnd
  }()

  // MARK: - By name, and from JSON

  /// The presets' names in one line.
  public static let presetNames = presets.map(\.name).joined(separator: ", ")

  /// The preset of that name, in capitals or not.
  ///
  /// - Throws: `InputError` listing the known names.
  public static func named(_ name: String) throws -> FrontEnd {
    guard let preset = presets.first(where: { $0.name == name.lowercased() }) else {
      throw InputError(
        "'\(name)' is not a front end; use one of \(presetNames), or the path of a JSON file")
    }
    return preset
  }

  /// The front end that JSON text describes.
  ///
  /// - Parameters:
  ///   - json: the text.
  ///   - place: where it is from, for errors.
  ///   - arrays: what reads the files of numbers that it names; without it, naming one is an error.
  /// - Returns: a valid front end.
  /// - Throws: `InputError` saying what is wrong in it, and what `arrays` throws.
  public static func parse(
    _ json: Data, from place: String, arrays: ArrayReader? = nil
  ) throws -> FrontEnd {
    let decoder = JSONDecoder()
    if let key = arrayReader { decoder.userInfo[key] = arrays }
    do {
      let frontEnd = try decoder.decode(FrontEnd.self, from: json).completed()
      try frontEnd.validate()
      return frontEnd
    } catch let error as DecodingError {
      throw InputError("\(place): \(sentence(error))")
    } catch let error as InputError {
      throw InputError("\(place): \(error)")
    }
  }

  /// What a front end must say, for those who have to write one.
  public static let whatItSays =
    "sampleRate, hop, bands, fftSize (and windowLength), frames or seconds, lowestFrequency and "
    + "highestFrequency, melScale, melNorm, spectrum, logarithm, reference, dynamicRange and "
    + "normalization"

  /// What is wrong in a JSON file, in words.
  private static func sentence(_ error: DecodingError) -> String {
    func place(_ path: [any CodingKey]) -> String {
      path.last.map { "'\($0.stringValue)'" } ?? "the file"
    }
    return switch error {
    case .keyNotFound(let key, _): "'\(key.stringValue)' is missing; add it"
    case .typeMismatch(let type, let context):
      "\(place(context.codingPath)) is not a \(type); correct it"
    case .valueNotFound(_, let context): "\(place(context.codingPath)) is null; give it a value"
    case .dataCorrupted(let context):
      "\(place(context.codingPath)) is not valid (\(context.debugDescription)); correct it"
    @unknown default: "it does not describe a front end (\(error))"
    }
  }
}

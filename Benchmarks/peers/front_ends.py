#!/usr/bin/env python3
"""Compares Tonoscope's features with librosa's and TensorFlow's on synthetic signals and on real sounds.

    Benchmarks/peers/front_ends.py --sounds FOLDER --count 20

For each preset and sound the largest and the median difference over all cells, in network units: of
TL-IMINET and IMINET one is the deviation of an example, some 20 dB; of librosa, PANNs and OpenL3 a dB; of
VGGish and YAMNet ln; of MusiCNN log10.
"""

import argparse
import subprocess
import tempfile
from pathlib import Path

import librosa
import numpy as np
import soundfile

from results import table

HERE = Path(__file__).resolve().parent
TOOL = HERE.parent.parent / ".build" / "release" / "tonoscope"


def load(path, rate, samples=None):
    sound, _ = librosa.load(path, sr=rate, mono=True, res_type="soxr_hq")
    sound = sound.astype(np.float64)
    return sound if samples is None else librosa.util.fix_length(sound, size=samples)


def normalized(level):
    deviation = level.std()
    return (level - level.mean()) / (deviation if deviation > 0 else 1)


def tl_iminet(rate, size, bands, highest, frames):
    """What the towers were trained on."""
    def compute(path):
        power = librosa.feature.melspectrogram(
            y=load(path, rate, 4 * rate), sr=rate, n_fft=size, hop_length=size, n_mels=bands,
            fmax=highest)
        return normalized(librosa.power_to_db(power[:, :frames], ref=np.max))
    return compute


def iminet_levels(path):
    magnitudes = np.abs(librosa.cqt(
        load(path, 16000, 64000), sr=16000, hop_length=420, fmin=50, n_bins=72, dtype=np.complex128))
    return librosa.amplitude_to_db(magnitudes, ref=np.max)


def iminet(path):
    return normalized(iminet_levels(path))


def librosa_defaults(path):
    return librosa.power_to_db(
        librosa.feature.melspectrogram(y=load(path, 22050), sr=22050), ref=np.max)


def audio_set(offset):
    """VGGish and YAMNet, by TensorFlow's own functions."""
    def compute(path):
        import tensorflow as tf
        sound = tf.constant(load(path, 16000, 15600))
        magnitudes = tf.abs(tf.signal.stft(sound, 400, 160, 512))
        weights = tf.signal.linear_to_mel_weight_matrix(64, 257, 16000, 125, 7500, tf.float64)
        return np.log(tf.matmul(magnitudes, weights).numpy() + offset)
    return compute


def panns(path):
    """torchlibrosa's Spectrogram and LogmelFilterBank, which are librosa's."""
    power = librosa.feature.melspectrogram(
        y=load(path, 32000), sr=32000, n_fft=1024, hop_length=320, n_mels=64, fmin=50, fmax=14000,
        pad_mode="reflect")
    return librosa.power_to_db(power, ref=1.0, amin=1e-10, top_db=None).T


def openl3(bands):
    def compute(path):
        magnitudes = librosa.feature.melspectrogram(
            y=load(path, 48000, 48000), sr=48000, n_fft=2048, hop_length=242, n_mels=bands, power=1.0)
        level = librosa.power_to_db(magnitudes, ref=1.0, amin=1e-10, top_db=80)
        return level - level.max()
    return compute


def openl3_linear(path):
    magnitudes = np.abs(librosa.stft(
        load(path, 48000, 48000), n_fft=512, hop_length=242, center=False, dtype=np.complex128))
    level = librosa.power_to_db(magnitudes, ref=1.0, amin=1e-10, top_db=80)
    return level - level.max()


def musicnn(path):
    """Without the rounding to half precision."""
    power = librosa.feature.melspectrogram(
        y=load(path, 16000), sr=16000, n_fft=512, hop_length=256, n_mels=96)
    return np.log10(10000 * power.T + 1)


PRESETS = {
    "tl-iminet/imitation": tl_iminet(16000, 133, 39, 5000, 482),
    "tl-iminet/recording": tl_iminet(44100, 1024, 128, 22050, 128),
    "iminet": iminet,
    "librosa": librosa_defaults,
    "vggish": audio_set(0.01),
    "yamnet": audio_set(0.001),
    "panns": panns,
    "openl3/mel128": openl3(128),
    "openl3/mel256": openl3(256),
    "openl3/linear": openl3_linear,
    "musicnn": musicnn,
}


def expected(path, preset):
    return PRESETS[preset](path)


def features(path, preset, folder):
    out = Path(folder) / "features.npy"
    subprocess.run([TOOL, "features", path, "--front-end", preset, "--out", out], check=True)
    return np.squeeze(np.load(out))


def synthetic(folder):
    """Signals of one to four seconds, at rates that need resampling and that do not."""
    random = np.random.default_rng(0)
    for rate in (8000, 16000, 44100, 48000):
        time = np.arange(3 * rate) / rate
        signals = {
            "tone": np.sin(2 * np.pi * 440 * time),
            "chirp": np.sin(2 * np.pi * (100 * time + 500 * time**2)),
            "noise": random.normal(0, 0.2, time.size),
            "clicks": (np.arange(time.size) % (rate // 4) == 0).astype(float),
        }
        for name, signal in signals.items():
            path = Path(folder) / f"{name}-{rate}.wav"
            soundfile.write(path, 0.5 * signal, rate, subtype="FLOAT")
            yield path


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sounds", type=Path, help="a folder of real sounds")
    parser.add_argument("--count", type=int, default=20, help="how many of them")
    parser.add_argument("--presets", nargs="*", help="those alone")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        groups = {"synthetic": list(synthetic(folder))}
        if arguments.sounds:
            found = sorted(
                path for path in arguments.sounds.rglob("*") if path.suffix in (".wav", ".flac"))
            step = max(1, len(found) // arguments.count)
            groups["real"] = found[::step][:arguments.count]
        rows = []
        for preset in arguments.presets or PRESETS:
            for group, paths in groups.items():
                differences = [
                    np.abs(features(path, preset, folder) - expected(path, preset)).ravel()
                    for path in paths]
                largest = [difference.max() for difference in differences]
                rows.append([
                    f"{preset}, {group}", str(len(paths)), f"{max(largest):.1e}",
                    f"{np.median(largest):.1e}", f"{np.median(np.concatenate(differences)):.1e}"])
    print(table(
        ["front end, sounds", "sounds", "largest", "median of the largest", "median of all cells"],
        rows))


if __name__ == "__main__":
    main()

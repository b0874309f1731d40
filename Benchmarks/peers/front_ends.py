#!/usr/bin/env python3
"""Compares Tonoscope's features with librosa's on synthetic signals and on real sounds.

    Benchmarks/peers/front_ends.py --sounds FOLDER --count 20

For each preset and sound the largest and the median difference over all cells, in network units (one
is the deviation of an example, some 20 dB).
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
PRESETS = {
    "tl-iminet/imitation": {"sr": 16000, "n_fft": 133, "n_mels": 39, "fmax": 5000, "frames": 482},
    "tl-iminet/recording": {"sr": 44100, "n_fft": 1024, "n_mels": 128, "fmax": 22050, "frames": 128},
}


def expected(path, preset):
    """What the towers were trained on, by librosa."""
    values = dict(PRESETS[preset])
    frames = values.pop("frames")
    sound, _ = librosa.load(path, sr=values["sr"], mono=True, res_type="soxr_hq")
    sound = librosa.util.fix_length(sound, size=4 * values["sr"])
    power = librosa.feature.melspectrogram(
        y=sound.astype(np.float64), hop_length=values["n_fft"], **values)
    level = librosa.power_to_db(power[:, :frames], ref=np.max)
    deviation = level.std()
    return (level - level.mean()) / (deviation if deviation > 0 else 1)


def features(path, preset, folder):
    out = Path(folder) / "features.npy"
    subprocess.run([TOOL, "features", path, "--front-end", preset, "--out", out], check=True)
    return np.load(out)


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
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        groups = {"synthetic": list(synthetic(folder))}
        if arguments.sounds:
            found = sorted(
                path for path in arguments.sounds.rglob("*") if path.suffix in (".wav", ".flac"))
            step = max(1, len(found) // arguments.count)
            groups["real"] = found[::step][:arguments.count]
        rows = []
        for preset in PRESETS:
            for group, paths in groups.items():
                differences = [
                    np.abs(features(path, preset, folder) - expected(path, preset))
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

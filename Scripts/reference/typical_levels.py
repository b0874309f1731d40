"""The typical level and spread of real examples behind each front end, before normalization.

    python typical_levels.py DATA

DATA holds `urbansound8k-mini/audio` (real recordings) and `imitation-mini/vocal_imitations`
(vocal imitations). Every file goes through the front end as librosa or TensorFlow computes it; printed
are the averages over all files of the example's mean and standard deviation, which
`FrontEnd+Presets.swift` quotes: for the presets that are not TL-IMINET's over every fifth recording.
Needs librosa, soundfile and tensorflow.
"""
import pathlib
import sys

import numpy as np

from front_end_values import FRONT_ENDS, log_mel, read

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "Benchmarks" / "peers"))
import front_ends

FOLDERS = {
    "recording": "urbansound8k-mini/audio",
    "imitation": "imitation-mini/vocal_imitations/included",
}


def report(name, levels):
    means = [np.mean(level, dtype=np.float64) for level in levels]
    deviations = [np.std(level, dtype=np.float64) for level in levels]
    print(f"{name}: {len(levels)} files, mean {np.mean(means):.2f} "
          f"(deviation over files {np.std(means):.2f}), "
          f"deviation {np.mean(deviations):.2f} "
          f"(deviation over files {np.std(deviations):.2f})", flush=True)


def main(data):
    for name, folder in FOLDERS.items():
        front_end = FRONT_ENDS[name]
        files = sorted((data / folder).rglob("*.flac"))
        report(name, [log_mel(read(file, front_end), front_end) for file in files])
    files = sorted((data / FOLDERS["recording"]).rglob("*.flac"))[::5]
    for name, compute in front_ends.PRESETS.items():
        if not name.startswith("tl-iminet/"):
            compute = front_ends.iminet_levels if name == "iminet" else compute
            report(name, [compute(file) for file in files])


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))

"""The typical level and spread of real examples behind each front end, in dB re the example's maximum.

    python typical_levels.py DATA

DATA holds `urbansound8k-mini/audio` (real recordings) and `imitation-mini/vocal_imitations`
(vocal imitations). Every file goes through the front end as librosa computes it; printed are the
averages over all files of the example's mean and standard deviation, which
`FrontEnd+Presets.swift` quotes. Needs librosa and soundfile.
"""
import pathlib
import sys

import numpy as np

from front_end_values import FRONT_ENDS, log_mel, read

FOLDERS = {
    "recording": "urbansound8k-mini/audio",
    "imitation": "imitation-mini/vocal_imitations/included",
}


def main(data):
    for name, folder in FOLDERS.items():
        front_end = FRONT_ENDS[name]
        files = sorted((data / folder).rglob("*.flac"))
        levels = [log_mel(read(file, front_end), front_end) for file in files]
        means = [np.mean(level, dtype=np.float64) for level in levels]
        deviations = [np.std(level, dtype=np.float64) for level in levels]
        print(f"{name}: {len(files)} files, mean {np.mean(means):.2f} dB "
              f"(deviation over files {np.std(means):.2f}), "
              f"deviation {np.mean(deviations):.2f} dB "
              f"(deviation over files {np.std(deviations):.2f})")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))

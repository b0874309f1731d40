"""What `librosa.cqt` computes for synthetic sounds: the golden values of the constant-Q tests.

    python constant_q_values.py ../../Tests/Fixtures/audio

Writes `constant_q.json` (what is where) and `constant_q.f32` (little-endian float32 arrays, one
after another): complex values `[bins, frames, 2]`. The sounds are those of `front_end_values.py`.
Made with librosa 0.11.0, numpy 2.4.6, soxr 1.1.0.
"""
import json
import pathlib
import sys

import librosa
import numpy as np

from front_end_values import SOUNDS

TRANSFORMS = {
    "voice": dict(sr=16000, hop_length=512, fmin=50.0, n_bins=72, bins_per_octave=12),
    "music": dict(sr=44100, hop_length=512, fmin=32.7, n_bins=84, bins_per_octave=12),
    # Halved at once before the highest octave, and with a part of an octave at the lower end.
    "low": dict(sr=16000, hop_length=512, fmin=50.0, n_bins=40, bins_per_octave=12),
    # A hop (26.25 ms) that can be halved only twice, and other filters.
    "coarse": dict(sr=16000, hop_length=420, fmin=50.0, n_bins=100, bins_per_octave=18,
                   filter_scale=0.8, sparsity=0.03),
}
SECONDS = 2.0
"""Every how many frames the values are kept, to keep the fixture small."""
STRIDE = 16


def main(folder):
    arrays, blob = [], []
    for name, transform in TRANSFORMS.items():
        for sound, make in SOUNDS.items():
            samples = make(transform["sr"], SECONDS).astype("float32")
            values = librosa.cqt(samples, **transform)[:, ::STRIDE]
            values = np.stack([values.real, values.imag], axis=-1).astype("<f4")
            arrays.append(dict(
                name=f"{name}/{sound}", shape=values.shape, offset=sum(b.size for b in blob)))
            blob.append(values)

    folder.mkdir(parents=True, exist_ok=True)
    np.concatenate([b.ravel() for b in blob]).tofile(folder / "constant_q.f32")
    (folder / "constant_q.json").write_text(
        json.dumps(arrays, separators=(",", ":")).replace("},", "},\n") + "\n")
    print(f"{len(arrays)} arrays, {sum(b.nbytes for b in blob)} bytes")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))

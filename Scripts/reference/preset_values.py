"""What librosa and TensorFlow compute for synthetic sounds behind every preset: golden values.

    python preset_values.py ../../Tests/Fixtures/audio

Writes `presets.json` (what is where) and `presets.f32` (little-endian float32 arrays, one after
another): every 61st number of the features of a second of each sound of `front_end_values.py`, bands ×
frames or frames × bands as the network has them. The computations are those of
`Benchmarks/peers/front_ends.py`. Made with librosa 0.11.0, tensorflow 2.21.0.
"""
import json
import pathlib
import sys
import tempfile

import numpy as np
import soundfile

from front_end_values import SOUNDS

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "Benchmarks" / "peers"))
import front_ends

RATES = {
    "iminet": 16000, "librosa": 22050, "vggish": 16000, "yamnet": 16000, "panns": 32000,
    "openl3/mel128": 48000, "openl3/mel256": 48000, "openl3/linear": 48000, "musicnn": 16000,
}
"""Every which number is kept: a prime, so that all bands and frames have their turn."""
STRIDE = 61


def main(folder):
    arrays, blob = [], []
    with tempfile.TemporaryDirectory() as work:
        for preset, rate in RATES.items():
            for sound, make in SOUNDS.items():
                path = pathlib.Path(work) / "sound.wav"
                soundfile.write(path, make(rate, 1.0).astype("float32"), rate, subtype="FLOAT")
                features = front_ends.expected(path, preset).ravel()[::STRIDE].astype("<f4")
                arrays.append(dict(
                    name=f"{preset}/{sound}", shape=features.shape,
                    offset=sum(b.size for b in blob)))
                blob.append(features)
    np.concatenate(blob).tofile(folder / "presets.f32")
    (folder / "presets.json").write_text(
        json.dumps(arrays, separators=(",", ":")).replace("},", "},\n") + "\n")
    print(f"{len(arrays)} arrays, {sum(b.nbytes for b in blob)} bytes")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))

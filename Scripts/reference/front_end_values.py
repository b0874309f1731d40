"""What librosa computes for synthetic sounds: the golden values of the front-end tests.

    python front_end_values.py ../../Tests/Fixtures/audio

Writes `front_end.json` (what is where) and `front_end.f32` (little-endian float32 arrays, one
after another). The sounds are formulas, so that the tests can make them again; see `SOUNDS`.
Made with librosa 0.11.0, numpy 2.1.3, soxr 1.1.0.
"""
import json
import pathlib
import sys

import librosa
import numpy as np
import soundfile

FRONT_ENDS = {
    "imitation": dict(sr=16000, n_fft=133, hop=133, bands=39, fmax=5000.0, frames=482, seconds=4),
    "recording": dict(sr=44100, n_fft=1024, hop=1024, bands=128, fmax=22050.0, frames=128, seconds=4),
}
"""Every how many frames the features are kept, to keep the fixture small."""
STRIDE = {"imitation": 8, "recording": 8}


def tone(rate, seconds):
    """A 1 kHz sine of amplitude 0.5."""
    t = np.arange(int(seconds * rate)) / rate
    return 0.5 * np.sin(2 * np.pi * 1000 * t)


def chirp(rate, seconds):
    """A linear sweep from 100 Hz to 4 kHz within the length of the sound."""
    t = np.arange(int(seconds * rate)) / rate
    return 0.5 * np.sin(2 * np.pi * (100 * t + (4000 - 100) / (2 * seconds) * t * t))


def noise(rate, seconds):
    """The linear congruential generator of Numerical Recipes, seed 1, in [-0.5, 0.5)."""
    state, values = 1, np.empty(int(seconds * rate))
    for i in range(values.size):
        state = (1664525 * state + 1013904223) % 2**32
        values[i] = state / 2**32 - 0.5
    return values


SOUNDS = {"tone": tone, "chirp": chirp, "noise": noise}


def fit(samples, rate, front_end):
    """Resamples to the front end's rate and crops or zero-pads at the end."""
    samples = librosa.resample(
        samples, orig_sr=rate, target_sr=front_end["sr"], res_type="soxr_hq")
    return librosa.util.fix_length(samples, size=int(front_end["seconds"] * front_end["sr"]))


def read(file, front_end):
    """The mean of a file's channels, fitted to the front end."""
    samples, rate = soundfile.read(file, dtype="float32", always_2d=True)
    return fit(samples.mean(axis=1), rate, front_end)


def mel_power(samples, front_end):
    power = librosa.feature.melspectrogram(
        y=samples, sr=front_end["sr"], n_fft=front_end["n_fft"], hop_length=front_end["hop"],
        n_mels=front_end["bands"], fmin=0.0, fmax=front_end["fmax"], power=2.0)
    return power[:, : front_end["frames"]]


def log_mel(samples, front_end):
    """Bands by frames, dB re the maximum, floor -80."""
    return librosa.power_to_db(mel_power(samples, front_end), ref=np.max, amin=1e-10, top_db=80)


def main(folder):
    arrays, blob = [], []

    def add(name, values):
        values = np.ascontiguousarray(values, dtype="<f4")
        arrays.append(dict(name=name, shape=values.shape, offset=sum(b.size for b in blob)))
        blob.append(values)

    for name, front_end in FRONT_ENDS.items():
        for sound, make in SOUNDS.items():
            # Two seconds at another rate: resampling and padding are part of what is compared.
            samples = fit(make(22050, 2.0).astype("float32"), 22050, front_end)
            level = log_mel(samples, front_end)
            normalized = (level - level.mean()) / level.std()
            add(f"{name}/{sound}/waveform", samples[:256])
            add(f"{name}/{sound}/log_mel", level[:, :: STRIDE[name]])
            add(f"{name}/{sound}/normalized", normalized[:, :: 4 * STRIDE[name]])

    for n_fft, window, hop in [(133, 133, 33), (256, 200, 64), (33, 33, 8)]:
        samples = noise(8000, 0.1).astype("float32")
        spectrum = librosa.stft(samples, n_fft=n_fft, win_length=window, hop_length=hop)
        add(f"stft/{n_fft}-{window}-{hop}",
            np.stack([spectrum.real, spectrum.imag], axis=-1)[:, :6])

    for scale, norm in [("slaney", "slaney"), ("htk", "slaney"), ("slaney", "none")]:
        add(f"mel/{scale}-{norm}", librosa.filters.mel(
            sr=8000, n_fft=129, n_mels=12, fmin=50, fmax=3800, htk=scale == "htk",
            norm=None if norm == "none" else norm))
    hertz = np.array([0, 60, 440, 999, 1000, 1001, 4000, 22050])
    for scale in ["slaney", "htk"]:
        add(f"hertz_to_mel/{scale}",
            np.stack([hertz, librosa.hz_to_mel(hertz, htk=scale == "htk")], axis=1))

    folder.mkdir(parents=True, exist_ok=True)
    np.concatenate([b.ravel() for b in blob]).tofile(folder / "front_end.f32")
    (folder / "front_end.json").write_text(
        json.dumps(arrays, separators=(",", ":")).replace("},", "},\n") + "\n")
    print(f"{len(arrays)} arrays, {sum(b.nbytes for b in blob)} bytes")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))

#!/usr/bin/env python3
"""What neurons still answer to sounds played elsewhere, by librosa, soundfile and PyTorch.

The same ways as Tonoscope's `Playback`: quieter, later within the hop, with noise, as Ogg Vorbis and MP3
(soundfile with libsndfile 1.1 or later), in a small room. Random numbers are Tonoscope's own.

    played_elsewhere.py RUN MODEL.h5           a run of `tonoscope maximize` on one tower, beside its run.json
    played_elsewhere.py --wavs FOLDER MODEL.h5   other sounds, FOLDER/LAYER/CHANNEL*.wav
    played_elsewhere.py --clips FOLDER MODEL.h5  the strongest of some real clips for each neuron

MODEL.h5 holds TL-IMINET's towers as Keras stores them, such as seeds/siamese_pretrained.h5. Prints per layer and
way the median share that is left of the activation as it is.
"""

import argparse
import io
import json
import re
from pathlib import Path

import h5py
import librosa
import numpy as np
import soundfile
import torch
import torch.nn.functional as F

TOWERS = {
    "nyu": dict(rate=44100, size=1024, hop=1024, bands=128, highest=22050, frames=128, pool=(2, 4)),
    "lid": dict(rate=16000, size=133, hop=133, bands=39, highest=5000, frames=482, pool=(2, 2)),
}


class Random:
    """SplitMix64 seeded by a number and a text, and its normal numbers by Box and Muller."""

    def __init__(self, seed, text):
        state = 0xCBF29CE484222325 ^ seed
        for byte in text.encode():
            state = ((state ^ byte) * 0x100000001B3) % 2**64
        self.state = state

    def normal(self, count):
        steps = np.arange(1, 2 * count + 1, dtype=np.uint64)
        with np.errstate(over="ignore"):
            z = np.uint64(self.state) + steps * np.uint64(0x9E3779B97F4A7C15)
            self.state = int(z[-1])
            z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            z ^= z >> np.uint64(31)
        u = (z >> np.uint64(11)).astype(np.float64) * 2.0**-53
        return np.sqrt(-2 * np.log(1 - u[0::2])) * np.cos(2 * np.pi * u[1::2])


def codec(sound, rate, kind):
    memory = io.BytesIO()
    soundfile.write(memory, sound, rate, format=kind)
    memory.seek(0)
    decoded = soundfile.read(memory, dtype="float32")[0][: len(sound)]
    return np.pad(decoded, (0, len(sound) - len(decoded)))


def room(sound, rate):
    response = Random(1, "room").normal(rate // 4) * np.exp(-np.arange(rate // 4) / (0.05 * rate))
    response[0] = 6
    response /= np.sqrt(np.sum(response**2))
    size = 1 << int(np.ceil(np.log2(len(sound) + len(response))))
    product = np.fft.rfft(sound, size) * np.fft.rfft(response, size)
    return np.fft.irfft(product, size)[: len(sound)].astype(np.float32)


def later(sound, count):
    return np.concatenate([np.zeros(count, np.float32), sound])[: len(sound)]


def ways(tower):
    rate, hop = tower["rate"], tower["hop"]
    return {
        "quieter": lambda y: y / 2,
        "quarterHop": lambda y: later(y, hop // 4),
        "halfHop": lambda y: later(y, hop // 2),
        "threeQuarterHop": lambda y: later(y, 3 * hop // 4),
        "noise": lambda y: y + (np.sqrt(np.mean(y**2)) / 10 * Random(1, "noise").normal(len(y))).astype("f4"),
        "vorbis": lambda y: codec(y, rate, "OGG"),
        "mp3": lambda y: codec(y, rate, "MP3"),
        "room": lambda y: room(y, rate),
    }


class Tower:
    """A tower up to each of its rectified convolutions, behind librosa's front end."""

    def __init__(self, path, prefix):
        self.prefix, self.settings = prefix, TOWERS[prefix]
        arrays = {}

        def visit(name, item):
            parts = name.split("/")
            if isinstance(item, h5py.Dataset):
                arrays[parts[-2], parts[-1].split(":")[0]] = torch.from_numpy(item[()].astype("f4"))

        with h5py.File(path) as file:
            file.visititems(visit)
        self.blocks = []
        for index in (1, 2, 3):
            name = f"{prefix}_conv_{index}"
            numbers = [arrays[f"{name}_BN", role] for role in ("moving_mean", "moving_variance", "gamma", "beta")]
            self.blocks.append((arrays[name, "kernel"].permute(3, 2, 0, 1), arrays[name, "bias"], numbers))

    def features(self, y):
        s = self.settings
        y = librosa.util.fix_length(y, size=4 * s["rate"])
        power = librosa.feature.melspectrogram(
            y=y, sr=s["rate"], n_fft=s["size"], hop_length=s["hop"], n_mels=s["bands"], fmax=s["highest"])
        levels = librosa.power_to_db(power, ref=np.max)[:, : s["frames"]]
        return ((levels - levels.mean()) / levels.std()).astype("f4")

    def answers(self, y):
        """Per layer the mean of each channel's map."""
        x, result = torch.from_numpy(self.features(y))[None, None], {}
        with torch.no_grad():
            for index, (kernel, bias, (mean, variance, gamma, beta)) in enumerate(self.blocks, 1):
                x = F.relu(F.batch_norm(F.conv2d(x, kernel, bias), mean, variance, gamma, beta, False, 0, 1e-3))
                result[f"{self.prefix}_conv_{index}_AC"] = x[0].mean((1, 2)).numpy()
                if index < len(self.blocks):
                    x = F.max_pool2d(x, self.settings["pool"])
        return result


def load(path, rate):
    return librosa.load(path, sr=rate, mono=True)[0]


def table(title, rows):
    """rows: per layer and way the shares."""
    layers = sorted({layer for layer, _ in rows})
    names = list(dict.fromkeys(way for _, way in rows))
    print(f"\n{title}\n\n| way | " + " | ".join(layers) + " |\n|---|" + "---:|" * len(layers))
    for way in names:
        shares = [np.median(rows[layer, way]) if (layer, way) in rows else np.nan for layer in layers]
        print(f"| {way} | " + " | ".join(f"{share:.2f}" for share in shares) + " |")


def measure(tower, sounds, told):
    """sounds: (layer, channel, samples); told: what run.json says, per layer and channel."""
    rows, differences = {}, []
    for layer, channel, y in sounds:
        own = tower.answers(y)[layer][channel]
        if own <= 1e-4:
            continue
        shares = {}
        for name, play in ways(tower.settings).items():
            shares[name] = tower.answers(play(y))[layer][channel] / own
            rows.setdefault((layer, name), []).append(shares[name])
        rows.setdefault((layer, "the least"), []).append(min(shares.values()))
        for name, share in told.get((layer, channel), {}).items():
            differences.append(abs(share - shares[name]))
    if not rows:
        raise SystemExit("none of these sounds excites its neuron")
    table("share of the activation as it is, medians", rows)
    if differences:
        print(f"\nrun.json differs by at most {max(differences):.4f} ({len(differences)} numbers)")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", nargs="?", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("--wavs", type=Path)
    parser.add_argument("--clips", type=Path)
    parser.add_argument("--tower", choices=TOWERS, help="of clips; nyu by default")
    parser.add_argument("--channels", type=int, default=8, help="of clips: how many of each layer")
    parser.add_argument("--count", type=int, default=60, help="how many clips are heard")
    arguments = parser.parse_args()
    if arguments.clips:
        tower = Tower(arguments.model, arguments.tower or "nyu")
        files = sorted(path for path in arguments.clips.rglob("*") if path.suffix in (".wav", ".flac"))
        files = files[:: max(1, len(files) // arguments.count)][: arguments.count]
        clips = [load(path, tower.settings["rate"]) for path in files]
        heard = [tower.answers(clip) for clip in clips]
        sounds = [
            (layer, channel, clips[int(np.argmax([h[layer][channel] for h in heard]))])
            for layer in heard[0] for channel in range(arguments.channels)]
        return measure(tower, sounds, {})
    folder = arguments.wavs or arguments.run
    found = sorted(path for path in folder.rglob("*.wav") if re.fullmatch(r"(nyu|lid)_conv_\d_AC", path.parent.name))
    if not found:
        raise SystemExit(f"{folder} has no LAYER/CHANNEL.wav of a tower's rectified convolution")
    told = {}
    if arguments.run and (arguments.run / "run.json").exists():
        for record in json.loads((arguments.run / "run.json").read_text())["neurons"]:
            trip = record.get("roundTrip") or {}
            layer, channel = re.fullmatch(r"(.+):(\d+)(@.*)?", record["neuron"]).groups()[:2]
            if trip.get("playedElsewhere"):
                told[layer, int(channel)] = {
                    way: share / trip["retention"] for way, share in trip["playedElsewhere"]["retentions"].items()}
    for prefix in TOWERS:
        own = [path for path in found if path.parent.name.startswith(prefix)]
        if own:
            tower = Tower(arguments.model, prefix)
            sounds = [
                (path.parent.name, int(re.match(r"\d+", path.stem)[0]), load(path, tower.settings["rate"]))
                for path in own]
            measure(tower, sounds, told)


if __name__ == "__main__":
    main()

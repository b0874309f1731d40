#!/usr/bin/env python3
"""Plays free patterns with librosa, and lets Tonoscope measure its own sounds beside them.

    Benchmarks/peers/sounds.py --neurons 16 --out Benchmarks/SOUNDS.md

librosa's `mel_to_audio` (non-negative least squares by L-BFGS-B, fast Griffin-Lim) gets the band
powers that Tonoscope takes a pattern for: levels times the typical deviation of real examples, at most
80 dB. Once at the hop of the analysis, once with frames interpolated in dB to a quarter of the window.
Its sounds go through the same measure as ours: analysed again, shown to the network.
"""

import argparse
import json
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import librosa
import numpy as np
import soundfile

from results import table

HERE = Path(__file__).resolve().parent
TOOL = HERE.parent / ".build" / "release" / "tonobench"
ITERATIONS = 60
FRONT_ENDS = {
    "imi": {"sr": 16000, "n_fft": 133, "fmax": 5000, "deviation": 19.81, "samples": 64000},
    "ref": {"sr": 44100, "n_fft": 1024, "fmax": 22050, "deviation": 19.88, "samples": 131072},
}
METHODS = {"librosa at the analysis hop": False, "librosa, dense hop": True}


def band_power(pattern, deviation):
    """What a pattern in network units is in power: as `FrontEnd.decibels(of:)`."""
    unit = min(deviation, 80 / (pattern.max() - pattern.min()))
    return 10 ** (unit * (pattern - pattern.max()) / 10)


def play(pattern, front_end, dense):
    """librosa's sound of a pattern, as long as ours."""
    power = band_power(pattern.astype(np.float64), front_end["deviation"])
    n_fft = front_end["n_fft"]
    hop = n_fft // 4 if dense else n_fft
    if dense:
        frames = 1 + front_end["samples"] // hop
        places = np.minimum(np.arange(frames) * hop / n_fft, power.shape[1] - 1)
        power = np.exp([np.interp(places, np.arange(row.size), np.log(row)) for row in power])
    sound = librosa.feature.inverse.mel_to_audio(
        power.astype(np.float32), sr=front_end["sr"], n_fft=n_fft, hop_length=hop,
        win_length=n_fft, n_iter=ITERATIONS, fmax=front_end["fmax"])
    sound = librosa.util.fix_length(sound, size=front_end["samples"])
    return 0.5 * sound / np.abs(sound).max()


def front_end_of(path):
    return FRONT_ENDS[path.suffixes[0][1:4]]


def tool(arguments, *options):
    command = [TOOL, "sounds", "--json", "--model", arguments.model, "--threads", "1",
               "--neurons", arguments.neurons, "--steps", arguments.steps, *options]
    if arguments.layers:
        command += ["--layers", *arguments.layers]
    done = subprocess.run(
        [str(word) for word in command], check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def play_all(patterns, sounds):
    """Writes librosa's sounds of all patterns; the seconds that each method took, per layer."""
    seconds = {}
    for path in sorted(patterns.glob("*/*.npy")):
        pattern, front_end = np.load(path), front_end_of(path)
        for method, dense in METHODS.items():
            start = time.perf_counter()
            sound = play(pattern, front_end, dense)
            seconds.setdefault((path.parent.name, method), []).append(time.perf_counter() - start)
            target = sounds / method / path.parent.name / (path.stem + ".wav")
            target.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(target, sound, front_end["sr"], subtype="PCM_16")
        print(f"played {path.parent.name}/{path.name}", file=sys.stderr, flush=True)
    return seconds


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="seeds/siamese_pretrained.h5")
    parser.add_argument("--neurons", type=int, default=16)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--layers", nargs="+")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    librosa.feature.inverse.mel_to_audio(np.ones((128, 8), np.float32))  # imports and compiles
    with tempfile.TemporaryDirectory() as folder:
        patterns, sounds = Path(folder) / "patterns", Path(folder) / "sounds"
        sounds.mkdir()
        tool(arguments, "--methods", 0, "--patterns", patterns)
        seconds = play_all(patterns, sounds)
        records = tool(arguments, "--sounds", sounds)
    rows = []
    for record in records:
        playing = record.get("playing")
        if playing is None:
            playing = median(seconds[record["layer"], record["method"]])
        rows.append([
            f"{record['layer']}, {record['method']}", str(record["neurons"]),
            *(f"{record[key]:.3f}" for key in (
                "retention", "lowerQuartile", "elsewhere", "reached", "distance")),
            f"{record['climbing']:.2f}", f"{playing:.2f}"])
    text = table(
        ["layer, method", "neurons", "retention", "its lower quartile", "elsewhere", "reached", "distance",
         "climbing (s)", "playing (s)"], rows)
    text = ("# Ways from a neuron to a sound\n\nWritten by the command below; what it measures is in "
            f"`tonobench sounds --help`.\n\n{text}\n\nMedians, one thread; {shlex.join(sys.argv)}\n")
    print(text)
    if arguments.out:
        arguments.out.write_text(text)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Compares values and gradients with PyTorch's (eager), on the same inputs and weights.

Rounding decides between cells that all but tie before a max-pool, or at a rectifier's threshold, and
then the whole gradient behind that cell goes another way. So neurons where any part differs by more
than a ten-thousandth are counted apart; JAX is compared, too, and has some of its own.

Prints JSON: errors are differences as a share of the largest number of the neuron's gradient.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import works

HERE = Path(__file__).resolve().parent
ANOTHER_WAY = 1e-4


def peer_gradients(script, work, path):
    """What a peer writes at the inputs that all of them start from."""
    subprocess.run([sys.executable, HERE / script, work, "--gradients", path], check=True)
    return np.load(path)


def our_gradients(tool, work, inputs_file, path, flags):
    """What our programs compute at the inputs in a file, under the peers' names."""
    subprocess.run(
        [tool, "gradients", work, "--model", HERE.parent / "models" / "siamese.h5",
         "--inputs", inputs_file, "--out", path, *flags], check=True)
    arrays = np.load(path)
    return {
        name if name == "values" else f"gradient.{name}": arrays[name] for name in arrays.files}


def errors(found, expected, names):
    """Per neuron the largest difference of its gradients, as a share of their largest number."""
    def largest(arrays):
        return np.max([np.abs(array).reshape(len(array), -1).max(1) for array in arrays], axis=0)

    keys = [f"gradient.{name}" for name in names]
    scale = largest([expected[key] for key in keys])
    difference = largest([found[key] - expected[key] for key in keys])
    # A neuron that sleeps at this input has no gradient anywhere.
    return difference[scale > 0] / scale[scale > 0]


def compare(tool, work, folder):
    """A record for each of those that are compared."""
    names = [tower.input for tower in works.WORKS[work].inputs]
    expected = peer_gradients("run_torch.py", work, folder / "torch.npz")
    inputs_file = folder / "inputs.npz"
    np.savez(inputs_file, **{name: expected[f"input.{name}"] for name in names})
    answers = {
        "Tonoscope": our_gradients(tool, work, inputs_file, folder / "winograd.npz", []),
        "Tonoscope, exact convolution": our_gradients(
            tool, work, inputs_file, folder / "exact.npz", ["--exact-convolution"]),
        "JAX": peer_gradients("run_jax.py", work, folder / "jax.npz"),
    }
    for entry, found in answers.items():
        difference = errors(found, expected, names)
        same_way = difference[difference <= ANOTHER_WAY]
        values = np.abs(found["values"] - expected["values"]).max()
        yield {
            "work": work,
            "entry": entry,
            "values": float(values / np.abs(expected["values"]).max()),
            "gradients": float(same_way.max(initial=0)),
            "anotherWay": int((difference > ANOTHER_WAY).sum()),
            "neurons": len(difference),
        }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("works", nargs="*", default=["W1", "W3", "W4", "W5"])
    parser.add_argument("--tool", type=Path, required=True, help="the tonobench command")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        records = [
            record for work in arguments.works
            for record in compare(arguments.tool, work, Path(folder))]
    print(json.dumps(records))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Compares Tonoscope's values and gradients with PyTorch's, on the same inputs and weights.

Prints JSON: per work the largest difference as a share of the largest number.
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


def largest_error(found, expected):
    """The largest difference, as a share of the largest expected number."""
    return float(np.abs(found - expected).max() / np.abs(expected).max())


def compare(tool, work, folder):
    """The errors of both forms of convolution for one work."""
    reference_file = folder / f"{work}.npz"
    subprocess.run(
        [sys.executable, HERE / "run_torch.py", work, "--gradients", reference_file], check=True)
    reference = np.load(reference_file)
    names = [tower.input for tower in works.WORKS[work].inputs]
    inputs_file = folder / f"{work}-inputs.npz"
    np.savez(inputs_file, **{name: reference[f"input.{name}"] for name in names})
    for convolutions, flags in (("Winograd", []), ("exact", ["--exact-convolution"])):
        found_file = folder / f"{work}-{convolutions}.npz"
        subprocess.run(
            [tool, "gradients", work, "--model", HERE.parent / "models" / "siamese.h5",
             "--inputs", inputs_file, "--out", found_file, *flags], check=True)
        found = np.load(found_file)
        yield {
            "work": work,
            "convolutions": convolutions,
            "values": largest_error(found["values"], reference["values"]),
            "gradients": max(
                largest_error(found[name], reference[f"gradient.{name}"]) for name in names),
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

"""What all peers share: their arguments, their inputs, how they are timed, what they print."""

import argparse
import json
import os
import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import works

WEIGHTS = Path(__file__).resolve().parent.parent / "models" / "weights.npz"

# glibc then keeps freed blocks of any size instead of giving their pages back at every step.
KEEPS_MEMORY = {
    "MALLOC_MMAP_THRESHOLD_": "4294967296",
    "MALLOC_TRIM_THRESHOLD_": "17179869184",
    "MALLOC_TOP_PAD_": "268435456",
}


def parse_arguments(description, variants):
    """The arguments that every peer takes; the first variant is the default."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("work", choices=sorted(works.WORKS))
    parser.add_argument("--variant", choices=variants, default=variants[0])
    parser.add_argument("--mode", choices=["batched", "single"], default="batched",
                        help="all neurons in one batch, or one neuron after the other")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=4, help="how long to measure")
    parser.add_argument("--batch", type=int,
                        help="of how many neurons a batch is; all of the work's by default")
    parser.add_argument("--keep-memory", action="store_true",
                        help="start again with glibc's malloc tuned to keep freed memory")
    parser.add_argument("--gradients", type=Path, metavar="NPZ",
                        help="write inputs, values and gradients before the first step, and end")
    arguments = parser.parse_args()
    if arguments.keep_memory and any(key not in os.environ for key in KEEPS_MEMORY):
        os.environ.update(KEEPS_MEMORY)
        os.execv(sys.executable, [sys.executable, *sys.argv])
    return arguments


def load_weights():
    """All arrays of models.py, by name."""
    if not WEIGHTS.exists():
        sys.exit(f"there is no {WEIGHTS}; run models.py first")
    return dict(np.load(WEIGHTS))


def noise(count, tower, seed=1):
    """Inputs to start from, [N, 1, bands, frames]."""
    random = np.random.default_rng(seed)
    return random.standard_normal((count, 1, tower.rows, tower.columns)).astype(np.float32)


def write_gradients(path, work, inputs, values, gradients):
    """Writes what `tonobench gradients` is compared with: arrays by their inputs' names."""
    arrays = {"values": values}
    for tower, array, gradient in zip(work.inputs, inputs, gradients):
        arrays[f"input.{tower.input}"] = array
        arrays[f"gradient.{tower.input}"] = gradient
    np.savez(path, **arrays)


@dataclass
class NeuronOrder:
    """Which neuron comes next, one at a time: each for so many steps."""

    count: int
    step: int = 0

    def next(self):
        """The neuron of this step, and whether it has just begun."""
        index, begun = self.step // works.STEPS_PER_NEURON, self.step % works.STEPS_PER_NEURON == 0
        self.step += 1
        return index % self.count, begun


def measure(step, count, seconds, warmups=2):
    """Calls `step`, which does one step of `count` neurons (or pairs), for about so many seconds.

    Returns how many neuron-steps were done, and in what time. Warming up does not count.
    """
    for _ in range(warmups):
        step()
    begin, done = time.perf_counter(), 0
    while True:
        step()
        done += 1
        elapsed = time.perf_counter() - begin
        if elapsed >= seconds and done >= 2:
            return done * count, elapsed


def report(arguments, peer, version, result):
    """Prints one line of JSON, as `tonobench ascent --json` does."""
    steps, seconds = result
    rate = steps / seconds
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    unit = 1024 if sys.platform == "linux" else 1
    print(json.dumps([{
        "peer": peer,
        "version": version,
        "variant": arguments.variant + ("+malloc" if arguments.keep_memory else ""),
        "work": arguments.work,
        "mode": arguments.mode,
        "threads": arguments.threads,
        "rate": rate,
        "steps": steps,
        "seconds": seconds,
        "gigaflops": rate * works.WORKS[arguments.work].flops / 1e9,
        "peakMegabytes": peak * unit / 1e6,
    }]), flush=True)


def run(arguments, peer, version, make_ascent, make_training):
    """Measures the step that one of two functions makes for the work asked, and reports it."""
    work, weights = works.WORKS[arguments.work], load_weights()
    make = make_training if work.kind == "training" else make_ascent
    step, count = make(work, weights)
    report(arguments, peer, version, measure(step, count, arguments.seconds))

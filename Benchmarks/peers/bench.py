#!/usr/bin/env python3
"""Runs the same works in Tonoscope and in its peers, interleaved, and writes RESULTS.md.

Sets up what is missing: a virtual environment with the peers, the models, our tool in release. Every
round runs each entry once, in a process of its own, so that what disturbs the machine disturbs all.
"""

import argparse
import datetime
import json
import os
import platform
import shlex
import subprocess
import sys
import venv
from pathlib import Path

import results
import works

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parent
MODELS = FOLDER / "models"
TOOL = FOLDER / ".build" / "release" / "tonobench"

# Per peer its script, and per mode the arguments of its entries.
PEERS = {
    "torch": ("run_torch.py", {
        "batched": {
            "PyTorch eager": [],
            "PyTorch eager, tuned malloc": ["--keep-memory"],
            "PyTorch channels last, tuned malloc": [
                "--variant", "channels_last", "--keep-memory"],
        },
        "single": {
            "PyTorch eager": [],
            "PyTorch channels last, tuned malloc": [
                "--variant", "channels_last", "--keep-memory"],
        },
    }),
    "tensorflow": ("run_tensorflow.py", {
        "batched": {"TensorFlow tf.function": []},
        "single": {"TensorFlow tf.function": []},
    }),
    "jax": ("run_jax.py", {
        "batched": {"JAX jit": []},
        "single": {"JAX jit": []},
    }),
}


def say(text):
    print(text, file=sys.stderr, flush=True)


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--works", nargs="+", choices=list(works.WORKS), default=list(works.WORKS))
    parser.add_argument("--peers", nargs="*", choices=list(PEERS), default=list(PEERS))
    parser.add_argument("--modes", nargs="+", choices=list(results.MODES),
                        default=list(results.MODES))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4, help="how long each run measures")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--venv", type=Path, default=FOLDER / ".venv",
                        help="the virtual environment with the peers; made if it is not there")
    parser.add_argument("--summary", action="store_true",
                        help="leave out gradients, kernels, programs, curves and memory")
    parser.add_argument("--out", type=Path, default=FOLDER / "RESULTS.md")
    return parser.parse_args()


# What is needed before


def prepare_python(folder):
    """The virtual environment's Python, with the peers installed."""
    python = folder / "bin" / "python"
    if not python.exists():
        say(f"making {folder} and installing the peers")
        venv.create(folder, with_pip=True)
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "-r", HERE / "requirements.txt"],
            check=True)
    return python


def prepare(arguments):
    """The environment's Python; models and our tool are there afterwards."""
    python = prepare_python(arguments.venv)
    if not (MODELS / "weights.npz").exists():
        subprocess.run([python, HERE / "models.py"], check=True)
    subprocess.run(
        ["swift", "build", "--package-path", FOLDER, "-c", "release", "--product", "tonobench"],
        check=True, stdout=sys.stderr)
    return python


# Runs


def commands(arguments, python):
    """Every run of a round: work, mode, entry, command."""
    common = ["--threads", str(arguments.threads), "--seconds", str(arguments.seconds)]
    for work in arguments.works:
        for mode in arguments.modes:
            if work == "W6" and mode == "single":
                continue
            ours = ["training"] if work == "W6" else ["ascent", work]
            single = ["--single"] if mode == "single" else []
            yield work, mode, results.OURS, [
                TOOL, *ours, "--json", "--model", MODELS / "siamese.h5", *common, *single]
            for peer in arguments.peers:
                script, entries = PEERS[peer]
                for entry, options in entries[mode].items():
                    yield work, mode, entry, [
                        python, HERE / script, work, "--mode", mode, *common, *options]


def run(command):
    """The record that a command prints, or nothing if it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        say(f"failed: {shlex.join(map(str, command))}\n{done.stderr.strip()[-2000:]}")
        return None
    return json.loads(done.stdout.strip().splitlines()[-1])[0]


def measure(arguments, python):
    """The records of all rounds."""
    records = []
    for index in range(arguments.rounds):
        for work, mode, entry, command in commands(arguments, python):
            record = run(command)
            if record is None:
                continue
            records.append({**record, "mode": mode, "entry": entry})
            say(f"round {index + 1}  {work:7}{mode:8} {entry:36} {record['rate']:10.1f} /s"
                f" {record['peakMegabytes']:7.0f} MB")
    return records


def tool_output(*options):
    return subprocess.run(
        [TOOL, *map(str, options)], check=True, stdout=subprocess.PIPE, text=True).stdout


# The machine


def processor():
    """The processor's name as the system gives it, and the wide instruction sets it has."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    values = dict(line.split(":", 1) for line in lines if ":" in line)
    values = {key.strip(): value.strip() for key, value in values.items()}
    flags = values.get("flags", values.get("Features", "")).split()
    wide = [flag for flag in flags if flag in ("avx2", "fma", "avx512f", "asimd", "sve")]
    return f"{values.get('model name', platform.machine())} ({', '.join(wide)})"


def describe(records, peaks):
    """What a reader must know of the run, by name."""
    versions = {}
    for record in records:
        name = "Tonoscope" if record["peer"] == "tonoscope" else record["peer"]
        versions[name] = record["version"]
    ours = next((record for record in records if record["peer"] == "tonoscope"), None)
    limits = ", ".join(
        f"{peak['gigaflops']:.0f} on {peak['threads']} thread{'s' * (peak['threads'] > 1)}"
        for peak in peaks)
    return {
        "date": datetime.date.today().isoformat(),
        "processor": f"{processor()}, {os.cpu_count()} cores",
        "multiply-add peak": f"{limits} GFLOP/s ({peaks[0]['instructionSet']})",
        "kernels": ours["variant"] if ours else "–",
        "system": f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
        "versions": ", ".join(f"{name} {version}" for name, version in versions.items()),
        "command": "`" + shlex.join(["Benchmarks/peers/bench.py", *sys.argv[1:]]) + "`",
    }


def compare_gradients(arguments, python):
    """The records of compare_gradients.py for the works that tonobench can differentiate."""
    names = [work for work in arguments.works if works.WORKS[work].kind != "training"]
    done = subprocess.run(
        [python, HERE / "compare_gradients.py", "--tool", TOOL, *names], check=True,
        stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def appendix(arguments):
    """What tonobench says of itself."""
    model = ("--model", MODELS / "siamese.h5", "--threads", arguments.threads)
    return {
        "Programs": tool_output("programs", *model),
        "Kernels": tool_output("kernels"),
        "Curves": tool_output("curves", *model),
        "Memory of a sweep of W1": tool_output("memory", *model),
    }


def main():
    arguments = parse_arguments()
    python = prepare(arguments)
    peaks = json.loads(tool_output("peak", "--json", "--threads", arguments.threads))
    records = measure(arguments, python)
    extras = {} if arguments.summary else appendix(arguments)
    gradients = [] if arguments.summary else compare_gradients(arguments, python)
    text = results.document(
        describe(records, peaks), results.Measurements(records), peaks[-1]["gigaflops"], gradients,
        extras)
    partial = arguments.out.with_name(arguments.out.name + ".partial")
    partial.write_text(text)
    partial.replace(arguments.out)
    print(text)
    say(f"wrote {arguments.out}")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Trains on the small data sets with Tonoscope and with its peers, and writes TRAINING.md.

    train_bench.py --tool tonoscope --data DIR --work DIR [--only NAME…] [--seeds N…] [--peers keras torch]

DATA holds urbansound8k-mini, speech7-mini and imitation-mini. WORK keeps all trainings and results.jsonl;
what is there is not run again. Peers train the same networks on the same features with the same splits
and settings (train_peers.py). Times are of epochs alone, features cached, validation and test left out.
"""
import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPORT = HERE.parent / "TRAINING.md"

PAIRS = ["--data", "{data}/imitation-mini", "--optimizer", "adam", "--learning-rate", "5e-4", "--plan",
         "steps:0.75=0.2", "--batch", "32", "--epochs", "24", "--augment", "roll 1", "--validation", "0"]
# Per training its arguments, and those of train_peers.py.
TRAININGS = {
    "recording-tower": (
        ["recording-tower", "--data", "{data}/urbansound8k-mini", "--test-fold", "10", "--epochs", "60"],
        ["--dropout", "0.5", "0.5"]),
    "imitation-tower": (
        ["imitation-tower", "--data", "{data}/speech7-mini", "--epochs", "40", "--dropout", "0.5"],
        ["--dropout", "0", "0.5"]),
    "siamese-pretrained": (
        ["siamese", *PAIRS, "--from", "{work}/imitation-tower-1/model.safetensors", "--from",
         "{work}/recording-tower-1/model.safetensors"],
        ["--from", "{work}/{peer}-imitation-tower-1.weights", "{work}/{peer}-recording-tower-1.weights"]),
    "siamese-scratch": (["siamese", *PAIRS], []),
    "iminet": (["iminet", *PAIRS], None),
}


def run_ours(tool, name, seed, paths):
    """Trains with Tonoscope; the seconds between the ends of epochs, and the report."""
    out = paths["work"] / f"{name}-{seed}"
    arguments = [a.format(**paths) for a in TRAININGS[name][0]]
    command = [tool, "train", *arguments, "--seed", str(seed), "--out", str(out), "--cache", str(paths["cache"])]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    ends = []
    for line in process.stderr:
        if line.startswith("epoch "):
            ends.append(time.perf_counter())
        else:
            print(name, seed, line, end="", file=sys.stderr)
    if process.wait():
        sys.exit(f"{' '.join(command)} failed")
    report = json.loads((out / "training.json").read_text())
    seconds = [b - a for a, b in zip(ends, ends[1:])]
    epoch = statistics.median(seconds) if seconds else None
    row = dict(framework="tonoscope", seed=seed, epochs=report["epochs"], epoch=epoch,
               seconds=sum(seconds) + epoch if seconds else None)
    test = report["test"]
    if "classes" in test:
        row["accuracy"] = test["classes"]["accuracy"]
    else:
        row["test"], row["all"] = test["retrieval"]
    return row


def run_peer(peer, name, seed, paths):
    arguments = TRAININGS[name][1]
    if arguments is None:
        return None
    weights = ["--save", str(paths["work"] / f"{peer}-{name}-{seed}.weights")] if "tower" in name else []
    command = [sys.executable, str(HERE / "train_peers.py"), peer, str(paths["work"] / f"{name}-{seed}"),
               "--cache", str(paths["cache"]), "--seed", str(seed), *weights,
               *[a.format(peer=peer, **paths) for a in arguments]]
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    if result.returncode:
        print(f"{' '.join(command)} failed", file=sys.stderr)
        return None
    return json.loads(result.stdout.splitlines()[-1])


def spread(values, digits=3):
    values = [v for v in values if v is not None]
    if not values:
        return "–"
    deviation = f" ± {statistics.stdev(values):.{digits}f}" if len(values) > 1 else ""
    return f"{statistics.mean(values):.{digits}f}{deviation}"


def report(rows):
    lines = ["# Trainings on the small data sets", "",
             "Written by `Benchmarks/peers/train_bench.py`; means ± standard deviations over the trainings.",
             "The data are 660 real clips (urbansound8k-mini), synthetic speech (speech7-mini), and real sounds",
             "with simulated imitations (imitation-mini): nothing here is about people.", "",
             "| training | by | trainings | accuracy, or MRR among the 14 held out | MRR among all 45 | s an epoch |",
             "|---|---|---|---|---|---|"]
    for name in TRAININGS:
        for framework in ["tonoscope", "keras", "torch"]:
            group = [r for r in rows if r["training"] == name and r["framework"] == framework]
            if not group:
                continue
            first = [r.get("accuracy", r.get("test", {}).get("mrr")) for r in group]
            every = [r.get("all", {}).get("mrr") for r in group]
            lines.append(f"| {name} | {framework} | {len(group)} | {spread(first)} | {spread(every)} | "
                         f"{spread([r['epoch'] for r in group], 2)} |")
    chance = [r["test"].get("chance") for r in rows if "chance" in r.get("test", {})]
    if chance:
        every = next(r["all"]["chance"] for r in rows if "chance" in r.get("all", {}))
        lines += ["", f"Chance: {chance[0]:.3f} among the 14, {every:.3f} among all 45."]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tool", default="tonoscope")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--only", nargs="+", choices=list(TRAININGS), default=list(TRAININGS))
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--peers", nargs="*", choices=["keras", "torch"], default=["keras", "torch"])
    arguments = parser.parse_args()
    paths = dict(data=arguments.data, work=arguments.work, cache=arguments.work / "features")
    arguments.work.mkdir(parents=True, exist_ok=True)
    file = arguments.work / "results.jsonl"
    rows = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    done = {(r["training"], r["framework"], r["seed"]) for r in rows}
    for name in arguments.only:
        for seed in arguments.seeds:
            for framework in ["tonoscope", *arguments.peers]:
                if (name, framework, seed) in done:
                    continue
                row = (run_ours(arguments.tool, name, seed, paths) if framework == "tonoscope"
                       else run_peer(framework, name, seed, paths))
                if row is None:
                    continue
                rows.append(dict(training=name, **row))
                with file.open("a") as log:
                    log.write(json.dumps(rows[-1]) + "\n")
                print(rows[-1], file=sys.stderr)
    REPORT.write_text(report(rows))


if __name__ == "__main__":
    main()

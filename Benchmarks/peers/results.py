"""Tables of what bench.py measured, as Markdown."""

from collections import defaultdict
from statistics import median

OURS = "Tonoscope"
SUMMARY = {
    "W1": "all 48 channels of the recording tower's conv3, mean of the map",
    "W2": "all 48 channels of its conv2, graph cut there",
    "W3": "all 48 channels of the imitation tower's conv3",
    "W4": "the centre unit of each of the 48 conv3 channels, recording tower",
    "W4crop": "the same, the input cropped by hand to what the unit sees",
    "W5": "all 108 neurons of the siamese head's first dense layer, both inputs optimized",
    "W6": "one training step of the siamese network, batch 128 (pairs)",
    "W7": "W1 climbing the samples of a sound through the tower's front end",
    "W8": "W2 climbing samples",
    "W9": "W4 climbing samples",
}
MODES = {"batched": "All neurons together", "single": "One neuron at a time"}


def table(header, rows):
    """A Markdown table: the first column to the left, the others to the right."""
    lines = ["| " + " | ".join(header) + " |", "|---" + "|---:" * (len(header) - 1) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def number(value):
    """Three digits or whole numbers."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


class Measurements:
    """Records of runs, by work, mode and entry."""

    def __init__(self, records):
        self.runs = defaultdict(list)
        for record in records:
            self.runs[record["work"], record["mode"], record["entry"]].append(record)

    def works(self, mode):
        return [work for work in SUMMARY if any(key[:2] == (work, mode) for key in self.runs)]

    def entries(self, mode):
        entries = dict.fromkeys(key[2] for key in self.runs if key[1] == mode)
        return [OURS] * (OURS in entries) + [entry for entry in entries if entry != OURS]

    def rate(self, work, mode, entry):
        """The median rate, or nothing if there was no run."""
        runs = self.runs.get((work, mode, entry))
        return median(run["rate"] for run in runs) if runs else None

    def fastest_peer(self, work, mode):
        """The fastest of the others, with its rate."""
        rates = {
            entry: self.rate(work, mode, entry) for entry in self.entries(mode) if entry != OURS}
        rates = {entry: rate for entry, rate in rates.items() if rate}
        return max(rates.items(), key=lambda item: item[1]) if rates else None

    def ratio(self, work, mode):
        """How many times as fast as the fastest peer."""
        ours, peer = self.rate(work, mode, OURS), self.fastest_peer(work, mode)
        return f"**{ours / peer[1]:.2g}**" if ours and peer else "–"

    def cell(self, work, mode, entry):
        """Median and range of the rates."""
        runs = self.runs.get((work, mode, entry))
        if not runs:
            return "–"
        rates = [run["rate"] for run in runs]
        return f"{number(median(rates))} ({number(min(rates))}–{number(max(rates))})"

    def headline(self, mode):
        """Works against entries."""
        entries = self.entries(mode)
        rows = [
            [f"{work} {SUMMARY[work]}", *(self.cell(work, mode, entry) for entry in entries),
             self.ratio(work, mode)]
            for work in self.works(mode)]
        return table(["work", *entries, "ratio to the fastest peer"], rows)

    def memory(self, mode):
        """Works against entries: the most memory that any run had resident, in MB."""
        entries = self.entries(mode)

        def cell(work, entry):
            runs = self.runs.get((work, mode, entry))
            return f"{max(run['peakMegabytes'] for run in runs):.0f}" if runs else "–"

        rows = [
            [work, *(cell(work, entry) for entry in entries)] for work in self.works(mode)]
        return table(["work", *entries], rows)

    def details(self, peak):
        """Every entry of every work; `peak` is the limit of all threads in GFLOP/s."""
        rows = []
        for (work, mode, entry), runs in sorted(self.runs.items()):
            flops = median(run["gigaflops"] for run in runs)
            rows.append([
                work, mode, entry, self.cell(work, mode, entry), str(len(runs)), f"{flops:.0f}",
                f"{100 * flops / peak:.0f} %"])
        return table(
            ["work", "mode", "entry", "rate", "runs", "nominal GFLOP/s", "of the peak"], rows)


def gradients_table(records):
    rows = [
        [f"{record['work']} {record['entry']}", f"{record['values']:.1e}",
         f"{record['gradients']:.1e}", f"{record['anotherWay']} of {record['neurons']}"]
        for record in records]
    return table(["", "values", "gradients", "decided otherwise"], rows)


def document(facts, measurements, peak, gradients, appendix):
    """All of RESULTS.md."""
    parts = ["# Results", "", "Written by `make bench-peers`; what each work is, and what is "
             "measured, is in [README.md](README.md).", ""]
    parts += [f"- {name}: {value}" for name, value in facts.items()]
    for mode, title in MODES.items():
        if measurements.works(mode):
            parts += [
                "", f"## {title}", "",
                "Neuron-steps per second: median (least–most) of all rounds. Ratio: our median to "
                "that of the fastest peer's best variant.", "", measurements.headline(mode)]
    parts += ["", "## Peak resident memory", "", "In MB, of whole processes.", "",
              measurements.memory("batched")] if measurements.works("batched") else []
    if gradients:
        parts += [
            "", "## Gradients", "", "The largest difference from PyTorch's (eager), as a share of "
            "the largest number. Where cells all but tie before a max-pool, rounding decides, and a "
            "gradient goes another way: those neurons are counted in the last column and nowhere "
            "else.", "", gradients_table(gradients)]
    parts += [
        "", "## All entries", "", "Nominal GFLOP/s count what a computation does that leaves nothing "
        "out; more than the peak means that work was saved.", "", measurements.details(peak)]
    for title, text in appendix.items():
        parts += ["", f"## {title}", "", "```", text.rstrip(), "```"]
    return "\n".join(parts) + "\n"

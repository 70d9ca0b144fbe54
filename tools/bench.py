"""Measures Stipple and its peers in Python, and writes what came out as Markdown; see tools/bench."""

import argparse
import csv
import datetime
import functools
import glob
import os
import shutil
import statistics
import sys
import tempfile
import time

from bench_programs import Failure, Peer, Stipple, run
from bench_ranks_report import network_section, ranks_section

PARTS = ["train", "sample", "noise", "png", "start", "growth", "attention", "ranks", "network",
         "loss"]
PRESETS = ["tiny", "small", "base", "ddpm"]
MODES = {
    "eager": [], "channels last": ["--channels-last"], "compiled": ["--compile"],
    "compiled, channels last": ["--compile", "--channels-last"],
}
# By what cost grows: one thing at a time changes.
BATCHES, SIZES = (1, 2, 4, 8, 16, 32), (16, 32, 64, 128)
# Preset, side, batch, and how often as fast as PyTorch it is to be in float32 and in the fastest precisions.
TRAININGS = (("small", 32, 16, 3, 3.5), ("ddpm", 32, 8, 2.8, 3), ("small", 64, 16, 4, 4), ("small", 128, 4, 5, 5))
# What part of the convolution baseline `small` is to reach in training.
SHARES = {32: 0.75, 64: 0.85, 128: 0.75}
ATTENTION_SIZES = (16, 32, 64)
ATTENTION_TIMES = ("forward_milliseconds", "backward_milliseconds")
CORES = len(os.sched_getaffinity(0))


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


# Comparisons.


def alternating(ours, theirs):
    """The medians of both, each measured in turn as often as the options say."""
    pairs = [(ours(), theirs()) for _ in range(options.repeats)]
    return [statistics.median(figures) for figures in zip(*pairs)]


class NetworkRace:
    """Both programs at the same network: every way is tried once, and the fastest are compared."""

    def __init__(self, part, preset, size, batch, our_precisions, their_precision):
        self.part, self.preset, self.size, self.batch = part, preset, size, batch
        self.our_precisions, self.their_precision = our_precisions, their_precision
        self.our_tries, self.their_tries, self.peaks = {}, {}, []
        kind = "float32" if our_precisions == ["f32"] else "the fastest precision"
        self.name = f"{part} `{preset}`, {size} x {size}, batch {batch}, {kind}"

    def ours(self, precision, seconds):
        say(f"stipple: {self.name}, {precision}")
        figures = stipple.benchmark(
            self.part, seconds, "--preset", self.preset, "--size", self.size, "--batch", self.batch,
            "--precision", precision)
        self.our_tries.setdefault(precision, figures)
        return figures

    def theirs(self, peer, seconds):
        say(f"PyTorch: {self.name}, {self.their_precision}")
        figures = peer.measure(seconds)
        self.peaks.append(figures["peak_megabytes"])
        return figures["images_per_second"]

    def run(self):
        for precision in self.our_precisions:
            self.ours(precision, options.seconds / 2)
        self.precision = max(
            self.our_tries, key=lambda precision: self.our_tries[precision]["images_per_second"])
        peers = {}
        try:
            for mode, flags in modes.items():
                say(f"PyTorch, {mode}: getting ready")
                peers[mode] = Peer(
                    self.part, network(self.preset, self.size), "--batch", self.batch,
                    "--size", self.size, "--precision", self.their_precision, *flags)
                try:
                    self.their_tries[mode] = self.theirs(peers[mode], options.seconds / 2)
                except Failure as failure:
                    say(f"PyTorch, {mode}: {failure}")
                    self.their_tries[mode] = str(failure)
                # Only the fastest so far stays.
                best = self.best_mode()
                for other in [other for other in peers if other != best]:
                    peers.pop(other).close()
            if not peers:
                raise Failure("PyTorch ran in no mode")
            self.mode = best
            shares = []

            def ours():
                figures = self.ours(self.precision, options.seconds)
                shares.append(figures["share_of_convolution_baseline"])
                return figures["images_per_second"]

            self.speeds = alternating(ours, lambda: self.theirs(peers[self.mode], options.seconds))
            self.share = statistics.median(shares)
        finally:
            for peer in peers.values():
                peer.close()

    def best_mode(self):
        speeds = {mode: speed for mode, speed in self.their_tries.items() if type(speed) is float}
        return max(speeds, key=speeds.get, default=None)

    @property
    def peak(self):
        return self.our_tries[self.precision]["peak_megabytes"]


# What is written.


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(header, rows):
    """Markdown, all columns but the first to the right."""
    lines = [header, ["---"] + ["---:"] * (len(header) - 1)] + rows
    return ["| " + " | ".join(map(str, line)) + " |" for line in lines] + [""]


def more(unit, target, ours, theirs, work):
    """A row of the first table, where more is better."""
    ratio = ours / theirs
    reached = [f"at least {target}", "yes" if ratio >= target else "no"] if target else ["", ""]
    return [work, f"{number(ours)} {unit}", f"{number(theirs)} {unit}", f"{ratio:.2f}"] + reached


class Report:
    """The parts, each of which measures and adds to the text."""

    def __init__(self):
        self.rows, self.tried, self.sections, self.races = [], [], [], []
        self.precisions = ["f32", "bf16"]
        try:
            stipple.benchmark("sample", 0.1, "--preset", "tiny", "--precision", "bf16")
        except Failure:
            self.precisions = ["f32"]

    def race(self, part, preset, size, batch, our_precisions, their_precision, target):
        race = NetworkRace(part, preset, size, batch, our_precisions, their_precision)
        try:
            race.run()
        except Failure as failure:
            say(f"{race.name}: {failure}")
            self.rows.append([race.name, f"not measured: {failure}", "", "", "", ""])
            return
        self.races.append(race)
        row = more("images/s", target, *race.speeds, race.name)
        row[1] += f", {race.precision}"
        row[2] += f", {their_precision}, {race.mode}"
        self.rows.append(row)
        tried = [number(speed) if type(speed) is float else f"failed: {speed}"
                 for speed in race.their_tries.values()]
        ours = ", ".join(f"{name} {number(figures['images_per_second'])}"
                         for name, figures in race.our_tries.items())
        self.tried.append([f"{race.name}, PyTorch {their_precision}", ours] + tried)
        if part == "train":
            if preset == "small" and their_precision == "f32":
                self.baseline(race)
            self.memory(race)

    def baseline(self, race):
        target = SHARES[race.size]
        self.rows.append(
            ["the same, share of the convolution baseline", f"{race.share:.0%}", "", "",
             f"at least {target:.0%}", "yes" if race.share >= target else "no"])

    def memory(self, race):
        ratio = race.peak / min(race.peaks)
        self.rows.append(
            [f"peak memory, {race.name}", f"{number(race.peak)} MB",
             f"{number(min(race.peaks))} MB", f"{ratio:.2f}", "at most 0.5",
             "yes" if ratio <= 0.5 else "no"])

    def train(self):
        for preset, size, batch, target, fastest_target in TRAININGS:
            if (options.preset and preset not in options.preset) or options.size not in (None, size):
                continue
            self.race("train", preset, size, batch, ["f32"], "f32", target)
            if "bf16" in self.precisions:
                self.race("train", preset, size, batch, self.precisions, "bf16", fastest_target)
        if self.races:
            self.where_the_time_goes(self.races)

    def where_the_time_goes(self, races):
        rows = []
        profiles = [race.our_tries[race.precision] for race in races]
        kinds = {kind: 0 for profile in profiles for kind in profile["milliseconds_by_kind"]}
        for kind in kinds:
            times = [profile["milliseconds_by_kind"].get(kind, 0) for profile in profiles]
            rows.append([kind.replace("_", " ")] + [f"{time:.1f}" for time in times])
        rows.sort(key=lambda row: -float(row[1]))
        rows.append(["share of the convolution baseline"] + [f"{race.share:.0%}" for race in races])
        rows.append(["Gflop/s"] + [number(profile["gigaflops"]) for profile in profiles])
        self.sections += ["## Where a training step's time goes", "", "Milliseconds.", ""]
        self.sections += table(
            [""] + [f"`{race.preset}`, {race.size} x {race.size}, batch {race.batch}, {race.precision}"
                    for race in races], rows)

    def sample(self):
        precision = self.precisions[-1]
        self.race("sample", "small", 32, 16, self.precisions, precision, 1.8)

    def noise(self):
        work = "noisy samples x_t to HDF5, 64 x 1000 x 3 x 32 x 32 f32 (numpy and h5py"
        for flags, kind in (["--chunks"], "in chunks"), ([], "in one piece"):
            say(f"noise, {kind}")
            with Peer("noise", os.path.join(folder, "noise.h5"), *flags) as peer:
                speeds = alternating(
                    lambda: stipple.benchmark("noise", 1)["megabytes_per_second"],
                    lambda: peer.measure()["megabytes_per_second"])
            self.rows.append(
                more("MB/s", 6 if flags else None, *speeds, f"{work}, {kind})"))

    def png(self):
        for size, count in (32, 2000), (256, 200):
            pictures = os.path.join(folder, f"pictures-{size}")
            say(f"png: drawing {count} pictures of {size} x {size}")
            run(options.draw_data, "-n", str(count), "--size", str(size), "-o", pictures)
            size_of_ours = sum(map(os.path.getsize, glob.glob(f"{pictures}/*.png")))
            for job, target in ("decode", 1.5), ("encode", 4):
                say(f"png: {job} {size} x {size}")
                name = f"{job}_images_per_second"
                with Peer(job, pictures) as peer:
                    speeds = alternating(
                        lambda: stipple.benchmark("png", options.seconds, "--images", pictures)[name],
                        lambda: peer.measure(options.seconds / 2)["images_per_second"])
                    size_of_theirs = peer.measure(0.1)["bytes"]
                work = f"{job} {size} x {size} PNG, {CORES} threads (Pillow)"
                self.rows.append(more("files/s", target, *speeds, work))
            ratio = size_of_ours / size_of_theirs
            self.rows.append(
                [f"size of the {size} x {size} files", f"{size_of_ours / count:,.0f} bytes",
                 f"{size_of_theirs / count:,.0f} bytes", f"{ratio:.2f}", "at most 1.10",
                 "yes" if ratio <= 1.1 else "no"])

    def start(self):
        say("start-up times")
        generated = os.path.join(folder, "generated")

        def once(*command):
            shutil.rmtree(generated, ignore_errors=True)
            start = time.perf_counter()
            run(*command)
            return time.perf_counter() - start

        def median(*command):
            return statistics.median(once(*command) for _ in range(2 * options.repeats + 1))

        imports = median(sys.executable, "-c", "import torch, diffusers")
        for arguments, target in (["--help"], 0.1), (
            ["generate", checkpoint("tiny", 32), "-o", generated, "-n", "1", "--steps", "1"], 0.5
        ):
            seconds = median(stipple.path, *arguments)
            words = " ".join(arguments if len(arguments) == 1 else ["generate"] + arguments[4:])
            self.rows.append(
                [f"`stipple {words}`" + (" (`tiny`)" if len(arguments) > 1 else "")
                 + "; `import torch, diffusers`", f"{seconds:.3f} s", f"{imports:.1f} s",
                 f"{seconds / imports:.3f}", f"under {target} s",
                 "yes" if seconds < target else "no"])

    def growth(self):
        """Cost by batch, size, width and threads, in the fastest precision."""
        precision = self.precisions[-1]
        seconds = options.seconds / 2
        whole = {"preset": "small", "batch": 16, "size": 32, "threads": CORES}
        # --quick takes every third batch and every second size and preset.
        batches, sizes, presets = (
            (BATCHES[::3], SIZES[::2], PRESETS[1::2]) if options.quick else (BATCHES, SIZES, PRESETS))
        changes = [[("batch", batch) for batch in batches], [("size", size) for size in sizes],
                   [("preset", preset) for preset in presets],
                   [("threads", threads) for threads in sorted({1, CORES})]]
        known = {}

        def both(part, setting):
            key = (part, *setting.values())
            if key in known:
                return known[key]
            say(f"{part} with {setting}")
            common = ["--batch", setting["batch"], "--size", setting["size"], "--threads",
                      setting["threads"], "--precision", precision]
            ours = stipple.benchmark(part, seconds, "--preset", setting["preset"], *common)
            try:
                path = network(setting["preset"], setting["size"])
                with Peer(part, path, "--channels-last", *common) as peer:
                    theirs = peer.measure(seconds)
            except Failure as failure:
                theirs = {"failure": str(failure)}
            known[key] = ours, theirs
            return known[key]

        self.sections += [
            "## How cost grows", "",
            f"From `small`, batch 16, 32 x 32 and {CORES} threads one thing changes at a time. In "
            f"{precision}; PyTorch eager, channels last, with autocast: one run each.", ""]
        for part in "train", "sample":
            rows = []
            for name, value in [change for group in changes for change in group]:
                setting = dict(whole, **{name: value})
                if setting["preset"] == "ddpm":
                    setting["batch"] = 8
                ours, theirs = both(part, setting)
                label = {
                    "batch": f"batch {value}", "size": f"{value} x {value}", "preset": f"`{value}`",
                    "threads": "1 thread" if value == 1 else f"{value} threads"}[name]
                label += ", batch 8" if setting["batch"] == 8 and name == "preset" else ""
                speed, peer = ours["images_per_second"], theirs.get("images_per_second")
                rows.append(
                    [label, number(speed), number(ours["gigaflops"]),
                     f"{ours['share_of_convolution_baseline']:.0%}", number(ours["peak_megabytes"])]
                    + ([number(peer), number(theirs["peak_megabytes"]), f"{speed / peer:.2f}"]
                       if peer else [theirs["failure"], "", ""]))
            self.sections += table(
                [f"{part}", "images/s", "Gflop/s", "of the baseline", "MB", "PyTorch images/s",
                 "PyTorch MB", "ratio"], rows)

    def attention(self):
        """Attention alone, by positions and the channels of a head."""
        precision = self.precisions[-1]
        self.sections += [
            "## Attention", "",
            f"128 channels in heads, among the pixels of 16 x 16 to 64 x 64, batch 16, {precision}, "
            f"{CORES} threads; milliseconds forward + backward,", "the fastest of all runs. PyTorch: "
            "scaled_dot_product_attention. Targets: at least 3 times its speed with heads of 8, 1.5 "
            "with 64.", ""]
        rows = []
        for size in ATTENTION_SIZES[:2] if options.quick else ATTENTION_SIZES:
            common = ["--batch", 16, "--size", size, "--precision", precision, "--threads", CORES]
            say(f"attention among {size} x {size} pixels")
            times = [stipple.benchmark("attention", options.seconds, *common)
                     for _ in range(options.repeats)]
            for depth in "8", "16", "32", "64":
                ours = [min(run[name][depth] for run in times) for name in ATTENTION_TIMES]
                row = [f"{size * size:,} positions, heads of {depth}", " + ".join(map(number, ours))]
                try:
                    with Peer("attention", "--heads", 128 // int(depth), *common) as peer:
                        theirs = peer.measure(options.seconds / 2)
                    theirs = [theirs[name] for name in ATTENTION_TIMES]
                    ratios = [b / a for a, b in zip(ours, theirs)] + [sum(theirs) / sum(ours)]
                    row += [" + ".join(map(number, theirs))] + [f"{ratio:.1f}" for ratio in ratios]
                except Failure as failure:
                    row += [str(failure), "", "", ""]
                rows.append(row)
        self.sections += table(
            ["", "Stipple", "PyTorch", "forward: ratio", "backward: ratio", "both"], rows)

    def ranks(self):
        self.sections += ranks_section(self, options, stipple, network, pictures)

    def network(self):
        self.sections += network_section(self, options, stipple, network, pictures)

    def loss(self):
        """Whether bfloat16 learns as float32 does."""
        losses = {}
        for precision in self.precisions:
            say(f"300 steps in {precision}")
            path = os.path.join(folder, f"loss-{precision}")
            stipple("train", os.path.join(options.root, "data", "flowers"), "-o", path, "--preset",
                    "small", "--batch", 16, "--steps", 300, "--precision", precision,
                    "--sample-every", 0, "--checkpoint-every", 300)
            with open(os.path.join(path, "metrics.csv")) as file:
                losses[precision] = [float(row["loss"]) for row in csv.DictReader(file)]
        self.sections += ["## Loss by precision", "",
                          "Mean loss of `small` on data/flowers, batch 16, the same seed.", ""]
        rows = []
        for first, last in (1, 100), (101, 200), (201, 300), (1, 300):
            means = [statistics.mean(loss[first - 1:last]) for loss in losses.values()]
            rows.append([f"steps {first} to {last}"] + [f"{mean:.5f}" for mean in means]
                        + [f"{means[-1] / means[0] - 1:+.2%}"])
        self.sections += table(["", *losses, "difference"], rows)

    def measure(self, part):
        try:
            getattr(self, part)()
        except Failure as failure:
            say(f"{part}: {failure}")
            self.sections += [f"## Not measured: {part}", "", str(failure), ""]

    def text(self):
        with Peer("versions") as peer:
            found = peer.measure()
        found.pop("peak_megabytes")
        figures = stipple.benchmark("sample", 0.1, "--preset", "tiny")
        with open("/proc/meminfo") as file:
            memory = int(file.readline().split()[1]) / 1e6
        machine = [
            ["processor", figures["cpu"]], ["cores", CORES],
            ["memory", f"{memory:.0f} GB"], ["bfloat16", "bf16" in self.precisions and "yes" or "no"],
            ["Stipple", figures["creator"].split()[-1]], ["oneDNN", figures["onednn_version"]],
        ] + [list(pair) for pair in found.items()]
        runs = "one run" if options.repeats == 1 else f"medians of {options.repeats} runs"
        lines = ["# Benchmarks", "",
                 f"Measured by `tools/bench` on {datetime.date.today()} in one sitting: the programs "
                 f"took turns, {runs} of", f"{options.seconds:g} seconds on {CORES} cores.", ""]
        lines += table(["machine and versions", ""], machine)
        if self.rows:
            lines += ["## Against what people use in Python", ""]
            lines += table(["work", "Stipple", "peer", "ratio", "target", "reached"], self.rows)
        if self.tried:
            lines += [
                "A training step is noise, forward, mean squared error, backward, clipping, AdamW and "
                "the average of the weights;", "sampling counts images times evaluations of the "
                "network. PyTorch computes the network that Stipple exports for", "diffusers, in the "
                "fastest of the modes below, and its memory is the least of all modes. The "
                "convolution baseline: the", "same convolutions alone, as bare oneDNN primitives, each by the "
                "fastest algorithm and in the fastest layout.", ""]
            lines += [f"What was tried, one run of {options.seconds / 2:g} seconds each, in images a "
                      "second:", ""]
            lines += table(
                ["work", "Stipple"] + [f"PyTorch, {mode}" for mode in modes], self.tried)
        return "\n".join(lines + self.sections).rstrip() + "\n"


parser = argparse.ArgumentParser(prog="tools/bench")
parser.add_argument("root")
parser.add_argument("stipple")
parser.add_argument("draw_data")
parser.add_argument("-o", metavar="FILE", help="where the text goes")
parser.add_argument("--quick", action="store_true",
                    help="one short run of each instead of three, and PyTorch uncompiled")
parser.add_argument("--seconds", type=float, help="length of a run (default: 6, quick: 2)")
parser.add_argument("--only", choices=PARTS, action="append", help="only this part; may be repeated")
parser.add_argument("--preset", choices=PRESETS, action="append",
                    help="of train, ranks and network: only this; may be repeated")
parser.add_argument("--size", type=int, help="of train: only this")
parser.add_argument("--precision", choices=["f32", "bf16"], help="of ranks and network: only this")
parser.add_argument("--loss", action="store_true", help="also compare the precisions' losses")
options = parser.parse_args()
stipple = Stipple(options.stipple)
options.repeats = 1 if options.quick else 3
options.seconds = options.seconds or (2 if options.quick else 6)
modes = {mode: flags for mode, flags in MODES.items()
         if not (options.quick and "--compile" in flags)}
# Namespaces are for root on Linux.
parts = options.only or [part for part in PARTS if part not in ("loss", "network")]
parts += ["loss"] if options.loss and "loss" not in parts else []
whole = not options.quick and not options.only

with tempfile.TemporaryDirectory(prefix="stipple-bench-") as folder:
    pictures = sorted(glob.glob(os.path.join(options.root, "data", "flowers", "*.png")))[:64]

    @functools.cache
    def checkpoint(preset, size):
        """A run of one step; networks for large images have more levels."""
        say(f"a {preset} network for {size} x {size}")
        path = os.path.join(folder, f"{preset}-{size}-run")
        stipple("train", *pictures[:2], "-o", path, "--preset", preset, "--size", size, "--fit", "resize",
                "--steps", 1, "--batch", 1, "--sample-every", 0)
        return path

    @functools.cache
    def network(preset, size=32):
        """The same as a folder of diffusers'."""
        path = os.path.join(folder, f"{preset}-{size}")
        stipple("export", checkpoint(preset, size), "-o", path)
        return path

    report = Report()
    for part in parts:
        report.measure(part)
    text = report.text()
output = options.o or (os.path.join(options.root, "BENCHMARKS.md") if whole else None)
if output:
    with open(output, "w") as file:
        file.write(text)
    say(f"written: {output}")
else:
    print(text, end="")

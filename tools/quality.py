"""Trains, samples and tells how good the images are; see tools/quality."""

import argparse
import concurrent.futures
import datetime
import json
import os
import pathlib
import queue
import re
import shlex
import sys

# Jobs that run beside each other have a core each, which a library's threads are not to leave.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

from bench_programs import Failure, Stipple, run
from quality_measures import NETWORK, Reference
from quality_report import NOTES, sheet, table
from quality_sets import chosen

PEERS = ["ddpm-pytorch", "diffusers"]


def say(text):
    # In one piece, since several threads speak.
    sys.stderr.write(f"quality: {text}\n")


def seconds(text):
    """3m, 90s, 2h as seconds."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd])", text)
    if not found or float(found[1]) == 0:
        raise argparse.ArgumentTypeError(f"not a time such as 90s, 20m or 2h: {text}")
    return float(found[1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[found[2]]


def named(text):
    name, separator, value = text.partition("=")
    if not separator or not re.fullmatch(r"[\w.+-]+", name) or name in PEERS:
        raise argparse.ArgumentTypeError(f"not NAME=...: {text}")
    return name, value


class Job:
    """A training of one set with one seed, its images and their figures."""

    def __init__(self, images, name, flags, seed):
        self.images, self.name, self.flags, self.seed = images, name, flags, seed
        self.title = f"{images.name}, {name}, seed {seed}"
        budget = f"{options.budget}-{options.cores}core"
        self.folder = options.o / budget / images.name / name / f"seed-{seed}"
        kind = f"{options.n}-{options.steps}"
        self.generated = self.folder / f"images-{kind}"
        self.outcome = self.folder / f"figures-{kind}-{NETWORK}.json"

    def figures(self, reference):
        """The figures, of before where they are there."""
        self.folder.mkdir(parents=True, exist_ok=True)
        flags = self.folder / "flags.json"
        if not flags.exists():
            flags.write_text(json.dumps(self.flags))
        if json.loads(flags.read_text()) != self.flags:
            raise Failure(f"{self.folder}: made with other flags; remove the folder, or name the run differently")
        if not self.outcome.exists():
            figures = self.peer() if self.name in PEERS else self.stipple()
            say(f"{self.title}: comparing")
            figures |= reference.figures(self.generated, self.folder / "features.h5")
            partial = self.outcome.with_suffix(".part")
            partial.write_text(json.dumps(figures, indent=1))
            partial.rename(self.outcome)
        return json.loads(self.outcome.read_text())

    def train(self, checkpoint):
        """What `stipple train` tells of the training."""
        end = [] if "--steps" in self.flags else ["--time", options.budget]
        found = stipple(
            "train", self.images.train, "-o", checkpoint, *end, "--seed", self.seed, "--keep", 1,
            "--sample-every", 0, "--threads", options.cores, *self.flags, "--json")
        return json.loads(found)["train"]

    def stipple(self):
        checkpoint, threads = self.folder / "run", ["--threads", options.cores]
        say(f"{self.title}: training")
        train = self.train(checkpoint)
        say(f"{self.title}: generating")
        stipple("generate", checkpoint, "-o", self.generated, "-n", options.n, "--steps", options.steps, "--seed",
                self.seed, *threads, *shlex.split(options.sampling))
        figures = {"steps": train["step"], "bits": None}
        try:
            found = json.loads(stipple(
                "evaluate", checkpoint, self.images.held, "--timesteps", 20, *threads, "--json"))
            figures["bits"] = found["evaluate"]["bound"]["mean"]
        except Failure as failure:
            say(f"{self.title}: no bits/dim: {failure}")
        return figures

    def peer(self):
        say(f"{self.title}: training and generating")
        script = os.path.join(os.path.dirname(__file__), "quality_peers.py")
        answer = run(
            sys.executable, "-B", script, self.name, str(self.images.train), str(self.generated), "--time",
            str(seconds(options.budget)), "--seed", str(self.seed), "-n", str(options.n), "--steps",
            str(options.steps))
        return {"steps": json.loads(answer)["step"]}


def all_figures(jobs, references):
    """The figures of all jobs, as many at a time as there are cores for."""
    cores = sorted(os.sched_getaffinity(0))
    if options.cores > len(cores):
        raise Failure(f"--cores {options.cores}: there are {len(cores)}")
    places = queue.SimpleQueue()
    for first in range(0, len(cores) - options.cores + 1, options.cores):
        places.put(cores[first:first + options.cores])

    def work(job):
        place = places.get()
        # Of this thread, and of the programs that it starts.
        os.sched_setaffinity(0, place)
        try:
            return job.figures(references[job.images.name])
        except Failure as failure:
            say(f"{job.title}: {failure}")
            return {}
        finally:
            places.put(place)

    with concurrent.futures.ThreadPoolExecutor(places.qsize()) as pool:
        try:
            return list(pool.map(work, jobs))
        except KeyboardInterrupt:
            pool.shutdown(cancel_futures=True)
            raise


def report(sets, runs, jobs, figures, references):
    """Writes the tables to quality.md and a contact sheet for each set."""
    lines = ["# Quality of generated images", "",
             f"Measured by `tools/quality` on {datetime.date.today()}: {options.budget} of training on "
             f"{options.cores} core{'s' * (options.cores > 1)}, {options.seeds} "
             f"seed{'s' * (options.seeds > 1)}, {options.n} images in {options.steps} sampling steps.",
             "Mean +- standard error over seeds.", "", "| run | flags of `stipple train` |", "| --- | --- |"]
    lines += [f"| {name} | {'a peer' if name in PEERS else shlex.join(flags) or 'none'} |" for name, flags in runs]
    lines += ["", NOTES, ""]
    for images in sets:
        results = {name: [found for job, found in zip(jobs, figures) if (job.images, job.name) == (images, name)]
                   for name, _ in runs}
        lines += table(images, references[images.name], results)
        rows = [("training", spread(images.paths("train"))), ("held-out", spread(images.paths("held")))]
        rows += [(job.name, sorted(job.generated.glob("*.png"))) for job in jobs
                 if job.images is images and job.seed == 0]
        name = f"{images.name}-{options.budget}.png"
        sheet(rows, options.o / name)
        lines += [f"![One row a run]({name})", ""]
    path = options.o / f"quality-{options.budget}.md"
    path.write_text("\n".join(lines).rstrip() + "\n")
    say(f"written: {path}")


def spread(paths, most=20):
    """At even distances in the list."""
    return paths[::max(1, len(paths) // most)]


parser = argparse.ArgumentParser(prog="tools/quality")
parser.add_argument("root")
parser.add_argument("program")
parser.add_argument("--budget", default="3m", help="training time of each run (default: 3m)")
parser.add_argument("--cores", type=int, default=1, help="cores of a training (default: 1)")
parser.add_argument("--set", type=named, action="append", default=[], metavar="NAME=FOLDER")
parser.add_argument("--data", type=pathlib.Path, metavar="FOLDER")
parser.add_argument("--only", action="append", default=[], metavar="NAME", help="of the sets only this")
parser.add_argument("--train-images", type=int, metavar="N", help="train on N images of each set (default: nine of ten)")
parser.add_argument("--run", type=named, action="append", default=[], metavar="NAME=FLAGS")
parser.add_argument("--seeds", type=int, default=1, help="trainings of each run, seeds 0, 1, ... (default: 1)")
parser.add_argument("--peers", nargs="*", choices=PEERS, help="beside these, or all (default: none)")
parser.add_argument("-n", type=int, default=1000, help="generated images (default: 1000)")
parser.add_argument("--steps", type=int, default=25, help="sampling steps (default: 25)")
parser.add_argument("--sampling", default="", metavar="FLAGS", help="flags of stipple generate")
parser.add_argument("-o", type=pathlib.Path, default=pathlib.Path("stipple-quality"), metavar="FOLDER")
options = parser.parse_args()
try:
    seconds(options.budget)
except argparse.ArgumentTypeError as error:
    parser.error(f"--budget: {error}")
if min(options.cores, options.seeds, options.steps) < 1 or options.n < 6:
    parser.error("--cores, --seeds and --steps: at least 1; -n: at least 6")
if options.train_images is not None and options.train_images < 1:
    parser.error("--train-images: at least 1")
for flag, pairs in ("--run", options.run), ("--set", options.set):
    if len(dict(pairs)) < len(pairs):
        parser.error(f"{flag}: a name is there twice")
stipple = Stipple(options.program)
peers = [] if options.peers is None else options.peers or PEERS
runs = [(name, shlex.split(flags)) for name, flags in options.run] or [("defaults", [])]
runs += [(name, []) for name in peers]
try:
    (options.o / "sets").mkdir(parents=True, exist_ok=True)
    sets = chosen(options, options.o / "sets")
    references = {}
    for images in sets:
        say(f"{images.name}: held-out images")
        references[images.name] = Reference(stipple, images)
    jobs = [Job(images, name, flags, seed)
            for images in sets for seed in range(options.seeds) for name, flags in runs]
    figures = all_figures(jobs, references)
    report(sets, runs, jobs, figures, references)
    if not all(figures):
        raise Failure(f"{figures.count({})} of {len(jobs)} trainings have no figures, see above")
except Failure as failure:
    sys.exit(f"tools/quality: {failure}")
except KeyboardInterrupt:
    sys.exit(130)

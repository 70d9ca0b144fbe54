"""How good a model's images are by sampler and number of evaluations; see tools/sampler-table."""

import argparse
import datetime
import json
import pathlib
import re
import shlex
import sys

import numpy

from bench_programs import Failure, Stipple
from quality_features import load
from quality_measures import NETWORK, write_features
from sampler_plot import plot


def numbers(text):
    found = [int(number) for number in text.split(",") if number.isdigit() and int(number) > 0]
    if len(found) != len(text.split(",")):
        raise argparse.ArgumentTypeError(f"not numbers such as 1,2,4: {text}")
    return found


def samplers():
    """What `stipple generate` offers, by name: how many evaluations a step takes."""
    page = stipple("generate", "--help").partition("\nSAMPLERS\n")[2]
    found = re.findall(r"^  (\S+) {2,}(.*\(.*\).*)$", page, re.MULTILINE)
    # Those that are made for distilled models have to be named.
    return {name: 2 if "2 NFE" in text else 1 for name, text in found
            if "distilled" not in text or name in (options.samplers or "").split(",")}


def steps(nfe, each):
    """As many steps as fit into the evaluations, where the last step takes one."""
    return (nfe - 1) // each + 1


class Cell:
    """The images of a sampler in some steps, and their figures."""

    def __init__(self, sampler, each, nfe):
        self.sampler, self.steps = sampler, steps(nfe, each)
        self.nfe = each * (self.steps - 1) + 1
        self.title = f"{sampler}, {self.nfe} NFE"
        self.folder = options.o / f"{sampler}-{self.nfe}"
        self.outcome = options.o / f"{sampler}-{self.nfe}-{options.n}-{NETWORK}.json"

    def figures(self, held, features):
        """The figures, of before where they are there."""
        if not self.outcome.exists():
            threads = ["--threads", options.threads] if options.threads else []
            stipple("generate", options.model, "-o", self.folder, "-n", options.n, "--sampler", self.sampler,
                    "--steps", self.steps, *threads, *shlex.split(options.sampling))
            own = options.o / f"{self.folder.name}.h5"
            write_features(load(sorted(self.folder.glob("*.png"))), own)
            found = json.loads(stipple("compare", self.folder, held, "--features", own, features, "--json"))
            levels = [level["distance"] for level in found["compare"]["sliced_wasserstein"]]
            figures = {"frechet": found["features"]["fid"], "swd": float(numpy.mean(levels))}
            partial = self.outcome.with_suffix(".part")
            partial.write_text(json.dumps(figures))
            partial.rename(self.outcome)
        return json.loads(self.outcome.read_text())


def table(results, figure, template):
    """Markdown: a row a sampler, a column a number of evaluations, the best of a column in bold."""
    best = {nfe: min(cells[nfe][figure] for cells in results.values() if nfe in cells) for nfe in sorted(options.nfe)
            if any(nfe in cells for cells in results.values())}
    lines = ["| sampler | " + " | ".join(f"{nfe} NFE" for nfe in best) + " |", "| --- |" + " ---: |" * len(best)]
    for sampler, cells in results.items():
        row = []
        for nfe in best:
            text = template.format(cells[nfe][figure]) if nfe in cells else ""
            row.append(f"**{text}**" if text and cells[nfe][figure] == best[nfe] else text)
        lines.append(f"| {sampler} | " + " | ".join(row) + " |")
    return lines + [""]


def machine():
    processor = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return processor[1] if processor else "unknown processor"


def report(results, held):
    model = json.loads(stipple("inspect", options.model, "--json"))
    count = len(list(held.glob("*.png")))
    command = shlex.join(["tools/sampler-table", str(options.model), str(options.images), "-n", str(options.n)])
    lines = [
        f"Measured on {datetime.date.today()} on {machine()}: {options.n} images of each, compared with {count} "
        "images that were held out from the training.", "", f"    {command}", "",
        "Frechet distance of features (lower is better):", "", *table(results, "frechet", "{:.2f}"),
        "Sliced Wasserstein distance of pixels x 1000:", "", *table(results, "swd", "{:.1f}")]
    (options.o / "samplers.md").write_text("\n".join(lines).rstrip() + "\n")
    (options.o / "samplers.json").write_text(json.dumps({"model": model, "results": results}, indent=1))
    (options.o / "samplers.svg").write_text(plot(
        {sampler: {cell["nfe"]: cell["frechet"] for cell in cells.values()} for sampler, cells in results.items()},
        "Network function evaluations (NFE)", "Frechet distance of features"))


def measure():
    known = samplers()
    chosen = options.samplers.split(",") if options.samplers else list(known)
    for name in chosen:
        if name not in known:
            raise Failure(f"no sampler {name}; there are {', '.join(known)}")
    options.o.mkdir(parents=True, exist_ok=True)
    features = options.o / f"held-{NETWORK}.h5"
    write_features(load(sorted(options.images.glob("*.png"))), features)
    results = {}
    # The few evaluations of all samplers first.
    for nfe in sorted(options.nfe):
        for name in chosen:
            cell = Cell(name, known[name], nfe)
            cells = results.setdefault(name, {})
            # Two numbers of evaluations may come to the same steps.
            if any(other["nfe"] == cell.nfe for other in cells.values()):
                continue
            if options.measured and not cell.outcome.exists():
                continue
            cells[nfe] = {"nfe": cell.nfe, **cell.figures(options.images, features)}
            sys.stderr.write(f"{cell.title}: Frechet {cells[nfe]['frechet']:.2f}, SWD {cells[nfe]['swd']:.1f}\n")
        report(results, options.images)


parser = argparse.ArgumentParser(prog="tools/sampler-table")
parser.add_argument("model", type=pathlib.Path)
parser.add_argument("images", type=pathlib.Path)
parser.add_argument("-n", type=int, default=400, help="images of each (default: 400)")
parser.add_argument("--nfe", type=numbers, default=[1, 2, 4, 8, 12, 25, 50, 100])
parser.add_argument("--samplers", help="some samplers (default: all)")
parser.add_argument("--sampling", default="", metavar="FLAGS", help="flags of stipple generate")
parser.add_argument("--threads", type=int)
parser.add_argument("--measured", action="store_true", help="report what is there, and measure nothing more")
parser.add_argument("--program", required=True)
parser.add_argument("-o", type=pathlib.Path, default=pathlib.Path("stipple-samplers"), metavar="FOLDER")
options = parser.parse_args()
stipple = Stipple(options.program)
try:
    if options.n < 8:
        raise Failure("-n: at least 8")
    measure()
except Failure as failure:
    sys.exit(f"tools/sampler-table: {failure}")
except KeyboardInterrupt:
    sys.exit(130)

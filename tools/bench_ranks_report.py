"""What tools/bench.py says of training by several processes."""

import statistics
import sys

from bench_programs import Failure
from bench_ranks import Machines, Model, Training

BATCHES = {"tiny": 16, "small": 16, "base": 8, "ddpm": 8}
WORDS = {"f32": "float32", "bf16": "bf16"}


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(header, rows):
    lines = [header, ["---"] + ["---:"] * (len(header) - 1)] + rows
    return ["| " + " | ".join(map(str, line)) + " |" for line in lines] + [""]


def median(runs, key):
    return statistics.median(run[key] for run in runs)


def of_turns(runs, other):
    """How many times as fast two processes are, in the median of the turns: a machine's speed may change meanwhile."""
    return statistics.median(
        ours["images_per_second"] / theirs["images_per_second"] for ours, theirs in zip(runs["ours two"], runs[other]))


def trainings(report, options, stipple, network, pictures, presets):
    for preset in options.preset or presets:
        for precision in report.precisions:
            if options.precision not in (None, precision):
                continue
            yield Training(stipple, network(preset), pictures, preset, BATCHES[preset], precision, options.seconds)


def ranks_section(report, options, stipple, network, pictures):
    """Two processes of a thread each and one of two, of both programs, in turn."""
    rows = []
    for training in trainings(report, options, stipple, network, pictures, ["small", "ddpm"]):
        name = f"`{training.preset}`, batch {training.batch}, {WORDS[training.precision]}"
        flags = {"eager": (), "channels last": ("--channels-last",)}
        two, one = Machines(2), Machines(1)
        runs = {"ours two": [], "ours one": [], "theirs two": [], "theirs one": []}
        tried = {}
        for mode in flags:
            say(f"ranks: {name}: PyTorch, {mode}")
            tried[mode] = training.theirs(two, 1, flags[mode])["images_per_second"]
        mode = max(tried, key=tried.get)
        for turn in range(options.repeats):
            say(f"ranks: {name}: turn {turn + 1}")
            runs["ours two"].append(training.ours(two, 1))
            runs["theirs two"].append(training.theirs(two, 1, flags[mode]))
            runs["ours one"].append(training.ours(one, 2))
            runs["theirs one"].append(training.theirs(one, 2, flags[mode]))
        speed = {key: median(found, "images_per_second") for key, found in runs.items()}
        ratio, share = of_turns(runs, "theirs two"), of_turns(runs, "ours one")
        rows.append(
            [f"{name} (PyTorch {mode})", number(speed["ours two"]), number(speed["ours one"]),
             number(speed["theirs two"]), number(speed["theirs one"]),
             f"{ratio:.2f} ({'yes' if ratio >= 2.5 else 'no'})", f"{share:.2f} ({'yes' if share >= 0.95 else 'no'})",
             f"{median(runs['ours two'], 'waiting_percent'):.0f} %",
             number(median(runs["ours two"], "peak_megabytes")),
             number(median(runs["theirs two"], "peak_megabytes"))])
    return ["## Several processes", "",
            "Training by two processes of one thread each (2 x 1: `mpirun`; `torchrun` with DistributedDataParallel over "
            "gloo) and by", "one process of two threads (1 x 2), in images a second. Targets: at least 2.5 times PyTorch's 2 x 1, "
            "and 0.95 of Stipple's", "own 1 x 2. Memory is that of the largest process.", ""] + table(
                ["training", "Stipple 2 x 1", "Stipple 1 x 2", "PyTorch 2 x 1", "PyTorch 1 x 2", "2 x 1: ratio",
                 "2 x 1 : 1 x 2", "waiting", "Stipple MB", "PyTorch MB"], rows)


def network_section(report, options, stipple, network, pictures):
    """Machines that are network namespaces, and what a model predicts from them."""
    lines = ["## Several machines", ""]
    try:
        with Machines(2, delay="100us", namespaces=True):
            delays = ["100us"]
    except Failure:
        delays = []
    lines += ["Each process of one thread in a network namespace of its own, whose link lets so many bits a second pass "
              "each way (tc-tbf).", "" if delays else "This kernel has no netem: delays are not measured, but predicted.", ""]
    rows, predicted, checks = [], [], []
    for training in trainings(report, options, stipple, network, pictures, ["small"]):
        name = f"`{training.preset}`, batch {training.batch}, {WORDS[training.precision]}"
        parameters = parameters_of(network(training.preset))
        speeds, work, alpha = {}, {}, 0
        for rate, delay in [(None, None), ("10gbit", None), ("1gbit", None)] + [(None, d) for d in delays]:
            say(f"network: {name}: {rate or 'no limit'} {delay or ''}")
            with Machines(2, rate, delay, namespaces=True) as machines:
                alpha = alpha or machines.latency()
                found = [training.ours(machines, 1), training.ours(machines, 1, "bfloat16"),
                         training.theirs(machines, 1)]
            speeds[2, rate] = found[0]["images_per_second"]
            rows.append([f"{name}, {rate or delay or 'no limit'}"] + [
                f"{number(run['images_per_second'])} ({run['waiting_percent']:.0f} %)" for run in found])
        model = Model(parameters)
        beta = {"1gbit": 1.25e8, "10gbit": 1.25e9}
        for count in 2, 3, 4:
            batch = training.batch // count * count
            whole, training.batch = training.batch, batch
            try:
                for rate in None, "1gbit":
                    if (count, rate) not in speeds:
                        say(f"network: {name}: {count} machines, {rate or 'no limit'}")
                        with Machines(count, rate, namespaces=True) as machines:
                            speeds[count, rate] = training.ours(machines, 1)["images_per_second"]
            except Failure as failure:
                checks.append([f"{name}, {count} machines", "", f"not measured: {failure}"])
                continue
            finally:
                training.batch = whole
            work[count] = batch / speeds[count, None]
            if count == 2:
                overlap = model.overlap(work[2], batch / speeds[2, "1gbit"], 2, beta["1gbit"], alpha)
            step = model.step(work[count], overlap, count, beta["1gbit"], alpha)
            checks.append([f"{name}, {count} machines, 1gbit", number(batch / step), number(speeds[count, "1gbit"])])
        step = model.step(work[2], overlap, 2, beta["10gbit"], alpha)
        checks.append([f"{name}, 2 machines, 10gbit", number(training.batch / step), number(speeds[2, "10gbit"])])
        own = training.batch / training.ours(Machines(1), 2)["images_per_second"]
        for words, size in ("float32", 4), ("bfloat16", 2):
            for link, rate, wait in (("1 Gbit/s", "1gbit", alpha), ("10 Gbit/s", "10gbit", alpha),
                                     ("10 Gbit/s, 100 us", "10gbit", 1e-4)):
                shares = [own / Model(parameters, size).step(own, overlap, count, beta[rate], wait)
                          for count in (2, 4, 8, 16, 32, 64)]
                predicted.append([f"{name}, gradients in {words}, {link}"] + [f"{share:.0%}" for share in shares])
    lines += ["Images a second of two machines, and the share of the time that they wait for each other.", ""]
    lines += table(["training", "Stipple", "Stipple, `--gradient-dtype bfloat16`", "PyTorch"], rows)
    lines += [*(line.strip() for line in Model.__doc__.strip().splitlines()[2:]), "",
              "A model, whose w comes from two machines with 1 Gbit/s and whose C from as many without a limit. What it "
              "predicts and what was measured,", "in images a second:", ""]
    lines += table(["training", "predicted", "measured"], checks)
    lines += ["What it predicts of machines like this one, each with the whole batch: the part of a machine's own speed "
              "that each has.", ""]
    return lines + table(["training", *(f"{count} machines" for count in (2, 4, 8, 16, 32, 64))], predicted)


def parameters_of(network):
    from diffusers import UNet2DModel

    return UNet2DModel.from_config(UNet2DModel.load_config(network)).num_parameters()

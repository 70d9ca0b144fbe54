"""Replays a recorded training with PyTorch and diffusers, and compares the losses step by step.

    stipple train IMAGES -o RUN --record-batches every=1 --checkpoint-every 10 --keep 99 --precision f32
    python tools/replay.py STIPPLE RUN [STEPS]

From the oldest checkpoint that the run has kept, diffusers' UNet2DModel and torch's AdamW are given the
recorded examples, for 20 steps unless told. Needs a run without dropout and with a variance that is not
learned. Called by tools/parity too.
"""
import csv, glob, json, os, subprocess, sys, tempfile, warnings
warnings.filterwarnings("ignore")
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["DIFFUSERS_VERBOSITY"] = "error"
import h5py, torch
from diffusers import UNet2DModel

LIMIT = 1e-4   # of a loss

def tensor(dataset):
    return torch.from_numpy(dataset[()])

def load(stipple, checkpoint):
    """The network and its optimizer as the checkpoint has them, its step, and the run's settings."""
    with tempfile.TemporaryDirectory() as folder, h5py.File(checkpoint) as f:
        config = json.loads(f.attrs["config"])
        settings = config["training"]
        if settings["dropout"] > 0 or settings["variance"] == "learned":
            sys.exit(f"{checkpoint}: trained with dropout or a learned variance, which are not replayed")
        export = subprocess.run([stipple, "export", checkpoint, "-o", f"{folder}/exported"],
                                capture_output=True, text=True)
        if export.returncode != 0:
            sys.exit(export.stderr.strip())
        network = UNet2DModel.from_pretrained(f"{folder}/exported").train()
        # What was exported is the average; training goes on from the weights themselves.
        network.load_state_dict({name: tensor(f[f"model/{name}"]) for name in network.state_dict()})
        optimizer = torch.optim.AdamW(network.parameters(), weight_decay=settings["weight-decay"])
        updates = config["run"]["step"] - config["run"]["skippedSteps"]
        for name, parameter in network.named_parameters():
            optimizer.state[parameter] = {
                "step": torch.tensor(float(updates)),
                "exp_avg": tensor(f[f"optimizer/first_moment/{name}"]),
                "exp_avg_sq": tensor(f[f"optimizer/second_moment/{name}"])}
        return network, optimizer, int(f.attrs["step"]), config["model"]["objective"], settings

def loss_of(network, path, objective):
    """The mean over a step's examples of the weight times the mean squared error."""
    with h5py.File(path) as f:
        x_t, eps, x_0 = tensor(f["x_t"]), tensor(f["eps"]), tensor(f["x_0"])
        a = tensor(f["alpha_bar"]).float().reshape(-1, 1, 1, 1)
        targets = {"epsilon": eps, "sample": x_0, "v_prediction": a.sqrt() * eps - (1 - a).sqrt() * x_0,
                   "flow_prediction": eps - x_0}
        if objective not in targets:
            sys.exit(f"{path}: objective {objective}, which is not replayed; there are {', '.join(targets)}")
        target = targets[objective]
        classes = tensor(f["classes"]) if "classes" in f else None
        output = network(x_t, tensor(f["timesteps"]), class_labels=classes).sample
        return (tensor(f["loss_weight"]) * (output - target).square().mean((1, 2, 3))).mean()

def replay(stipple, run, steps=20):
    """Prints both losses of each step, and gives the largest relative difference."""
    checkpoints = sorted(glob.glob(f"{run}/checkpoints/step-????????.h5"))
    if not checkpoints:
        sys.exit(f"{run}: there is no checkpoint in this folder")
    network, optimizer, first, objective, settings = load(stipple, checkpoints[0])
    with open(f"{run}/metrics.csv") as f:
        rows = [row for row in csv.DictReader(f) if first < int(row["step"]) <= first + steps]
    if not rows:
        sys.exit(f"{run}: no step follows its oldest checkpoint, of step {first}; train with a larger --keep")
    print(f"from step {first}\n{'step':>8}  {'stipple':>10}  {'torch':>10}  difference")
    largest = 0
    for row in rows:
        recorded = f"{run}/noised/step-{int(row['step']):08}.h5"
        if not os.path.exists(recorded):
            sys.exit(f"{recorded}: is not there; train with --record-batches every=1")
        loss = loss_of(network, recorded, objective)
        optimizer.zero_grad()
        loss.backward()
        if settings["clip"] > 0:
            torch.nn.utils.clip_grad_norm_(network.parameters(), settings["clip"])
        for group in optimizer.param_groups:
            group["lr"] = float(row["learning_rate"])
        optimizer.step()
        ours, theirs = float(row["loss"]), loss.item()
        difference = abs(ours - theirs) / ours
        largest = max(largest, difference)
        print(f"{row['step']:>8}  {ours:10.7f}  {theirs:10.7f}  {difference:.1e}")
    return largest

if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit("usage: python replay.py STIPPLE RUN [STEPS]")
    largest = replay(*sys.argv[1:3], *map(int, sys.argv[3:]))
    print(f"largest relative difference {largest:.1e}")
    sys.exit(largest > LIMIT)

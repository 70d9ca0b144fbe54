"""Compares Stipple with diffusers in both directions; called by tools/parity.

Run: python parity.py STIPPLE ROOT WORKFOLDER
"""
import json, os, subprocess, sys, warnings
warnings.filterwarnings("ignore")
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["DIFFUSERS_VERBOSITY"] = "error"
import h5py, numpy as np, torch
from diffusers import (
    CMStochasticIterativeScheduler, DDIMScheduler, DDPMScheduler, DPMSolverMultistepScheduler,
    DPMSolverSinglestepScheduler, EDMEulerScheduler, EulerAncestralDiscreteScheduler, EulerDiscreteScheduler, FlowMatchEulerDiscreteScheduler, HeunDiscreteScheduler,
    UNet2DModel, UniPCMultistepScheduler)
from safetensors.numpy import load_file
from replay import replay

stipple, root, work = sys.argv[1:]
images = f"{root}/data/flowers"
LIMIT = 1e-4   # of the largest value
STEPS = 4
failures = 0

def run(*arguments):
    print("$ stipple", *arguments)
    subprocess.run([stipple, *arguments], check=True)

def check(what, holds, detail=""):
    global failures
    failures += not holds
    print(f"{'ok' if holds else 'FAILED'}: {what}{detail and ': '}{detail}")

def compare(what, ours, theirs, limit=LIMIT):
    difference = np.abs(ours - theirs).max() / np.abs(theirs).max()
    check(what, ours.shape == theirs.shape and difference < limit, f"relative difference {difference:.1e}")

def trajectory_of_stipple(checkpoint, name, x_T):
    """x_t of every step, (image, step, C, H, W), from x_T."""
    noise = f"{work}/{name}-noise.h5"
    with h5py.File(noise, "w") as f:
        f["x_T"] = x_T
    out = f"{work}/{name}-trajectory.h5"
    run("generate", checkpoint, "-o", f"{work}/{name}-images", "-n", str(len(x_T)), "--sampler", "ddim",
        "--steps", str(STEPS), "--threshold", "none", "--initial-noise", noise, "--trajectory", out)
    with h5py.File(out) as f:
        return f["x_t"][:], f["timesteps"][:]

@torch.no_grad()
def trajectory_of_diffusers(folder, x_T):
    """The same by diffusers, from the folder's network and its noise schedule."""
    network = UNet2DModel.from_pretrained(folder).eval()
    scheduler = DDIMScheduler.from_config(
        DDPMScheduler.from_pretrained(folder).config, clip_sample=False, timestep_spacing="trailing")
    scheduler.set_timesteps(STEPS)
    x = torch.from_numpy(x_T)
    steps = [x]
    for t in scheduler.timesteps:
        x = scheduler.step(network(x, t).sample, t, x).prev_sample
        steps.append(x)
    return torch.stack(steps, 1).numpy(), scheduler.timesteps.numpy()

def compare_trajectories(name, checkpoint, folder, x_T):
    ours, our_times = trajectory_of_stipple(checkpoint, name, x_T)
    theirs, their_times = trajectory_of_diffusers(folder, x_T)
    check(f"{name}: timesteps", our_times[:STEPS].tolist() == their_times.tolist(), str(their_times.tolist()))
    for step in range(1, STEPS + 1):
        compare(f"{name}: x_t after {step} steps", ours[:, step], theirs[:, step])

def noise(*shape):
    return np.random.default_rng(1).standard_normal(shape).astype(np.float32)

# A network of Stipple's, trained a little so that it says something.
trained = f"{work}/run"
run("train", images, "-o", trained, "--preset", "tiny", "--steps", "20", "--warmup", "5",
    "--learning-rate", "1e-3", "--sample-every", "0")
exported = f"{work}/exported"
run("export", trained, "-o", exported)
compare_trajectories("export", trained, exported, noise(2, 3, 32, 32))

# The checkpoint as h5py sees it.
checkpoint = f"{trained}/checkpoints/step-00000020.h5"
state = {name: value.numpy() for name, value in UNet2DModel.from_pretrained(exported).state_dict().items()}
with h5py.File(checkpoint) as f:
    check("checkpoint: format", f.attrs["format"] in ("stipple-checkpoint", b"stipple-checkpoint"))
    config = f.attrs["config"]
    check("checkpoint: config is JSON", isinstance(json.loads(config), dict))
    for part in ("model", "ema", "optimizer/first_moment", "optimizer/second_moment"):
        names = []
        f[part].visititems(lambda name, item: isinstance(item, h5py.Dataset) and names.append(name))
        same = sorted(names) == sorted(state) and all(f[part][n].shape == state[n].shape for n in names)
        check(f"checkpoint: /{part} has diffusers' names and PyTorch's shapes", same, f"{len(names)} parameters")
    check("checkpoint: /ema is what was exported", all(np.array_equal(f["ema"][n][:], v) for n, v in state.items()))

# A training, step by step, with torch's optimizer.
recorded = f"{work}/recorded"
run("train", images, "-o", recorded, "--preset", "tiny", "--steps", "25", "--warmup", "5", "--learning-rate", "1e-3",
    "--sample-every", "0", "--precision", "f32", "--record-batches", "every=1", "--checkpoint-every", "5", "--keep", "9")
largest = replay(stipple, recorded)
check("training: the losses of 20 steps", largest < LIMIT, f"largest relative difference {largest:.1e}")

# The noise of a noised file, by the NumPy listing in the documentation of RandomStream.
source = open(f"{root}/Sources/Random/RandomStream.swift").read()
listing = source.split("/// ```python\n")[1].split("/// ```")[0].replace("/// ", "").replace("///", "")
documented = {}
exec(listing, documented)
run("noise", f"{images}/000000.png", f"{images}/000001.png", "-o", f"{work}/noised.h5", "--timesteps", "7,500",
    "--seed", "3", "--with-noise")
with h5py.File(f"{work}/noised.h5") as f:
    ours, x_t, x_0, abar = f["eps"][:], f["x_t"][:], f["x_0"][:], f["alpha_bar"][:]
theirs = np.stack([[documented["normal"](ours.shape[2:], seed=3, purpose=2, index=i, step=t) for t in (7, 500)]
                   for i in range(2)])
compare("noise: /eps is what the documented listing gives", ours, theirs)
a = abar.reshape(1, 2, 1, 1, 1)
compare("noise: /x_t is the sum of the closed form", x_t, np.sqrt(a) * x_0[:, None] + np.sqrt(1 - a) * theirs)

# Every scheduler that both have, with diffusers' own defaults: what it is called here, there, how it is made
# there, and the flags that say the same here.
SCHEDULERS = [
    ("ddim", DDIMScheduler, {}, ["--timestep-spacing", "leading"]),
    ("ddim", DDIMScheduler, {"use_clipped_model_output": True}, ["--timestep-spacing", "leading", "--use-clipped-model-output"]),
    ("ddim", DDIMScheduler, {"eta": 1.0}, ["--timestep-spacing", "leading", "--eta", "1"]),
    ("ddpm", DDPMScheduler, {}, ["--timestep-spacing", "leading"]),
    ("dpm++2m", DPMSolverMultistepScheduler, {}, ["--timestep-spacing", "linspace", "--threshold", "none"]),
    ("dpm++3m", DPMSolverMultistepScheduler, {"solver_order": 3}, ["--timestep-spacing", "linspace", "--threshold", "none"]),
    ("dpm++2m-sde", DPMSolverMultistepScheduler, {"algorithm_type": "sde-dpmsolver++"},
     ["--timestep-spacing", "linspace", "--threshold", "none"]),
    ("dpm++2s", DPMSolverSinglestepScheduler, {}, ["--timestep-spacing", "linspace", "--threshold", "none"]),
    ("unipc", UniPCMultistepScheduler, {}, ["--timestep-spacing", "linspace", "--threshold", "none"]),
    ("euler", EulerDiscreteScheduler, {}, ["--timestep-spacing", "linspace", "--threshold", "none"]),
    ("euler-ancestral", EulerAncestralDiscreteScheduler, {}, ["--timestep-spacing", "linspace", "--threshold", "none"]),
    ("heun", HeunDiscreteScheduler, {}, ["--timestep-spacing", "linspace", "--threshold", "none"]),
]
# Over ten steps of an untrained network, whose x_0 is clipped nearly everywhere, rounding in single precision
# grows: diffusers' own DDIM comes 3e-4 away from itself in double precision. Another convention for DDIM's noise
# is 2.0 away. DPM-Solver++(3M) differs by intent: the second derivative's factor, which diffusers leaves out, is
# in it (see DPMSolver3M), which shows as 4e-3.
SAMPLER_LIMIT = {"dpm++3m": 1e-2}
SAMPLER_STEPS = 10   # of which linspace's timesteps are whole numbers, which Euler and Heun there do not round

@torch.no_grad()
def image_of_diffusers(network, kind, options, noise_options, x_T):
    """The clean images that a scheduler comes to, with Stipple's noise for what it adds."""
    of_step = {name: options[name] for name in ("use_clipped_model_output", "eta") if name in options}
    scheduler = kind(**noise_options, **{n: v for n, v in options.items() if n not in of_step})
    scheduler.set_timesteps(SAMPLER_STEPS)
    x = torch.from_numpy(x_T) * getattr(scheduler, "init_noise_sigma", 1)
    module = sys.modules[kind.__module__]
    for t in scheduler.timesteps:
        module.randn_tensor = lambda shape, **_: torch.stack([torch.from_numpy(documented["normal"](
            tuple(shape[1:]), seed=0, purpose=1, index=i, step=int(np.ceil(float(t))))) for i in range(shape[0])])
        scale = getattr(scheduler, "scale_model_input", lambda x, t: x)
        output = network(scale(x, t), t).sample
        x = scheduler.step(output, t, x, **of_step).prev_sample
    return x.numpy()

def compare_schedulers(name, checkpoint, folder, noise_options, x_T):
    network = UNet2DModel.from_pretrained(folder).eval()
    noise = f"{work}/{name}-noise.h5"
    for number, (sampler, kind, options, flags) in enumerate(SCHEDULERS):
        out = f"{work}/{name}-{number}"
        run("generate", checkpoint, "-o", out, "-n", str(len(x_T)), "--sampler", sampler, "--steps",
            str(SAMPLER_STEPS), *flags, "--initial-noise", noise, "--trajectory", f"{out}.h5")
        with h5py.File(f"{out}.h5") as f:
            ours = f["x_t"][:, -1]
        theirs = image_of_diffusers(network, kind, options, noise_options, x_T)
        words = "".join(f", {n} {v}" for n, v in options.items())
        compare(f"{name}: {sampler} as {kind.__name__}{words}", ours, theirs, SAMPLER_LIMIT.get(sampler, 3e-3))

# Networks of diffusers' own.
torch.manual_seed(0)
kinds = {
    "gray": dict(sample_size=16, in_channels=1, out_channels=1, layers_per_block=1, block_out_channels=(16, 32),
                 down_block_types=("DownBlock2D", "AttnDownBlock2D"), up_block_types=("AttnUpBlock2D", "UpBlock2D"),
                 norm_num_groups=8),
    "ddpm": dict(sample_size=32, in_channels=3, out_channels=3, layers_per_block=2, block_out_channels=(16, 32, 32, 48),
                 down_block_types=("DownBlock2D", "AttnDownBlock2D", "DownBlock2D", "DownBlock2D"),
                 up_block_types=("UpBlock2D", "UpBlock2D", "AttnUpBlock2D", "UpBlock2D"), attention_head_dim=8,
                 norm_num_groups=8, norm_eps=1e-6, flip_sin_to_cos=False, freq_shift=1, downsample_padding=0),
}
schedules = {"gray": dict(beta_schedule="squaredcos_cap_v2"), "ddpm": dict(beta_schedule="linear")}
for name, options in kinds.items():
    saved, imported, again = f"{work}/{name}", f"{work}/{name}.h5", f"{work}/{name}-again"
    UNet2DModel(**options).save_pretrained(saved)
    DDPMScheduler(num_train_timesteps=1000, **schedules[name]).save_pretrained(saved)
    run("import", saved, "-o", imported)
    size = options["sample_size"]
    x_T = noise(2, options["in_channels"], size, size)
    compare_trajectories(name, imported, saved, x_T)
    compare_schedulers(name, imported, saved, dict(beta_start=1e-4, beta_end=0.02, **schedules[name]), x_T)
    run("export", imported, "-o", again)
    weights = "diffusion_pytorch_model.safetensors"
    before, after = load_file(f"{saved}/{weights}"), load_file(f"{again}/{weights}")
    same = before.keys() == after.keys() and all(np.array_equal(before[n], after[n]) for n in before)
    check(f"{name}: imported and exported, every weight is the same", same, f"{len(before)} parameters")

# Paths that have no betas: networks that are saved there, and those that are trained here and exported.
for name, kind in ("flow", FlowMatchEulerDiscreteScheduler), ("edm", EDMEulerScheduler):
    saved, run_folder, exported = f"{work}/{name}", f"{work}/{name}-run", f"{work}/{name}-exported"
    UNet2DModel(**kinds["ddpm"]).save_pretrained(saved)
    kind().save_pretrained(saved)
    run("import", saved, "-o", f"{saved}.h5")
    run("train", images, "-o", run_folder, "--preset", "tiny", "--size", "32", "--steps", "20", "--batch", "4",
        "--schedule", name, "--objective", name, "--sample-every", "0")
    run("export", run_folder, "-o", exported)
    for what, checkpoint, folder in ("imported", f"{saved}.h5", saved), ("exported", run_folder, exported):
        x_T = noise(2, 3, 32, 32)
        out, x_file = f"{work}/{name}-{what}", f"{work}/{name}-{what}-noise.h5"
        with h5py.File(x_file, "w") as f:
            f["x_T"] = x_T
        run("generate", checkpoint, "-o", out, "-n", "2", "--sampler", "euler", "--steps", str(SAMPLER_STEPS),
            "--timestep-spacing", "linspace", "--threshold", "none", "--initial-noise", x_file, "--trajectory",
            f"{out}.h5")
        with h5py.File(f"{out}.h5") as f:
            ours = f["x_t"][:, -1]
        network = UNet2DModel.from_pretrained(folder).eval()
        compare(f"{name}: {what} network, euler as {kind.__name__}", ours,
                image_of_diffusers(network, kind, {}, {}, x_T), 3e-3)

# A distilled network, as the scheduler of consistency models samples from it.
distilled, exported = f"{work}/distilled", f"{work}/distilled-exported"
for steps in 1, 2, 4:
    run_folder, folder, out = f"{distilled}-{steps}", f"{exported}-{steps}", f"{work}/distilled-images-{steps}"
    run("distill", f"{work}/edm-run", images, "-o", run_folder, "--steps", str(steps), "--training-steps", "6", "--batch",
        "4", "--sample-every", "0")
    run("export", run_folder, "-o", folder)
    x_T = noise(2, 3, 32, 32)
    with h5py.File(f"{out}-noise.h5", "w") as f:
        f["x_T"] = x_T
    run("generate", run_folder, "-o", out, "-n", "2", "--initial-noise", f"{out}-noise.h5", "--trajectory", f"{out}.h5")
    with h5py.File(f"{out}.h5") as f:
        ours, timesteps = f["x_t"][:, -1], f["timesteps"][:]
    network = UNet2DModel.from_pretrained(folder).eval()
    scheduler = CMStochasticIterativeScheduler.from_pretrained(folder)
    scheduler.set_timesteps(steps)
    module, x = sys.modules[CMStochasticIterativeScheduler.__module__], torch.from_numpy(x_T) * scheduler.init_noise_sigma
    with torch.no_grad():
        for number, t in enumerate(scheduler.timesteps):
            # The noise of a step is that of its timestep, rounded up.
            module.randn_tensor = lambda shape, **_: torch.stack([torch.from_numpy(documented["normal"](
                tuple(shape[1:]), seed=0, purpose=1, index=i, step=int(np.ceil(timesteps[number]))))
                for i in range(shape[0])])
            x = scheduler.step(network(scheduler.scale_model_input(x, t), t).sample, t, x).prev_sample
    compare(f"distilled for {steps} steps: CMStochasticIterativeScheduler", ours, x.numpy(), 3e-3)

print(f"{failures} checks failed" if failures else "all checks passed")
sys.exit(1 if failures else 0)

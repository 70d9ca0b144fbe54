"""Reference values of the paths without betas, from diffusers' FlowMatchEulerDiscreteScheduler and EDMEulerScheduler.

Run: pip install torch diffusers h5py numpy; python make_paths.py OUTDIR
Writes paths.h5: for each path the noise levels sigma and what the network is told of them, what it is shown and
answers at each step, the image after each, and x_T. Arrays are (step, ...).
"""
import os, sys
os.environ["HF_HUB_OFFLINE"] = "1"
import h5py, numpy as np, torch
from diffusers import EDMEulerScheduler, FlowMatchEulerDiscreteScheduler

STEPS = 6


def network(x, condition):
    """Some function of what a network is given, in place of one."""
    return torch.sin(2 * x) - 0.3 * x + 0.1 * np.cos(float(condition))


def run(group, scheduler):
    scheduler.set_timesteps(STEPS)
    x_T = torch.from_numpy(np.random.default_rng(3).standard_normal((1, 3, 4, 4)).astype(np.float32))
    x = x_T * getattr(scheduler, "init_noise_sigma", 1)
    shown, told, images = [], [], []
    for t in scheduler.timesteps:
        seen = scheduler.scale_model_input(x, t) if hasattr(scheduler, "scale_model_input") else x
        x = scheduler.step(network(seen, t), t, x).prev_sample
        shown.append(seen[0].numpy())
        told.append(float(t))
        images.append(x[0].numpy())
    group["sigma"] = scheduler.sigmas[:STEPS].double().numpy()
    group["condition"], group["input"], group["image"] = np.array(told), np.stack(shown), np.stack(images)
    group["x_T"] = x_T[0].numpy()


with h5py.File(f"{sys.argv[1]}/paths.h5", "w") as file:
    run(file.create_group("flow"), FlowMatchEulerDiscreteScheduler())
    run(file.create_group("edm"), EDMEulerScheduler())

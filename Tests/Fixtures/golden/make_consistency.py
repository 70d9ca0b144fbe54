"""Reference values of consistency tuning and sampling, from PyTorch's autograd and diffusers' CMStochasticIterativeScheduler.

Run: pip install torch diffusers h5py numpy; python make_consistency.py OUTDIR
Writes consistency.h5:

    levels/t, levels/r        r (stage, t) of the noise levels t, for stages 0 to 7
    loss/OBJECTIVE            of an image x_0 with the noise eps at sigma t and r, and of a network's outputs at both: the
                              loss and its derivative by the output at t
    sampling/STEPS            x_T, the noise of each step, the levels sigma, what the network is shown, and the images
"""
import os, sys
os.environ["HF_HUB_OFFLINE"] = "1"
import h5py, numpy as np, torch
from diffusers import CMStochasticIterativeScheduler

torch.set_default_dtype(torch.float64)
random = np.random.default_rng(5)
SHAPE = (3, 4, 4)
DATA = 0.5


def lower(t, stage):
    """Geng et al. 2024, section 4.1: q = 2, k = 8, b = 1."""
    ratio = 1 - (1 + 8 * torch.sigmoid(-t)) / 2 ** (stage + 1)
    return torch.clamp(t * ratio, min=0)


def denoised(objective, x, sigma, output):
    """x_0 of a network's output for x = x_0 + sigma eps, by each paper's formula."""
    root = (1 + sigma**2) ** 0.5
    if objective == "epsilon":
        return x - sigma * output
    if objective == "velocity":      # of x / root, with alpha 1 / root
        return x / root / root - sigma / root * output
    if objective == "flow":          # of x / (1 + sigma), with u sigma / (1 + sigma)
        return x / (1 + sigma) - sigma / (1 + sigma) * output
    if objective == "edm":
        return DATA**2 / (sigma**2 + DATA**2) * x + sigma * DATA / (sigma**2 + DATA**2) ** 0.5 * output
    return output


def write_losses(group):
    for objective in "epsilon", "velocity", "flow", "edm", "image":
        for number, (t, r) in enumerate([(0.8, 0.7), (3.0, 1.2), (0.4, 0.0)]):
            x_0, eps, below = (torch.from_numpy(random.standard_normal(SHAPE)) for _ in range(3))
            above = torch.from_numpy(random.standard_normal(SHAPE)).requires_grad_()
            with torch.no_grad():
                goal = denoised(objective, x_0 + r * eps, r, below) if r > 0 else x_0
            squares = ((denoised(objective, x_0 + t * eps, t, above) - goal) ** 2).sum()
            # The pseudo-Huber loss of the sum, with c = 0.00054 sqrt(d), over sqrt(d).
            count = x_0.numel()
            c = 0.00054 * count**0.5
            loss = ((squares + c**2) ** 0.5 - c) / count**0.5 / (t - r)
            loss.backward()
            one = group.create_group(f"{objective}/{number}")
            one.attrs["t"], one.attrs["r"], one.attrs["loss"] = t, r, loss.item()
            for name, values in ("x_0", x_0), ("eps", eps), ("above", above), ("below", below), ("slope", above.grad):
                one[name] = values.detach().numpy()


def network(x, condition):
    """Some function of what a network is given, in place of one."""
    return torch.sin(2 * x) - 0.3 * x + 0.1 * torch.cos(torch.as_tensor(condition) / 1000)


def write_samples(group, steps):
    scheduler = CMStochasticIterativeScheduler(
        num_train_timesteps=max(2, 2 * steps - 1), sigma_min=0.0, sigma_max=80.0, sigma_data=DATA, rho=5.0)
    scheduler.set_timesteps(steps)
    module = sys.modules[CMStochasticIterativeScheduler.__module__]
    x_T = torch.from_numpy(random.standard_normal((1, *SHAPE)))
    x, shown, images, noises = x_T * scheduler.init_noise_sigma, [], [], []
    for t in scheduler.timesteps:
        seen = scheduler.scale_model_input(x, t)
        noises.append(torch.from_numpy(random.standard_normal((1, *SHAPE))))
        module.randn_tensor = lambda *_, **__: noises[-1]
        x = scheduler.step(network(seen, t), t, x).prev_sample
        shown.append(seen[0].numpy())
        images.append(x[0].numpy())
    group["x_T"], group["sigma"] = x_T[0].numpy(), scheduler.sigmas[:steps].double().numpy()
    group["condition"] = scheduler.timesteps.numpy()
    group["input"], group["image"] = np.stack(shown), np.stack(images)
    group["noise"] = np.stack([noise[0].numpy() for noise in noises])


with h5py.File(f"{sys.argv[1]}/consistency.h5", "w") as file:
    t = torch.tensor([0.002, 0.05, 0.4, 1.0, 3.0, 20.0, 80.0])
    file["levels/t"] = t.numpy()
    file["levels/r"] = np.stack([lower(t, stage).numpy() for stage in range(8)])
    write_losses(file.create_group("loss"))
    for steps in 1, 2, 4:
        write_samples(file.create_group(f"sampling/{steps}"), steps)

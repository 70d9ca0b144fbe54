"""The Python programs beside which tools/quality sets Stipple.

    quality_peers.py ddpm-pytorch|diffusers IMAGES OUTPUT --time SECONDS [--seed K] [-n 1000] [--steps 25]

Trains on a folder of PNG files for some time and writes generated images of their size to OUTPUT, then a line of
JSON. All images are trained on at 32 x 32 in RGB, transparent ones over white. Time counts from the first step; on one
core it is the processor's, which depends little on what else the machine does.

ddpm-pytorch    denoising-diffusion-pytorch: network, trainer and numbers of its README
diffusers       network, optimizer, schedules and numbers of diffusers' train_unconditional.py and its README; the
                learning rate falls over the time instead of a number of epochs
Both sample with DDIM and as many steps as asked for. Neither saves or samples while it trains.
"""

import argparse
import glob
import json
import os
import sys
import tempfile
import time

import numpy
import torch
from PIL import Image

from quality_features import SIZE, pixels


class Flat(torch.utils.data.Dataset):
    """The images as tensors from `low` to 1, flipped at random."""

    def __init__(self, images, low):
        self.images = torch.tensor(images).movedim(3, 1)
        if low == 0:
            self.images = self.images / 2 + 0.5

    def __len__(self):
        return len(self.images)

    def __getitem__(self, index):
        return self.images[index].flip(-1) if torch.rand(()) < 0.5 else self.images[index]


def clock():
    return time.process_time() if torch.get_num_threads() == 1 else time.perf_counter()


def batches(dataset, size):
    """Shuffled batches until the time is over, which counts from the first."""
    start = clock()
    while True:
        order = torch.randperm(len(dataset)).split(size)
        for chosen in order if len(order) == 1 else [part for part in order if len(part) == size]:
            if clock() - start >= options.time:
                return
            yield torch.stack([dataset[i] for i in chosen])


class TimeOver(Exception):
    """Ends the loop of a trainer that knows steps alone."""


def until_over(batches):
    yield from batches
    raise TimeOver


def ddpm_pytorch(images):
    from denoising_diffusion_pytorch import GaussianDiffusion, Trainer, Unet

    network = Unet(dim=64, dim_mults=(1, 2, 4, 8))
    diffusion = GaussianDiffusion(network, image_size=SIZE, timesteps=1000, sampling_timesteps=options.steps)
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(
            diffusion, options.images, train_batch_size=32, train_lr=8e-5, train_num_steps=10**9,
            gradient_accumulate_every=2, ema_decay=0.995, calculate_fid=False, save_and_sample_every=10**9,
            results_folder=folder)
        # Its own reader would begin a process for each core of the machine.
        trainer.dl = until_over(batches(Flat(images, 0), 32))
        try:
            trainer.train()
        except TimeOver:
            pass
    model = trainer.ema.ema_model.eval()
    return trainer.step, lambda count: model.sample(batch_size=count).clamp(0, 1)


def diffusers(images):
    from diffusers import DDIMScheduler, DDPMScheduler, UNet2DModel
    from diffusers.training_utils import EMAModel

    plain, attention = ["DownBlock2D", "UpBlock2D"], ["AttnDownBlock2D", "AttnUpBlock2D"]
    model = UNet2DModel(
        sample_size=SIZE, in_channels=3, out_channels=3, layers_per_block=2,
        block_out_channels=(128, 128, 256, 256, 512, 512),
        down_block_types=(*[plain[0]] * 4, attention[0], plain[0]),
        up_block_types=(plain[1], attention[1], *[plain[1]] * 4))
    average = EMAModel(
        model.parameters(), decay=0.9999, use_ema_warmup=True, inv_gamma=1.0, power=0.75, model_cls=UNet2DModel,
        model_config=model.config)
    noise = DDPMScheduler(num_train_timesteps=1000, beta_schedule="linear")
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=1e-4, betas=(0.95, 0.999), weight_decay=1e-6, eps=1e-8)
    step, start = 0, clock()
    model.train()
    for clean in batches(Flat(images, -1), 16):
        share = min(1, (clock() - start) / options.time)
        for group in optimizer.param_groups:
            group["lr"] = 1e-4 * min(1, (step + 1) / 500, 0.5 * (1 + numpy.cos(numpy.pi * share)))
        epsilon, t = torch.randn_like(clean), torch.randint(0, 1000, (len(clean),))
        found = model(noise.add_noise(clean, epsilon, t), t).sample
        torch.nn.functional.mse_loss(found, epsilon).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        average.step(model.parameters())
        step += 1
    average.copy_to(model.parameters())
    model.eval()
    sampler = DDIMScheduler.from_config(noise.config)
    sampler.set_timesteps(options.steps)

    def sample(count):
        x = torch.randn(count, 3, SIZE, SIZE)
        with torch.inference_mode():
            for t in sampler.timesteps:
                x = sampler.step(model(x, t).sample, t, x).prev_sample
        return (x / 2 + 0.5).clamp(0, 1)

    return step, sample


parser = argparse.ArgumentParser()
kinds = {"ddpm-pytorch": ddpm_pytorch, "diffusers": diffusers}
parser.add_argument("kind", choices=kinds)
parser.add_argument("images")
parser.add_argument("output")
parser.add_argument("--time", type=float, required=True)
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("-n", type=int, default=1000)
parser.add_argument("--steps", type=int, default=25)
options = parser.parse_args()
torch.manual_seed(options.seed)
torch.set_num_threads(len(os.sched_getaffinity(0)))
paths = sorted(glob.glob(f"{options.images}/*.png"))
size = Image.open(paths[0]).size
# Standard output is for the answer.
answer, sys.stdout = sys.stdout, sys.stderr
steps, sample = kinds[options.kind](numpy.stack([pixels(path) for path in paths]))
os.makedirs(options.output, exist_ok=True)
start = time.perf_counter()
for first in range(0, options.n, 50):
    some = sample(min(50, options.n - first)).mul(255).round().byte().movedim(1, 3).numpy()
    for i, image in enumerate(some, first):
        image = Image.fromarray(image)
        if image.size != size:
            image = image.resize(size, Image.Resampling.BICUBIC)
        image.save(f"{options.output}/{i:06d}.png")
print(json.dumps({"step": steps, "sampling_seconds": time.perf_counter() - start}), file=answer)

"""Trains the network of tools/quality's features: python quality_train.py DrawData (PyTorch, h5py, Pillow).

Writes quality-features.h5 beside this file, in ten minutes. Needs to be done again only where the
network is to change; figures of before cannot be compared then.
"""

import csv
import glob
import os
import subprocess
import sys
import tempfile

import h5py
import numpy
import torch
from PIL import Image
from torch.nn import functional

from quality_features import FEATURES, LAYERS, SIZE, WEIGHTS, features

FLOWERS, SCENES, CROPS, STEPS, BATCH = 8000, 250, 16, 3000, 64


def draw(program, folder, subject, count, size, *arguments):
    subprocess.run([program, "--subject", subject, "-n", str(count), "--size", str(size), "--seed", "77", "-o",
                    folder, *arguments], check=True, stdout=sys.stderr)
    paths = sorted(glob.glob(f"{folder}/*.png"))
    return numpy.stack([numpy.asarray(Image.open(path).convert("RGB")) for path in paths])


def data(program, random):
    """Images (N, 3, SIZE, SIZE) in bytes, flowers first, and the flowers' factors as class numbers."""
    with tempfile.TemporaryDirectory() as folder:
        table = os.path.join(folder, "factors.csv")
        images = [draw(program, f"{folder}/flowers", "flowers", FLOWERS, SIZE, "--csv", table)]
        with open(table) as file:
            rows = list(csv.DictReader(file))
        for subject in "dead-leaves", "pages":
            for scene in draw(program, f"{folder}/{subject}", subject, SCENES, 4 * SIZE):
                places = random.integers(0, 3 * SIZE + 1, (CROPS, 2))
                images.append(numpy.stack([scene[y:y + SIZE, x:x + SIZE] for y, x in places]))
    columns = [[row[name] for row in rows] for name in rows[0] if name not in ("file", "stem_height", "lean")]
    classes = [numpy.unique(column, return_inverse=True)[1] for column in columns]
    return torch.tensor(numpy.concatenate(images)).movedim(3, 1), torch.tensor(numpy.stack(classes, 1))


class Network(torch.nn.Module):
    def __init__(self, classes):
        super().__init__()
        channels = [3] + [out for out, _ in LAYERS]
        for i, (out, stride) in enumerate(LAYERS):
            self.add_module(f"conv{i}", torch.nn.Conv2d(channels[i], out, 3, stride, 1))
        self.linear = torch.nn.Linear(channels[-1] * (SIZE // 8)**2, FEATURES)
        self.classes = list(classes)
        self.head = torch.nn.Linear(FEATURES, sum(classes) + 2 + 3 * 8 * 8)

    def features(self, x):
        for i in range(len(LAYERS)):
            x = functional.relu(getattr(self, f"conv{i}")(x))
        return self.linear(x.flatten(1))

    def forward(self, x):
        parts = self.head(self.features(x)).split([*self.classes, 2, 3 * 8 * 8], 1)
        return parts[:-2], parts[-2], parts[-1]


def damaged(images):
    """Images with blur and noise, a half of them each, and how much of both, from 0 to 1."""
    levels = torch.rand(len(images), 2) * (torch.rand(len(images), 2) < 0.5)
    blurred = functional.avg_pool2d(functional.pad(images, (2, 2, 2, 2), mode="replicate"), 5, 1)
    blur, noise = levels.view(-1, 2, 1, 1, 1).unbind(1)
    return images.lerp(blurred, blur) + 0.4 * noise * torch.randn_like(images), levels


def train(images, classes):
    network = Network(classes.amax(0).add(1).tolist())
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 2e-3, STEPS)
    for step in range(STEPS):
        chosen = torch.randint(len(images), (BATCH,))
        clean = images[chosen].float() / 127.5 - 1
        x, levels = damaged(clean)
        names, found, picture = network(x)
        flowers = chosen < len(classes)
        loss = 5 * functional.mse_loss(found, levels)
        loss += 5 * functional.mse_loss(picture, functional.adaptive_avg_pool2d(x, 8).flatten(1))
        for i, scores in enumerate(names):
            loss += functional.cross_entropy(scores[flowers], classes[chosen[flowers], i]) / len(names)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 200 == 0:
            print(f"step {step}: {loss.item():.3f}", file=sys.stderr, flush=True)
    return network


def write(network, images):
    """Features get mean 0 and deviation 1 over the training images; weights are stored as float16."""
    with torch.inference_mode():
        found = torch.cat([network.features(part.float() / 127.5 - 1) for part in images.split(512)])
    weights = {name: values for name, values in network.state_dict().items() if not name.startswith("head")}
    mean, deviation = found.mean(0), found.std(0)
    weights["linear.weight"] = weights["linear.weight"] / deviation[:, None]
    weights["linear.bias"] = (weights["linear.bias"] - mean) / deviation
    with h5py.File(WEIGHTS, "w") as file:
        for name, values in weights.items():
            file.create_dataset(name, data=values.numpy().astype(numpy.float16))
    some = images[:64].movedim(1, 3).numpy() / numpy.float32(127.5) - 1
    error = numpy.abs(features(some) - ((found[:64] - mean) / deviation).numpy()).max()
    print(f"numpy and float16 differ from PyTorch by at most {error:.4f}", file=sys.stderr)


if __name__ == "__main__":
    torch.manual_seed(0)
    # Sums depend on the number of threads.
    torch.set_num_threads(1)
    images, classes = data(sys.argv[1], numpy.random.default_rng(0))
    write(train(images, classes), images)

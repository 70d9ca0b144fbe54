"""The Python programs that tools/bench compares Stipple with.

    bench-peers.py versions
    bench-peers.py train|sample NETWORK [--batch 16] [--size 32] [--precision f32|bf16] [--threads 2]
                                [--channels-last] [--compile]
                                            PyTorch, the network being a folder that diffusers reads
    bench-peers.py attention [--batch 16] [--size 32] [--heads 16] [--precision f32|bf16] [--threads 2]
                                            PyTorch's scaled_dot_product_attention of 128 channels
    bench-peers.py decode|encode FOLDER     Pillow, in memory
    bench-peers.py noise FILE [--chunks]    numpy and h5py: 64 pictures at 1000 steps of the way to noise

Each gets everything ready, then measures for as many seconds as a line on standard input says and
answers with a line of JSON, until there are no more lines.
"""

import argparse
import io
import json
import os
import resource
import sys
import time
import warnings

warnings.filterwarnings("ignore")
os.environ["HF_HUB_OFFLINE"] = "1"


def repeated(seconds, work):
    """How often `work`, which returns how much it did, does it in a second."""
    done, start = 0, time.perf_counter()
    while True:
        done += work()
        passed = time.perf_counter() - start
        if passed >= seconds:
            return done / passed


def versions(options):
    import diffusers
    import h5py
    import numpy
    import PIL
    import torch

    found = {"Python": sys.version.split()[0], "PyTorch": torch.__version__.split("+")[0]}
    for name, module in ("diffusers", diffusers), ("numpy", numpy), ("h5py", h5py), ("Pillow", PIL):
        found[name] = module.__version__
    return lambda seconds: found


def network(options):
    """Training steps (mean squared error, clipping, AdamW, an average of the weights), or evaluations."""
    import torch
    from diffusers import UNet2DModel

    torch.manual_seed(0)
    torch.set_num_threads(options.threads)
    layout = torch.channels_last if options.channels_last else torch.contiguous_format
    model = UNet2DModel.from_config(UNet2DModel.load_config(options.path)).to(memory_format=layout)
    run = torch.compile(model) if options.compile else model
    shape = options.batch, model.config.in_channels, options.size, options.size
    images = torch.rand(shape).mul(2).sub(1).to(memory_format=layout)
    autocast = torch.autocast("cpu", torch.bfloat16, enabled=options.precision == "bf16")

    if options.job == "train":
        model.train()
        alpha_bar = torch.cumprod(1 - torch.linspace(1e-4, 0.02, 1000), 0)
        optimizer = torch.optim.AdamW(model.parameters(), lr=2e-4, fused=True)
        average = [weight.detach().clone() for weight in model.parameters()]

        def step():
            t = torch.randint(0, 1000, (options.batch,))
            noise = torch.randn_like(images)
            a = alpha_bar[t].view(-1, 1, 1, 1)
            with autocast:
                y = run(a.sqrt() * images + (1 - a).sqrt() * noise, t).sample
                loss = torch.nn.functional.mse_loss(y.float(), noise)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            torch._foreach_lerp_(average, [weight.detach() for weight in model.parameters()], 1e-4)
            return options.batch
    else:
        model.eval()
        t = torch.full((options.batch,), 500)

        def step():
            with torch.inference_mode(), autocast:
                run(images, t).sample
            return options.batch

    # The first compiles, where that was asked for; slow ones need no third step.
    step()
    start = time.perf_counter()
    step()
    if time.perf_counter() - start < 5:
        step()
    return lambda seconds: {"images_per_second": repeated(seconds, step)}


def attention(options):
    """The fastest forward and backward pass of all rounds."""
    import torch

    torch.set_num_threads(options.threads)
    kind = torch.bfloat16 if options.precision == "bf16" else torch.float32
    shape = options.batch, options.heads, options.size ** 2, 128 // options.heads
    q, k, v = (torch.randn(shape, dtype=kind, requires_grad=True) for _ in range(3))
    dy = torch.randn(shape, dtype=kind)
    times = {"forward_milliseconds": float("inf"), "backward_milliseconds": float("inf")}

    def once():
        start = time.perf_counter()
        y = torch.nn.functional.scaled_dot_product_attention(q, k, v)
        middle = time.perf_counter()
        y.backward(dy)
        end = time.perf_counter()
        q.grad = k.grad = v.grad = None
        for name, seconds in zip(times, (middle - start, end - middle)):
            times[name] = min(times[name], 1000 * seconds)
        return 1

    def measure(seconds):
        repeated(seconds, once)
        return dict(times)

    return measure


def png(options):
    """All pictures of a folder, read once before, on as many threads as asked for."""
    from concurrent.futures import ThreadPoolExecutor

    from PIL import Image

    names = sorted(name for name in os.listdir(options.path) if name.endswith(".png"))
    files = [open(os.path.join(options.path, name), "rb").read() for name in names]

    def decode(file):
        return Image.open(io.BytesIO(file)).convert("RGB")

    def encode(picture):
        file = io.BytesIO()
        picture.save(file, "PNG")
        return file.tell()

    pictures = [decode(file) for file in files]
    pool = ThreadPoolExecutor(options.threads)
    work, inputs = (decode, files) if options.job == "decode" else (encode, pictures)

    def once():
        for _ in pool.map(work, inputs, chunksize=16):
            pass
        return len(inputs)

    size = sum(map(encode, pictures))
    return lambda seconds: {"images_per_second": repeated(seconds, once), "bytes": size}


def noise(options):
    import h5py
    import numpy

    random = numpy.random.default_rng(0)
    pictures = random.random((64, 3, 32, 32), dtype=numpy.float32) * 2 - 1
    alpha_bar = numpy.cumprod(1 - numpy.linspace(1e-4, 0.02, 1000)).astype(numpy.float32)
    a = alpha_bar[:, None, None, None]
    chunks = (1, 64, 3, 32, 32) if options.chunks else None

    def measure(seconds):
        start = time.perf_counter()
        with h5py.File(options.path, "w") as file:
            x_t = file.create_dataset("x_t", (64, 1000, 3, 32, 32), "f4", chunks=chunks)
            for index, picture in enumerate(pictures):
                epsilon = random.standard_normal((1000, 3, 32, 32), dtype=numpy.float32)
                x_t[index] = numpy.sqrt(a) * picture + numpy.sqrt(1 - a) * epsilon
        with open(options.path, "rb") as file:
            os.fsync(file.fileno())
        passed = time.perf_counter() - start
        size = os.path.getsize(options.path)
        os.remove(options.path)
        return {"megabytes_per_second": size / 1e6 / passed}

    return measure


jobs = {"versions": versions, "train": network, "sample": network, "attention": attention, "decode": png, "encode": png,
        "noise": noise}
parser = argparse.ArgumentParser()
parser.add_argument("job", choices=jobs)
parser.add_argument("path", nargs="?")
parser.add_argument("--batch", type=int, default=16)
parser.add_argument("--size", type=int, default=32)
parser.add_argument("--heads", type=int, default=16)
parser.add_argument("--precision", default="f32")
parser.add_argument("--threads", type=int, default=os.cpu_count())
parser.add_argument("--channels-last", action="store_true")
parser.add_argument("--compile", action="store_true")
parser.add_argument("--chunks", action="store_true")
options = parser.parse_args()
measure = jobs[options.job](options)
for line in sys.stdin:
    figures = measure(float(line))
    figures["peak_megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(json.dumps(figures), flush=True)

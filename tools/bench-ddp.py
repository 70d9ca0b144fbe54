"""PyTorch's data-parallel training (DistributedDataParallel over gloo), for tools/bench; started by torchrun.

    bench-ddp.py NETWORK [--batch 16] [--size 32] [--precision f32|bf16] [--threads 1] [--seconds 6]
                         [--channels-last]

NETWORK is a folder that diffusers reads; the batch is all processes'. The first process prints a line of JSON.
"""

import argparse
import contextlib
import json
import os
import resource
import time
import warnings

warnings.filterwarnings("ignore")
os.environ["HF_HUB_OFFLINE"] = "1"

import torch
import torch.distributed as ranks
from diffusers import UNet2DModel
from torch.nn.parallel import DistributedDataParallel

parser = argparse.ArgumentParser()
parser.add_argument("path")
parser.add_argument("--batch", type=int, default=16)
parser.add_argument("--size", type=int, default=32)
parser.add_argument("--precision", default="f32")
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--seconds", type=float, default=6)
parser.add_argument("--channels-last", action="store_true")
options = parser.parse_args()

torch.manual_seed(0)
torch.set_num_threads(options.threads)
ranks.init_process_group("gloo")
count = options.batch // ranks.get_world_size()
layout = torch.channels_last if options.channels_last else torch.contiguous_format
network = UNet2DModel.from_config(UNet2DModel.load_config(options.path)).to(memory_format=layout)
network.train()
model = DistributedDataParallel(network, gradient_as_bucket_view=True)
shape = count, network.config.in_channels, options.size, options.size
images = torch.rand(shape).mul(2).sub(1).to(memory_format=layout)
autocast = torch.autocast("cpu", torch.bfloat16, enabled=options.precision == "bf16")
alpha_bar = torch.cumprod(1 - torch.linspace(1e-4, 0.02, 1000), 0)
optimizer = torch.optim.AdamW(network.parameters(), lr=2e-4, fused=True)
average = [weight.detach().clone() for weight in network.parameters()]


def step(is_shared=True):
    t = torch.randint(0, 1000, (count,))
    noise = torch.randn_like(images)
    a = alpha_bar[t].view(-1, 1, 1, 1)
    with contextlib.nullcontext() if is_shared else model.no_sync():
        with autocast:
            y = model(a.sqrt() * images + (1 - a).sqrt() * noise, t).sample
            loss = torch.nn.functional.mse_loss(y.float(), noise)
        optimizer.zero_grad(set_to_none=False)
        loss.backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimizer.step()
    torch._foreach_lerp_(average, [weight.detach() for weight in network.parameters()], 1e-4)


def seconds(steps, is_shared=True):
    ranks.barrier()
    start = time.perf_counter()
    for _ in range(steps):
        step(is_shared)
    ranks.barrier()
    return time.perf_counter() - start


# All processes make as many steps.
seconds(3)
steps = torch.tensor([options.seconds / (seconds(2) / 2)])
ranks.broadcast(steps, 0)
steps = max(3, int(steps.item()))
shared = seconds(steps) / steps
alone = seconds(max(3, steps // 3), is_shared=False) / max(3, steps // 3)
peak = torch.tensor([resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000])
ranks.all_reduce(peak, ranks.ReduceOp.MAX)
if ranks.get_rank() == 0:
    print(json.dumps({
        "images_per_second": options.batch / shared, "peak_megabytes": peak.item(),
        # What a step takes longer than without the others' gradients.
        "waiting_percent": max(0, 100 * (1 - alone / shared))}), flush=True)
ranks.destroy_process_group()

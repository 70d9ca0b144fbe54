"""Features of images for tools/quality: a small convolutional network in numpy.

Its weights, tools/quality-features.h5, are the same for everybody, so that figures stay comparable;
quality_train.py made them. The network was trained on drawn images alone: to name what is in flowers, to
tell how blurred and noisy an image is, and to keep enough for a small picture of it.
"""

import os

import h5py
import numpy
from PIL import Image

WEIGHTS = os.path.join(os.path.dirname(__file__), "quality-features.h5")
# Output channels and stride of the convolutions, all 3 x 3; then a matrix.
LAYERS = (24, 1), (48, 2), (64, 2), (96, 2)
SIZE, FEATURES = 32, 128


def pixels(path):
    """An image as the network and the pixel distances see it: RGB over white, SIZE x SIZE, from -1 to 1."""
    image = Image.open(path).convert("RGBA")
    image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    if image.size != (SIZE, SIZE):
        image = image.resize((SIZE, SIZE), Image.Resampling.BICUBIC)
    return numpy.asarray(image, numpy.float32) / 127.5 - 1


def load(paths):
    """(N, SIZE, SIZE, 3)."""
    return numpy.stack([pixels(path) for path in paths])


def convolution(x, weight, bias, stride):
    """(N, H, W, C) with a weight (out, in, 3, 3), padded by one."""
    padded = numpy.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    windows = numpy.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
    windows = windows[:, ::stride, ::stride]
    rows = windows.reshape(-1, windows[0, 0, 0].size)
    return (rows @ weight.reshape(len(weight), -1).T + bias).reshape(*windows.shape[:3], -1)


def features(images):
    """(N, FEATURES) of images (N, SIZE, SIZE, 3)."""
    with h5py.File(WEIGHTS) as file:
        weights = {name: numpy.float32(values) for name, values in file.items()}

    def some(x):
        for i, (_, stride) in enumerate(LAYERS):
            x = convolution(x, weights[f"conv{i}.weight"], weights[f"conv{i}.bias"], stride)
            x = numpy.maximum(x, 0)
        # Channels first, as PyTorch flattens.
        rows = x.transpose(0, 3, 1, 2).reshape(len(x), -1)
        return rows @ weights["linear.weight"].T + weights["linear.bias"]

    return numpy.concatenate([some(images[i:i + 64]) for i in range(0, len(images), 64)])


def kernel_distance(a, b):
    """The unbiased squared maximum mean discrepancy of rows with the kernel (x y / D + 1)^3 (KID)."""
    def kernel(x, y):
        return (x @ y.T / x.shape[1] + 1)**3

    def within(x):
        values = kernel(x, x)
        return (values.sum() - values.trace()) / (len(x) * (len(x) - 1))

    a, b = a.astype(numpy.float64), b.astype(numpy.float64)
    return within(a) + within(b) - 2 * kernel(a, b).mean()

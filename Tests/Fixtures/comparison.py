"""Reference values of Tests/AnalysisTests/Comparison: python comparison.py (numpy, scipy).

Fréchet and kernel distances with scipy; the sliced Wasserstein distance as in
progressive_growing_of_gans' metrics/sliced_wasserstein.py (Karras et al. 2018), but with
Stipple's random numbers.
"""
import numpy as np
import scipy.linalg
import scipy.ndimage


def words(count, seed, purpose, index, step=0, site=0):
    """The listing in the documentation of RandomStream."""
    u = np.uint64
    blocks = np.arange((count + 3) // 4, dtype=u)
    c = [blocks] + [np.full_like(blocks, v) for v in (step, index, purpose | site << 8)]
    k0, k1, low, half = u(seed & 0xFFFFFFFF), u(seed >> 32), u(0xFFFFFFFF), u(32)
    for _ in range(10):
        p0, p1 = c[0] * u(0xD2511F53), c[2] * u(0xCD9E8D57)
        c = [p1 >> half ^ c[1] ^ k0, p1 & low, p0 >> half ^ c[3] ^ k1, p0 & low]
        k0, k1 = k0 + u(0x9E3779B9) & low, k1 + u(0xBB67AE85) & low
    return np.stack(c, 1).ravel()[:count]


def normal(count, *stream):
    w = words(count + count % 2, *stream)
    radius = np.float32(w[0::2]) * np.float32(2**-32) + np.float32(2**-33)
    r, a = np.sqrt(-2 * np.log(np.float64(radius))), 2 * np.pi * w[1::2] / 2**32
    return np.stack([r * np.cos(a), r * np.sin(a)], 1).ravel()[:count]


def integers(bounds, *stream):
    w = words(2 * len(bounds), *stream)
    return [(int(w[2 * i]) | int(w[2 * i + 1]) << 32) * b >> 64 for i, b in enumerate(bounds)]


def features(rows, columns, slope):
    """Row i, column j: whole numbers in a pattern, and a slope along the columns."""
    i, j = np.mgrid[0:rows, 0:columns]
    return ((i * i * 7 + i * j * 13 + j * 5) % 101) / 50 + slope * j / columns


def frechet(a, b):
    root = scipy.linalg.sqrtm(np.cov(a.T) @ np.cov(b.T)).real
    mean = ((a.mean(0) - b.mean(0)) ** 2).sum()
    return mean, np.trace(np.cov(a.T)) + np.trace(np.cov(b.T)) - 2 * np.trace(root)


def kernel(a, b):
    def k(x, y):
        return (x @ y.T / x.shape[1] + 1) ** 3

    def within(x):
        m = k(x, x)
        return (m.sum() - np.trace(m)) / (len(x) * (len(x) - 1))

    return within(a) + within(b) - 2 * k(a, b).mean()


gaussian = np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]) / 256.0


def convolve(x, kernel):
    return scipy.ndimage.convolve(x, kernel[None, None], mode="mirror")


def pyramid(x, count):
    levels = [x]
    for _ in range(1, count):
        small = convolve(levels[-1], gaussian)[:, :, ::2, ::2]
        large = np.zeros_like(levels[-1])
        large[:, :, ::2, ::2] = small
        levels[-1] = levels[-1] - convolve(large, gaussian * 4)
        levels.append(small)
    return levels


def images(count, channels, height, width, offset):
    """(N, C, H, W) pixels in a pattern, on the scale [-1, 1]."""
    n, c, y, x = np.mgrid[0:count, 0:channels, 0:height, 0:width]
    pixel = (n * 37 + c * 11 + x * x * (3 + c) + y * (5 + n) + x * y + offset * y) % 256
    return pixel / 127.5 - 1


def descriptors(level, number, seed):
    n, _, height, width = level.shape
    patches = []
    for index in range(n):
        places = integers([width - 6, height - 6] * 128, seed, 11, index, number, 1)
        for left, top in zip(places[::2], places[1::2]):
            patches.append(level[index, :, top : top + 7, left : left + 7])
    d = np.array(patches)
    d -= d.mean(axis=(0, 2, 3), keepdims=True)
    d /= d.std(axis=(0, 2, 3), keepdims=True)
    return d.reshape(len(d), -1)


def sliced(a, b, number, seed):
    total = 0
    for d in range(512):
        direction = normal(a.shape[1], seed, 11, d, number, 2)
        direction /= np.linalg.norm(direction)
        total += np.abs(np.sort(a @ direction) - np.sort(b @ direction)).mean()
    return 1000 * total / 512


if __name__ == "__main__":
    for rows in ((40, 50), (9, 7)):
        a, b = features(rows[0], 12, 0.5), features(rows[1], 12, -0.25)
        print("frechet", rows, frechet(a, b), "kernel", kernel(a, b))
    x = images(1, 1, 19, 16, 0)
    for level in pyramid(x, 2):
        print("pyramid", level.shape, level[0, 0, 0, :3], level[0, 0, -1, -3:])
    a, b = pyramid(images(6, 3, 32, 32, 0), 2), pyramid(images(6, 3, 32, 32, 2), 2)
    for number in range(2):
        print(
            "sliced", number,
            sliced(descriptors(a[number], number, 5), descriptors(b[number], number, 5), number, 5))

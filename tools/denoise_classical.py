"""The classical denoisers of tools/denoise-table: BM3D and CBM3D (Dabov et al. 2007; the Python package
bm3d), which are given the noise level. Images are gray levels, 0 to 255, height x width (x 3)."""

import concurrent.futures
import hashlib
import os
import sys

import numpy
from PIL import Image


def bm3d_white(sigma, noisy):
    """For white Gaussian noise."""
    import bm3d

    method = bm3d.bm3d_rgb if noisy.ndim == 3 else bm3d.bm3d
    return method(noisy / 255, sigma / 255) * 255


def bm3d_correlated(spectrum, noisy):
    """For Gaussian noise of a power spectrum, `spectrum` of the image's size (Makinen et al. 2020)."""
    import bm3d

    return bm3d.bm3d_rgb(noisy / 255, spectrum(noisy.shape[:2]) / 255**2) * 255


def bm3d_poisson(peak, noisy):
    """For counted photons: between Anscombe's transform and its exact unbiased inverse."""
    import bm3d

    stable = 2 * numpy.sqrt(numpy.maximum(noisy * (peak / 255) + 3 / 8, 0))
    return unbiased_inverse(bm3d.bm3d_rgb(stable, 1.0)) * (255 / peak)


def unbiased_inverse(stable):
    """The exact unbiased inverse of Anscombe's transform in its closed form (Makitalo & Foi 2011)."""
    d = numpy.maximum(stable, 2 * numpy.sqrt(3 / 8))
    root = numpy.sqrt(3 / 2)
    counts = d**2 / 4 + root / 4 / d - 11 / 8 / d**2 + 5 / 8 * root / d**3 - 1 / 8
    return numpy.maximum(counts, 0)


def solve(job):
    """Writes the classical result for one image, in 8 bits."""
    method, noisy, path = job
    result = numpy.clip(numpy.rint(method(noisy)), 0, 255).astype(numpy.uint8)
    # Never half a file under this name: what is there is not made again.
    part = path.with_suffix(".part")
    Image.fromarray(result).save(part, "PNG")
    part.replace(path)
    return path


def classical(test, noisy, folder, processes, cached_only=False):
    """The files of the classical results for noisy images by name; what is in the folder is not made again.
    None if something is missing and `cached_only`."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {
        name: folder / f"{name}-{hashlib.sha256(image.tobytes()).hexdigest()[:12]}.png"
        for name, image in noisy.items()}
    jobs = [(test.classical, noisy[name], path) for name, path in paths.items() if not path.exists()]
    if jobs and cached_only:
        return None
    if not jobs:
        return paths
    # Each image has a processor to itself.
    os.environ["OMP_NUM_THREADS"] = "1"
    with concurrent.futures.ProcessPoolExecutor(processes) as pool:
        for done, _ in enumerate(pool.map(solve, jobs), len(paths) - len(jobs) + 1):
            print(f"{test.name}: classical {done} of {len(paths)}", file=sys.stderr)
    return paths

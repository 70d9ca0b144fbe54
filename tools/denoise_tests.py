"""The tests of tools/denoise-table: which noise, which classical denoiser, on which images."""

import dataclasses
import functools
import zlib
from collections.abc import Callable

import numpy

import denoise_classical as classical
import denoise_noise as noise


def as_is(name, clean):
    """The image itself."""
    return clean


def dark(name, clean):
    """The image through a tone curve of exponent 3."""
    return toned(clean, 3)


def saturated(name, clean):
    """The image with exponent 3 or 1/3 for each channel, not the same for all; which, follows from its name."""
    bits = zlib.crc32(name.encode()) % 6 + 1
    return toned(clean, numpy.array([3 if bits >> channel & 1 else 1 / 3 for channel in range(3)]))


def toned(clean, exponent):
    """The image through a tone curve, in 8 bits."""
    return numpy.rint(255 * (clean / 255)**exponent)


@dataclasses.dataclass(frozen=True)
class Test:
    """A row of the table."""

    group: str
    name: str
    classical: Callable | None
    """Noisy gray levels to denoised ones; None: nothing is better than the input."""
    noise: Callable | None = None
    """Clean gray levels and random numbers to noisy gray levels, which are then rounded to 8 bits."""
    sigma: float | None = None
    """Instead of `noise`: Gaussian noise of this sigma, neither rounded nor clipped, and the level is given."""
    scene: Callable = as_is
    """What is done to the clean images first, by their names."""
    gray: bool = False

    def noisy(self, name, clean):
        """The noisy image in 8 bits; always the same for one test and name."""
        random = numpy.random.default_rng(zlib.crc32(f"{self.name}/{name}".encode()))
        return numpy.clip(numpy.rint(self.noise(clean, random)), 0, 255)


def all_tests():
    """Every test, in the table's order."""
    partial = functools.partial
    levels = 15, 25, 50
    white = [(sigma, partial(classical.bm3d_white, sigma)) for sigma in levels]
    return [
        *[Test("gaussian", f"Gaussian {sigma}, float, level given", method, sigma=sigma)
          for sigma, method in white],
        *[Test("8-bit", f"Gaussian {sigma}, 8-bit", method, partial(noise.gaussian, sigma))
          for sigma, method in white],
        *[Test("poisson", f"Poisson, peak {peak}", partial(classical.bm3d_poisson, peak),
               partial(noise.poisson, peak)) for peak in (30, 100)],
        Test("correlated", "correlated over 1 pixel, sigma 20",
             partial(classical.bm3d_correlated, partial(noise.filtered_spectrum, 20, 1)),
             partial(noise.filtered, 20, 1)),
        Test("correlated", "Bayer sensor, sigma 20",
             partial(classical.bm3d_correlated, partial(noise.demosaiced_spectrum, 20)),
             partial(noise.demosaiced, 20)),
        *[Test("jpeg", f"JPEG, quality {quality}", None, partial(noise.jpeg, quality))
          for quality in (20, 40)],
        *[Test("tones", f"{name}, Gaussian 50, 8-bit", partial(classical.bm3d_white, 50),
               partial(noise.gaussian, 50), scene=scene)
          for name, scene in (("dark", dark), ("saturated", saturated))],
        Test("clean", "clean", None, noise.unchanged),
        *[Test("gray", f"grayscale, Gaussian {sigma}, float, level given", method, sigma=sigma, gray=True)
          for sigma, method in white],
    ]

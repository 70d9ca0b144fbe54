"""The noise of tools/denoise-table, a function for each kind: clean gray levels (0 to 255) and a generator
of random numbers to noisy gray levels, and the power spectra of noise that is correlated."""

import io

import numpy
from PIL import Image

# How a missing sample follows from those around it where a sensor sees red, green, green, blue.
FULL = numpy.array([[0.25, 0.5, 0.25], [0.5, 1, 0.5], [0.25, 0.5, 0.25]])
GREEN = numpy.array([[0, 0.25, 0], [0.25, 1, 0.25], [0, 0.25, 0]])
BAYER = [(FULL, 1 / 4), (GREEN, 1 / 2), (FULL, 1 / 4)]  # kernel, density of the samples


def gaussian(sigma, clean, random):
    """White Gaussian noise."""
    return clean + sigma * random.standard_normal(clean.shape)


def poisson(peak, clean, random):
    """Counted photons, `peak` of them in white."""
    return random.poisson(clean * (peak / 255)) * (255 / peak)


def filtered(sigma, width, clean, random):
    """Gaussian noise filtered by a Gaussian of `width` pixels, in each channel by itself."""
    white = random.standard_normal(clean.shape)
    response = gaussian_response(width, clean.shape[:2])[..., None]
    noise = numpy.fft.ifft2(numpy.fft.fft2(white, axes=(0, 1)) * response, axes=(0, 1)).real
    return clean + sigma * noise


def demosaiced(sigma, clean, random):
    """Gaussian noise of a Bayer sensor, interpolated bilinearly."""
    height, width, _ = clean.shape
    white = random.standard_normal((height + 2, width + 2))
    row, column = numpy.indices(white.shape)
    sites = [(row + 1) % 2 * ((column + 1) % 2), (row + column) % 2, row % 2 * (column % 2)]
    noise = numpy.zeros(clean.shape)
    for channel, (kernel, _) in enumerate(BAYER):
        seen = white * sites[channel]
        for y in range(3):
            for x in range(3):
                noise[..., channel] += kernel[y, x] * seen[y:y + height, x:x + width]
    return clean + sigma * noise


def jpeg(quality, clean, random):
    """What libjpeg makes of the image, its chroma in half the columns and rows."""
    file = io.BytesIO()
    Image.fromarray(clean.astype(numpy.uint8)).save(file, "JPEG", quality=quality, subsampling="4:2:0")
    return numpy.asarray(Image.open(file), dtype=numpy.float64)


def unchanged(clean, random):
    """No noise."""
    return clean


def gaussian_response(width, size):
    """The frequency response of a Gaussian filter that leaves the variance of white noise as it is."""
    rows, columns = (numpy.fft.fftfreq(n) * n for n in size)
    kernel = numpy.exp(-(rows[:, None]**2 + columns**2) / (2 * width**2))
    return numpy.fft.fft2(kernel / numpy.sqrt(numpy.sum(kernel**2))).real


def filtered_spectrum(sigma, width, size):
    """The power spectrum of `filtered`, for each channel."""
    power = sigma**2 * numpy.prod(size) * gaussian_response(width, size)**2
    return numpy.stack([power] * 3, axis=-1)


def demosaiced_spectrum(sigma, size):
    """The power spectrum of `demosaiced`, for each channel: the mean over the sensor's sites."""
    powers = [density * numpy.abs(numpy.fft.fft2(kernel, size))**2 for kernel, density in BAYER]
    return sigma**2 * numpy.prod(size) * numpy.stack(powers, axis=-1)

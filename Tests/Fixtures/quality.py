"""Reference values of Tests/RestorationTests: python quality.py (numpy, scikit-image).

SSIM and PSNR of levels 0 to 255, as Wang et al. 2004 and scikit-image compute them.
"""
import numpy as np
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

# channels, height, width, base, span, error, shift
cases = [
    (1, 16, 20, 20, 200, 32, 0),  # all levels
    (3, 24, 13, 20, 200, 32, 0),
    (4, 12, 11, 20, 200, 32, 0),
    (1, 32, 32, 124, 1, 1, 7),  # flat
    (3, 32, 32, 124, 1, 1, 7),
    (1, 11, 11, 0, 1, 1, 1),  # flat and black, flat and white
    (1, 11, 11, 0, 1, 1, 255),
    (1, 11, 11, 255, 1, 1, -1),
    (3, 17, 19, 0, 12, 8, 0),  # dark, bright
    (1, 17, 19, 0, 12, 8, 3),
    (1, 17, 19, 243, 13, 8, 0),
    (3, 17, 19, 243, 13, 8, -3),
    (1, 21, 15, 120, 16, 64, 0),  # more noise than image
]


def pair(channels, height, width, base, span, error, shift):
    c, y, x = np.mgrid[0:channels, 0:height, 0:width]
    i = np.arange(c.size).reshape(c.shape)
    image = base + (x * (3 + c) + y * 5) % span
    noise = (i * i * 13 + i * 7) % 256 * error // 256 - error // 2 + shift
    return image.clip(0, 255).astype(float), (image + noise).clip(0, 255).astype(float)


if __name__ == "__main__":
    for case in cases:
        a, b = pair(*case)
        similarity = structural_similarity(
            a, b, data_range=255, channel_axis=0, gaussian_weights=True, sigma=1.5,
            use_sample_covariance=False)
        decibels = peak_signal_noise_ratio(a, b, data_range=255)
        numbers = ", ".join(str(number) for number in (*case, float(similarity), float(decibels)))
        print(f"    ({numbers}),")

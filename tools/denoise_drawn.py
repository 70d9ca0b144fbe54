"""The drawn pictures of tools/denoise-table: text, lines, pixel art, a screenshot and gradients, and how
much denoising changes them where they are flat."""

import zlib

import numpy
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 320, 240
FLAT = 4
"""A pixel is in a flat area if all pixels at most this far away are equal."""


def text():
    """Text in several sizes, black on white and colored on colored."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle([0, 150, WIDTH, HEIGHT], fill=(32, 48, 96))
    y = 6
    for size in (8, 10, 12, 16, 24, 40):
        draw.text((8, y), "Sphinx of black quartz, judge my vow", "black", ImageFont.load_default(size))
        y += size + 6
    for line, color in enumerate(["yellow", (240, 120, 120), (150, 220, 255)]):
        draw.text((8, 158 + 26 * line), "12.5 m / 38 s = 0.329 m/s", color, ImageFont.load_default(18))
    return image


def lines():
    """Black lines and circles on white and on a color, without intermediate shades."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle([WIDTH // 2, 0, WIDTH, HEIGHT], fill=(250, 236, 200))
    for i in range(8):
        draw.line([(10, 10 + 26 * i), (150, 40 + 20 * i)], "black", 1 + i % 3)
        draw.ellipse([170 + 9 * i, 20 + 9 * i, 310 - 9 * i, 160 - 9 * i], outline="black", width=1 + i % 2)
    draw.polygon([(180, 180), (240, 225), (300, 180)], fill=(180, 30, 40), outline="black")
    return image


def pixel_art():
    """Mirrored sprites of few colors, four pixels to a dot."""
    random = numpy.random.default_rng(5)
    colors = random.integers(0, 256, (6, 3))
    colors[0] = 24, 20, 37
    dots = numpy.zeros((HEIGHT // 4, WIDTH // 4, 3), dtype=numpy.uint8) + colors[0].astype(numpy.uint8)
    for y in range(4, HEIGHT // 4 - 14, 18):
        for x in range(4, WIDTH // 4 - 12, 18):
            half = random.integers(0, 6, (12, 6)) * (random.random((12, 6)) < 0.6)
            dots[y:y + 12, x:x + 12] = colors[numpy.hstack([half, half[:, ::-1]])]
    return Image.fromarray(dots.repeat(4, axis=0).repeat(4, axis=1))


def screenshot():
    """A window with buttons and lines of text."""
    image = Image.new("RGB", (WIDTH, HEIGHT), (58, 110, 165))
    draw = ImageDraw.Draw(image)
    small = ImageFont.load_default(11)
    draw.rectangle([24, 18, 296, 222], fill=(240, 240, 240), outline=(90, 90, 90))
    draw.rectangle([25, 19, 295, 38], fill=(45, 90, 160))
    draw.text((32, 22), "Preferences", "white", small)
    for line in range(5):
        top = 50 + 25 * line
        draw.rectangle([36, top, 48, top + 12], fill="white", outline=(120, 120, 120))
        draw.text((56, top), f"Option {line + 1}: keep all files of this kind", (20, 20, 20), small)
    for button, name in enumerate(["Cancel", "Apply"]):
        left = 130 + 80 * button
        draw.rounded_rectangle([left, 188, left + 70, 212], 4, fill=(225, 225, 225), outline=(150, 150, 150))
        draw.text((left + 18, 193), name, (20, 20, 20), small)
    return image


def gradients():
    """Slow transitions in gray and in colors, as of skies."""
    y, x = numpy.mgrid[0:HEIGHT, 0:WIDTH]
    ramp = numpy.stack([40 + x * 0.25] * 3, axis=-1)
    sky = numpy.stack([60 + 0.5 * y, 110 + 0.4 * y, 230 - 0.1 * y + 0.02 * x], axis=-1)
    return Image.fromarray(numpy.rint(numpy.where(y[..., None] < HEIGHT // 2, ramp, sky)).astype(numpy.uint8))


PICTURES = {"text": text, "line art": lines, "pixel art": pixel_art, "screenshot": screenshot,
            "gradients": gradients}


def flat_areas(image):
    """Where all pixels nearby are equal."""
    flat = numpy.zeros(image.shape[:2], dtype=bool)
    windows = numpy.lib.stride_tricks.sliding_window_view(image, (2 * FLAT + 1,) * 2, axis=(0, 1))
    flat[FLAT:-FLAT, FLAT:-FLAT] = (windows.max(axis=(-2, -1)) == windows.min(axis=(-2, -1))).all(axis=-1)
    return flat


def table(stipple, work, empty, write, read):
    """Writes the table of changes, of the pictures themselves and with noise."""
    print("| picture | input | largest change | in flat areas | mean change in R, G, B |")
    print("| --- | --- | ---: | ---: | ---: |")
    clean = {name: numpy.asarray(draw(), dtype=numpy.float64) for name, draw in PICTURES.items()}
    for sigma in (0, 25):
        folder = empty(work / f"input-{sigma}")
        for name, image in clean.items():
            random = numpy.random.default_rng(zlib.crc32(f"{sigma}/{name}".encode()))
            noisy = image + sigma * random.standard_normal(image.shape)
            write(numpy.clip(numpy.rint(noisy), 0, 255), folder / f"{name}.png")
        stipple.denoise(folder, work / f"stipple-{sigma}")
        for name, image in clean.items():
            change = read(work / f"stipple-{sigma}" / f"{name}.png") - image
            flat = numpy.abs(change[flat_areas(image)])
            means = ", ".join(f"{mean:+.2f}" for mean in change.mean(axis=(0, 1)))
            print(f"| {name} | {f'sigma {sigma}, 8-bit' if sigma else 'clean'} "
                  f"| {numpy.abs(change).max():.0f} | {f'{flat.max():.0f}' if flat.size else '–'} "
                  f"| {means} |", flush=True)

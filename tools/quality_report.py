"""The tables and contact sheets of tools/quality."""

import statistics

from PIL import Image, ImageDraw

from quality_features import SIZE

# Name of a figure, what it is, and how it is written.
ROWS = [
    ("steps", "training steps", "{:.0f}"),
    ("swd", "SWD x 1000, pixels", "{:.1f}"),
    ("pixel_frechet", "Frechet distance, pixels", "{:.2f}"),
    ("pixel_kernel", "kernel distance x 1000, pixels", "{:.1f}"),
    ("pixel_precision", "precision, pixels", "{:.2f}"),
    ("pixel_recall", "recall, pixels", "{:.2f}"),
    ("pixel_coverage", "coverage, pixels", "{:.2f}"),
    ("fid", "**Frechet distance, features**", "{:.2f}"),
    ("kid", "kernel distance x 1000, features", "{:.1f}"),
    ("precision", "precision, features", "{:.2f}"),
    ("recall", "recall, features", "{:.2f}"),
    ("density", "density, features", "{:.2f}"),
    ("coverage", "coverage, features", "{:.2f}"),
    ("held_fid", "Frechet distance, features, held-out", "{:.2f}"),
    ("held_kid", "kernel distance x 1000, features, held-out", "{:.1f}"),
    ("held_recall", "recall, features, held-out", "{:.2f}"),
    ("held_coverage", "coverage, features, held-out", "{:.2f}"),
    ("near_copies", "near copies, % (5 expected)", "{:.1f}"),
    ("bits", "bits/dim, held-out", "{:.3f}"),
]
FACTORS = {"pixel_kernel": 1000, "kid": 1000, "held_kid": 1000, "near_copies": 100}

NOTES = """\
Lower is better for distances and bits/dim, higher for precision, recall, density and coverage. Distances are to the
training images, those marked held-out to images that were not trained on. All depend on the numbers of images; those
of the held-out images themselves are for orientation. Recall says nothing where precision is near 0: far-off images
lie so far from each other that their balls hold everything. Near copies are nearer, by pixels, to an image of the
training than 95 % of the held-out images are."""


def cell(name, template, seeds):
    """Mean and standard error over the seeds."""
    values = [FACTORS.get(name, 1) * figures[name] for figures in seeds if figures.get(name) is not None]
    if not values:
        return "-"
    mean = template.format(statistics.mean(values))
    if len(values) == 1:
        return mean
    return f"{mean} +- {template.format(statistics.stdev(values) / len(values)**0.5)}"


def table(images, reference, results):
    """Markdown of a set: a row a figure, a column a run. `results`: by run the figures of each seed."""
    columns = [("held-out images", [reference.figures_of_held]), *results.items()]
    train, held = len(images.paths("train")), len(images.paths("held"))
    lines = [f"## {images.name}", "", f"{train} training images, {held} held-out images.", "",
             "| | " + " | ".join(name for name, _ in columns) + " |", "| --- |" + " ---: |" * len(columns)]
    for name, label, template in ROWS:
        cells = [cell(name, template, seeds) for _, seeds in columns]
        lines.append(f"| {label} | " + " | ".join(cells) + " |")
    return lines + [""]


def sheet(rows, path, columns=20, scale=2):
    """Writes a picture with a row of images for each pair of a title and paths."""
    side, left, line = scale * SIZE, 110, scale * SIZE + 4
    picture = Image.new("RGB", (left + columns * (side + 2), len(rows) * line), "white")
    draw = ImageDraw.Draw(picture)
    for number, (title, paths) in enumerate(rows):
        draw.text((4, number * line + side // 2 - 6), title[:17], fill="black")
        for column, image in enumerate(paths[:columns]):
            image = Image.open(image).convert("RGBA").resize((side, side), Image.Resampling.NEAREST)
            picture.paste(image, (left + column * (side + 2), number * line + 2), image)
    picture.save(path)

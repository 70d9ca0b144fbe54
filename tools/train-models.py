"""The pieces of photographs that tools/train-models trains on."""

import pathlib
import sys

from PIL import Image

WIDTH, HEIGHT = 512, 384
"""About the size of a piece: at least this, less than twice as much."""


def pieces(image):
    """The image cut into equal pieces, with column and row; some pixels at the right and bottom are left out."""
    columns, rows = max(1, image.width // WIDTH), max(1, image.height // HEIGHT)
    width, height = image.width // columns, image.height // rows
    for column in range(columns):
        for row in range(rows):
            left, top = column * width, row * height
            yield column, row, image.crop((left, top, left + width, top + height))


def main():
    photos, output = map(pathlib.Path, sys.argv[1:])
    output.mkdir()
    for path in sorted(photos.glob("*.png")):
        photo = Image.open(path).convert("RGB")
        for factor in 2, 3, 5:
            # Area averaging removes the noise and the sharpening of the camera.
            size = photo.width // factor, photo.height // factor
            for column, row, piece in pieces(photo.resize(size, Image.Resampling.BOX)):
                piece.save(output / f"{path.stem}-{factor}-{column}{row}.png", compress_level=1)


main()

"""The pieces of photographs that tools/train-models trains on."""

import pathlib
import sys

from PIL import Image, ImageFilter

WIDTH, HEIGHT = 320, 270
"""About the size of a piece."""

LEAST_TEXTURE = 3
"""In gray levels: of sky and blur a denoiser has nothing to learn, and wallpapers are full of them."""


def pieces(image):
    """The image cut into equal pieces, with column and row; some pixels at the right and bottom are left out."""
    columns, rows = max(1, round(image.width / WIDTH)), max(1, round(image.height / HEIGHT))
    width, height = image.width // columns, image.height // rows
    for column in range(columns):
        for row in range(rows):
            left, top = column * width, row * height
            yield column, row, image.crop((left, top, left + width, top + height))


def texture(image):
    """The median magnitude of the Laplacian of the image's luma."""
    laplacian = ImageFilter.Kernel((3, 3), [0, -1, 0, -1, 4, -1, 0, -1, 0], scale=1, offset=128)
    inside = (1, 1, image.width - 1, image.height - 1)
    counts = image.convert("L").filter(laplacian).crop(inside).histogram()
    seen = counts[128]
    magnitude = 0
    while 2 * seen < sum(counts):
        magnitude += 1
        seen += counts[128 - magnitude] + (counts[128 + magnitude] if magnitude < 128 else 0)
    return magnitude


def main():
    photos, output = map(pathlib.Path, sys.argv[1:])
    for path in sorted(photos.glob("*.png")):
        photo = Image.open(path).convert("RGB")
        for factor in 2, 3, 4, 6:
            folder = output / str(factor)
            folder.mkdir(parents=True, exist_ok=True)
            # Area averaging removes most of the noise and the sharpening of the camera.
            size = photo.width // factor, photo.height // factor
            for column, row, piece in pieces(photo.resize(size, Image.Resampling.BOX)):
                if texture(piece) >= LEAST_TEXTURE:
                    piece.save(folder / f"{path.stem}-{column}{row}.png", compress_level=1)


main()

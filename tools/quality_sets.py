"""The image sets of tools/quality, each in a part to train on and one that is held out."""

import os
import pathlib
import shutil

from PIL import Image

from bench_programs import Failure

# Every tenth image in the order of names is held out.
HELD = 10


def copied(source, target):
    """The PNG files of a folder and those below."""
    for path in source.rglob("*.png"):
        shutil.copyfile(path, target / "__".join(path.relative_to(source).parts))


def cut(source, target, size=32):
    """Four pieces of each image, one from the middle of each quarter."""
    for path in source.rglob("*.png"):
        image = Image.open(path).convert("RGB")
        for y in range(2):
            for x in range(2):
                left, top = ((2 * i + 1) * side // 4 - size // 2 for i, side in zip((x, y), image.size))
                piece = image.crop((left, top, left + size, top + size))
                piece.save(target / f"{path.stem}_{y}{x}.png")


# The folders of --data that are known: how their images are put into one folder.
KNOWN = {
    "cifar10": ("cifar10_2k", copied), "sprites": ("crawl_tiles_32", copied),
    "fashion": ("fashion900_28", copied), "textures": ("CBSD432_half", cut)}


class ImageSet:
    """A set that lies in a folder of two: train and held."""

    def __init__(self, name, folder):
        self.name, self.folder = name, folder
        self.train, self.held = folder / "train", folder / "held"

    def paths(self, part):
        return sorted((self.folder / part).iterdir())


def prepared(name, source, work, put=copied, count=None):
    """A set of the images in a folder, with its parts in a folder of the same name in `work`; with a count, only
    so many are trained on and all others are held out."""
    name = f"{name}-{count}" if count else name
    source, folder = pathlib.Path(source), work / name
    if not source.is_dir():
        raise Failure(f"{source}: no folder")
    if folder.exists():
        return ImageSet(name, folder)
    part = work / f"{name}.part"
    shutil.rmtree(part, ignore_errors=True)
    (part / "train").mkdir(parents=True)
    (part / "held").mkdir()
    put(source, part / "train")
    paths = sorted((part / "train").iterdir())
    if len(paths) < 2 * HELD:
        raise Failure(f"{source}: {len(paths)} PNG files, at least {2 * HELD} are needed")
    if count and count > len(paths) - len(paths) // HELD:
        raise Failure(f"{source}: {len(paths)} PNG files, of which {count} do not leave a tenth to hold out")
    trained = {paths[i * len(paths) // count] for i in range(count)} if count else set(paths) - set(paths[::HELD])
    for path in set(paths) - trained:
        path.rename(part / "held" / path.name)
    os.rename(part, folder)
    return ImageSet(name, folder)


def chosen(options, work):
    """The sets that the options name; of none the repository's, and with --data those of its folder."""
    sources = [(name, folder, copied) for name, folder in options.set]
    if not sources:
        sources = [("flowers", os.path.join(options.root, "data", "flowers"), copied)]
    if options.data:
        found = [(name, options.data / folder, put) for name, (folder, put) in KNOWN.items()
                 if (options.data / folder).is_dir()]
        if not found:
            names = ", ".join(folder for folder, _ in KNOWN.values())
            raise Failure(f"{options.data}: none of the folders {names}")
        sources += found
    return [prepared(name, folder, work, put, options.train_images) for name, folder, put in sources
            if not options.only or name in options.only]

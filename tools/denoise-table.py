"""The tables of tools/denoise-table, which see."""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import numpy
from PIL import Image

import denoise_classical
import denoise_drawn
import denoise_tests


def read(path):
    """The gray levels of an 8-bit PNG file."""
    return numpy.asarray(Image.open(path), dtype=numpy.float64)


def write(image, path):
    """Writes gray levels as an 8-bit PNG file."""
    Image.fromarray(image.astype(numpy.uint8)).save(path, "PNG", compress_level=1)


def psnr(image, clean):
    """PSNR over all pixels, 99 dB at most."""
    return 10 * numpy.log10(255**2 / max(numpy.mean((image - clean)**2), 255**2 / 10**9.9))


def chosen(folder, limit, mode):
    """Name and gray levels of the images of a folder: if `limit` is less than all, as many at even distances."""
    paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() == ".png")
    if not paths:
        sys.exit(f"tools/denoise-table: {folder}: no PNG files")
    step = -(-len(paths) // limit) if limit else 1
    name = lambda path: "_".join(path.relative_to(folder).with_suffix("").parts)
    return {name(p): numpy.asarray(Image.open(p).convert(mode), dtype=numpy.float64) for p in paths[::step]}


def empty(folder):
    """An empty folder of this path."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


class Stipple:
    """The program with a model."""

    def __init__(self, program, model, threads):
        self.options = ["--model", model] if model else []
        self.options += ["--threads", str(threads)] if threads else []
        self.program = program

    def denoise(self, images, output, *options):
        """Denoises a folder of images into another."""
        empty(output)
        command = [self.program, "denoise", images, "-o", output, *self.options, *options, "--json"]
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{done.stderr}tools/denoise-table: stipple denoise failed on {images}")


def noisy_in_float(test, stipple, clean, work):
    """Noise added by Stipple, and its results: both get the same numbers, neither rounded nor clipped."""
    import h5py

    file = work / "noisy.h5"
    stipple.denoise(
        clean, work / "stipple", "--add-noise", test.sigma, "--noisy", file, "--overwrite")
    noisy = {}
    with h5py.File(file) as stored:
        for index, source in enumerate(stored["source"][:]):
            image = (stored[f"noisy/{index:06}"][:].astype(numpy.float64) + 1) * (255 / 2)
            name = source.decode().removesuffix(".png")
            # A model for color has three equal channels of a grayscale image.
            noisy[name] = image[0] if test.gray else image.transpose(1, 2, 0)
    return noisy


def row(test, images, stipple, work, options):
    """PSNR of each image of one test: noisy, classical, Stipple; None for what was not computed."""
    clean = {name: test.scene(name, image) for name, image in images.items()}
    pictures = empty(work / "clean")
    for name, image in clean.items():
        write(image, pictures / f"{name}.png")
    if test.sigma is None:
        noisy = {name: test.noisy(name, image) for name, image in clean.items()}
        folder = empty(work / "noisy")
        for name, image in noisy.items():
            write(image, folder / f"{name}.png")
        stipple.denoise(folder, work / "stipple")
    else:
        noisy = noisy_in_float(test, stipple, pictures, work)
    ours = {name: read(work / "stipple" / f"{name}.png") for name in clean}
    theirs = noisy
    if test.classical:
        paths = denoise_classical.classical(
            test, noisy, work / "classical", options.processes, options.skip_classical)
        theirs = paths and {name: read(path) for name, path in paths.items()}
    return [results and [psnr(results[name], clean[name]) for name in clean]
            for results in (noisy, theirs, ours)]


def real_row(options, stipple, work):
    """PSNR of each image that is there both noisy and clean: noisy, None, Stipple."""
    noisy, clean = (chosen(folder, options.limit, "RGB") for folder in options.real)
    if noisy.keys() != clean.keys():
        sys.exit("tools/denoise-table: --real: the folders have images of other names")
    folder = empty(work / "noisy")
    for name, image in noisy.items():
        write(image, folder / f"{name}.png")
    stipple.denoise(folder, work / "stipple")
    ours = {name: read(work / "stipple" / f"{name}.png") for name in clean}
    return [results and [psnr(results[name], clean[name]) for name in clean]
            for results in (noisy, None, ours)]


def cell(figures, lowest=False):
    """The mean of some figures as it stands in the table."""
    if not figures:
        return "–"
    mean = f"{numpy.mean(figures):.2f}" if min(figures) < 99 else "equal"
    return f"{mean} (lowest {min(figures):.2f})" if lowest else mean


def table(tests, real, options, stipple, work):
    """Writes the table of mean PSNR."""
    sets = {}
    print("| test | noisy | classical | Stipple | images |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for test in tests:
        if test.gray not in sets:
            folder, mode = (options.gray, "L") if test.gray else (options.images, "RGB")
            sets[test.gray] = chosen(folder, options.limit, mode)
        images = sets[test.gray]
        folder = "".join(c if c.isalnum() else "-" for c in test.name.lower().replace(", ", "-"))
        noisy, theirs, ours = row(test, images, stipple, work / folder, options)
        cells = cell(noisy), cell(theirs), cell(ours, lowest=test.group == "clean")
        print(f"| {test.name} | {' | '.join(cells)} | {len(images)} |", flush=True)
    if real:
        noisy, theirs, ours = real_row(options, stipple, work / "real")
        print(f"| real noise of cameras | {cell(noisy)} | {cell(theirs)} | {cell(ours)} | {len(noisy)} |")


def main():
    tests = denoise_tests.all_tests()
    groups = [*dict.fromkeys(test.group for test in tests), "real", "drawn"]
    parser = argparse.ArgumentParser(
        prog="tools/denoise-table", usage="tools/denoise-table IMAGES [options], see --help", add_help=False)
    parser.add_argument("program")
    parser.add_argument("images", type=pathlib.Path)
    parser.add_argument("--model")
    parser.add_argument("--gray", type=pathlib.Path)
    parser.add_argument("--real", type=pathlib.Path, nargs=2)
    parser.add_argument("--tests", type=lambda text: text.split(","))
    parser.add_argument("--limit", type=int)
    parser.add_argument("--skip-classical", action="store_true")
    parser.add_argument("--work", type=pathlib.Path)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--threads", type=int)
    options = parser.parse_args()
    for group in options.tests or []:
        if group not in groups:
            parser.error(f"--tests: no test {group}; there are {', '.join(groups)}")
    if options.limit is not None and options.limit < 1:
        parser.error("--limit: less than 1")
    if "gray" in (options.tests or []) and not options.gray:
        parser.error("--tests gray needs --gray IMAGES")
    if "real" in (options.tests or []) and not options.real:
        parser.error("--tests real needs --real NOISY CLEAN")
    given = {"gray": options.gray, "real": options.real}
    wanted = options.tests or [group for group in groups if given.get(group, True)]

    with tempfile.TemporaryDirectory() as temporary:
        work = options.work or pathlib.Path(temporary)
        stipple = Stipple(options.program, options.model, options.threads)
        if wanted != ["drawn"]:
            table([test for test in tests if test.group in wanted], "real" in wanted, options, stipple, work)
        if "drawn" in wanted:
            print(flush=True)
            denoise_drawn.table(stipple, work / "drawn", empty, write, read)


if __name__ == "__main__":
    main()

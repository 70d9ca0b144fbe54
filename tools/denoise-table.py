"""The table of tools/denoise-table, which see."""

import argparse
import concurrent.futures
import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time


def denoise(program, *arguments):
    """Runs `stipple denoise` and gives its mean PSNR (noisy, denoised) and the seconds it took."""
    start = time.monotonic()
    done = subprocess.run(
        [program, "denoise", *map(str, arguments), "--json"], stdout=subprocess.PIPE, check=True)
    mean = json.loads(done.stdout)["quality"]["mean"]
    return mean["noisy_psnr"], mean["psnr"], time.monotonic() - start


def bm3d_of(job):
    """PSNR of CBM3D's result in 8 bits for one image of the file of noisy ones, and its seconds."""
    path, index, clean, sigma = job
    import bm3d
    import h5py
    import numpy
    from PIL import Image

    with h5py.File(path) as file:
        noisy = (file[f"noisy/{index:06}"][:].astype(numpy.float64) + 1) / 2
    truth = numpy.asarray(Image.open(clean), dtype=numpy.float64)
    start = time.monotonic()
    if len(noisy) == 3:
        result = bm3d.bm3d_rgb(noisy.transpose(1, 2, 0), sigma / 255)
    else:
        result = bm3d.bm3d(noisy[0], sigma / 255)
    seconds = time.monotonic() - start
    error = numpy.clip(numpy.round(result * 255), 0, 255) - truth
    return 10 * numpy.log10(255**2 / numpy.mean(error**2)), seconds


def bm3d_table(path, images, sigma, cache, processes):
    """Mean PSNR and seconds an image of CBM3D; what is in the file `cache` is not computed again."""
    import h5py

    known = {}
    if cache.exists():
        known = {row[0]: (float(row[1]), float(row[2])) for row in csv.reader(cache.open())}
    with h5py.File(path) as file:
        sources = [source.decode() for source in file["source"][:]]
    missing = [(i, source) for i, source in enumerate(sources) if source not in known]
    # Each image has a processor to itself.
    os.environ["OMP_NUM_THREADS"] = "1"
    with concurrent.futures.ProcessPoolExecutor(processes) as pool, cache.open("a") as out:
        jobs = [(path, i, images / source, sigma) for i, source in missing]
        for (_, source), (psnr, seconds) in zip(missing, pool.map(bm3d_of, jobs)):
            known[source] = (float(psnr), seconds)
            csv.writer(out).writerow([source, psnr, seconds])
            out.flush()
            print(f"CBM3D, {sigma:g}: {len(known)} of {len(sources)}", file=sys.stderr)
    rows = [known[source] for source in sources]
    return [sum(column) / len(rows) for column in zip(*rows)]


def main():
    parser = argparse.ArgumentParser(prog="tools/denoise-table")
    parser.add_argument("program")
    parser.add_argument("checkpoint")
    parser.add_argument("images", type=pathlib.Path)
    parser.add_argument("--sigmas", default="15,25,50")
    parser.add_argument("--work", type=pathlib.Path)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        results = pathlib.Path(folder)
        work = options.work or results
        work.mkdir(parents=True, exist_ok=True)
        print("| noise | noisy | CBM3D | Stipple | unknown | CBM3D, s an image | Stipple |")
        print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
        for sigma in map(float, options.sigmas.split(",")):
            name = f"{sigma:g}"
            floats, pictures = work / f"noisy-{name}.h5", results / f"noisy-{name}"
            noisy, ours, seconds = denoise(
                options.program, options.images, "--model", options.checkpoint, "-o", results / name,
                "--add-noise", sigma, "--noisy", floats)
            denoise(
                options.program, options.images, "--model", options.checkpoint, "-o",
                results / f"again-{name}", "--add-noise", sigma, "--noisy", pictures)
            _, unknown, _ = denoise(
                options.program, pictures, "--model", options.checkpoint, "-o", results / f"unknown-{name}",
                "--clean", options.images)
            theirs, their_seconds = bm3d_table(
                floats, options.images, sigma, work / f"bm3d-{name}.csv", options.processes)
            count = len(list((results / name).rglob("*.png")))
            print(
                f"| {name} | {noisy:.2f} | {theirs:.2f} | {ours:.2f} | {unknown:.2f} "
                f"| {their_seconds:.1f} | {seconds / count:.2f} |", flush=True)


main()

"""How good generated images are, beside the images that were trained on and those that were held out."""

import hashlib
import json

import h5py
import numpy

from quality_features import WEIGHTS, features, kernel_distance, load

with open(WEIGHTS, "rb") as file:
    # Part of the name of what depends on the network of features.
    NETWORK = hashlib.sha256(file.read()).hexdigest()[:8]


def write_features(images, path):
    """The features of images as `stipple compare --features` reads them."""
    with h5py.File(path, "w") as file:
        file["features"] = features(images)


def distances(compared):
    """From each image to its nearest neighbor."""
    return numpy.array([neighbor["distance"] for neighbor in compared["neighbors"]])


class Reference:
    """What images of a set are measured by; kept in the set's folder."""

    def __init__(self, stipple, images):
        self.stipple, self.images = stipple, images
        self.pixels = load(images.paths("train"))
        self.features = {part: images.folder / f"{part}-{NETWORK}.h5" for part in ("train", "held")}
        kept = images.folder / f"held-{NETWORK}.json"
        if not kept.exists():
            for part, path in self.features.items():
                write_features(load(images.paths(part)), path)
            held = self.stipple("compare", images.held, images.train, "--json")
            # Nearer to an image of the training than 19 of 20 held-out images are: a copy, or by chance.
            self.near = float(numpy.quantile(distances(json.loads(held)["compare"]), 0.05))
            figures = self.figures(images.held, self.features["held"])
            figures = {name: value for name, value in figures.items() if not name.startswith("held_")}
            kept.write_text(json.dumps({"near": self.near, "figures": figures}, indent=1))
        self.near, self.figures_of_held = json.loads(kept.read_text()).values()

    def figures(self, folder, path):
        """The figures of a folder of images by name; their features are left in an HDF5 file."""
        pixels = load(sorted(folder.glob("*.png")))
        write_features(pixels, path)
        found = json.loads(self.stipple(
            "compare", folder, self.images.train, "--features", path, self.features["train"], "--json"))
        held = json.loads(self.stipple("compare", "--features", path, self.features["held"], "--json"))["features"]
        compared, of_features = found["compare"], found["features"]
        levels = [level["distance"] for level in compared["sliced_wasserstein"]]
        figures = {
            "swd": numpy.mean(levels) if levels else None,
            "pixel_frechet": compared["pixel_frechet"]["distance"],
            "pixel_kernel": kernel_distance(flat(pixels), flat(self.pixels)),
            "near_copies": numpy.mean(distances(compared) < self.near),
            "fid": of_features["fid"], "kid": of_features["kid"],
            "held_fid": held["fid"], "held_kid": held["kid"]}
        for name in "precision", "recall", "density", "coverage":
            figures[f"pixel_{name}"] = compared.get(name)
            figures[name] = of_features.get(name)
            figures[f"held_{name}"] = held.get(name)
        return {name: value if value is None else float(value) for name, value in figures.items()}


def flat(images):
    return images.reshape(len(images), -1)

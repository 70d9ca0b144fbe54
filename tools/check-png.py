"""Compares what CheckPNG decodes with what Pillow decodes; see tools/check-png.

Pillow's pixels are taken as it stores them, before any conversion of colours, because some of its
conversions lose what the file says: transparent colours of 16-bit images, for one.
"""

import os
import subprocess
import sys

try:
    from PIL import Image, ImageFile
    import PIL
except ImportError:
    Image = None


class Decoder:
    """The running program, which answers one path after the other."""

    def __init__(self, program):
        self.process = subprocess.Popen(
            [program, "--samples"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def decode(self, path):
        """(width, height, channels, bits, samples), or the cause of the refusal."""
        self.process.stdin.write(os.fsencode(path) + b"\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline().decode(errors="replace").rstrip("\n")
        if not line:
            sys.exit(f"check-png: the decoder ended at {path} with status {self.process.wait()}")
        word, rest = line.split(" ", 1)
        if word == "refused":
            return rest
        width, height, channels, bits = map(int, rest.split())
        return width, height, channels, bits, self.process.stdout.read(
            width * height * channels * bits // 8)


def pillow(path):
    """The image with all its pixels, or the error."""
    try:
        with Image.open(path) as image:
            if image.format != "PNG":
                return f"it is a {image.format}"
            if getattr(image, "default_image", False) or getattr(image, "is_animated", False):
                # Frame 0 of an animation is the still image in all cases that Pillow seeks.
                image.seek(0)
            image.load()
            return image.copy()
    except Exception as error:  # Pillow raises many kinds.
        return f"{type(error).__name__}: {error}"


def expected(image, channels, bits):
    """Pillow's samples as (H, W, C) of 8 bits, or of 16 for grey that Pillow keeps whole."""
    transparent = image.info.get("transparency")
    if image.mode in ("I;16", "I;16B", "I"):
        grey = image.convert("I")
        levels = [min(max(level, 0), 65535) for level in grey.getdata()]
        if transparent is None:
            rows = [[level] for level in levels]
        else:
            rows = [[level] * 3 + [0 if level == transparent else 65535] for level in levels]
        return 16, b"".join(sample.to_bytes(2, "little") for row in rows for sample in row)
    if channels == 4:
        if image.mode == "1":
            # Pillow keeps the transparent sample of 1-bit grey as it stands in the file.
            image = image.convert("L")
            image.info["transparency"] = (transparent or 0) and 255
        return 8, image.convert("RGBA").tobytes()
    return 8, image.convert({1: "L", 3: "RGB"}[channels]).tobytes()


def difference(ours, image):
    """Nil where the pixels are equal, else a few words."""
    width, height, channels, bits, samples = ours
    if (width, height) != image.size:
        return f"{width} x {height}, Pillow has {image.size[0]} x {image.size[1]}"
    depth, theirs = expected(image, channels, bits)
    if bits == 16 and depth == 8:
        # Pillow keeps the high byte.
        transparent = image.info.get("transparency")
        if channels == 4 and isinstance(transparent, tuple):
            # Its transparent colour has 16 bits and its pixels 8: only the colours are comparable.
            samples = b"".join(samples[i + 1:i + 6:2] for i in range(0, len(samples), 8))
            theirs = image.convert("RGB").tobytes()
        else:
            samples = samples[1::2]
    elif bits != depth:
        return f"{bits} bits, Pillow has {depth}"
    if samples == theirs:
        return None
    if len(samples) != len(theirs):
        return f"{len(samples)} bytes of samples, Pillow has {len(theirs)}"
    gaps = [abs(a - b) for a, b in zip(samples, theirs) if a != b]
    return f"{len(gaps)} of {len(samples)} bytes differ, by up to {max(gaps)}"


def files(folder):
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            if name.lower().endswith(".png") and "\n" not in os.path.join(parent, name):
                yield os.path.join(parent, name)


def main(program, folder, *options):
    decoder = Decoder(program)
    if Image is None:
        print("Pillow is not there: files are decoded, and compared with nothing", file=sys.stderr)
    else:
        Image.MAX_IMAGE_PIXELS = None
        ImageFile.LOAD_TRUNCATED_IMAGES = False
    counts = dict.fromkeys(
        ["equal", "decoded", "differing", "refused by both", "refused by Stipple only",
         "refused by Pillow only"], 0)

    for path in files(folder):
        ours = decoder.decode(path)
        theirs = None if Image is None else pillow(path)
        said = os.path.relpath(path, folder)
        if isinstance(ours, str):
            kind = "refused by both" if isinstance(theirs, (str, type(None))) else "refused by Stipple only"
            said += f": {ours}"
        elif theirs is None:
            kind = "decoded"
        elif isinstance(theirs, str):
            kind = "refused by Pillow only"
            said += f": Pillow says: {theirs}"
        else:
            gap = difference(ours, theirs)
            kind = "differing" if gap else "equal"
            said += f": {gap}" if gap else ""
        counts[kind] += 1
        if "--verbose" in options or kind not in ("equal", "decoded"):
            print(f"{kind}: {said}")

    total = sum(counts.values())
    if total == 0:
        sys.exit(f"check-png: {folder}: there is no .png file")
    print(f"{total} files: " + ", ".join(f"{n} {kind}" for kind, n in counts.items() if n))
    if counts["differing"]:
        sys.exit(1)
    sys.exit(3 if any(n for kind, n in counts.items() if "refused" in kind) else 0)


main(*sys.argv[1:])

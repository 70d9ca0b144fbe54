"""Compares what CheckPNG decodes with what Pillow decodes; see tools/check-png.

Pillow's pixels are taken as it stores them, before any conversion of colors, because some of its
conversions lose what the file says: transparent colors of 16-bit images, for one.
"""

import os
import subprocess
import sys
import warnings

try:
    from PIL import Image, ImageFile
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
            image.load()
            copy = image.copy()
            copy.info = dict(image.info, transparency=transparent(path, image))
            return copy
    except Exception as error:  # Pillow raises many kinds.
        return f"{type(error).__name__}: {error}"


def transparent(path, image):
    """What tRNS says, on the scale of Pillow's pixels: it leaves gray of 1, 2 and 4 bits unscaled."""
    level = image.info.get("transparency")
    with open(path, "rb") as file:
        depth, color = file.read(26)[24:]
    if color == 0 and depth < 8 and isinstance(level, int):
        # Newer versions scale that of 1 bit.
        return min(level, 1) * 255 if depth == 1 else level * 255 // ((1 << depth) - 1)
    return level


def expected(image, channels, bits):
    """Pillow's samples as (H, W, C) of 8 bits, or of 16 for gray that Pillow keeps whole."""
    transparent = image.info["transparency"]
    if image.mode in ("I;16", "I;16B", "I"):
        raw = image.convert("I").tobytes()
        levels = [int.from_bytes(raw[i:i + 4], sys.byteorder) for i in range(0, len(raw), 4)]
        if transparent is None:
            rows = [[level] for level in levels]
        else:
            rows = [[level, 0 if level == transparent else 65535] for level in levels]
        return 16, b"".join(sample.to_bytes(2, "little") for row in rows for sample in row)
    if channels in (2, 4):
        if image.mode == "1":
            image = image.convert("L")
            image.info["transparency"] = transparent
        if transparent is None:
            image.info.pop("transparency", None)
        pixels = image.convert("RGBA").tobytes()
        if channels == 2:
            pixels = b"".join(bytes(pair) for pair in zip(pixels[::4], pixels[3::4]))
        return 8, pixels
    return 8, image.convert({1: "L", 3: "RGB"}[channels]).tobytes()


def difference(ours, image):
    """None where the pixels are equal, else a few words."""
    width, height, channels, bits, samples = ours
    if (width, height) != image.size:
        return f"{width} x {height}, Pillow has {image.size[0]} x {image.size[1]}"
    depth, theirs = expected(image, channels, bits)
    if bits == 16 and depth == 8:
        # Pillow keeps the high byte.
        transparent = image.info.get("transparency")
        if channels == 4 and isinstance(transparent, tuple):
            # Its transparent color has 16 bits and its pixels 8: only the colors are comparable.
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
        warnings.simplefilter("ignore")
        Image.MAX_IMAGE_PIXELS = None
        ImageFile.LOAD_TRUNCATED_IMAGES = False
    counts = dict.fromkeys(
        ["equal", "decoded", "differing", "refused", "refused by both", "refused by Stipple only",
         "refused by Pillow only"], 0)

    for path in files(folder):
        ours = decoder.decode(path)
        theirs = None if Image is None else pillow(path)
        said = os.path.relpath(path, folder)
        if isinstance(ours, str):
            kind = {type(None): "refused", str: "refused by both"}.get(
                type(theirs), "refused by Stipple only")
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

"""Pictures for training: read from folders, cut into random crops, put together in batches by a thread.

What may go here: what every training tool does with pictures, and nothing about networks.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
import sys

import numpy as np
from PIL import Image


def load_pictures(folders, limit=None, shorter_side=288):
    """Every JPEG of the folders (or single files), as uint8 arrays, shorter side at most `shorter_side` px."""
    paths = [Path(folder) for folder in folders]
    files = [file for path in paths for file in (sorted(path.glob("*.jpg")) if path.is_dir() else [path])][:limit]
    if not files:
        sys.exit(f"No .jpg files in {', '.join(map(str, folders))}.")

    def read(file):
        image = Image.open(file).convert("RGB")
        factor = shorter_side / min(image.size)
        if factor < 1:
            image = image.resize([round(side * factor) for side in image.size], Image.Resampling.LANCZOS)
        return np.asarray(image)

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(read, files))


def square_crop(picture, size, rng, scaled=0.6):
    """A crop (size, size, 3) in [0, 1], mirrored or not; a share `scaled` of them from a larger square, scaled down."""
    shorter = min(picture.shape[:2])
    side = min(shorter, size)
    if rng.random() < scaled:
        side = int(rng.integers(side, shorter + 1))
    top, left = (int(rng.integers(0, length - side + 1)) for length in picture.shape[:2])
    crop = picture[top : top + side, left : left + side]
    if side != size:
        crop = np.asarray(Image.fromarray(crop).resize((size, size), Image.Resampling.BILINEAR))
    crop = crop.astype("float32") / 255
    return crop[:, ::-1] if rng.random() < 0.5 else crop


def changed_colors(crop, rng, share=0.15):
    """The crop, now and then with its channels in another order, now and then with other contrast and brightness."""
    if rng.random() < share:
        crop = crop[:, :, rng.permutation(3)]
    if rng.random() < share:
        crop = crop.mean() + (crop - crop.mean()) * rng.uniform(0.4, 1.6) + rng.uniform(-0.15, 0.15)
    return crop


def random_crop(pictures, size, rng):
    """One crop (size, size, 3) in [0, 1] of any of the pictures, with flips, changed colours, noise."""
    crop = changed_colors(square_crop(pictures[rng.integers(len(pictures))], size, rng), rng)
    kind = rng.random()
    if kind < 0.25:
        crop = crop + rng.normal(0, rng.uniform(0, 0.2), crop.shape)
    elif kind < 0.35:
        share = rng.uniform(0.2, 1)
        crop = (1 - share) * crop + share * rng.random(crop.shape)
    return np.clip(crop, 0, 1).astype("float32")


class Ahead:
    """Calls `make` in a thread, one result ahead, so that batches are made while the network is busy."""

    def __init__(self, make):
        self.make = make
        self.executor = ThreadPoolExecutor(1)
        self.next = self.executor.submit(make)

    def __call__(self):
        result = self.next.result()
        self.next = self.executor.submit(self.make)
        return result

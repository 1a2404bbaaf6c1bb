"""Masks: where in a picture something holds, as pictures of one channel.

Everywhere in the course a mask is float32, shape (1, height, width, 1), in [0, 1]: 1 inside the region, 0 outside,
values between them at a soft edge. Drawing a mask stands in making.py; what a network makes of one, in guides.py.
No TensorFlow.
"""

import difflib
import os
from pathlib import Path

from nst_helpers._io.image_files import DATA_FOLDER, decode, find_file, scaled, side

import numpy as np
from PIL import Image

SMALLEST_AREA = 1e-4  # of the picture; below that a mask counts as empty
TOLERANCE = 0.01  # so much of the picture may be covered twice or not at all: soft edges never meet exactly


def bundled_masks():
    """The names that `load_mask` knows: the picture's name, and what part of it is white."""
    return sorted(file.stem for file in (DATA_FOLDER / "masks").glob("*.png"))


def load_mask(name_or_path, size=None):
    """A mask as float32 (1, height, width, 1) in [0, 1]; white in the file is 1, black and transparent are 0.

    name_or_path: a bundled name such as "astronaut_person" (see `bundled_masks`), or the path of a greyscale picture.
    size: the longer side in pixels; None keeps the size of the file.
    Raises what load_image raises, and ValueError for a picture in colour.
    """
    path, names = name_or_path, bundled_masks()
    if path in names:
        path = DATA_FOLDER / "masks" / f"{path}.png"
    elif isinstance(path, str) and not Path(path).suffix and os.sep not in path and "/" not in path:
        near = difflib.get_close_matches(path.lower().replace(" ", "_"), names, n=1)
        guess = f" (did you mean {near[0]!r}?)" if near else ""
        raise ValueError(f"There is no bundled mask {path!r}{guess}; choose from {', '.join(names)}; or give a file's "
                         "name with its suffix.")
    picture = decode(find_file(path), paper="black")  # load_image lays transparency over white: all would be inside
    pixels = np.atleast_3d(np.asarray(picture, "float32")) / (1 if picture.mode == "F" else 255)
    mask = check_mask(pixels[np.newaxis], f"The mask {str(name_or_path)!r}")
    return mask if size is None else resize_mask(mask, *scaled(mask.shape[1:3], side(size, "size")))


def check_mask(mask, name="mask"):
    """`mask` (array or tensor) in the course's form, always a copy; for anything else a ValueError in one sentence.

    Accepts (height, width) and three equal channels, too, and values of True and False.
    """
    array = np.asarray(mask)
    if array.dtype.kind not in "fb":
        raise ValueError(f"{name} holds {array.dtype}, but a mask holds numbers from 0 to 1: load_mask makes one from "
                         "a file, and a comparison such as image > 0.5 makes one, too.")
    array = array[np.newaxis, :, :, np.newaxis] if array.ndim == 2 else array
    if array.ndim != 4 or array.shape[0] != 1 or array.shape[3] not in (1, 3) or array.size == 0:
        raise ValueError(f"{name} has the shape {array.shape}, but a mask is (1, height, width, 1).")
    array = array.astype("float32")
    if not (array.min() >= -1e-3 and array.max() <= 1 + 1e-3):
        raise ValueError(f"{name} has values from {array.min():.4g} to {array.max():.4g}, but a mask goes from 0 "
                         "(outside) to 1 (inside).")
    if np.ptp(array, axis=3).max() > 0.05:
        raise ValueError(f"{name} is in colour, but a mask is greyscale: white inside the region, black outside.")
    return np.clip(array.mean(axis=3, keepdims=True), 0, 1)


def resize_mask(mask, height, width):
    """`mask` at another size, (1, height, width, 1): each new value is a weighted mean, so that it stays in [0, 1]."""
    grey = Image.fromarray(check_mask(mask)[0, :, :, 0])
    return np.asarray(grey.resize((width, height), Image.Resampling.BILINEAR), "float32")[np.newaxis, :, :, np.newaxis]


def fit_mask(mask, image, name="The mask"):
    """A mask (array, bundled name or path) at the size of `image` (1, H, W, 3). In a file, transparent is outside.

    Raises ValueError if its proportions are another picture's, or if it is empty.
    """
    from_file = isinstance(mask, (str, os.PathLike))
    mask = load_mask(mask) if from_file else check_mask(mask, name)
    (height, width), (own_height, own_width) = image.shape[1:3], mask.shape[1:3]
    # The sides are whole numbers: at a small size, half a pixel of rounding is a visible part of the ratio.
    if abs(own_width / own_height - width / height) > (0.02 + 1 / min(height, width)) * width / height:
        raise ValueError(f"{name} is {own_height}x{own_width} pixels (height x width), its picture {height}x{width}: "
                         "the proportions differ, so it was made for another picture.")
    mask = resize_mask(mask, height, width)
    if mask.mean() < SMALLEST_AREA:
        advice = ("In its file, paint the region white; black and transparent are outside." if from_file else
                  "Is it the right file, and white where the region is?")
        raise ValueError(f"{name} is empty: it covers {mask.mean():.2%} of the picture. {advice}")
    return mask


def check_cover(masks):
    """Refuse masks, all of one size, that overlap or leave a hole; the sentence says how much and what to do."""
    total = np.sum(masks, axis=0)
    twice, hole = np.maximum(total - 1, 0).mean(), np.maximum(1 - total, 0).mean()
    if twice > TOLERANCE:
        raise ValueError(f"The masks overlap in {twice:.0%} of the picture, where two styles would pull at the same "
                         "pixels: divide it among them with share_masks(masks).")
    if hole > TOLERANCE:
        raise ValueError(f"The masks leave {hole:.0%} of the picture uncovered, where no style would act: add "
                         "rest_mask(masks) as one more mask, with a style of its own or None to leave the photo there.")


def share_masks(masks):
    """The same masks without overlap: where their sum is above 1, each is divided by it."""
    total = np.maximum(np.sum(masks, axis=0), 1)
    return [np.asarray(mask / total, "float32") for mask in masks]


def rest_mask(masks):
    """What none of `masks` (a list of arrays of one size) covers, as one more mask (1, H, W, 1)."""
    return np.asarray(np.clip(1 - np.sum(masks, axis=0), 0, 1), "float32")

"""Which painting goes where: a number for each pixel of a small map, as masks for `stylize`, as text for a record."""

import base64
import zlib

from nst_helpers.images import save_image

import numpy as np
from PIL import Image

LABELS = 256  # pixels on the longer side of the map


def save_regions(labels, count, aspect, folder):
    """Files of `count` masks: region_1.png, …, white where their number stands, with soft edges. Returns their paths.

    labels: {"width", "height", "values": bytes, row by row}. aspect: width to height of the photo. Raises ValueError
    for labels of another photo, and where a painting has no region.
    """
    if not labels.get("width"):
        raise ValueError("Paint a region first: choose a brush, and paint on the photo.")
    if abs(labels["width"] / labels["height"] - aspect) > 0.05:
        raise ValueError("These regions belong to another photo: paint new ones, or clear them.")
    numbers = np.frombuffer(labels["values"], "uint8").reshape(labels["height"], labels["width"])
    paths = []
    for number in range(count):
        inside = numbers == number
        if inside.mean() < 0.001:
            raise ValueError(f"Painting {number + 1} has no region: choose its brush, and paint one on the photo.")
        mask = Image.fromarray(np.where(inside, 255, 0).astype("uint8"))
        mask = mask.resize((2 * labels["width"], 2 * labels["height"]), Image.Resampling.BILINEAR)
        mask = np.asarray(mask, "float32")[np.newaxis, :, :, np.newaxis] / 255
        paths.append(folder / f"region_{number + 1}.png")
        save_image(np.repeat(mask, 3, axis=-1), paths[-1], overwrite=True)
    return paths


def packed(labels):
    """A map of regions, as the page has it, as short text for a record; `unpacked` reads it back."""
    values = base64.b64encode(zlib.compress(bytes(labels["values"]), 9)).decode()
    return f"{labels['width']} {labels['height']} {values}"


def unpacked(text):
    """{"width", "height", "values"} of a text that `packed` made; ValueError for any other."""
    try:
        width, height, values = text.split(" ")
        width, height = int(width), int(height)
        opener = zlib.decompressobj()
        values = opener.decompress(base64.b64decode(values), LABELS**2)
        if not (0 < width <= LABELS and 0 < height <= LABELS and len(values) == width * height and max(values) < 3):
            raise ValueError
    except (AttributeError, ValueError, zlib.error):
        raise ValueError("The regions of this picture cannot be read: paint them again.") from None
    return {"width": width, "height": height, "values": values}

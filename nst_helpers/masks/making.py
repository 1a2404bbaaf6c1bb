"""Masks made from scratch: by shape, by brightness, by colour; and softer edges.

Each function gives float32 (1, height, width, 1) in [0, 1] for a picture (1, height, width, 3). Making one by hand
stands in painting.py. No TensorFlow.
"""

from nst_helpers.images import check_image
from nst_helpers.masks.cover import check_mask

import numpy as np
from scipy import ndimage


def rectangle(image, top=0.25, left=0.25, bottom=0.75, right=0.75):
    """1 inside a rectangle. The sides are fractions of the picture: 0 is the top or left edge, 1 the other one."""
    rows, columns = _grid(image)
    inside = (rows >= top) & (rows < bottom) & (columns >= left) & (columns < right)
    return check_mask(inside)


def ellipse(image, center=(0.5, 0.5), radii=(0.25, 0.25)):
    """1 inside an ellipse. center: (down, right); radii: (vertical, horizontal); all in fractions of the picture."""
    rows, columns = _grid(image)
    if min(radii) <= 0:
        raise ValueError(f"radii is {tuple(radii)}, but both have to be more than 0.")
    return check_mask(((rows - center[0]) / radii[0]) ** 2 + ((columns - center[1]) / radii[1]) ** 2 <= 1)


def by_brightness(image, low=0.5, high=1.0):
    """1 where the brightness (mean of red, green and blue) is at least `low` and at most `high`."""
    brightness = check_image(image).mean(axis=3, keepdims=True)
    return check_mask((brightness >= low) & (brightness <= high))


def by_color(image, color, tolerance=0.2):
    """1 where a pixel is near `color` (red, green, blue in [0, 1]): root mean square distance up to `tolerance`."""
    color = np.asarray(color, "float32")
    if color.shape != (3,) or not (color.min() >= 0 and color.max() <= 1):
        raise ValueError(f"color is {color.tolist()}, but it has to be three numbers in [0, 1]: red, green and blue.")
    distance = np.sqrt(np.mean((check_image(image) - color) ** 2, axis=3, keepdims=True))
    return check_mask(distance <= tolerance)


def largest_part(mask):
    """Only the largest connected part of a mask, its holes filled: what is left after a choice by colour."""
    inside = check_mask(mask)[0, :, :, 0] > 0.5
    parts, count = ndimage.label(inside)
    if count == 0:
        raise ValueError("The mask is empty, so it has no largest part.")
    largest = parts == 1 + np.argmax(ndimage.sum_labels(inside, parts, range(1, count + 1)))
    return check_mask(ndimage.binary_fill_holes(largest))


def soften(mask, radius=2.0):
    """A mask with a soft edge: blurred by a Gaussian with a standard deviation of `radius` pixels."""
    return check_mask(ndimage.gaussian_filter(check_mask(mask), (0, radius, radius, 0), mode="nearest"))


def _grid(image):
    """Where the middle of each pixel is: fractions of height (H, 1) and width (1, W)."""
    height, width = image.shape[1:3]
    return (np.arange(height)[:, np.newaxis] + 0.5) / height, (np.arange(width)[np.newaxis, :] + 0.5) / width

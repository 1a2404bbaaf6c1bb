"""Layer 0: what the smallest patches of a picture look like, so that something sees colour fringes.

A network looks at brightness far more than at colour. Stripes of colour that are a few pixels wide cost it next to
nothing, and an optimiser paints them. Among the patches of a painting such stripes are rare, and that is seen here. The
losses that compare them stand in losses.py.
"""

from nst_helpers.shapes import check_large_enough, check_rank

import numpy as np
import tensorflow as tf

SIDE = 3
# Added to a variance: a direction that a painting never takes would otherwise be infinitely dear. (1/255)² is 1.5e-5.
LEAST_VARIANCE = 1e-5
ROWS = 64  # of patches that are looked at together


def patch_axes(image):
    """The principal axes of a picture's 3x3 patches, each divided by how far the patches spread along it.

    image: array (1, H, W, 3), at least 3 pixels high and wide. Returns the mean patch, (27,), and the axes as columns,
    (27, 27), float32: (patch - mean) @ axes has a variance of about 1 in every direction the picture uses (whitening).
    Raises ValueError for another shape.
    """
    check_rank(image, "image", [4], "(1, H, W, 3)")
    check_large_enough(image, "image", SIDE)
    windows = np.lib.stride_tricks.sliding_window_view(np.asarray(image)[0], (SIDE, SIDE), axis=(0, 1))
    total, products, count = 0.0, 0.0, windows.shape[0] * windows.shape[1]
    for first in range(0, len(windows), ROWS):  # all patches at once would be 27 times the picture, in float64
        patches = windows[first : first + ROWS].transpose(0, 1, 3, 4, 2).reshape(-1, 3 * SIDE**2).astype("float64")
        total, products = total + patches.sum(0), products + patches.T @ patches
    mean = total / count
    variances, axes = np.linalg.eigh(products / count - np.outer(mean, mean))
    scaled = axes / np.sqrt(np.maximum(variances, 0) + LEAST_VARIANCE)
    return mean.astype("float32"), scaled.astype("float32")


def patch_maps(image, mean, axes):
    """Each 3x3 patch of `image` in the axes of another picture: (1, H, W, 3) to feature maps (1, H - 2, W - 2, 27).

    mean, axes: from `patch_axes`. The Gram matrix of these maps is close to the identity for the picture that the axes
    are from; a value above 1 on its diagonal is a kind of patch that there is too much of.
    """
    check_rank(image, "image", [4], "(1, H, W, 3)")
    check_large_enough(image, "image", SIDE)
    kernel = tf.reshape(axes, [SIDE, SIDE, 3, axes.shape[1]])
    return tf.nn.conv2d(image, kernel, 1, "VALID") - mean @ axes

"""What can stand in for the Gram matrix: losses that compare two clouds of features, as lesson 09 puts them together.

A cloud has a point for each position of a layer: (N, C) features, one column a map. Each loss of this room takes the
cloud of a style image, works out once what belongs to it, and returns a function from the cloud of a picture, (N, C)
with N `count`, to a scalar. All of them are relative: 0 is a perfect match, and a picture that has nothing of the style
(features that are all zero) gives 1, or nearly. The Gram matrix itself stands in losses.py.
"""

from nst_helpers.style_losses.by_moments import central_moments_loss, gaussian_loss, moments_loss
from nst_helpers.style_losses.by_points import histogram_loss, nearest_loss, sliced_loss

import numpy as np
import tensorflow as tf

# What `stylize` may be asked for besides "gram".
CLOUD_LOSSES = {"moments": moments_loss, "gaussian": gaussian_loss, "histogram": histogram_loss,
                "central_moments": central_moments_loss, "sliced": sliced_loss, "nearest": nearest_loss}
STYLE_LOSSES = ("gram", *CLOUD_LOSSES)


def check_style_loss(name):
    """Refuse what is no style loss."""
    if not isinstance(name, str) or name not in STYLE_LOSSES:
        raise ValueError(f"style_loss is {name!r}; give one of: {', '.join(STYLE_LOSSES)}.")


def cloud(features, guide=None):
    """The points of a layer's features, (1, H, W, C) to (N, C).

    guide: (1, H, W, 1), or None: only the positions that belong to its region by half or more count. A Gram matrix
    could weigh the others; what is sorted or looked up is there or not.
    """
    points = tf.reshape(features, [-1, features.shape[-1]])
    return points if guide is None else tf.gather(points, positions(guide))


def positions(guide):
    """Indices of the positions that belong to a region."""
    return np.flatnonzero(belongs(guide))


def belongs(guide):
    """Whether a position belongs to a region: by half of what any position does, or more."""
    return np.asarray(guide) >= 0.5 * np.max(guide)

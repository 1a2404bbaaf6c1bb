"""Losses that bring the points of two clouds of features together: in order, along directions, or to the nearest."""

from nst_helpers.losses import relative_distance

import numpy as np
import tensorflow as tf

# For "nearest": so many points of each cloud at most. Each is compared with each.
MOST_POINTS, MOST_TARGETS = 8_192, 1_024


def histogram_loss(target, count, seed=None):
    """The values of each map in order, against the target's in order (Risser et al. 2017, section 4.2)."""
    return _sorted_loss(target, count, None)


def sliced_loss(target, count, seed=0):
    """Likewise along random directions, as many as there are maps: sliced Wasserstein (Heitz et al. 2021, equation 5).

    The directions are drawn once, with `seed`: a line search needs a loss that stays the same.
    """
    directions = np.random.default_rng(seed).standard_normal((np.shape(target)[1],) * 2)
    return _sorted_loss(target, count, (directions / np.linalg.norm(directions, axis=0)).astype("float32"))


def _sorted_loss(target, count, directions):
    """directions: unit vectors as columns, (C, K), or None for the maps themselves."""
    directions = directions if directions is None else tf.cast(directions, tf.convert_to_tensor(target).dtype)
    wanted = quantiles(np.asarray(_along(target, directions)), count)

    def loss(points):
        own = _along(points, directions)
        # Each point is drawn to the target's value of its own rank; the ranks are no function that could be derived.
        drawn_to = tf.numpy_function(_by_rank, [own, wanted], own.dtype)
        return relative_distance(own, tf.reshape(tf.stop_gradient(drawn_to), tf.shape(own)))

    return loss


def _along(points, directions):
    return points if directions is None else points @ directions


def quantiles(values, count):
    """Each column of `values` (M, K) in order, at `count` places evenly from the least to the largest: (count, K)."""
    places = (np.arange(count) + 0.5) / count
    own = (np.arange(len(values)) + 0.5) / len(values)
    return np.stack([np.interp(places, own, column) for column in np.sort(values, 0).T], 1).astype(values.dtype)


def _by_rank(own, wanted):
    """`wanted` (N, K), whose columns are in order, laid out in the order of `own`. NumPy sorts twice as fast as tf."""
    laid_out = np.empty_like(wanted)
    np.put_along_axis(laid_out, np.argsort(own, 0), wanted, 0)
    return laid_out


def nearest_loss(target, count, seed=0):
    """Squared distance to the nearest point of the other cloud, on average, the larger of both ways round.

    The relaxed earth mover's distance (Kolkin et al. 2019, equation 6), here of squared distances, relative to the
    target's mean square. At most MOST_TARGETS points of the target and MOST_POINTS of the picture take part, drawn
    once, with `seed`.
    """
    target = tf.gather(target, _some(len(target), MOST_TARGETS, seed))
    squares, kept = tf.reduce_sum(target**2, 1), _some(count, MOST_POINTS, seed)

    def loss(points):
        points = tf.gather(points, kept) if len(kept) < count else points
        distances = tf.nn.relu(tf.reduce_sum(points**2, 1)[:, None] + squares - 2 * tf.matmul(points, target,
                                                                                              transpose_b=True))
        ways = [tf.reduce_mean(tf.reduce_min(distances, axis)) for axis in (0, 1)]
        return tf.maximum(*ways) / tf.reduce_mean(squares)

    return loss


def _some(count, most, seed):
    """Indices of at most `most` of `count` points."""
    return np.sort(np.random.default_rng(seed).permutation(count)[:most])

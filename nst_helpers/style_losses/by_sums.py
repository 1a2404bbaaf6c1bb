"""Style losses of averages over positions: such a sum can be added up piece by piece, and a picture cut into tiles.

Each is told in three functions: what is summed over the positions of a picture, what a style image asks for, and the
loss of the averages. The formulas stand in losses.py and by_moments.py. What sorts positions, or looks for neighbours
among them, cannot be written so.
"""

from dataclasses import dataclass

from nst_helpers.losses import style_loss
from nst_helpers.style_losses.by_moments import (
    ORDERS,
    central_moments_distance,
    gaussian_distance,
    moments_distance,
)

import tensorflow as tf


@dataclass(frozen=True)
class SumLoss:
    """sums: (points (N, C), weight (N, 1)) to sums over the positions. target: from `average`, a function that gives
    the average of such sums over a style image, to what `loss` compares with. loss: (averages, target) to a scalar."""

    sums: object
    target: object
    loss: object


def products(points, weight):
    """The products of every two maps: (C, C), the sums that a Gram matrix is the average of."""
    return tf.matmul(points * weight, points, transpose_a=True)


def products_with_one(points, weight):
    """Likewise with one more map that is 1 everywhere: its products are the sums of the maps themselves."""
    return products(tf.concat([points, tf.ones_like(points[:, :1])], 1), weight)


def powers(points, weight, orders=2, center=0.0, sign=tf.identity):
    """(orders, C): the sums of the first powers of each map, of its distance from `center`."""
    return tf.stack([tf.reduce_sum(weight * sign(points - center) ** order, 0) for order in range(1, orders + 1)])


def powers_of_tanh(points, weight, **options):
    """Likewise of tanh of each map, as many as there are central moments."""
    return powers(tf.tanh(points), weight, ORDERS, **options)


def _gaussian(averages):
    """Mean and covariance from the averages of `products_with_one`."""
    mean = averages[:-1, -1]
    return mean, averages[:-1, :-1] - mean[:, None] * mean


def _mean_and_deviation(averages):
    mean, square = averages[0], averages[1]
    return tf.stack([mean, tf.sqrt(tf.nn.relu(square - mean**2) + 1e-8)])


def _central(averages):
    """Mean and central moments from the averages of powers, by the binomial theorem."""
    mean, raw = averages[0], [tf.ones_like(averages[0]), *tf.unstack(averages)]
    second = raw[2] - mean**2
    third = raw[3] - 3 * mean * raw[2] + 2 * mean**3
    fourth = raw[4] - 4 * mean * raw[3] + 6 * mean**2 * raw[2] - 3 * mean**4
    fifth = raw[5] - 5 * mean * raw[4] + 10 * mean**2 * raw[3] - 10 * mean**3 * raw[2] + 4 * mean**5
    return tf.stack([mean, second, third, fourth, fifth])


def _central_target(average):
    wanted = _central(average(powers_of_tanh))
    center = tf.cast(wanted[0], "float32")
    size = average(lambda points, weight: powers_of_tanh(points, weight, center=center, sign=tf.abs))
    return central_moments_distance(wanted, tf.concat([wanted[:1], size[1:]], 0))


SUM_LOSSES = {
    "gram": SumLoss(products, lambda average: average(products), style_loss),
    "moments": SumLoss(powers, lambda average: moments_distance(_mean_and_deviation(average(powers))),
                       lambda averages, distance: distance(_mean_and_deviation(averages))),
    "gaussian": SumLoss(products_with_one, lambda average: gaussian_distance(*_gaussian(average(products_with_one))),
                        lambda averages, distance: distance(*_gaussian(averages))),
    "central_moments": SumLoss(powers_of_tanh, _central_target,
                               lambda averages, distance: distance(_central(averages))),
}

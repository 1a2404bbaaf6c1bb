"""Losses that compare what two clouds of features are like on average: deviations, higher moments, covariances."""

from nst_helpers.losses import relative_distance

import tensorflow as tf

ORDERS = 5  # central moments: the mean and those of order 2 to 5
# How far both clouds are blurred, of the variance of a map: without it a flat cloud has no gradient of its root.
BLUR = 1e-3


def moments_loss(target, count=None, seed=None):
    """Mean and deviation of each map (Huang and Belongie 2017, equation 13; there a sum over layers, not relative)."""
    distance = moments_distance(_mean_and_deviation(target))
    return lambda points: distance(_mean_and_deviation(points))


def moments_distance(wanted):
    """The same of means and deviations, (2, C), that are known already."""
    return lambda moments: relative_distance(moments, wanted)


def _mean_and_deviation(points):
    mean, variance = tf.nn.moments(points, 0)
    return tf.stack([mean, tf.sqrt(variance + 1e-8)])  # a root has no slope at 0


def central_moments_loss(target, count=None, seed=None):
    """Mean and central moments up to the fifth, of each map (Kalischek et al. 2021, equation 8).

    Maps go through tanh first, so that no power explodes; in the paper it is a sigmoid, which does not leave a silent
    map at 0. Each order counts alike, and relative to the target's absolute moments: those of odd order are nearly 0
    themselves where a cloud is symmetric. So silence costs a little less than 1.
    """
    distance = central_moments_distance(_central_moments(target), _central_moments(target, tf.abs))
    return lambda points: distance(_central_moments(points))


def central_moments_distance(wanted, size):
    """The same of moments, (ORDERS, C), that are known already; size: the target's absolute ones."""
    def distance(moments):
        distances = tf.reduce_sum((moments - wanted) ** 2, 1)
        return tf.reduce_mean(distances / (tf.reduce_sum(size**2, 1) + 1e-12))

    return distance


def _central_moments(points, sign=tf.identity):
    """(ORDERS, C); sign: tf.abs for absolute moments."""
    values = tf.tanh(points)
    away = values - tf.reduce_mean(values, 0)
    powers = [values] + [away**order for order in range(2, ORDERS + 1)]
    return tf.stack([tf.reduce_mean(sign(power), 0) for power in powers])


def gaussian_loss(target, count=None, seed=None):
    """Squared Wasserstein distance of the two normal distributions with the clouds' means and covariances.

    |m - m'|² + tr(S + S' - 2 (S'^½ S S'^½)^½) (Dowson and Landau 1982), relative to the distance of the target from a
    cloud of zeros. Both covariances have BLUR of the target's mean variance added to their diagonal.
    """
    distance = gaussian_distance(*_mean_and_covariance(target))
    return lambda points: tf.cast(distance(*_mean_and_covariance(points)), points.dtype)


def gaussian_distance(mean, covariance):
    """The same of a mean (C,) and a covariance (C, C), float64, that are known already."""
    blur = BLUR * tf.linalg.trace(covariance) / len(covariance) + 1e-12
    values, vectors = tf.linalg.eigh(covariance + blur * tf.eye(len(covariance), dtype=covariance.dtype))
    root = tf.matmul(vectors * tf.sqrt(values), vectors, transpose_b=True)
    nothing = tf.reduce_sum(mean**2) + tf.linalg.trace(covariance)

    def distance(own_mean, own):
        blurred = own + blur * tf.eye(len(covariance), dtype=own.dtype)
        spread = tf.linalg.trace(blurred) + tf.reduce_sum(values) - 2 * root_trace(root @ blurred @ root)
        return (tf.reduce_sum((own_mean - mean) ** 2) + spread) / nothing

    return distance


def _mean_and_covariance(points):
    """In float64: the small difference of large traces would drown in float32's rounding."""
    mean = tf.reduce_mean(points, 0)
    covariance = tf.matmul(points - mean, points - mean, transpose_a=True) / tf.cast(tf.shape(points)[0], points.dtype)
    return tf.cast(mean, "float64"), tf.cast(covariance, "float64")


@tf.custom_gradient
def root_trace(matrix):
    """The trace of the root of a symmetric matrix without negative eigenvalues, (C, C).

    Its gradient is half the inverse root. The one that goes through `eigh` divides by differences of eigenvalues and by
    roots that may be 0; the trace does not care which of equal eigenvalues has which eigenvector.
    """
    values, vectors = tf.linalg.eigh(matrix)
    roots = tf.sqrt(tf.maximum(values, 1e-24))
    return tf.reduce_sum(roots), lambda up: up * 0.5 * tf.matmul(vectors / roots, vectors, transpose_b=True)

"""Right and wrong answers to the exercises of lesson 09. tests/test_checks.py says how they are used.

Long because every mistake that the checks name is made here once.
"""

from functools import cache

from nst_helpers.images import load_image, resize_image
from nst_helpers.transfer import stylize

import numpy as np
from scipy.spatial.distance import cdist
import scipy.stats
import tensorflow as tf


def mmd(points, target, kernel, between=2, mean=np.mean):
    pairs = [(points, points), (target, target), (points, target)]
    inside, beside, across = (mean(kernel(cdist(a, b))) for a, b in pairs)
    return inside + beside - between * across


def bell(width):
    return lambda ways: np.exp(-0.5 * (ways / width) ** 2)


def without_diagonal(likeness):
    if likeness.shape[0] == likeness.shape[1] and np.allclose(np.diag(likeness), 1):
        return (likeness.sum() - len(likeness)) / (likeness.size - len(likeness))
    return likeness.mean()


def root_by_tensorflow(points, target, width):
    squares = tf.reduce_sum((tf.constant(points)[:, None] - target) ** 2, axis=2)
    across = tf.reduce_mean(tf.exp(-squares / (2 * width**2)))
    return tf.sqrt(mmd(points, target, bell(width), between=0) - 2 * float(across))


def by_quantiles(own, other):
    """The same plan by its steps: between two cuts both lists stay at one value."""
    cuts = np.unique(np.concatenate([np.arange(len(x) + 1) / len(x) for x in (own, other)]).round(12))
    middle = (cuts[1:] + cuts[:-1]) / 2
    first, second = (np.sort(x)[(middle * len(x)).astype(int)] for x in (own, other))
    return np.sum((first - second) ** 2 * np.diff(cuts))


def alike(own, other, prepare=np.sort, repeat=np.repeat):
    count = np.lcm(len(own), len(other))
    return [repeat(prepare(x), count // len(x)) for x in (own, other)]


def square(first, second):
    return np.mean((np.float64(first) - second) ** 2)


def read_off(own, other):
    few = min(len(own), len(other))
    places = [(np.arange(few) + 0.5) * len(x) / few - 0.5 for x in (own, other)]
    return square(*(np.interp(p, np.arange(len(x)), np.sort(x)) for p, x in zip(places, (own, other))))


def by_ranks(points, target, direction):
    direction = direction / np.sqrt(np.sum(direction**2))
    values, ranks = points @ direction, scipy.stats.rankdata(points @ direction).astype(int) - 1
    return [point + (wanted - value) * direction
            for point, value, wanted in zip(points, values, np.sort(target @ direction)[ranks])]


def unit(direction):
    return direction / np.linalg.norm(direction)


def step(points, target, direction, order=lambda order: np.argsort(order), sort=np.sort, along=None, sign=1):
    """A step with one thing in it that may be wrong."""
    values = points @ direction
    wanted = sort(target @ direction)[order(np.argsort(values))]
    return points + sign * np.outer(wanted - values, direction if along is None else along)


PHOTO, PAINTING = "dandelions", "great_wave"
WORDS = "The Gaussian knows mean and covariance apart, so calm positions may stay calm."


@cache
def painted(style_loss):
    return stylize(PHOTO, PAINTING, style_loss=style_loss, size=224, steps=25, content_weight=0.01, progress=False)


def stretched():
    """The painting in the shape of the photo: all of its style, and nothing of the photo."""
    return resize_image(load_image(PAINTING, 224), load_image(PHOTO, 224).shape[1:3])


RIGHT = {
    "mirrored": [(" All but GRAM,  moments and gaussian",)],
    "kernel_distance": [(lambda f, s, h: mmd(f, s, bell(h)),)],
    "sorted_distance": [
        (by_quantiles,), (lambda a, b: square(*alike(a, b, np.asarray, lambda x, n: np.sort(np.tile(x, n)))),)],
    "sliced_step": [(by_ranks,), (lambda p, t, d: step(p, t, unit(d)),)],
    "calm_paper": [
        lambda: (painted("sliced").image, PHOTO, PAINTING, WORDS),
        lambda: (painted("gaussian"), PHOTO, PAINTING, WORDS),
    ],
}
WRONG = {
    "mirrored": [
        (("nobody",), "Whoever sorts sees that"),
        (("only sliced and nearest",), "were shuffled"),
        (("all but gram",), "A Gaussian knows nothing else"),
        (("everybody",), "minus times minus"),
        (("sliced",), "choose one of"),
    ],
    "kernel_distance": [
        ((lambda f, s, h: mmd(f, s, lambda way: np.exp(-way / (2 * h**2))),), "without a root"),
        ((lambda f, s, h: mmd(f, s, bell(h / np.sqrt(2))),), "the 2 is missing"),
        ((lambda f, s, h: mmd(f, s, bell(np.sqrt(h))),), "has to be squared"),
        ((lambda f, s, h: mmd(f, s, lambda way: np.exp(-(way**2) / 2 * h**2)),), "brackets"),
        ((lambda f, s, h: mmd(f, s, bell(h * np.sqrt(f.shape[1]))),), "not their mean"),
        ((lambda f, s, h: mmd(f, s, bell(h), between=1),), "counts twice"),
        ((lambda f, s, h: mmd(f, s, bell(h), between=-2),), "is subtracted"),
        ((lambda f, s, h: -mmd(f, s, bell(h)),), "the sign is turned"),
        ((lambda f, s, h: mmd(f, s, bell(h)) - bell(h)(cdist(s, s)).mean(),), "inside the second cloud is missing"),
        ((lambda f, s, h: mmd(f, s, bell(h), mean=np.sum),), "Take means"),
        ((lambda f, s, h: mmd(f, s, bell(h), mean=without_diagonal),), "you leave out the pairs"),
        ((root_by_tensorflow,), "this is the root"),
        ((lambda f, s, h: [bell(h)(cdist(a, b)).mean() for a, b in ((f, f), (s, s), (f, s))],), "has the shape"),
    ],
    "sorted_distance": [
        ((lambda a, b: square(*(np.sort(x)[: min(len(a), len(b))] for x in (a, b))),), "off after sorting"),
        ((lambda a, b: square(*(np.sort(x[: min(len(a), len(b))]) for x in (a, b))),), "off before sorting"),
        ((lambda a, b: square(*alike(a, b, np.asarray)),), "as they stand"),
        ((lambda a, b: square(*alike(a, b, repeat=np.tile)),), "repeated as a whole"),
        ((lambda a, b: square(alike(a, b)[0], alike(a, b)[1][::-1]),), "goes to the largest"),
        ((read_off,), "read the longer list off"),
        ((lambda a, b: square(*(np.quantile(x, np.linspace(0, 1, min(len(a), len(b)))) for x in (a, b))),),
         "gives both ends"),
        ((lambda a, b: by_quantiles(a, b) * np.lcm(len(a), len(b)),), "this is the sum"),
        ((lambda a, b: np.sqrt(by_quantiles(a, b)),), "this is the root"),
        ((lambda a, b: scipy.stats.wasserstein_distance(a, b),), "Square them"),
        ((lambda a, b: by_quantiles(a, b) / np.mean(b**2),), "relative to the second list"),
        ((lambda a, b: square(np.sort(a), np.sort(b)),), "do not fit together"),
    ],
    "sliced_step": [
        ((step,), "Divide it by its length first"),
        ((lambda p, t, d: step(p, t, unit(d), along=d),), "in another it has not"),
        ((lambda p, t, d: step(p, t, unit(d), order=np.sort),), "goes to the first point"),
        ((lambda p, t, d: step(p, t, unit(d), order=np.asarray),), "the other way round"),
        ((lambda p, t, d: step(p, t, unit(d), order=np.sort, sort=np.asarray),), "are not in order"),
        ((lambda p, t, d: step(p, t, unit(d), sort=np.asarray),), "values are not sorted"),
        ((lambda p, t, d: step(p, t, unit(d), sign=-1),), "your points move away"),
        ((lambda p, t, d: np.outer(step(p, t, unit(d)) @ unit(d), unit(d)),), "only what lies along"),
        ((lambda p, t, d: p + np.outer(step(p, t, unit(d)) @ unit(d), unit(d)),), "you add the wanted value"),
        ((lambda p, t, d: step(p, t, unit(d)) @ unit(d),), "these are the new values"),
        ((lambda p, t, d: p + ((step(p, t, unit(d)) - p) @ unit(d))[:, None],), "every map alike"),
        ((lambda p, t, d: np.sort(t, axis=0)[p.argsort(0).argsort(0), np.arange(p.shape[1])],), "each map alone"),
    ],
    "calm_paper": [
        (lambda: (painted("gram"), PHOTO, PAINTING, WORDS), "is crowded"),
        (lambda: (load_image(PHOTO, 224), PHOTO, PAINTING, WORDS), "lines are missing"),
        (lambda: (stretched(), PHOTO, PAINTING, WORDS), "hard to make out"),
        (lambda: (load_image(PAINTING, 224), PHOTO, PAINTING, WORDS), "that you painted"),
        (lambda: (painted("sliced"), PHOTO, "starry_night", WORDS), "of this painting is calm"),
        (lambda: (255 * painted("sliced").image, PHOTO, PAINTING, WORDS), "divide by 255"),
        (lambda: (painted("sliced"), PHOTO, PAINTING, "because"), "defend it"),
    ],
}

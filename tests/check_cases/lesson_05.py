"""Right and wrong answers to the exercises of lesson 05. tests/test_checks.py says how they are used."""

from functools import cache

from nst_helpers import losses
from nst_helpers.images import load_image
from nst_helpers.optimize.minimizer import minimize

import numpy as np
import scipy.ndimage
import tensorflow as tf

PHOTO = load_image("chelsea", 96)
WORDS = "With an exponent below one a single high step is cheaper than many low ones."


def by_loops(image, exponent):
    """Each pair of neighbours, one after another."""
    _, height, width, colours = image.shape
    down, right = [], []
    for row in range(height):
        for column in range(width):
            for colour in range(colours):
                pixel = float(image[0, row, column, colour])
                if row + 1 < height:
                    down.append(abs(float(image[0, row + 1, column, colour]) - pixel) ** exponent)
                if column + 1 < width:
                    right.append(abs(float(image[0, row, column + 1, colour]) - pixel) ** exponent)
    return sum(down) / len(down) + sum(right) / len(right)


def differences(image, axes=(1, 2)):
    return [np.diff(image, axis=axis) for axis in axes]


def mean_of(part, axes=(1, 2)):
    """The sum over both directions of the mean of part(difference, exponent)."""
    return lambda image, exponent: sum(np.mean(part(d, exponent)) for d in differences(image, axes))


def power(difference, exponent):
    return np.abs(difference) ** exponent


def summed(image, exponent):
    return sum(np.sum(power(d, exponent)) for d in differences(image))


def by_length(image, exponent):
    down, right = differences(image)
    return np.mean((down[:, :, :-1] ** 2 + right[:, :-1] ** 2) ** (exponent / 2))


def rolled(image, exponent):
    return sum(np.mean(power(image - np.roll(image, 1, axis), exponent)) for axis in (1, 2))


def signed(difference, exponent):
    return difference**exponent if exponent % 1 == 0 else np.sign(difference) * power(difference, exponent)


def by_tape(image):
    """The gradient, as TensorFlow finds it."""
    image = tf.constant(image)
    with tf.GradientTape() as tape:
        tape.watch(image)
        loss = losses.total_variation(image)
    return tape.gradient(loss, image)


def gradient(mode="edge", factor=2, divide=lambda down, right, image: (down, right), use=(1, 1)):
    """The gradient with mistakes to choose from."""
    def found(image):
        x, sums = np.pad(image, ((0, 0), (1, 1), (1, 1), (0, 0)), mode=mode), []
        sums.append(2 * image - x[:, :-2, 1:-1] - x[:, 2:, 1:-1])
        sums.append(2 * image - x[:, 1:-1, :-2] - x[:, 1:-1, 2:])
        counts = divide(*(d.size for d in differences(image)), image)
        return sum(factor * used * part / count for used, part, count in zip(use, sums, counts))
    return found


def inside(image, frame=True, factor=True):
    """The lesson's formula, which holds inside only."""
    found = np.zeros_like(image)
    found[:, 1:-1, 1:-1] = (gradient() if factor else RAW)(image)[:, 1:-1, 1:-1]
    return found if frame else found[:, 1:-1, 1:-1]


RAW = gradient(factor=1, divide=lambda *_: (1, 1))  # four times the pixel minus its neighbours


@cache
def cut(exponent, weight):
    def variation(image):
        parts = image[:, 1:] - image[:, :-1], image[:, :, 1:] - image[:, :, :-1]
        return tf.add_n([tf.reduce_mean((part**2 + 1e-4) ** (exponent / 2)) for part in parts])

    result = minimize(lambda image: tf.reduce_mean((image - PHOTO) ** 2) + weight * variation(image), PHOTO, steps=60)
    return np.clip(result.image, 0, 1)


RIGHT = {
    "doubled_pixels": [("Half",)],
    "total_variation": [(by_loops,)],
    "variation_gradient": [(gradient(),)],
    "paper_cut": [lambda: (cut(0.7, 0.1), PHOTO, WORDS), lambda: (cut(0.5, 0.06), PHOTO, WORDS)],
}
WRONG = {
    "doubled_pixels": [
        (("a quarter",), "a smooth ramp"),
        (("the same",), "new pairs of neighbours"),
        (("twice",), "twice as long"),
        ((0.5,), "choose one of"),
    ],
    "total_variation": [
        ((lambda image, e: sum(np.mean(d**2) ** (e / 2) for d in differences(image)),), "first the power of each"),
        ((lambda image, e: sum(np.mean(np.abs(d)) ** e for d in differences(image)),), "the mean comes last"),
        ((mean_of(signed),), "cancel each other"),
        ((summed,), "this is the sum"),
        ((lambda image, e: summed(image, e) / image.size,), "not of pixels"),
        ((lambda image, e: mean_of(power)(image, e) / 2,), "the mean over both directions"),
        ((mean_of(power, [1]),), "to the right are missing"),
        ((mean_of(power, [2]),), "downwards are missing"),
        ((by_length,), "the general form of the lesson"),
        ((mean_of(lambda d, e: power(d, e / 2)),), "the half belongs"),
        ((mean_of(lambda d, e: (d**2) ** e),), "twice as much as asked for"),
        ((mean_of(lambda d, e: d**2),), "this is the squared form"),
        ((mean_of(lambda d, e: np.abs(d)),), "this is the absolute form"),
        ((rolled,), "np.roll compares"),
        ((mean_of(power, [-1]),), "np.diff without an axis"),
        ((mean_of(power, [2, 3]),), "axis 3 counts"),
        ((lambda image, e: np.float32(np.nan),), "this is not a number"),
        ((lambda image, e: power(differences(image)[0], e).mean((1, 2)),), "has the shape"),
    ],
    "variation_gradient": [
        ((gradient(factor=-2),), "the sign is wrong"),
        ((gradient(factor=1),), "2 of the square"),
        ((gradient(divide=lambda down, right, image: (1, 1)),), "the loss is a mean"),
        ((gradient(divide=lambda down, right, image: (image.size, image.size)),), "by the number of pixels"),
        ((gradient(divide=lambda down, right, image: (down, down)),), "number of differences downwards"),
        ((gradient(divide=lambda down, right, image: (right, right)),), "number of differences to the right"),
        ((gradient(divide=lambda down, right, image: (right, down)),), "are exchanged"),
        ((gradient(use=(1, 0)),), "to the right are missing"),
        ((gradient(use=(0, 1)),), "downwards are missing"),
        ((inside,), "the rim has no gradient yet"),
        ((lambda image: inside(image, factor=False),), "the lesson's formula alone"),
        ((gradient("wrap", 1, lambda *_: (1, 1)),), "And the factor is missing"),
        ((lambda image: inside(image, frame=False),), "the rim is cut off"),
        ((gradient("constant"),), "no black frame"),
        ((gradient("wrap"),), "neighbour of the right one."),
        ((by_tape,), "has done the work"),
        ((losses.total_variation,), "has the shape"),
    ],
    "paper_cut": [
        (lambda: (cut(2.0, 300.0), PHOTO, WORDS), "hardly the photo"),
        (lambda: (cut(2.0, 2.0), PHOTO, WORDS), "No weight helps"),
        (lambda: (cut(1.0, 0.4), PHOTO, WORDS), "or an exponent for which edges are cheaper"),
        (lambda: (cut(1.0, 0.05), PHOTO, WORDS), "too little is flat"),
        (lambda: (cut(0.7, 0.1), PHOTO, "paper"), "defend it"),
        (lambda: (cut(0.7, 0.1)[:, ::2], PHOTO, WORDS), "has the shape"),
        (lambda: (scipy.ndimage.zoom(PHOTO, (1, 0.2, 0.2, 1), order=1), PHOTO, WORDS), "take at least"),
    ],
}

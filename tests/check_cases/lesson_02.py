"""Right and wrong answers to the exercises of lesson 02. tests/test_checks.py says how they are used."""

from functools import cache

from nst_helpers import losses
from nst_helpers.color import match_colors
from nst_helpers.images import load_image
from nst_helpers.losses import gram_matrix as borrowed_gram
from nst_helpers.networks import feature_extractor, load_network
from nst_helpers.optimize.minimizer import minimize

import numpy as np
import tensorflow as tf


def by_loops(features):
    _, height, width, maps = features.shape
    gram = [[0.0] * maps for _ in range(maps)]
    for y in range(height):
        for x in range(width):
            for i in range(maps):
                for j in range(maps):
                    gram[i][j] += features[0, y, x, i] * features[0, y, x, j] / (height * width)
    return gram


def rows(features):
    return features.reshape(-1, features.shape[-1])


def turned(features):
    mixed = features.reshape(features.shape[-1], -1)
    return mixed @ mixed.T / mixed.shape[1]


def through_a_helper(features):
    return helper(features)


def helper(features):
    return borrowed_gram(features)


def pairs(features, shift, axis=2):
    length = features.shape[axis]
    left = np.take(features, range(length - shift), axis)
    right = np.take(features, range(shift, length), axis)
    return left, right


def shifted(features, shift, axis=2):
    left, right = pairs(features, shift, axis)
    return rows(left).T @ rows(right) / len(rows(left))


def by_tensorflow(features, shift):
    left, right = pairs(tf.constant(features), shift)
    return tf.reduce_mean(left[..., :, tf.newaxis] * right[..., tf.newaxis, :], axis=[0, 1, 2])


def rolled(features, shift):
    return rows(features).T @ rows(np.roll(features, -shift, axis=2)) / len(rows(features))


@cache
def repainted(colour_layers, stroke_layers=(), steps=30):
    """SECOND in the colours of FIRST, as the notebook does it, 128 pixels wide."""
    start, layers = load_image(SECOND, 128), [f"block{k}_conv1" for k in range(1, 6)]
    extract = feature_extractor(load_network("pocket"), layers)
    in_colour, in_grey = ([layers[k - 1] for k in chosen] for chosen in (colour_layers, stroke_layers))
    colours, strokes = extract(load_image(FIRST, 128)), extract(in_greys(start))

    def distance(image):
        own, own_grey = extract(image), extract(in_greys(image))
        parts = [losses.style_loss(losses.gram_matrix(own[k]), losses.gram_matrix(colours[k])) for k in in_colour]
        parts += [losses.style_loss(losses.gram_matrix(own_grey[k]), losses.gram_matrix(strokes[k])) for k in in_grey]
        return tf.add_n(parts) / len(parts) + losses.total_variation(image) + losses.out_of_range(image)

    return np.clip(minimize(distance, start, steps=steps).image, 0, 1)


def in_greys(image):
    return tf.image.grayscale_to_rgb(tf.image.rgb_to_grayscale(image))


@cache
def texture(shallow, deep):
    """What comes out of noise if two layers follow these paintings: scan lines."""
    layers = {"block1_conv1": shallow, "block4_conv1": deep}
    extract = feature_extractor(load_network("pocket"), layers)
    targets = {k: losses.gram_matrix(extract(load_image(name, 256))[k]) for k, name in layers.items()}

    def distance(image):
        return tf.add_n([losses.style_loss(losses.gram_matrix(maps), targets[k]) for k, maps in extract(image).items()])

    start = np.random.default_rng(0).random((1, 96, 96, 3), "float32")
    return np.clip(minimize(distance, start, steps=40).image, 0, 1)


FIRST, SECOND = "the_scream", "starry_night"
RECOLOURED = match_colors(load_image(SECOND, 256), load_image(FIRST, 256))
WORDS = "Shallow layers know colours and deep layers know strokes, as the lesson showed."

RIGHT = {
    "twice_as_wide": [(" The  SAME",)],
    "gram_matrix": [(by_loops,), (lambda f: np.cov(rows(f).T, bias=True) + np.outer(
        rows(f).mean(0), rows(f).mean(0)),)],
    "shifted_gram": [(by_tensorflow,)],
    "two_painters": [
        lambda: (repainted((1, 2), (3, 4, 5)), FIRST, SECOND, WORDS),
        lambda: (repainted((1,), (4,)), FIRST, SECOND, WORDS),
        lambda: (RECOLOURED, FIRST, SECOND, WORDS),
    ],
}
WRONG = {
    "twice_as_wide": [
        (("half",), "twice as many products"),
        (("twice",), "would be the sum"),
        (("four times",), "twice as loud"),
        (("larger",), "choose one of"),
    ],
    "gram_matrix": [
        ((lambda f: rows(f) @ rows(f).T,), "is the transpose on the other factor"),
        ((lambda f: rows(f).T @ rows(f),), "this is the sum"),
        ((lambda f: rows(f).T @ rows(f) / f.size,), "divide by the maps as well"),
        ((lambda f: rows(f).T @ rows(f) / len(f[0]),), "by the height only"),
        ((lambda f: rows(f).T @ rows(f) / f.shape[2],), "by the width only"),
        ((lambda f: rows(f).T @ rows(f) / f.shape[-1],), "by the number of maps. Divide"),
        ((turned,), "the reshape mixes"),
        ((lambda f: np.cov(rows(f).T, bias=True),), "covariance"),
        ((lambda f: losses.gram_matrix(f)[tf.newaxis],), "axis of the picture"),
        ((lambda f: np.einsum("bhwi,bhwj->ij", f, f) / (f.shape[1] * f.shape[2]),), "einsum has done the work"),
        ((lambda f: losses.gram_matrix(f),), "losses has done the work"),
        ((through_a_helper,), "borrowed_gram has done the work"),
        ((lambda f: 3 * rows(f).T @ rows(f) / len(rows(f)),), "3 times what it should be"),
        ((lambda f: np.triu(by_loops(f)),), "for a random input, and should be"),
        ((lambda f: by_loops(f.numpy()),), "raises AttributeError in line"),
        ((lambda f: print("", end=""),), "gives back None"),
    ],
    "shifted_gram": [
        ((lambda f, d: shifted(f, d).T,), "rows and columns are exchanged"),
        ((rolled,), "np.roll brings the left edge"),
        ((lambda f, d: shifted(f, d) * (f.shape[2] - d) / f.shape[2],), "divide by all positions"),
        ((lambda f, d: shifted(f, d) * f.shape[1] * (f.shape[2] - d),), "this is the sum"),
        ((lambda f, d: shifted(f, d, axis=1),), "you shift downwards"),
        ((lambda f, d: shifted(f, d + 1),), "one position too far"),
        ((lambda f, d: shifted(f, d - 1),), "one position too little"),
        ((lambda f, d: shifted(f, 0),), "nothing is shifted"),
        ((lambda f, d: rows(f[:, :, :-d]).T @ rows(f[:, :, d:]) / (len(f[0]) * (f.shape[2] - d)),), "[:-0] is empty"),
    ],
    "two_painters": [
        (lambda: (repainted((1, 2), (3, 4, 5)), FIRST, FIRST, WORDS), "the same painting"),
        (lambda: (load_image(SECOND, 128), FIRST, SECOND, WORDS), "do your shallow layers"),
        (lambda: (load_image(FIRST, 128), FIRST, SECOND, WORDS), "do your deep layers"),
        (lambda: (repainted((1, 2, 3, 4), (5,)), FIRST, SECOND, WORDS), "have suffered"),
        (lambda: (0.3 * load_image(SECOND, 256) + 0.7 * RECOLOURED, FIRST, SECOND, WORDS), "not yet those of"),
        (lambda: (texture(FIRST, SECOND), FIRST, SECOND, WORDS), "scan lines, or grain: waves of two"),
        (lambda: (repainted((1, 2), (3, 4, 5)), FIRST, SECOND, "because"), "defend it"),
        (lambda: (255 * repainted((1, 2), (3, 4, 5)), FIRST, SECOND, WORDS), "divide by 255"),
    ],
}

"""Right and wrong answers to the exercises of lesson 00. tests/test_checks.py says how they are used."""

from functools import cache

from nst_helpers.images import load_image
from nst_helpers.transfer import stylize

import numpy as np
import tensorflow as tf

PHOTO, PAINTING = load_image("coffee", 64), load_image("kazusa_sea_route", 64)
WORDS = "The free one, because its lines run where the ship had them."


@cache
def painted(content_weight):
    return stylize(PHOTO, PAINTING, content_weight=content_weight, steps=25, progress=False)


def two(faithful, free, defence=WORDS):
    """Answers to the last exercise, from two content weights."""
    return lambda: (PHOTO, PAINTING, painted(faithful), painted(free).image, defence)


def share_by_adding(losses):
    parts = [values[-1] for name, values in losses.items() if name != "total"]
    return 1 / (sum(parts) / losses["style"][-1])


def change_by_loops(before, after):
    _, height, width, _ = before.shape
    return [[sum(abs(float(a) - float(b)) for a, b in zip(after[0, y, x], before[0, y, x])) / 3
             for x in range(width)] for y in range(height)]


def glued(parts, axis=2):
    return np.concatenate(parts, axis)


def strip(first, gap, white=1.0):
    return np.full((1, first.shape[1], gap, 3), white)


def pasted(first, second, gap):
    width = first.shape[2] + gap
    canvas = np.ones((1, first.shape[1], width + second.shape[2], 3), "float32")
    canvas[:, :, : first.shape[2]], canvas[:, :, width:] = first, second
    return tf.constant(canvas)


def below(first, second, gap):
    return glued([first, np.ones((1, gap, first.shape[2], 3)), second], 1)


RIGHT = {
    "dearer_content": [lambda: ("Larger",)],
    "style_share": [(share_by_adding,)],
    "change": [(change_by_loops,), (lambda a, b: tf.reduce_mean(tf.abs(a - b), axis=-1)[0],)],
    "side_by_side": [(pasted,)],
    "faithful_and_free": [two(0.5, 0.002)],
}
WRONG = {
    "dearer_content": [
        (lambda: ("smaller",), "somebody has to pay"),
        (lambda: ("the same",), "costs paint"),
        ((10,), "choose one of"),
    ],
    "style_share": [
        ((lambda losses: losses["style"] / losses["total"],), "[-1] takes the last"),
        ((lambda losses: losses["style"][0] / losses["total"][0],), "at the first evaluation"),
        ((lambda losses: losses["style"].mean() / losses["total"].mean(),), "over all evaluations together"),
        ((lambda losses: 100 * losses["style"][-1] / losses["total"][-1],), "per cent"),
        ((lambda losses: losses["total"][-1] / losses["style"][-1],), "the other way round"),
        ((lambda losses: losses["style"][-1] / losses["content"][-1],), "compares style with content"),
        ((lambda losses: losses["content"][-1] / losses["total"][-1],), "share of the content"),
        ((lambda losses: losses["style"][-1],), "the style loss itself"),
        ((lambda losses: losses["styl"][-1],), "raises KeyError in line"),
    ],
    "change": [
        ((lambda a, b: np.abs(b - a).mean(axis=3),), "first axis is still there"),
        ((lambda a, b: (b - a).mean(axis=3)[0],), "darker counts as negative"),
        ((lambda a, b: (a - b).mean(axis=3)[0],), "brighter counts as negative"),
        ((lambda a, b: np.abs((b - a).mean(axis=3))[0],), "cancel each other"),
        ((lambda a, b: np.abs(b - a).sum(axis=3)[0],), "sum of the three colours"),
        ((lambda a, b: ((b - a) ** 2).mean(axis=3)[0],), "you square"),
        ((lambda a, b: np.abs(b - a)[0],), "each colour is still on its own"),
        ((lambda a, b: np.abs(b - a).mean(),), "one number for the whole picture"),
        ((lambda a, b: np.abs(b - a).mean(axis=1),), "over the rows"),
        ((lambda a, b: np.abs(b - a).mean(axis=2),), "over the columns"),
        ((lambda a, b: np.abs(b - a)[0].mean(axis=0),), "has the shape"),
    ],
    "side_by_side": [
        ((below,), "one below the other"),
        ((lambda a, b, gap: glued([a, strip(a, gap, 0), b]),), "the strip is black"),
        ((lambda a, b, gap: glued([a, strip(a, gap, 255), b]),), "the strip is 255"),
        ((lambda a, b, gap: glued([b, strip(a, gap), a]),), "the second picture is on the left"),
        ((lambda a, b, gap: glued([a, b]),), "the strip is missing"),
        ((lambda a, b, gap: glued([a, strip(a, gap), b])[0],), "has the shape"),
        ((lambda a, b, gap: glued([a, strip(a, gap), b], 3),), "raises ValueError in line"),
    ],
    "faithful_and_free": [
        (two(0.002, 0.5), "weights exchanged"),
        (two(0.05, 0.02), "Move the weights apart"),
        (two(1000.0, 0.02), "faithful has hardly any paint"),
        (two(0.5, 0.002, "It is nice."), "defend it"),
        (lambda: (PHOTO, PAINTING, painted(0.5), PAINTING, WORDS), "another shape than the photo"),
    ],
}

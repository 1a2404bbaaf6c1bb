"""Right and wrong answers to the exercises of lesson 03. tests/test_checks.py says how they are used."""

from functools import cache

from nst_helpers import losses
from nst_helpers.images import load_image
from nst_helpers.transfer import stylize

import numpy as np
import tensorflow as tf

PHOTO, PAINTING = load_image("summer_palace", 96), load_image("street_in_auvers", 96)
WORDS = "Deep layers know where the tower stands and leave the colours to the painter."


@cache
def painted(layer, weight):
    return stylize(PHOTO, PAINTING, content_layers=layer, content_weight=weight, start="noise", steps=50,
                   progress=False).image


def poster(layer="block5_conv1", weight=0.2, defence=WORDS):
    return lambda: (painted(layer, weight), PHOTO, PAINTING, defence)


def total(part):
    """The weighted sum over layers of part(features, target)."""
    return lambda features, targets, weights: sum(w * part(features[k], targets[k]) for k, w in weights.items())


def relative(features, target):
    return np.sum((features - target) ** 2) / np.sum(target**2)


def by_tensorflow(features, targets, weights):
    parts = [tf.nn.l2_loss(features[k] - targets[k]) / tf.nn.l2_loss(targets[k]) for k in weights]
    return tf.reduce_sum(tf.stack(parts) * list(weights.values()))


def first_only(features, targets, weights):
    for layer, weight in weights.items():
        return weight * relative(features[layer], targets[layer])


def last_only(features, targets, weights):
    for layer, weight in weights.items():
        loss = weight * relative(features[layer], targets[layer])
    return loss


def one_divisor(features, targets, weights):
    return total(lambda f, p: np.sum((f - p) ** 2))(features, targets, weights) / sum(
        np.sum(targets[k] ** 2) for k in weights)


def every_layer(features, targets, weights):
    return sum(weights[k] * relative(features[k], targets[k]) for k in features)


def by_tape(variable):
    """The gradient of the relative loss with respect to "features" or "target"."""
    def gradient(features, target):
        given = {"features": tf.constant(features), "target": tf.constant(target)}
        with tf.GradientTape() as tape:
            tape.watch(given[variable])
            loss = losses.content_loss(**given)
        return tape.gradient(loss, given[variable])
    return gradient


def descent(sign=-1, extra=0, stale=False, first=True, last=True, rate=True, in_place=False):
    """Gradient descent with mistakes to choose from."""
    def run(loss_and_gradient, start, learning_rate, steps):
        x, noted = start if in_place else tf.constant(start), []
        steps += extra
        for _ in range(steps + 1):
            loss, gradient = loss_and_gradient(start if stale else x)
            noted.append(loss)
            if len(noted) <= steps and in_place:
                x -= learning_rate * gradient
            elif len(noted) <= steps:
                x = x + sign * (learning_rate if rate else 1.0) * gradient
        return [x, noted[0 if first else 1 : None if last else -1]]
    return run


RIGHT = {
    "one_step": [("At the bottom",)],
    "content_loss": [(by_tensorflow,)],
    "content_gradient": [(lambda f, p: tf.constant(f - p) * 2 / np.linalg.norm(p) ** 2,)],
    "gradient_descent": [(descent(),)],
    "poster": [poster()],
}
WRONG = {
    "one_step": [
        (("half way down",), "1 - rate"),
        (("on the other side, equally far",), "at twice this rate"),
        (("farther out",), "beyond 2/c"),
        ((0,), "choose one of"),
    ],
    "content_loss": [
        ((lambda f, p, w: sum(relative(f[k], p[k]) for k in w),), "the weights are not used"),
        ((lambda f, p, w: total(relative)(f, p, w) / len(w),), "by the number of layers"),
        ((lambda f, p, w: total(relative)(f, p, w) / sum(w.values()),), "by the sum of the weights"),
        ((total(lambda f, p: np.sum((f - p) ** 2)),), "not relative yet"),
        ((total(lambda f, p: np.sum((f - p) ** 2) / 2),), "the printed form"),
        ((total(lambda f, p: np.mean((f - p) ** 2)),), "by the number of activations"),
        ((total(lambda f, p: relative(p, f)),), "by the squared features"),
        ((one_divisor,), "all layers by one sum"),
        ((total(lambda f, p: np.sqrt(relative(f, p))),), "a square root too many"),
        ((total(lambda f, p: np.abs(f - p).sum() / np.abs(p).sum()),), "absolute values"),
        ((first_only,), "the first layer only"),
        ((last_only,), "the last layer only"),
        ((every_layer,), "raises KeyError in line"),
        ((lambda f, p, w: sum(w[k] * losses.content_loss(f[k], p[k]) for k in w),), "losses has done the work"),
    ],
    "content_gradient": [
        ((lambda f, p: 2 * (p - f) / np.sum(p**2),), "the sign is wrong"),
        ((lambda f, p: (f - p) / np.sum(p**2),), "the 2 of the square is missing"),
        ((lambda f, p: f - p,), "of the printed loss"),
        ((lambda f, p: 2 * (f - p),), "the divisor is missing"),
        ((lambda f, p: 2 * (f - p) / np.sum(f**2),), "by the squared features"),
        ((lambda f, p: 2 * (f - p) / p.size,), "by the number of activations"),
        ((by_tape("target"),), "with respect to the target"),
        ((lambda f, p: 2 * (f - p) / p**2,), "its own square"),
        ((relative,), "the loss itself"),
        ((by_tape("features"),), "GradientTape has done the work"),
    ],
    "gradient_descent": [
        ((descent(sign=1),), "uphill"),
        ((descent(stale=True),), "the gradient of the start"),
        ((descent(extra=1),), "one step too many"),
        ((descent(extra=-1),), "one step too few"),
        ((descent(last=False),), "after the last step is not in the list"),
        ((descent(first=False),), "at the start is not in the list"),
        ((descent(in_place=True),), "changes the array"),
        ((lambda *given: descent()(*given)[0],), "two things"),
    ],
    "poster": [
        (poster("block5_conv1", 0.0001), "from afar the photo is lost"),
        (poster("block1_conv1"), "from close up it is still the photo"),
        (poster("block5_conv1", 10.0), "too little paint"),
        (poster(defence="deep layers"), "defend it"),
        (lambda: (PAINTING, PHOTO, PAINTING, WORDS), "has the shape"),
    ],
}

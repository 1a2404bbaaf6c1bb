"""Right and wrong answers to the exercises of lesson 04. tests/test_checks.py says how they are used."""

from functools import cache

from nst_helpers.checks.optimisers import two_loops
from nst_helpers.images import load_image
from nst_helpers.optimize.lbfgs import History
from nst_helpers.transfer import stylize

import keras
import numpy as np
import tensorflow as tf

PHOTO, PAINTING = load_image("dahlia", 96), load_image("great_wave", 96)
WORDS = "Deep blocks hold the strokes and block 1 holds the colours, so I left block 1 out."


def slope(ahead=1, behind=1, over=2, power=1):
    """A difference of losses with mistakes to choose from; power: of the direction's length, to divide by."""
    def measured(loss, image, direction, step):
        unit = tf.constant(direction) / tf.norm(direction) ** power
        return (loss(image + ahead * step * unit) - loss(image - behind * step * unit)) / (over * step)
    return measured


def by_keras(image, gradient, first, second, count, learning_rate):
    """Keras' own Adam, with the moments put into it."""
    picture, optimizer = keras.Variable(image), keras.optimizers.Adam(learning_rate, 0.9, 0.999, 1e-8)
    optimizer.build([picture])
    optimizer.iterations.assign(count - 1)
    for variable, value in zip(optimizer.variables[-2:], (first, second)):
        variable.assign(value)
    optimizer.apply([tf.constant(gradient)], [picture])
    return [tensor.numpy() for tensor in (picture, *optimizer.variables[-2:])]


def adam(b1=0.9, c1=0.1, b2=0.999, c2=0.001, square=2, sign=-1, lift=(1, 1), late=0, power=None, root=0.5, mean="m",
         kept=False, rate=True, epsilon=1e-8, in_place=False):
    """Adam with mistakes to choose from."""
    def step(x, g, m, v, count, learning_rate):
        m, v = b1 * m + c1 * g, b2 * v + c2 * g**square
        count = count + late if power is None else power
        lifted = [m / (1 - 0.9**count) if lift[0] else m, v / (1 - 0.999**count) if lift[1] else v]
        with np.errstate(invalid="ignore"):  # 0 over 0, without epsilon
            change = (learning_rate if rate else 1) * {"m": lifted[0], "g": g}[mean] / (lifted[1] ** root + epsilon)
        if in_place:
            x += sign * change
        return x + sign * change, *(lifted if kept else (m, v))
    return step


def by_history(gradient, steps, changes):
    """The direction of the course's own L-BFGS, which is written in quite another way."""
    memory = History(10, gradient.size, "float64")
    for step, change in zip(steps, changes):
        memory.add(step.astype("float64"), change.astype("float64"))
    return memory.direction(gradient.astype("float64"))


def direction(gamma=lambda s, y: s[-1] @ y[-1] / (y[-1] @ y[-1]), exchanged=False, sign=1, **mistake):
    """The two loops with mistakes to choose from."""
    def found(gradient, steps, changes):
        if not steps:
            return -gradient
        pairs = (changes, steps) if exchanged else (steps, changes)
        return sign * two_loops(gradient, *pairs, gamma(steps, changes), **mistake)
    return found


@cache
def painted(*weights, content_weight=0.1):
    layers = {f"block{k}_conv1": weight for k, weight in enumerate(weights, 1) if weight}
    return stylize(PHOTO, PAINTING, style_layers=layers, content_weight=content_weight, steps=40, progress=False).image


def light(*weights, defence=WORDS, **options):
    return lambda: (painted(*weights, **options), PHOTO, PAINTING, defence)


RIGHT = {
    "both_weights": [("The same picture ",)],
    "measured_slope": [(slope(),)],
    "adam_step": [(by_keras,), (adam(),)],
    "lbfgs_direction": [(by_history,)],
    "same_light": [
        light(0, 0, 0, 1, 1), light(0, 0, 1, 2, 2),
        light(0, 0, 0, 1, 1, content_weight=0.02), light(0, 0, 1, 2, 2, content_weight=0.02),  # the hint's
    ],
}
WRONG = {
    "both_weights": [
        (("nearer to the photo",), "the content counts"),
        (("nearer to the painting",), "the style counts"),
        (("nearer to both",), "what one loss wins"),
        (("smaller",), "choose one of"),
    ],
    "measured_slope": [
        ((slope(behind=0, over=1),), "a step forwards only"),
        ((slope(ahead=0, over=1),), "a step backwards only"),
        ((slope(over=1),), "two steps, not one"),
        ((lambda loss, x, d, h: slope()(loss, x, d, h) * h**2,), "put 2 * step in brackets"),
        ((slope(over=-2),), "forwards minus backwards"),
        ((slope(power=0),), "has to have the length 1"),
        ((lambda loss, x, d, h: slope()(loss, x, d, h) * 2 * h,), "a difference of two losses"),
        ((lambda loss, x, d, h: slope()(loss, x, d, h) * h,), "divide by the step as well"),
        ((lambda loss, x, d, h: slope(power=0)(loss, x, d, h) / np.linalg.norm(d),), "as long as the direction"),
        ((lambda loss, x, d, h: slope()(loss, x, d, h) * np.linalg.norm(d),), "again at the end"),
        ((lambda loss, x, d, h: (loss(x + h * d) - loss(x - h * d)) / (2 * h * d),), "has the shape"),
        ((lambda loss, x, d, h: loss[x],), "raises TypeError in line"),
    ],
    "adam_step": [
        ((adam(sign=1),), "uphill"),
        ((adam(lift=(0, 0)),), "bias correction is missing"),
        ((adam(lift=(1, 0)),), "the first moment only"),
        ((adam(lift=(0, 1)),), "the second moment only"),
        ((adam(power=1),), "so that it fades"),
        ((adam(late=1),), "off by one"),
        ((adam(root=1),), "square root of the second moment"),
        ((adam(mean="g"),), "you step along the gradient"),
        ((adam(kept=True),), "hand back the moments"),
        ((adam(b1=0.1, c1=0.9),), "β₁ and 1 - β₁ are exchanged"),
        ((adam(b2=0.001, c2=0.999),), "β₂ and 1 - β₂ are exchanged"),
        ((adam(c1=1),), "before the gradient"),
        ((adam(c2=1),), "before the squared gradient"),
        ((adam(b1=0.999, c1=0.001),), "β₂ for the first"),
        ((adam(b2=0.9, c2=0.1),), "β₁ for the second"),
        ((adam(square=1),), "takes the square of the gradient"),
        ((adam(epsilon=0),), "divided by zero"),
        ((adam(rate=False),), "the learning rate is not used"),
        ((adam(in_place=True),), "changes the array"),
        ((lambda x, g, m, v, t, rate: (x - rate * g, 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2),),
         "this is gradient descent"),
        ((lambda x, g, m, v, t, rate: (x - rate * adam()(0 * x, g, m, v, t, 1)[1] / (1 - 0.9**t) / np.sqrt(
            (0.999 * v + 0.001 * g**2) / (1 - 0.999**t) + 1e-8), 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2),),
         "outside the root"),
        ((lambda *given: adam()(*given)[0],), "three things"),
    ],
    "lbfgs_direction": [
        ((direction(sign=-1),), "uphill"),
        ((direction(lambda s, y: 1),), "between the two loops is missing"),
        ((direction(lambda s, y: s[0] @ y[0] / (y[0] @ y[0])),), "not from the oldest"),
        ((direction(lambda s, y: y[-1] @ y[-1] / (s[-1] @ y[-1])),), "upside down"),
        ((direction(lambda s, y: s[-1] @ s[-1] / (s[-1] @ y[-1])),), "your γ is s·s"),
        ((direction(first=1),), "the first loop has to go"),
        ((direction(last=-1),), "the second loop has to go"),
        ((direction(first=1, last=-1),), "both loops go the wrong way"),
        ((direction(turned=True),), "another pair's a"),
        ((direction(beta=0),), "b is missing"),
        ((direction(beta=-1),), "the sign of b"),
        ((direction(alpha=0),), "a is missing"),
        ((direction(exchanged=True),), "steps and changes are exchanged"),
        ((direction(last=0),), "what the first loop leaves"),
        ((lambda gradient, steps, changes: -gradient,), "the pairs are not used"),
        ((lambda gradient, steps, changes: two_loops(gradient, steps, changes),), "raises IndexError in line"),
    ],
    "same_light": [
        (light(1, 1, 1, 1, 1), "the light has changed"),
        (light(0, 0, 0, 1, 1, content_weight=50.0), "the strokes are missing"),
        (light(0, 0, 0, 1, 1, content_weight=1e-4), "hard to make out"),
        (light(0, 0, 0, 1, 1, defence="deep layers"), "defend it"),
        (lambda: (PAINTING, PHOTO, PAINTING, WORDS), "has the shape"),
    ],
}

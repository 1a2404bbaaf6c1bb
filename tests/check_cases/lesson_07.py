"""Right and wrong answers to the exercises of lesson 07. tests/test_checks.py says how they are used."""

from functools import cache

from nst_helpers.images import load_image, resize_image
from nst_helpers.networks import feature_extractor, load_network
from nst_helpers.objective import Style, Weights, transfer_objective
from nst_helpers.optimize.minimizer import minimize

import numpy as np

RIGHT_CAUSES = {"A": "the steps never shrink", "B": "the rate is too large", "C": "the valley is long",
                "D": "the rate is in other units"}


def exchanged(first, second):
    """The causes with those of two runs exchanged: what is said first is the second's about the first."""
    return {**RIGHT_CAUSES, first: RIGHT_CAUSES[second], second: RIGHT_CAUSES[first]}


def cut(records):
    return [record[: min(map(len, records))] for record in records]


def lowest(records):
    return [np.nanmin(np.where(np.isfinite(record), record, np.nan)) for record in records]


def by_a_loop(records):
    found = [np.inf] * len(records)
    for losses in zip(*records):
        found = [loss if np.isfinite(loss) and loss < low else low for loss, low in zip(losses, found)]
    return np.array(found, "float32")


def by_heavy_ball(x, v, g, rate, gamma):
    new = np.minimum(np.maximum(x - rate * g + gamma * v, 0), 1)
    return [new, -(x - new)]


def step(x, v, g, rate, gamma, keep=lambda x, free, new: new - x):
    free = gamma * v - rate * g
    new = np.clip(x + free, 0, 1)
    return new, keep(x, free, new)


def from_velocity(velocity):
    """A step that moves by what this function of (v, g, rate, gamma) gives."""

    def wrong(x, v, g, rate, gamma):
        new = np.clip(x + velocity(v, g, rate, gamma), 0, 1)
        return new, new - x

    return wrong


def keeping(keep):
    return lambda *arguments: step(*arguments, keep=keep)


def by_powers(loss_of, image, loss, gradient, direction, length):
    """A line search without a while loop."""
    slope = float(np.vdot(gradient, direction))
    good = (t for t in length * 0.5 ** np.arange(50) if loss_of(image + t * direction) - loss <= 0.3 * slope * t)
    return next(good) if slope < 0 else 0


def halved_first(loss_of, image, loss, gradient, direction, length):
    """Right wherever the first length is too long."""
    found = by_powers(loss_of, image, loss, gradient, direction, length)
    return length / 2 if found == length else found


def searching(promise, uphill=True):
    """A search whose loss has to fall below loss + promise(slope, length, gradient, direction)."""

    def search(loss_of, image, loss, gradient, direction, length):
        slope = (gradient * direction).sum()
        if uphill and slope >= 0:
            return 0
        while loss_of(image + length * direction) > loss + promise(slope, length, gradient, direction):
            length /= 2
        return length

    return search


def last_refused(loss_of, image, loss, gradient, direction, length):
    good = by_powers(loss_of, image, loss, gradient, direction, length)
    return 2 * good if good < length else good


def never(loss_of, image, loss, gradient, direction, length):
    while loss_of(image + length * direction) > loss + 0.3 * length * (gradient * direction).sum():
        pass
    return length


PHOTO, PAINTING = load_image("mountains", 96), load_image("wheat_field_with_cypresses", 96)
WORDS = "The start decides in which valley a road ends, although the loss is the same."


@cache
def walked(start, share=0.2, method="L-BFGS", rate=None):
    """The first picture from a start of which a share of the photo's loss is left."""
    layers = [f"block{k}_conv1" for k in range(1, 6)]
    extract = feature_extractor(load_network("pocket"), ["block4_conv2", *layers])
    weights = Weights("block4_conv2", layers, content_weight=0.1, total_variation_weight=0.2)
    objective, found = transfer_objective(extract, PHOTO, [Style(PAINTING)], weights), []
    goal = share * sum(float(part) for part in objective(PHOTO).values())

    def look(_, total, best):
        if total <= goal and not found:
            found.append(np.clip(best, 0, 1))

    begin = PHOTO if start == "photo" else resize_image(load_image(start, 96), PHOTO.shape[1:3])
    minimize(objective, begin, method, 70, rate, look)
    return found[0]


def two(*images, photo=PHOTO, painting=PAINTING, words=WORDS):
    return *images, photo, painting, words


PALACE = load_image("summer_palace", 96)
NIGHT = load_image("starry_night", 96)
AS_LARGE = resize_image(NIGHT, PALACE.shape[1:3])

RIGHT = {
    "curves": [({name: f" {cause.upper()} " for name, cause in RIGHT_CAUSES.items()},)],
    "fair_race": [(by_a_loop,), (lambda records: lowest(cut(records)),)],
    "boxed_step": [(by_heavy_ball,)],
    "line_search": [(by_powers,)],
    "two_roads": [
        lambda: two(walked("photo"), walked("the_scream", method="Adam", rate=0.05)),
        lambda: two(walked("great_wave"), walked("the_scream")),
    ],
}
WRONG = {
    "curves": [
        ((exchanged("A", "B"),), "does not sound like a rate that is too large"),
        ((exchanged("A", "C"),), "does not sound like a long valley"),
        ((exchanged("A", "D"),), "does not sound like a rate in other units"),
        (({**RIGHT_CAUSES, "D": "the steps never shrink"},), "does not sound like steps that never shrink"),
        (({**RIGHT_CAUSES, "D": "the rate is bad"},), "choose one of"),
        (({"A": "the valley is long"},), "a cause for each of"),
    ],
    "fair_race": [
        ((lowest,), "Cut all of them to"),
        ((lambda records: [record[-1] for record in cut(records)],), "these are the last losses"),
        ((lambda records: [record[-1] for record in records],), "the ends of the whole runs"),
        ((lambda records: lowest(record[:-1] for record in cut(records)),), "off by one"),
        ((lambda records: lowest(record[np.isfinite(record)][: min(map(len, records))] for record in records),),
         "has been paid, too"),
        ((lambda records: lowest(cut([record[np.isfinite(record)] for record in records])),),
         "count the finite losses"),
        ((lambda records: [record[np.isfinite(record)].mean() for record in cut(records)],), "means over the way"),
        ((lambda records: [np.nanargmin(record) for record in cut(records)],), "argmin is not min"),
        ((lambda records: [record.min() for record in cut(records)],), "makes a whole run NaN"),
        ((lambda records: min(lowest(cut(records))),), "has the shape"),
    ],
    "boxed_step": [
        ((lambda x, v, g, rate, gamma: (x + gamma * v - rate * g, 0 * x),), "pixels leave [0, 1]"),
        ((from_velocity(lambda v, g, rate, gamma: gamma * v + rate * g),), "points uphill: subtract"),
        ((from_velocity(lambda v, g, rate, gamma: gamma * v - (1 - gamma) * rate * g),), "a running mean"),
        ((from_velocity(lambda v, g, rate, gamma: v - rate * g),), "never fades"),
        ((from_velocity(lambda v, g, rate, gamma: rate * (gamma * v - g)),), "belongs to the gradient only"),
        ((from_velocity(lambda v, g, rate, gamma: v),), "moves by the old velocity"),
        ((from_velocity(lambda v, g, rate, gamma: gamma * v),), "the gradient does not come into it"),
        ((from_velocity(lambda v, g, rate, gamma: -rate * g),), "this is gradient descent"),
        ((keeping(lambda x, free, new: free),), "does not know of the wall"),
        ((keeping(lambda x, free, new: x - new),), "has the wrong sign"),
        ((keeping(lambda x, free, new: np.where((new > 0) & (new < 1), free, 0)),), "set its velocity to zero"),
        ((keeping(lambda x, free, new: np.clip(free, 0, 1)),), "you clip the velocity"),
        ((lambda x, v, *rest: (step(x, v, *rest)[0], v),), "is still the old one"),
        ((lambda *arguments: step(*arguments)[::-1],), "they are exchanged"),
        ((lambda *arguments: step(*arguments)[0],), "give back two things"),
    ],
    "line_search": [
        ((lambda *arguments: arguments[-1],), "the first length is always taken"),
        ((searching(lambda slope, t, *_: 0),), "any fall of the loss"),
        ((searching(lambda slope, t, *_: t * slope),), "you ask for all"),
        ((searching(lambda slope, t, *_: 0.3 * slope),), "half the length promises half"),
        ((searching(lambda slope, t, *_: -0.3 * t * slope),), "let the loss rise"),
        ((searching(lambda slope, t, g, d: 0.3 * t * np.mean(g * d)),), "not a mean"),
        ((searching(lambda slope, t, g, d: -0.3 * t * np.sum(g**2)),), "that along the gradient"),
        ((last_refused,), "the last length that was refused"),
        ((lambda *arguments: by_powers(*arguments) / 2,), "once more after"),
        ((searching(lambda slope, t, *_: 0.3 * t * slope, uphill=False),), "does not fall from the start"),
        ((halved_first,), "you have halved it"),
        ((never,), "asked a hundred times"),
        ((lambda *arguments: (by_powers(*arguments), 1),), "give back one number"),
    ],
    "two_roads": [
        (lambda: two(walked("photo"), walked("great_wave")[:, 1:]), "differ in shape"),
        (lambda: two(walked("photo"), PHOTO), "has not come down"),
        (lambda: two(walked("great_wave", share=0.24), walked("photo", share=0.17)), "not fair"),
        (lambda: two(AS_LARGE, AS_LARGE, photo=PALACE, painting=NIGHT), "hard to make out"),
        (lambda: two(walked("photo"), walked("photo", method="Adam", rate=0.05)), "look alike"),
        (lambda: two(walked("photo"), walked("great_wave"), words="because"), "defend it"),
        (lambda: two(255 * walked("photo"), walked("great_wave")), "divide by 255"),
    ],
}

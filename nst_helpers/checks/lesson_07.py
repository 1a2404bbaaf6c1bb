"""Checks for the exercises of lesson 07, optimisers. Long because every task has mistakes of its own."""

from nst_helpers.checks.compare import choose, draw, draw_picture, draw_telling, expect, numbers, picture, pocket, same
from nst_helpers.checks.defence import defended
from nst_helpers.checks.descents import CAUSES, boxed_momentum, fair_results, four_curves, piling_step, searches
from nst_helpers.checks.limits import at_least, at_most
from nst_helpers.checks.report import NotYet, Sheet, call, mistake
from nst_helpers.losses import content_loss, gram_matrix, style_loss, total_variation

import numpy as np
from scipy.ndimage import uniform_filter

__all__ = ["boxed_step", "calm", "curves", "fair_race", "four_curves", "line_search", "passed", "piling_step",
           "summary", "two_roads"]
sheet = Sheet()
summary, passed, calm = sheet.summary, sheet.passed, sheet.calm
STYLE_LAYERS, CONTENT_LAYER = [f"block{k}_conv1" for k in range(1, 6)], "block4_conv2"
CONTENT_WEIGHT, VARIATION_WEIGHT = 0.1, 0.2  # of the loss in the last exercise; the style counts 1
LOW, EQUAL, APART, SEEN = 0.25, 0.15, 0.15, 0.5  # its limits


@sheet.exercise(1)
def curves(causes):
    """What is wrong with each of four runs, from how its loss went."""
    why = {
        "the steps never shrink": mistake("says_never_shrink", "run {} does not sound like steps that never shrink. "
                                          "They come down, and then jump to and fro over the bottom, at one height."),
        "the rate is too large": mistake("says_too_large", "run {} does not sound like a rate that is too large. "
                                         "Along the steepest axis each bounce would be larger than the one before."),
        "the valley is long": mistake("says_long_valley", "run {} does not sound like a long valley. There the steep "
                                      "axes are soon done, and the flat ones creep on for ever, without a jump."),
        "the rate is in other units": mistake("says_other_units", "run {} does not sound like a rate in other units. "
                                              "Grey levels from 0 to 255 make a step 255² times too short."),
    }
    if not isinstance(causes, dict) or set(causes) != set(CAUSES):
        raise NotYet(mistake("not_four_causes", "give a dictionary with a cause for each of A, B, C and D."))
    for name, cause in CAUSES.items():
        if (said := choose(causes[name], why)) != cause:
            raise NotYet(why[said].format(name))
    return "Tried all four on one loss of forty numbers. A curve says more than how low it ends."


@sheet.exercise(2)
def fair_race(function):
    """How low each of several runs has come, at equal evaluations."""
    for count in (8, 5, 12):
        records = draw_telling(lambda count=count: draw_records(count), lambda drawn: answers(fair_results(drawn)))
        answer = call(function, records)
        if holds_nan(answer):
            raise NotYet(mistake("nan_spreads", "one failed evaluation makes a whole run NaN. Leave out losses that "
                                 "are not finite, before you look for the lowest."))
        right, mistakes = fair_results(records)
        expect(answer, right, mistakes, "your list of lowest losses")
    return "Tried races of eight, five and twelve random runs, with failed evaluations in them."


def draw_records(count):
    """Losses of some runs of different lengths; some are NaN or infinity, never the last ones."""
    rng = np.random.default_rng()
    records = [rng.uniform(0.5, 3, size) * np.linspace(1, 0.6, size) for size in rng.integers(8, 16, count)]
    for record in records:
        failed = rng.choice(6, rng.integers(4), replace=False)
        record[failed] = [np.nan, np.inf, np.nan][: len(failed)]
    return records


def holds_nan(answer):
    """Whether there is a NaN among the numbers of an answer."""
    try:
        return bool(np.isnan(np.asarray(answer, "float64")).any())
    except (TypeError, ValueError):
        return False


def answers(right_and_mistakes):
    """The right answer and those of all mistakes."""
    right, mistakes = right_and_mistakes
    return [right, *(wrong for wrong, _ in mistakes)]


@sheet.exercise(2)
def boxed_step(function):
    """One step with momentum between two walls."""
    for shape, rate, gamma in [((1, 5, 7, 3), 0.3, 0.8), ((1, 2, 3, 3), 0.1, 0.5), ((1, 6, 4, 1), 0.7, 0.9)]:
        image, velocity, gradient = draw_picture(*shape[1:3])[..., : shape[3]], draw(*shape), draw(*shape)
        answer = call(function, image, velocity, gradient, rate, gamma)
        if not isinstance(answer, (tuple, list)) or len(answer) != 2:
            raise NotYet(mistake("not_two_things", "give back two things: the new image and the new velocity."))
        (new, moved), wrong_images, wrong_velocities = boxed_momentum(image, velocity, gradient, rate, gamma)
        found = [numbers(part, name) for part, name in zip(answer, ("your image", "your velocity"))]
        if same(found[0], moved) and same(found[1], new):
            raise NotYet(mistake("order_exchanged", "first the image, then the velocity: they are exchanged."))
        expect(found[0], new, wrong_images, "your image")
        expect(found[1], moved, wrong_velocities, "your velocity")
    return "Tried three random steps, each with pixels that meet a wall."


@sheet.exercise(2)
def line_search(function):
    """The longest of length, length / 2, length / 4, … that lowers the loss enough."""
    cases = draw_telling(lambda: [draw_search() for _ in range(12)], lambda drawn: answers(searches(drawn)))
    right, mistakes = searches(cases)
    expect([asked(function, case) for case in cases], right, mistakes, "your list of twelve lengths")
    loss_of, image, loss, gradient, direction, length = draw_search()
    for way in (-direction, 0 * direction):
        if abs(asked(function, (loss_of, image, loss, gradient, way, length))) > 0:
            raise NotYet(mistake("uphill_walked", "along this direction the loss does not fall from the start: the "
                                 "slope is zero or above. Give back 0 then."))
    expect(asked(function, (loss_of, image, loss, gradient, direction, 1e-4)), 1e-4, [
        (5e-5, mistake("halved_before_tried", "the first length was good already, and you have halved it: try before "
                       "you halve."))], "your length")
    return "Tried twelve random losses and directions, and one direction that leads uphill."


def asked(function, case):
    """The length that a line search finds; NotYet if it is no number, or if the loss is asked again and again."""
    loss_of, *rest = case
    asked_for = []

    def counted(image):
        asked_for.append(1)
        return float(loss_of(np.asarray(image, "float64"))) if len(asked_for) < 100 else -np.inf  # ends the search

    length = numbers(call(function, counted, *rest), "your length")
    if len(asked_for) >= 100:
        raise NotYet(mistake("never_ends", "the loss was asked a hundred times in one search. Does each try halve the "
                             "length?"))
    if length.size != 1:
        raise NotYet(mistake("not_one_length", "give back one number, the length."))
    return float(length.reshape(()))


def draw_search():
    """Arguments for a line search: a place on a random slope that first bends down and then up, and a direction.

    Every mistake finds some length there, too.
    """
    while True:
        rng = np.random.default_rng()
        depths, bends = rng.uniform(0.5, 2, (2, 1, 2, 2, 3)) * np.reshape([1, 0.1], (2, 1, 1, 1, 1))
        image = rng.uniform(1.2, 3, depths.shape) * rng.choice([-1, 1], depths.shape)

        def loss_of(x, depths=depths, bends=bends):
            return float(np.sum(depths * np.log(1 + x**2) + bends * x**2 / 2))

        gradient = 2 * depths * image / (1 + image**2) + bends * image
        direction = -gradient * rng.uniform(0.2, 2, image.shape)
        case = loss_of, image, loss_of(image), gradient, direction, float(rng.uniform(8, 60))
        if min(length[0] for length in answers(searches([case]))) > case[-1] / 2**10:
            return case


@sheet.exercise(3)
def two_roads(first, second, photo, painting, defence):
    """Two pictures of one loss that look different."""
    pictures = [picture(image, f"your {name} picture") for image, name in ((first, "first"), (second, "second"))]
    photo, painting = picture(photo, "photo"), picture(painting, "painting")
    if any(image.shape != photo.shape for image in pictures):
        raise NotYet(mistake("other_shape", f"pictures and photo differ in shape: {pictures[0].shape}, "
                             f"{pictures[1].shape} and {photo.shape}."))
    begun = sum(losses(photo, photo, painting))
    measured = [losses(image, photo, painting) for image in pictures]
    totals = [sum(parts) / begun for parts in measured]
    at_most(max(totals), LOW, mistake("too_high", "one of the two has not come down: {value} of the photo's own loss "
            "is left, at most {limit} is asked for. Another method, another rate, more steps?"), percent=True)
    at_most(max(totals) / min(totals) - 1, EQUAL, mistake("not_equal", "this race is not fair: one loss is {value} "
            "larger than the other, at most {limit} is asked for."), percent=True)
    at_most(max(content for content, *_ in measured) / CONTENT_WEIGHT, SEEN, mistake("photo_lost", "in one of the two "
            "the photo is hard to make out: content loss {value}, at most {limit} is asked for."))
    far = uniform_filter(pictures[0] - pictures[1], (0, 5, 5, 0))
    at_least(np.sqrt(np.mean(far**2)), APART, mistake("too_alike", "the two look alike: without fine grain they differ "
             "by {value}, root mean square, at least {limit} is asked for. Which settings lead elsewhere?"))
    defended(defence, ["start", "road", "method", "loss", "valley", "rate", "adam", "l-bfgs", "photo"])
    return "Measured: two pictures, one loss, and anybody could tell them apart."


def losses(image, photo, painting):
    """Weighted content loss, style loss and weighted total variation of a picture, in the pocket network."""
    extract = pocket(CONTENT_LAYER, *STYLE_LAYERS)
    own, style = extract(image), extract(painting)
    content = content_loss(own[CONTENT_LAYER], extract(photo)[CONTENT_LAYER])
    styles = [style_loss(gram_matrix(own[layer]), gram_matrix(style[layer])) for layer in STYLE_LAYERS]
    return (CONTENT_WEIGHT * float(content), float(np.mean([float(loss) for loss in styles])),
            VARIATION_WEIGHT * float(total_variation(image)))

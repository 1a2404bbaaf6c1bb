"""Checks for the exercises of lesson 13, Diffusion. Long because every task has mistakes of its own."""

from nst_helpers.checks.compare import (
    choose,
    draw,
    draw_picture,
    draw_telling,
    expect,
    numbers,
    own_work,
    picture,
    pocket,
)
from nst_helpers.checks.defence import defended
from nst_helpers.checks.denoising import ways_of_guidance, ways_of_jump, ways_of_ranks, ways_of_step
from nst_helpers.checks.limits import at_least, at_most
from nst_helpers.checks.report import NotYet, Sheet, call, mistake
from nst_helpers.color import luminance
from nst_helpers.images import bundled_names, load_image
from nst_helpers.losses import gram_matrix, style_loss

import numpy as np
from scipy.ndimage import gaussian_filter
import tensorflow as tf

sheet = Sheet()
summary, passed, calm = sheet.summary, sheet.passed, sheet.calm
SIDE, COUNT = 32, 4  # of a head in pixels; heads, and paintings, in the last exercise
STYLE_LAYERS = ["block1_conv1", "block2_conv1", "block3_conv1"]
BENT, SEEN = 0.3, 0.92  # the limits of the last exercise, as measured by `measure`


@sheet.exercise(1)
def same_noise(prediction):
    """How far apart are two pictures when both have been given the same noise, at a share of 0.25?"""
    why = {
        "a quarter as far": mistake("predicts_a_quarter", "0.25 is a share of the variance. What is each picture "
                                    "multiplied by?"),
        "half as far": mistake("predicts_half", "look again at the two distances."),
        "three quarters as far": mistake("predicts_three_quarters", "that is the noise's share of the variance. Both "
                                         "have the same noise: how much of it is left in their difference?"),
        "as far as before": mistake("predicts_as_far", "the noise cancels, that is right. But before it is added, each "
                                    "picture is made smaller."),
    }
    prediction = choose(prediction, why)
    first, second, noise = (draw(1, 8, 9, 3).astype("float64") for _ in range(3))
    noisy = [0.25**0.5 * clean + 0.75**0.5 * noise for clean in (first, second)]
    ratio = np.linalg.norm(noisy[0] - noisy[1]) / np.linalg.norm(first - second)
    outcomes = {"a quarter as far": 0.25, "half as far": 0.5, "three quarters as far": 0.75, "as far as before": 1}
    if prediction != min(outcomes, key=lambda name: abs(outcomes[name] - ratio)):
        raise NotYet(why[prediction])
    return "Tried with two random pictures. What tells them apart shrinks by the root of the share."


@sheet.exercise(2)
def jump(function):
    """A picture with the noise of any step, from the steps' betas."""
    for size, count, step in [((5, 7), 12, 7), ((2, 3), 5, 5), ((4, 3), 30, 1)]:
        image, noise = draw_picture(*size), draw(1, *size, 3)
        betas = np.random.default_rng().uniform(0.02, 0.12, count)
        answer = numbers(call(function, image, noise, betas, step))
        right, mistakes = ways_of_jump(image.astype("float64"), noise.astype("float64"), betas, step)
        expect(answer, right, mistakes, "your noisy picture")
    own_work(function)
    return "Tried three random pictures and schedules: step 7 of 12, 5 of 5 and 1 of 30."


@sheet.exercise(3)
def step_back(guided, function):
    """Guidance, and one step of DDIM with the guess held to what a picture can be."""
    for shape, w in [((2, 3, 4, 3), 0.7), ((1, 2, 2, 3), 3.0)]:
        asked, other = draw(*shape), draw(*shape)
        answer = numbers(call(guided, asked, other, w), "what guided gives")
        right, mistakes = ways_of_guidance(asked.astype("float64"), other.astype("float64"), w)
        expect(answer, right, mistakes, "what guided gives")
    for shape, before in [((2, 3, 4, 3), 0.8), ((1, 5, 7, 3), 0.6), ((1, 2, 2, 3), 1.0)]:
        noisy, noise = draw(*shape), draw(*shape)
        share = float(np.random.default_rng().uniform(0.15, 0.4))
        answer = numbers(call(function, noisy, noise, share, before), "what step_back gives")
        right, mistakes = ways_of_step(noisy.astype("float64"), noise.astype("float64"), share, before)
        expect(answer, right, mistakes, "what step_back gives")
    own_work(guided)
    own_work(function)
    return "Tried two random pairs of answers, and three random steps, one of them the last."


@sheet.exercise(2)
def copy_rank(function):
    """Which share of the known pictures has a nearest other that is less alike than a sample's nearest."""
    def answers(given):
        right, mistakes = ways_of_ranks(*given)
        return [right, *(wrong for wrong, _ in mistakes)]

    for count, dimensions, samples in [(40, 5, 6), (25, 3, 4), (60, 8, 3)]:
        given = draw_telling(lambda c=count, d=dimensions, s=samples: draw_places(c, d, s), answers)
        right, mistakes = ways_of_ranks(*given)
        expect(call(function, *given), right, mistakes, "your ranks", tolerance=1e-6)
    return "Tried three random clouds of 40, 25 and 60 places, in 5, 3 and 8 dimensions."


def draw_places(count, dimensions, samples):
    """Random samples (B, D), some nearer and some farther from what is known, and the known ones (N, D)."""
    rng = np.random.default_rng()
    known = draw(count, dimensions) * np.exp(draw(count, 1))
    strays = rng.uniform(0.02, 1, (samples, 1)) * draw(samples, dimensions)
    return (known[rng.integers(count, size=samples)] + strays).astype("float32"), known


@sheet.exercise(3)
def four_hands(image, plain, paintings, defence):
    """Four heads, each bent towards four paintings: a column for each painting."""
    image, plain = picture(image, "your sheet"), picture(plain, "plain")
    for name, given, shape in (("your sheet", image, (1, COUNT * SIDE, COUNT * SIDE, 3)),
                               ("plain", plain, (1, COUNT * SIDE, SIDE, 3))):
        if given.shape != shape:
            raise NotYet(mistake("sheet_has_other_shape", f"{name} has the shape {given.shape}, not {shape}."))
    if not isinstance(paintings, (list, tuple)) or len(paintings) != COUNT:
        raise NotYet(mistake("not_four_paintings", "give a list of four paintings, from left to right."))
    paintings = [choose(name, bundled_names()["paintings"]) for name in paintings]
    if len(set(paintings)) < COUNT:
        raise NotYet(mistake("one_painting_twice", "two columns follow the same painting. Take four."))
    losses, seen = measure(image, plain, paintings)
    worst = int(np.argmax(np.diag(losses)))
    if losses.min() < BENT:  # where nothing is bent, order says nothing
        for place, own in enumerate(paintings):
            nearest = paintings[int(np.argmin(losses[place]))]
            if nearest != own:
                raise NotYet(mistake("nearer_to_another", f"column {place + 1} is nearer to {nearest} than to {own}. "
                                     "Is the order right? If it is: more strength, or paintings that differ more."))
    at_most(losses[worst, worst], BENT,
            mistake("hardly_bent", f"column {worst + 1} is hardly bent: its style loss is {{value}}, at most {{limit}} "
                    "is asked for. More strength?"))
    at_least(seen, SEEN, mistake("heads_are_lost", "the heads can hardly be told any more: light and dark are {value} "
                                 "like those of the plain heads, at least {limit} is asked for. Less strength?"))
    defended(defence, ["strength", "guidance", "painting", "column", "head", "colour", "color", "stroke", *paintings])
    return "Measured: each column is nearest to its own painting, and the heads can still be told."


def measure(image, plain, paintings):
    """Style losses [column, painting], mean over heads and layers; and how alike light and dark are, 1 at most."""
    extract = pocket(*STYLE_LAYERS)
    targets = [grams(extract, load_image(name, 256)) for name in paintings]

    def losses_of(column):
        heads = np.concatenate(np.split(column, COUNT, axis=1))
        own = [grams(extract, head[np.newaxis]) for head in tf.image.resize(heads, [2 * SIDE, 2 * SIDE]).numpy()]
        return [np.mean([style_loss(head[layer], target[layer]) for head in own for layer in STYLE_LAYERS])
                for target in targets]

    columns = np.split(image, COUNT, axis=2)
    alike = [likeness(column, plain) for column in columns]
    return np.array([losses_of(column) for column in columns]), float(min(alike))


def grams(extract, image):
    """{layer: Gram matrix} of a picture."""
    return {layer: gram_matrix(maps) for layer, maps in extract(image).items()}


def likeness(first, second):
    """Correlation of two pictures' light and dark, blurred: strokes do not count."""
    soft = [gaussian_filter(luminance(image)[0, :, :, 0].astype("float64"), 1.5).ravel() for image in (first, second)]
    return np.corrcoef(soft)[0, 1] if min(map(np.std, soft)) > 1e-6 else 0.0

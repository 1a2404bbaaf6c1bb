"""Checks for the exercises of lesson 09, style as a distribution."""

from nst_helpers.checks.clouds import sorted_answers, step_answers, width_answers
from nst_helpers.checks.compare import choose, draw, draw_telling, expect, numbers, own_work, picture, pocket
from nst_helpers.checks.defence import defended
from nst_helpers.checks.limits import at_least, at_most
from nst_helpers.checks.report import NotYet, Sheet, call, mistake
from nst_helpers.color import luminance
from nst_helpers.images import bundled_names, load_image
from nst_helpers.losses import content_loss

import numpy as np
from scipy.ndimage import uniform_filter

sheet = Sheet()
summary, passed, calm = sheet.summary, sheet.passed, sheet.calm
FINE = 1e-4  # tolerance: still room for float32, and hardly any for one mistake to look like another
HELD_OUT = ["block2_conv2", "block3_conv2"]  # layers that the loop does not compare
CALM, STYLE, SEEN = 0.2, 0.03, 0.55  # the limits of the last exercise: calm as a share of the painting's


@sheet.exercise(1)
def mirrored(prediction):
    """Which distances notice that a cloud has been mirrored in its mean?"""
    why = {
        "nobody": mistake("predicts_nobody", "sort the values of one map. Most are small and a few are large; after "
                          "the mirror most are large and a few are small. Whoever sorts sees that."),
        "only sliced and nearest": mistake("predicts_joint_only", "those two saw more than the others when the values "
                                           "of a map were shuffled. Here the values themselves change."),
        "all but gram, moments and gaussian": mistake("predicts_shape", "look again at the numbers."),
        "all but gram": mistake("predicts_all_but_gram", "which of mean, deviation and covariance does a mirror "
                                "change? A Gaussian knows nothing else."),
        "everybody": mistake("predicts_everybody", "the mean stays, and minus times minus is plus: the products about "
                             "the mean stay, too. Who compares nothing else?"),
    }
    prediction = choose(prediction, why)
    points = np.random.default_rng().gamma(1.0, size=(200, 3))
    mirror = 2 * points.mean(axis=0) - points
    blind = {
        "gram": np.allclose(points.T @ points, mirror.T @ mirror),
        "moments": np.allclose(points.std(axis=0), mirror.std(axis=0)),
        "gaussian": np.allclose(np.cov(points.T), np.cov(mirror.T)),
        "values": np.allclose(np.sort(points, axis=0), np.sort(mirror, axis=0)),
    }
    outcomes = {"nobody": [*blind], "all but gram, moments and gaussian": ["gram", "moments", "gaussian"],
                "all but gram": ["gram"], "everybody": []}
    if outcomes.get(prediction) != [name for name, is_blind in blind.items() if is_blind]:
        raise NotYet(why[prediction])
    return "Tried with a random lopsided cloud. Its mirror image has the same mean and the same covariance."


@sheet.exercise(2)
def kernel_distance(function):
    """The maximum mean discrepancy with a kernel that has a width."""
    for own, other, maps in [(7, 7, 3), (6, 9, 2), (5, 3, 4)]:
        points, target, width = draw_telling(
            lambda own=own, other=other, maps=maps: (draw(own, maps), draw(other, maps) + np.float32(0.7),
                                                     float(np.random.default_rng().uniform(1.2, 1.8))),
            lambda drawn: [value for value, _ in width_answers(*drawn)])
        answer = numbers(call(function, points, target, width), "your distance")
        (right, _), *mistakes = width_answers(points, target, width)
        expect(answer, right, mistakes, "your distance")
    own_work(function)
    return "Tried three pairs of random clouds with random widths, among them 6 and 9 points."


@sheet.exercise(2)
def sorted_distance(function):
    """The squared Wasserstein distance of two lists of numbers, of any lengths."""
    for own, other in [(4, 8), (9, 3), (4, 6)]:
        pair = draw_telling(lambda own=own, other=other: (draw(own), 2 * draw(other) + 1),
                            lambda drawn: [value for value, _ in sorted_answers(*drawn)])
        answer = numbers(call(function, *pair), "your distance")
        (right, _), *mistakes = sorted_answers(*pair)
        expect(answer, right, mistakes, "your distance")
    own, other = draw(5), draw(5)
    expect(call(function, own, other), np.mean((np.sort(own) - np.sort(other)) ** 2), name="your distance of two lists "
           "of one length")
    own_work(function, ["wasserstein_distance", "linear_sum_assignment"])
    return "Tried four random pairs of lists: 4 and 8 numbers, 9 and 3, 4 and 6, and twice 5."


@sheet.exercise(3)
def sliced_step(function):
    """One step that gives a cloud the target's values along one direction."""
    for count, maps in [(9, 3), (11, 2), (10, 5)]:
        points, target, direction = draw_telling(
            lambda count=count, maps=maps: (draw(count, maps), 2 * draw(count, maps), long_direction(maps)),
            lambda drawn: [value for value, _ in step_answers(*drawn)])
        answer = numbers(call(function, points, target, direction), "your cloud")
        (right, _), *mistakes = step_answers(points, target, direction)
        expect(answer, right, mistakes, "your cloud", FINE)
    own_work(function)
    return "Tried three random clouds and directions, none of length 1."


def long_direction(maps):
    """A random direction that is longer than 1."""
    return (draw(maps) + np.sign(draw(maps)) * np.float32(2)).astype("float32")


@sheet.exercise(3)
def calm_paper(image, photo, painting, defence):
    """A photo in the manner of a painting that has empty places, which stay empty."""
    image = picture(getattr(image, "image", image), "your picture", smallest=96)
    photo, painting = choose(photo, bundled_names()["photos"]), choose(painting, bundled_names()["paintings"])
    content, style = (load_image(name, max(image.shape)) for name in (photo, painting))
    if image.shape != content.shape:
        raise NotYet(mistake("not_the_photos_shape", f"your picture has the shape {image.shape}, the photo "
                             f"{content.shape}. Is it this photo that you painted?"))
    at_least(calm_share(style), 0.1, mistake("painting_without_calm", "only {value} of this painting is calm; for this "
             "task it should be {limit} or more. Take one with an empty sky, or with much paper."), percent=True)
    at_least(calm_share(image) / calm_share(style), CALM, mistake("crowded", "your picture is crowded: it has {value} "
             "of the painting's calm, at least {limit} is asked for. Which losses know that most of a painting may be "
             "empty?"), percent=True)
    extract = pocket(*HELD_OUT, "block4_conv2")
    own, wanted = extract(image), extract(style)
    strokes = np.mean([quantile_distance(own[layer], wanted[layer]) for layer in HELD_OUT])
    at_most(strokes, STYLE, mistake("lines_missing", "the painting's lines are missing: sliced distance {value} in "
            "layers that the loop did not see, at most {limit} is asked for. A smaller content weight?"))
    seen = float(content_loss(own["block4_conv2"], extract(content)["block4_conv2"]))
    at_most(seen, SEEN, mistake("photo_lost", "the photo is hard to make out: content loss {value}, at most {limit} is "
            "asked for. A larger content weight?"))
    defended(defence, ["gram", "gauss", "sliced", "moment", "histogram", "nearest", "covarian", "average", "sort"])
    return "Measured: calm places beside lines like the painting's, and the photo still to be seen."


def quantile_distance(features, wanted, count=32):
    """Sliced distance of two layers' features, relative, read off at 400 places: they may differ in size."""
    clouds = [np.reshape(x, (-1, x.shape[-1])).astype("float64") for x in map(np.asarray, (features, wanted))]
    directions = np.random.default_rng(0).normal(size=(clouds[0].shape[1], count))
    f, g = (np.quantile(cloud @ directions, (np.arange(400) + 0.5) / 400, axis=0) for cloud in clouds)
    return float(np.sum((f - g) ** 2) / np.sum(g**2))


def calm_share(image, across=9, least=0.03):
    """The share of places around which the brightness hardly changes."""
    light = luminance(image)[0, ..., 0].astype("float64")
    variance = uniform_filter(light**2, across) - uniform_filter(light, across) ** 2
    return float(np.mean(np.sqrt(np.maximum(variance, 0)) < least))

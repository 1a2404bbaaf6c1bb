"""Checks for the exercises of lesson 05, Total variation. Long because every task has mistakes of its own."""

from nst_helpers.checks.compare import choose, draw, draw_picture, expect, numbers, own_work, picture
from nst_helpers.checks.defence import defended
from nst_helpers.checks.limits import apart, at_least, at_most
from nst_helpers.checks.report import NotYet, Sheet, call, mistake
from nst_helpers.losses import total_variation as squared_variation

import numpy as np

sheet = Sheet()
summary, passed, calm = sheet.summary, sheet.passed, sheet.calm
FINE = 1e-4  # tolerance: still room for float32, and hardly any for one mistake to look like another


@sheet.exercise(1)
def doubled_pixels(prediction):
    """What becomes of the total variation when each pixel is repeated, 2×2?"""
    why = {
        "a quarter": mistake("predicts_a_quarter", "that is what a smooth ramp does at twice the size: each step is "
                             "half as high. Here it keeps its height."),
        "half": mistake("predicts_half", "look again at the two numbers."),
        "the same": mistake("predicts_the_same", "there are new pairs of neighbours now, inside the doubled pixels. "
                            "What do they add?"),
        "twice": mistake("predicts_twice", "each edge is twice as long, but the mean divides by more pairs, too."),
    }
    prediction = choose(prediction, why)
    image = draw_picture(30, 40)
    ratio = float(squared_variation(image.repeat(2, axis=1).repeat(2, axis=2)) / squared_variation(image))
    outcomes = {"a quarter": 0.25, "half": 0.5, "the same": 1, "twice": 2}
    if prediction != min(outcomes, key=lambda name: abs(outcomes[name] - ratio)):
        raise NotYet(why[prediction])
    return "Tried with a random picture. Every second pair of neighbours is equal now."


@sheet.exercise(2)
def total_variation(function):
    """Total variation with an exponent, each direction by itself."""
    for shape, exponent in [((1, 5, 7, 3), 3.0), ((1, 2, 6, 1), 1.5), ((1, 4, 3, 2), 1.0)]:
        image = draw_uneven(shape, exponent)
        answer = call(function, image, exponent)
        if isinstance(answer, (float, np.floating)) and np.isnan(answer):
            raise NotYet(mistake("variation_is_nan", "this is not a number. Either a negative difference is raised to "
                                 "a fraction: take the absolute value first. Or the differences are empty: axis 0 "
                                 "counts pictures, there is one."))
        right, mistakes = ways_of_variation(image, exponent)
        expect(answer, right, mistakes, "your total variation", FINE)
    own_work(function)
    return "Tried three random pictures with the exponents 3, 1.5 and 1, among them 1×5×7×3."


def draw_uneven(shape, exponent):
    """A random picture for which no mistake looks like another, as far as the shape and the exponent allow it."""
    for _ in range(1000 if exponent == 3 else 1):  # columns differ most, then rows, then colours
        image = 1.5 * draw(1, 1, shape[2], 1) + draw(1, shape[1], 1, 1) + 0.3 * draw(*shape)
        right, mistakes = ways_of_variation(image, exponent)
        values = [0, right, *{sentence: wrong for wrong, sentence in mistakes}.values()]
        if np.diff(np.sort(values)).min() > 0.005 * right:
            break
    return image


def ways_of_variation(image, exponent):
    """The total variation with an exponent, and pairs of what a mistake gives and the sentence that names it."""
    image = image.astype("float64")
    down, right = (np.diff(image, axis=axis) for axis in (1, 2))
    rows, columns = np.abs(down) ** exponent, np.abs(right) ** exponent
    V = rows.mean() + columns.mean()
    around = sum((np.abs(image - np.roll(image, 1, axis)) ** exponent).mean() for axis in (1, 2))
    both = mistake("mean_of_both", "this is the mean over both directions. Take the mean of each, and add the two.")
    lengths = (down[:, :, :-1] ** 2 + right[:, :-1] ** 2) ** (exponent / 2)
    return V, [
        ((down**2).mean() ** (exponent / 2) + (right**2).mean() ** (exponent / 2),
         mistake("power_too_early", "first the power of each difference, then the mean.")),
        ((np.abs(down).mean() ** exponent) + np.abs(right).mean() ** exponent,
         mistake("power_too_late", "the mean comes last: first raise each difference to the power.")),
        (np.mean(np.sign(down) * rows) + np.mean(np.sign(right) * columns),
         mistake("signs_cancel", "differences of both signs cancel each other: take the absolute value first.")),
        (rows.sum() + columns.sum(),
         mistake("sum_not_mean", "this is the sum. Take the mean, for each direction its own.")),
        ((rows.sum() + columns.sum()) / image.size,
         mistake("divided_by_pixels", "divide by the number of differences, not of pixels.")),
        ((rows.sum() + columns.sum()) / (rows.size + columns.size), both),
        (V / 2, both),
        (rows.mean(), mistake("no_steps_to_the_right", "the differences to the right are missing.")),
        (columns.mean(), mistake("no_steps_downwards", "the differences downwards are missing.")),
        (lengths.mean(), mistake("length_of_the_step", "this is the general form of the lesson, with the length of the "
                                 "step. Here each direction is by itself.")),
        ((np.abs(down) ** (exponent / 2)).mean() + (np.abs(right) ** (exponent / 2)).mean(),
         mistake("half_of_the_exponent", "the half belongs to squared differences. With absolute values the exponent "
                 "stays whole.")),
        ((np.abs(down) ** (2 * exponent)).mean() + (np.abs(right) ** (2 * exponent)).mean(),
         mistake("twice_the_exponent", "the differences are squared, and then raised to the exponent: twice as much as "
                 "asked for.")),
        ((down**2).mean() + (right**2).mean(),
         mistake("squared_form", "the exponent is not used: this is the squared form.")),
        (np.abs(down).mean() + np.abs(right).mean(),
         mistake("absolute_form", "the exponent is not used: this is the absolute form.")),
        ((np.abs(np.diff(image)) ** exponent).mean() if image.shape[3] > 1 else -np.inf,
         mistake("differences_of_colours", "np.diff without an axis takes the last one, the colours. Say axis=1 and "
                 "axis=2.")),
        (around,
         mistake("variation_rolled_round", "np.roll compares the last row with the first. They are no neighbours.")),
        (columns.mean() + (np.abs(np.diff(image, axis=3)) ** exponent).mean() if image.shape[3] > 1 else np.inf,
         mistake("axes_off_by_one", "axis 3 counts the colours. The height is axis 1, the width axis 2.")),
    ]


@sheet.exercise(3)
def variation_gradient(function):
    """The gradient of the squared total variation, up to the rim."""
    for shape in [(1, 5, 7, 3), (1, 2, 6, 1), (1, 4, 3, 2)]:
        image = draw(*shape)
        answer = numbers(call(function, image))
        _, height, width, colours = shape
        counts = (height - 1) * width * colours, height * (width - 1) * colours
        down, right = (pull(image.astype("float64"), axis, "edge") for axis in (1, 2))
        gradient = 2 * down / counts[0] + 2 * right / counts[1]
        inner, inner_sum = np.zeros(shape), np.zeros(shape)
        inner_sum[:, 1:-1, 1:-1] = (down + right)[:, 1:-1, 1:-1]
        inner[:, 1:-1, 1:-1] = gradient[:, 1:-1, 1:-1]
        black, wrapped = (2 * pull(image, 1, mode) / counts[0] + 2 * pull(image, 2, mode) / counts[1]
                          for mode in ("constant", "wrap"))
        expect(answer, gradient, [
            (-gradient, mistake("downhill", "the sign is wrong: this is the way downhill. A pixel above its neighbours "
                                "has a positive gradient.")),
            (gradient / 2, mistake("half_the_gradient", "the 2 of the square is missing.")),
            (2 * (down + right),
             mistake("no_counts", "the numbers of differences are missing: the loss is a mean, for each direction.")),
            (2 * (down + right) / image.size, mistake("gradient_over_pixels", "you divide by the number of pixels. "
                                                      "Divide each direction by its number of differences.")),
            (2 * (down + right) / counts[0], mistake("counts_downwards_for_both", "you divide both directions by the "
                                                     "number of differences downwards.")),
            (2 * (down + right) / counts[1], mistake("counts_to_the_right_for_both", "you divide both directions by "
                                                     "the number of differences to the right.")),
            (2 * down / counts[1] + 2 * right / counts[0],
             mistake("counts_exchanged", "the two numbers of differences are exchanged.")),
            (2 * down / counts[0], mistake("no_pull_sideways", "the differences to the right are missing.")),
            (2 * right / counts[1], mistake("no_pull_up_and_down", "the differences downwards are missing.")),
            (inner_sum, mistake("no_factor_and_no_rim", "this is the lesson's formula alone. Its factor, 2 over the "
                                "number of differences, is missing, and so is the rim.")),
            (pull(image, 1, "wrap") + pull(image, 2, "wrap"),
             mistake("rolled_round_and_no_factor", "np.roll makes the left edge a neighbour of the right. And the "
                     "factor is missing: 2 over the number of differences.")),
            (inner, mistake("no_rim", "the rim has no gradient yet. A corner has two neighbours, and they pull.")),
            (inner[:, 1:-1, 1:-1],
             mistake("rim_cut_off", "the rim is cut off. Every pixel of the picture has a gradient.")),
            (black,
             mistake("black_frame", "outside lies no black frame: a neighbour that is not there does not pull.")),
            (wrapped, mistake("gradient_rolled_round", "np.roll makes the left edge a neighbour of the right one.")),
        ], "your gradient", FINE)
    own_work(function, ["GradientTape"])
    return "Tried three random pictures, among them 1×5×7×3 and one of two rows."


def pull(image, axis, outside):
    """Twice each pixel minus its two neighbours along an axis; outside: what np.pad is to put around the picture."""
    padded = np.pad(image, [(1, 1) if k == axis else (0, 0) for k in range(4)], mode=outside)
    return -np.diff(padded, n=2, axis=axis)


@sheet.exercise(3)
def paper_cut(image, photo, defence):
    """A photo as if cut from paper: flat areas, sharp edges."""
    image, photo = picture(image, "your picture"), picture(photo, "photo")
    if image.shape != photo.shape:
        raise NotYet(mistake("other_shape_than_photo", f"your picture has the shape {image.shape}, the photo "
                             f"{photo.shape}."))
    steps, own_steps = (np.concatenate([np.abs(np.diff(x[0], axis=axis)).mean(axis=2).ravel() for axis in (0, 1)])
                        for x in (image, photo))
    flat, sharp = np.mean(steps < 0.01), np.quantile(steps, 0.99) / max(np.quantile(own_steps, 0.99), 1e-6)
    away = np.sqrt(np.mean((image - photo) ** 2))
    at_most(away, 0.1, mistake("photo_is_lost", "this is hardly the photo any more: off by {value}, at most {limit} is "
                               "asked for. A smaller weight?"))
    if sharp < 0.6 and flat < 0.7:
        soft, rough = (apart(*pair, percent=True)[0] for pair in ((sharp, 0.6), (flat, 0.7)))
        raise NotYet(mistake("soft_edges_and_little_flat", f"the edges are soft, {soft} of the photo's, and still only "
                             f"{rough} is flat. No weight helps with this exponent: what makes edges dear?"))
    at_least(sharp, 0.6, mistake("soft_edges", "the edges are soft: {value} of the photo's, at least {limit} is asked "
                                 "for. A smaller weight, or an exponent for which edges are cheaper?"), percent=True)
    at_least(flat, 0.7, mistake("too_little_is_flat", "too little is flat: {value} of all neighbours, at least {limit} "
                                "is asked for. A larger weight, or an exponent that charges faint differences "
                                "more?"), percent=True)
    defended(defence, ["exponent", "weight", "edge", "flat", "sharp", "step"])
    return "Measured: flat areas, edges nearly as sharp as the photo's, and still the photo."

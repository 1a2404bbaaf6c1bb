"""Checks for the exercises of lesson 12, perceptual losses. Long because every task has mistakes of its own."""

from nst_helpers.checks.compare import choose, draw, expect, numbers, picture
from nst_helpers.checks.copies import batch_norm as right_batch_norm
from nst_helpers.checks.copies import collection, fine, likeness
from nst_helpers.checks.defence import defended
from nst_helpers.checks.limits import at_least, at_most
from nst_helpers.checks.report import NotYet, Raised, Sheet, call, mistake

import numpy as np

sheet = Sheet()
summary, passed, calm = sheet.summary, sheet.passed, sheet.calm
PARTS = ("your answer", "your mean", "your variance")
END, SHARP, GRAIN, SEEN, COUNT = 0.02, 0.65, 1.3, 0.3, 5  # the limits of the last exercise


@sheet.exercise(1)
def unsure_edge(prediction):
    """What a network paints that is unsure, if the mean squared error of the pixels is its loss."""
    why = {
        "the likelier edge": mistake("likelier_edge", "that is right three times in four, but a square makes the "
                                     "fourth time dear: there all pixels of the strip are off by 1."),
        "an edge half way": mistake("edge_half_way", "half of the strip is wrong then, whichever way it is. A network "
                                    "that is unsure can do better."),
        "a middle grey": mistake("middle_grey", "that would be best if both edges were equally likely."),
        "a light grey": mistake("light_grey", "look again at the table."),
    }
    prediction = choose(prediction, why)
    strip = np.linspace(0, 1, 101)
    painted = {"the likelier edge": np.ones(101), "an edge half way": (strip < 0.5) * 1.0,
               "a middle grey": np.full(101, 0.5), "a light grey": np.full(101, 0.75)}
    cost = {name: 0.75 * np.mean((values - 1) ** 2) + 0.25 * np.mean(values**2) for name, values in painted.items()}
    if prediction != min(cost, key=cost.get):
        raise NotYet(why[prediction])
    return "Tried with a strip of 101 pixels. The mean of all that may be there is cheapest: a blur."


@sheet.exercise(2)
def whole_pictures(function):
    """The sizes of all pictures of a collection that can be read to the end."""
    for _ in range(3):
        files, whole, torn = collection()
        try:
            answer = call(function, files)
        except Raised as error:
            raise NotYet(mistake("stops_at_a_file", "one damaged file stops the search. Catch the error, and go "
                                 f"on: {error}")) from None
        if not isinstance(answer, dict):
            raise NotYet(mistake("no_dictionary", "give back a dictionary: {name of the file: (height, width)}."))
        right_names(set(answer), whole, torn)
        for name, sides in whole.items():
            expect(answer[name], sides, [(sides[::-1], mistake(
                "width_first", "width and height are exchanged. Pillow's `size` begins with the width; the course "
                "says height first."))], "one of your sizes")
    return "Tried three random collections of ten files each, four of them damaged."


def right_names(names, whole, torn):
    """NotYet unless these are the names of the whole files."""
    if missing := sorted(set(whole) - names):
        raise NotYet(mistake("whole_left_out", f"{missing[0]!r} is left out, and it is whole. An ending proves "
                             "nothing: look into the file, and let Pillow find out what it is."))
    if names >= set(torn) and names - set(whole) - set(torn):
        raise NotYet(mistake("damaged_listed", "damaged files are in your dictionary, too. Leave them out."))
    if names & set(torn):
        raise NotYet(mistake("torn_counted", "a torn file counts as whole. Its beginning is sound, so opening it, or "
                             "`verify()`, says nothing: decode all its pixels."))
    if names - set(whole):
        raise NotYet(mistake("other_names", "there are names in your dictionary that belong to no whole file."))


@sheet.exercise(2)
def psnr(function):
    """The peak signal-to-noise ratio of a batch."""
    for shape in [(3, 4, 5, 3), (1, 6, 7, 3), (4, 3, 3, 3)]:
        rng = np.random.default_rng()
        targets = rng.random(shape)
        noise = rng.normal(size=shape) * rng.uniform(0.05, 0.4, (shape[0], 1, 1, 1))
        images, targets = (array.astype("float32") for array in (targets + noise, targets))
        squares = (images.astype("float64") - targets) ** 2
        each = squares.mean(axis=(1, 2, 3))
        right = np.mean(-10 * np.log10(each))
        expect(numbers(call(function, images, targets)), right, [
            (-10 * np.log10(squares.mean()), mistake("one_for_the_batch", "you take the mean error of the batch first. "
                                                     "Each picture has its own ratio; average those.")),
            (-right, mistake("sign", "the sign is turned: a better copy has the larger number.")),
            (np.mean(-10 * np.log(each)), mistake("natural_logarithm", "this is the natural logarithm. Decibels take "
                                                  "the one to base 10, np.log10.")),
            (2 * right, mistake("twenty", "20 belongs to the root of the error. For the error itself it is 10.")),
            (right / 10, mistake("bels", "these are bels. A decibel is a tenth of one: multiply by 10.")),
            (right + 20 * np.log10(255), mistake("range_255", "255 is the largest value of bytes. Here pictures end "
                                                 "at 1.")),
            (np.mean(-10 * np.log10(squares.sum(axis=(1, 2, 3)))), mistake(
                "squares_summed", "you add the squares up. Take their mean, or a large picture looks worse.")),
            (np.mean(-10 * np.log10(np.abs(images - targets).mean(axis=(1, 2, 3)))), mistake(
                "not_squared", "you take the differences without their sign. Square them.")),
            (np.sum(-10 * np.log10(each)), mistake("ratios_summed", "the ratios of the pictures are added up. Take "
                                                   "their mean.")),
            (-10 * np.log10(each), mistake("one_for_each", "this is one number for each picture. Average them.")),
        ], "your ratio")
    return "Tried three random batches, among them 3×4×5×3."


@sheet.exercise(3)
def batch_norm(function):
    """Batch normalisation in training and in use."""
    for shape in [(4, 3, 5, 2), (1, 4, 4, 3), (3, 2, 2, 4)]:
        rng = np.random.default_rng()
        own = rng.normal(2, 1, (shape[0], 1, 1, shape[-1])) * rng.uniform(0.5, 2, shape[-1])
        maps = (draw(*shape) * rng.uniform(0.2, 0.6, shape[-1]) + own).astype("float32")
        mean, variance = draw(shape[-1]), rng.uniform(1.5, 3, shape[-1]).astype("float32")
        for training in (True, False):
            answer = call(function, maps, mean, variance, training)
            if not isinstance(answer, (tuple, list)) or len(answer) != 3:
                raise NotYet(mistake("not_three", "give back three things: the maps, the mean and the variance that "
                                     "the layer remembers from now on."))
            _, right, mistakes = right_batch_norm(maps, mean, variance, training)
            for part, wanted, wrong, name in zip(answer, right, mistakes, PARTS):
                expect(numbers(part, name), wanted, wrong, f"{name} in {'training' if training else 'use'}", 1e-4)
    return "Tried three random batches in both modes, among them a batch of one picture."


@sheet.exercise(3)
def interpolation(strip, one, other, defence):
    """A walk from one picture to another, whose middle is no double exposure."""
    one, other = picture(one, "your first picture", smallest=64), picture(other, "your second picture", smallest=64)
    if not isinstance(strip, (list, tuple)) or len(strip) != COUNT:
        raise NotYet(mistake("not_five", f"the walk has {COUNT} pictures, in a list."))
    strip = [picture(image, f"picture {number} of the walk", smallest=64) for number, image in enumerate(strip, 1)]
    if any(image.shape != one.shape for image in [*strip, other]):
        raise NotYet(mistake("sizes_differ", "the pictures of the walk differ in size. Take two of one size."))
    if likeness(one, other) > 0.9:
        raise NotYet(mistake("one_picture", "both ends are the same picture. Take two."))
    for image, end, words in ((strip[0], one, "first"), (strip[-1], other, "last")):
        at_most(float(np.mean((image - end) ** 2)), END, mistake(
            "ends_elsewhere", f"the {words} picture of the walk is not the one it should be: mean squared error "
            "{value}, at most {limit} is asked for. What does `mix` give for the shares 0 and 1?"))
    middle, halves = strip[COUNT // 2], (fine(one) + fine(other)) / 2
    little = "of the details {value}, at least {limit} is asked for."
    at_least(likeness(middle, one), SEEN, mistake(
        "first_missing", f"half way there is little of the first picture: likeness {little}"))
    at_least(likeness(middle, other), SEEN, mistake(
        "second_missing", f"half way there is little of the second picture: likeness {little}"))
    at_least(fine(middle) / halves, SHARP, mistake(
        "double_exposure", "half way it is a double exposure: its sharpness is {value} of the two pictures', at least "
        "{limit} is asked for. A mean makes both pale. Who else could decide, in each place and each map?"))
    at_most(fine(middle) / halves, GRAIN, mistake(
        "grainy", "half way there is grain, or a chequerboard: its sharpness is {value} of the two pictures', at most "
        "{limit} is asked for. Do single maps fit together that come from different pictures?"))
    defended(defence, ["map", "mean", "sharp", "latent", "skip", "share", "larg", "loud", "picture", "painting"])
    return "Measured: both ends, and a middle with both pictures in it, as sharp as they are."

"""Checks for the exercises of lesson 08, style in one pass. Long because every task has mistakes of its own."""

from nst_helpers.checks.compare import choose, draw, draw_picture, expect, picture, pocket
from nst_helpers.checks.compare import numbers as as_numbers
from nst_helpers.checks.defence import defended
from nst_helpers.checks.limits import at_least, at_most
from nst_helpers.checks.report import NotYet, Sheet, call, mistake
from nst_helpers.checks.restyled import blended, instance_normalised, normalised, regions
from nst_helpers.color import luminance
from nst_helpers.images import bundled_names, load_image
from nst_helpers.losses import style_loss

import numpy as np
from scipy.ndimage import gaussian_filter

sheet = Sheet()
summary, passed, calm = sheet.summary, sheet.passed, sheet.calm
SIDES, SOFT, COLOURS, SEEN = 0.1, 0.05, 0.45, 0.5  # the limits of the last exercise


@sheet.exercise(1)
def half_faded(prediction):
    """What does instance normalisation do to a picture of which one half is pale?"""
    why = {
        "one to one": mistake("says_one_to_one", "that would take two means and two deviations, one for each half. A "
                              "map has one of each, for all of its positions."),
        "one to two": mistake("says_one_to_two", "nothing takes a root of the contrast. By how much is the pale half "
                              "divided, and by how much the strong one?"),
        "one to four": mistake("says_one_to_four", "look again at the numbers."),
        "one to sixteen": mistake("says_one_to_sixteen", "that is how the variances of the two halves compare."),
    }
    prediction = choose(prediction, why)
    image = draw_picture(24, 16).astype("float64")
    image = np.concatenate([0.5 + 0.25 * (image - 0.5), image[:, :, ::-1]], axis=2)
    left, right = np.split(normalised(image), 2, axis=2)
    ratio = right.std() / left.std()
    outcomes = {"one to one": 1, "one to two": 2, "one to four": 4, "one to sixteen": 16}
    if prediction != min(outcomes, key=lambda name: abs(outcomes[name] - ratio)):
        raise NotYet(why[prediction])
    return "Tried with a random picture. One number divides a whole map, so what is pale beside the rest stays so."


@sheet.exercise(2)
def instance_normalisation(function):
    """Instance normalisation with scale and shift, for a batch."""
    for shape in [(3, 5, 7, 4), (2, 4, 3, 3), (1, 6, 5, 2)]:
        features = draw(*shape) * np.random.default_rng().uniform(0.3, 3, (shape[0], 1, 1, 1)).astype("float32")
        features[..., 0] = 0.5 + 0.03 * features[..., 0]  # a map that hardly varies
        features[0, ..., -1] = 0.7  # and one that does not
        scale, shift = draw(shape[-1]), draw(shape[-1])
        answer = call(function, features, scale, shift)
        if holds_nan(answer):
            raise NotYet(mistake("epsilon_missing", "a map that is the same everywhere is divided by zero. Add EPSILON "
                                 "to the variance."))
        right, mistakes = instance_normalised(features, scale, shift)
        expect(answer, right, mistakes, "your maps")
    return "Tried three random batches, each with a map that does not vary at all."


def holds_nan(answer):
    """Whether there is a NaN among the numbers of an answer."""
    try:
        return bool(np.isnan(np.asarray(answer, "float64")).any())
    except (TypeError, ValueError):
        return False


@sheet.exercise(2)
def blended_adain(function):
    """AdaIN with the blended moments of two styles, at some strength."""
    for shape, maps in [((5, 7), 4), ((3, 4), 2), ((6, 2), 3)]:
        height, width = shape
        features, first, second = draw(1, height, width, maps), 2 * draw(1, 4, 6, maps), 0.6 - draw(1, 7, 3, maps)
        share, strength = np.random.default_rng().uniform([0.15, 0.6], [0.4, 0.9])
        right, mistakes = blended(features, first, second, share, strength)
        expect(call(function, features, first, second, float(share), float(strength)), right, mistakes, "your maps")
    faint = features * np.float32(0.01)  # where ε counts
    right, mistakes = blended(faint, first, second, share, strength)
    expect(call(function, faint, first, second, float(share), float(strength)), right, mistakes,
           "the maps of a photo that has hardly any contrast")
    features, style = draw(1, 4, 5, 3), draw(1, 6, 3, 3)
    expect(call(function, features, style, style, 0.5, 0.0), features, [], "your maps at strength 0")
    return "Tried three random photos with two styles of other sizes, and a strength of 0."


@sheet.exercise(2)
def restyle_regions(function):
    """One style inside a mask, another one outside."""
    for (height, width), maps, factor in [((4, 5), 3, 4), ((6, 3), 2, 2), ((3, 4), 4, 8)]:
        features = draw(1, height, width, maps)
        mask = draw_mask(height, width, factor)
        styles = [[draw(1, 1, 1, maps), np.abs(draw(1, 1, 1, maps)) + np.float32(0.3)] for _ in range(2)]
        right, mistakes = regions(features, mask, *styles)
        expect(call(function, features, mask, *styles), right, mistakes, "your maps")
    return "Tried three random masks, two, four and eight times as large as the maps."


def draw_mask(height, width, factor):
    """A random grainy mask, `factor` times as large as the maps; some positions are mostly inside, some outside."""
    rng = np.random.default_rng()
    coarse = rng.permutation(np.linspace(0, 1, height * width, dtype="float32")).reshape(1, height, width, 1)
    fine = rng.uniform(0.6, 1, (1, height * factor, width * factor, 1)).astype("float32")
    return fine * coarse.repeat(factor, axis=1).repeat(factor, axis=2)


@sheet.exercise(3)
def two_hours(image, mask, photo, styles, defence):
    """One photo in one pass, with two styles that flow into each other."""
    image, photo = picture(image, "your picture", smallest=64), picture(photo, "photo", smallest=64)
    if not isinstance(styles, (list, tuple)) or len(styles) != 2:
        raise NotYet(mistake("not_two_styles", "give two styles: a list of two names."))
    styles = [choose(name, bundled_names()["paintings"]) for name in styles]
    if styles[0] == styles[1]:
        raise NotYet(mistake("one_painting", "both styles are the same painting. Take two."))
    mask = as_numbers(mask, "your mask")
    if image.shape != photo.shape or mask.shape != (*photo.shape[:3], 1):
        raise NotYet(mistake("sizes_differ", f"the photo has the shape {photo.shape}, your picture {image.shape} and "
                             f"your mask {mask.shape}; a mask has one channel."))
    if mask.min() < 0 or mask.max() > 1:
        raise NotYet(mistake("mask_out_of_range", "your mask leaves [0, 1]."))
    steps = max(np.abs(np.diff(mask, axis=axis)).max() for axis in (1, 2))
    at_most(steps, SOFT, mistake("mask_jumps", "your mask jumps by {value} from one pixel to the next, at most {limit} "
            "is asked for: the styles are to flow into each other."))
    for name, region in zip(styles, (mask >= 0.8, mask <= 0.2)):
        at_least(region.mean(), SIDES, mistake("side_too_small", f"{name} has {{value}} of the picture nearly for "
                 "itself, at least {limit} is asked for. The mask is 1 for the first style, 0 for the second."),
                 percent=True)
    measure_sides(image, photo, mask, styles)
    at_least(seen_again(image, photo), SEEN, mistake("photo_hidden", "the photo is hard to make out: its light and "
             "dark shapes come back with a correlation of {value}, at least {limit} is asked for. Less strength?"))
    defended(defence, ["mask", "pass", "loop", "style", "strength", "night", "left", "right", "colour", "color"])
    return "Measured: two styles, each on its own side, and no edge between them."


def seen_again(image, photo):
    """The correlation of the shapes in two pictures: what is light or dark beside its surroundings."""
    shapes = []
    for one in (image, photo):
        light, width = luminance(one)[0, :, :, 0], max(photo.shape)
        shapes.append(gaussian_filter(light, width / 128) - gaussian_filter(light, width / 16))
    first, second = shapes
    return float(np.sum(first * second) / max(np.linalg.norm(first) * np.linalg.norm(second), 1e-9))


def measure_sides(image, photo, mask, styles):
    """NotYet unless each side has the colours of its painting."""
    extract = pocket("block1_conv1")
    paintings = [gram(extract(load_image(name, max(image.shape)))["block1_conv1"].numpy()) for name in styles]
    for side, (name, region) in enumerate(zip(styles, (mask >= 0.8, mask <= 0.2))):
        own, before = (gram(extract(x)["block1_conv1"].numpy(), region) for x in (image, photo))
        apart = [float(style_loss(own, painting)) for painting in paintings]
        if apart[side] > apart[1 - side]:
            raise NotYet(mistake("wrong_side", f"where the mask belongs to {name}, the colours are nearer to the other "
                                 "painting. Does each style get its own mask?"))
        left = apart[side] / max(float(style_loss(before, paintings[side])), 1e-9)
        at_most(left, COLOURS, mistake("colours_missing", f"the colours of {name} are not there yet: {{value}} of the "
                "photo's own style loss is left on its side, at most {limit} is asked for. More strength, or another "
                "pair?"),
                percent=True)


def gram(maps, region=None):
    """The Gram matrix of the positions where `region` (1, H, W, 1) is true."""
    rows = maps[0] if region is None else maps[0][region[0, :, :, 0]]
    rows = rows.reshape(-1, maps.shape[-1]).astype("float64")
    return (rows.T @ rows / max(len(rows), 1)).astype("float32")

"""Checks for the exercises of lesson 06, Masks."""

from nst_helpers.checks.compare import choose, draw, draw_telling, expect, numbers, own_work, picture, pocket
from nst_helpers.checks.defence import defended
from nst_helpers.checks.limits import at_most
from nst_helpers.checks.regions import answers, sparse_mask, ways_of_any, ways_of_grams, ways_of_masks
from nst_helpers.checks.report import NotYet, Raised, Sheet, call, mistake
from nst_helpers.images import bundled_names, load_image
from nst_helpers.losses import gram_matrix, guided_gram_matrix, style_loss
from nst_helpers.masks.cover import fit_mask
from nst_helpers.masks.guides import guides as course_guides
from nst_helpers.transfer import STYLE_LAYERS

import numpy as np

sheet = Sheet()
summary, passed, calm = sheet.summary, sheet.passed, sheet.calm
FINE = 1e-4  # tolerance: still room for float32, and hardly any for one mistake to look like another


@sheet.exercise(1)
def grey_guide(prediction):
    """What becomes of the guided Gram matrix when the guide is 0.5 everywhere instead of 1?"""
    why = {
        "a quarter": mistake("predicts_a_quarter", "the maps are half as loud, and products a quarter. What does the "
                             "division do then?"),
        "half": mistake("predicts_half", "the guide stands in the product twice. And what does the division do?"),
        "the same": mistake("predicts_the_same", "look again at the two numbers."),
        "four times": mistake("predicts_four_times", "the division by the root of the mean square makes up for the "
                              "guide, and for no more than that."),
    }
    prediction = choose(prediction, why)
    features, guide = draw(1, 6, 5, 3), np.ones((1, 6, 5, 1), "float32")
    ratio = float(np.sum(guided_gram_matrix(features, 0.5 * guide)) / np.sum(guided_gram_matrix(features, guide)))
    outcomes = {"a quarter": 0.25, "half": 0.5, "the same": 1, "four times": 4}
    if prediction != min(outcomes, key=lambda name: abs(outcomes[name] - ratio)):
        raise NotYet(why[prediction])
    return "Tried with random maps. Only where the guide is counts, and how its values compare with each other."


@sheet.exercise(2)
def any_guide(function):
    """A guide of the way "any", behind a list of layers."""
    for shape, layers in [((13, 10), ["conv", "conv", "pool", "conv"]), ((8, 9), ["pool", "conv"]), ((5, 7), ["conv"])]:
        mask = draw_telling(lambda shape=shape: sparse_mask(*shape), lambda mask, layers=layers: answers(mask, layers))
        right, mistakes = ways_of_any(mask, layers)
        try:
            answer = numbers(call(function, mask, layers))
        except Raised:
            if not right_when_even(function):
                raise
            raise NotYet(mistake("odd_size_raises", "with even height and width all is well, but not with "
                                 f"{shape[0]}×{shape[1]}: before pooling, drop the last row or column that has no "
                                 "partner.")) from None
        expect(answer, right, mistakes, "your guide")
    own_work(function, ["max_pool", "max_pool2d", "MaxPooling2D"])
    return "Tried three random masks, among them 1×13×10×1 through three convolutions and a pooling."


def right_when_even(function):
    """Whether a function finds the right guide where pooling leaves no row or column over."""
    mask, layers = sparse_mask(8, 12), ["conv", "pool", "conv"]
    try:
        expect(call(function, mask, layers), ways_of_any(mask, layers)[0])
    except NotYet:
        return False
    return True


@sheet.exercise(2)
def guided_grams(function):
    """The guided Gram matrices of several regions."""
    for shape, regions in [((1, 5, 7, 3), 2), ((1, 3, 8, 2), 4), ((1, 6, 4, 5), 1)]:
        features, guides = draw(*shape), np.random.default_rng().random((*shape[:3], regions), "float32")
        guides[:, :1] = 0
        answer = numbers(call(function, features, guides))
        right, mistakes = ways_of_grams(features[0].astype("float64"), guides[0].astype("float64"))
        expect(answer, right, mistakes, "your stack of matrices", FINE)
    own_work(function)
    return "Tried three random layers with 2, 4 and 1 regions, among them 1×5×7×3."


@sheet.exercise(2)
def lay_over(function):
    """Masks on top of each other, and the rest."""
    for shape, count in [((1, 5, 7, 1), 3), ((1, 4, 3, 1), 2), ((1, 2, 6, 1), 1)]:
        masks = [np.random.default_rng().random(shape, "float32") for _ in range(count)]
        answer = numbers(call(function, masks), "your list of masks")
        right, mistakes = ways_of_masks(np.array(masks, "float64"))
        expect(answer, right, mistakes, "your list of masks", FINE)
    return "Tried 3, 2 and 1 random masks with soft values, among them 1×5×7×1."


@sheet.exercise(3)
def two_moods(image, content_image, mask, inside, outside, defence):
    """One painting inside a region, another outside, and the region can still be told."""
    image, content_image = picture(image, "your picture"), picture(content_image, "content_image")
    if image.shape != content_image.shape:
        raise NotYet(mistake("other_shape_than_photo", f"your picture has the shape {image.shape}, the photo "
                             f"{content_image.shape}."))
    names = [choose(name, bundled_names()["paintings"]) for name in (inside, outside)]
    if names[0] == names[1]:
        raise NotYet(mistake("one_painting_twice", "inside and outside follow the same painting. Take two."))
    try:
        mask = fit_mask(np.asarray(mask), image, "mask")
    except ValueError as error:
        raise NotYet(mistake("mask_refused", str(error))) from None
    apart, losses = measure(image, content_image, mask, names)
    for place, own, other in (("inside", 0, 1), ("outside", 1, 0)):
        if losses[own, own] >= losses[own, other]:
            raise NotYet(mistake(f"paintings_exchanged_{place}", f"{place} the region the style is nearer to "
                                 f"{names[other]} than to {names[own]}. Do masks and style images stand in the same "
                                 "order?"))
    worst = np.argmax(np.diag(losses))
    place = ("inside", "outside")[worst]
    at_most(losses[worst, worst], 0.15,
            mistake(f"too_little_paint_{place}", f"{place} there is too little paint: style loss {{value}}, at most "
                    "{limit} is asked for. A smaller content weight?"))
    at_most(apart, 0.25, mistake("region_is_lost", "what is inside can hardly be told any more: content loss {value} "
                                 "in there, at most {limit} is asked for. A larger content weight, or another way for "
                                 "the guides?"))
    defended(defence, ["weight", "guide", "mask", "resize", "only", "inside", "outside", "cup", "border", "stroke"])
    return f"Measured: inside nearer to {names[0]}, outside nearer to {names[1]}, and both well painted."


def measure(image, content_image, mask, names):
    """Content loss inside the region in block4_conv2, and style losses [region, painting], mean over five layers."""
    extract = pocket(*STYLE_LAYERS, "block4_conv2")
    maps, photo = extract(image), extract(content_image)
    targets = [extract(load_image(name, max(image.shape))) for name in names]
    regions = [course_guides(region, extract, [*STYLE_LAYERS, "block4_conv2"]) for region in (mask, 1 - mask)]
    losses = [[np.mean([style_loss(guided_gram_matrix(maps[layer], guides[layer]), gram_matrix(target[layer]))
                        for layer in STYLE_LAYERS]) for target in targets] for guides in regions]
    within, deep = regions[0]["block4_conv2"], "block4_conv2"
    apart = np.sum(within * (maps[deep] - photo[deep]) ** 2) / np.sum(within * photo[deep] ** 2)
    return float(apart), np.array(losses)

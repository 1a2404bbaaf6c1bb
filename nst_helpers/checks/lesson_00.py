"""Checks for the exercises of lesson 00, Start here. Long because every task has mistakes of its own."""

from nst_helpers.checks.compare import choose, draw_picture, draw_telling, expect, numbers, picture, pocket
from nst_helpers.checks.defence import defended
from nst_helpers.checks.limits import at_least, at_most
from nst_helpers.checks.report import NotYet, Sheet, call, mistake
from nst_helpers.images import bundled_names
from nst_helpers.losses import content_loss, gram_matrix, style_loss
from nst_helpers.transfer import STYLE_LAYERS, stylize

import numpy as np

sheet = Sheet()
summary, passed, calm = sheet.summary, sheet.passed, sheet.calm


@sheet.exercise(1)
def dearer_content(prediction):
    """What becomes of the style loss when the content counts ten times as much?"""
    why = {
        "smaller": mistake("predicts_smaller", "the content gets its way now, and somebody has to pay for it. Who?"),
        "the same": mistake("predicts_the_same", "both losses belong to one picture: what brings it nearer to the "
                            "photo costs paint."),
        "larger": mistake("predicts_larger", "look again at the two numbers."),
    }
    prediction = choose(prediction, why)
    rng, names = np.random.default_rng(), bundled_names()
    pair = [str(rng.choice(names[kind])) for kind in ("photos", "paintings")]
    before, after = (
        stylize(*pair, size=64, content_weight=weight, steps=30, progress=False).losses["style"][-1]
        for weight in (0.02, 0.2)
    )
    ratio = after / before
    if prediction != ("smaller" if ratio < 0.95 else "larger" if ratio > 1.05 else "the same"):
        raise NotYet(why[prediction])
    return "Tried with a photo and a painting drawn by lot. What one loss wins the other one loses."


@sheet.exercise(2)
def style_share(function):
    """The style's share of the total loss, at the end."""
    for count in (5, 9, 2):
        losses = draw_telling(lambda count=count: draw_losses(count), share_answers)
        answer = numbers(call(function, losses))
        if answer.shape == (count,):
            raise NotYet(mistake("all_evaluations", f"one number is asked for, and there are {count}. [-1] takes the "
                                 "last of them."))
        right, *wrong = share_answers(losses)
        expect(answer, right, zip(wrong, [
            mistake("first_evaluation", "this is the share at the first evaluation. The end is [-1]."),
            mistake("share_of_sums", "this is the share over all evaluations together. Only the last one counts."),
            mistake("per_cent", "these are per cent. Leave the 100 out: a share is at most 1."),
            mistake("upside_down", "the other way round: the style over the total."),
            mistake("style_over_content", "this compares style with content. Divide by the total."),
            mistake("content_share", "this is the share of the content."),
            mistake("style_alone", "this is the style loss itself. Divide it by the total loss."),
        ]), "your share")
    return "Tried three random runs of 5, 9 and 2 evaluations."


def draw_losses(count):
    """Random losses of a run, as `stylize` gives them."""
    parts = {name: np.random.default_rng().uniform(0.1, 1, count) for name in ("content", "style", "out of range")}
    return {"total": sum(parts.values()), **parts}


def share_answers(losses):
    """The right share, then those of the mistakes."""
    content, style, total = (losses[name] for name in ("content", "style", "total"))
    share = style[-1] / total[-1]
    return [share, style[0] / total[0], style.sum() / total.sum(), 100 * share, 1 / share, style[-1] / content[-1],
            content[-1] / total[-1], style[-1]]


@sheet.exercise(2)
def change(function):
    """Where a picture has changed, and how much."""
    for height, width in [(5, 7), (8, 3), (1, 4)]:
        before, after = draw_picture(height, width), draw_picture(height, width)
        answer = numbers(call(function, before, after))
        difference = after.astype("float64") - before
        right = np.abs(difference).mean(axis=3)
        expect(answer, right[0], [
            (right, mistake("picture_axis_left", "the first axis is still there: take picture number 0, with [0].")),
            (difference.mean(axis=3)[0],
             mistake("darker_is_negative", "darker counts as negative here. Take the absolute value.")),
            (-difference.mean(axis=3)[0],
             mistake("brighter_is_negative", "brighter counts as negative here. Take the absolute value.")),
            (np.abs(difference.mean(axis=3))[0], mistake("mean_before_absolute", "first the absolute value, then the "
                                                         "mean: so more red and less blue cancel each other.")),
            (3 * right[0], mistake("sum_of_colours", "this is the sum of the three colours. Take their mean.")),
            ((difference**2).mean(axis=3)[0], mistake("squared", "you square. The absolute value is asked for.")),
            (np.abs(difference)[0],
             mistake("colours_apart", "each colour is still on its own. Take the mean over the last axis.")),
            (np.abs(difference).mean(),
             mistake("one_number", "this is one number for the whole picture. Take the mean over the last axis.")),
            (np.abs(difference).mean(axis=1),
             mistake("mean_of_rows", "the mean is over the rows. The colours are the last axis, axis=3.")),
            (np.abs(difference).mean(axis=2),
             mistake("mean_of_columns", "the mean is over the columns. The colours are the last axis, axis=3.")),
        ], "your map")
    return "Tried three random pairs of pictures, among them 5×7 and 1×4 pixels."


@sheet.exercise(2)
def side_by_side(function):
    """Two pictures in one, with a white strip between them."""
    for height, widths, gap in [(5, (7, 7), 2), (4, (3, 8), 1), (3, (2, 5), 6)]:
        first, second = (draw_picture(height, width) for width in widths)
        answer = numbers(call(function, first, second, gap))
        strip = np.ones((1, height, gap, 3))
        mistakes = [
            (np.concatenate([first, 0 * strip, second], 2), mistake("black_strip", "the strip is black. White is 1.")),
            (np.concatenate([first, 255 * strip, second], 2),
             mistake("white_is_255", "the strip is 255. White is 1 in this course.")),
            (np.concatenate([second, strip, first], 2),
             mistake("second_on_the_left", "the second picture is on the left.")),
            (np.concatenate([first, second], 2), mistake("no_strip", "the strip is missing.")),
        ]
        if widths[0] == widths[1]:
            level = np.ones((1, gap, widths[0], 3))
            mistakes += [(np.concatenate([first, level, second], 1),
                          mistake("one_below_the_other", "they lie one below the other: axis 1 is the height, axis 2 "
                                  "the width."))]
        expect(answer, np.concatenate([first, strip, second], 2), mistakes, "your picture")
    return "Tried three random pairs, among them pictures of different widths."


@sheet.exercise(3)
def faithful_and_free(content_image, style_image, faithful, free, defence):
    """Two pictures from one photo and one painting: one stays with the photo, one goes its own way."""
    pictures = {"faithful": getattr(faithful, "image", faithful), "free": getattr(free, "image", free)}
    pictures = {name: picture(image, name) for name, image in pictures.items()}
    content_image, style_image = picture(content_image, "content_image"), picture(style_image, "style_image")
    for name, image in pictures.items():
        if image.shape != content_image.shape:
            raise NotYet(mistake("other_shape_than_photo", f"{name} has another shape than the photo. Give "
                                 "content_image to stylize."))
    photo_style, _ = distances(content_image, content_image, style_image)
    measured = {name: distances(image, content_image, style_image) for name, image in pictures.items()}
    for name, (style, _) in measured.items():
        at_most(style / max(photo_style, 1e-9), 0.5,
                mistake("hardly_any_paint", f"{name} has hardly any paint on it: {{value}} of the photo's own style "
                        "loss is left, at most {limit} is asked for. A smaller content weight?"), percent=True)
    ratio = measured["free"][1] / max(measured["faithful"][1], 1e-9)
    if ratio < 1:
        raise NotYet(mistake("weights_exchanged", "free is nearer to the photo than faithful. Are the two weights "
                             "exchanged?"))
    at_least(ratio, 1.5, mistake("too_near_each_other", "free is only {value} times as far from the photo as faithful, "
                                 "at least {limit} is asked for. Move the weights apart."))
    defended(defence, ["faithful", "free", "photo", "paint", "stroke", "weight"])
    return "Measured in block4_conv2: free is at least 1.5 times as far from the photo as faithful."


def distances(image, content_image, style_image):
    """Style loss (mean over five layers) and content loss (block4_conv2) of an image, in the pocket network."""
    extract = pocket(*STYLE_LAYERS, "block4_conv2")
    features, content, style = (extract(picture) for picture in (image, content_image, style_image))
    losses = [style_loss(gram_matrix(features[layer]), gram_matrix(style[layer])) for layer in STYLE_LAYERS]
    return float(np.mean(losses)), float(content_loss(features["block4_conv2"], content["block4_conv2"]))

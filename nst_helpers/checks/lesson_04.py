"""Checks for the exercises of lesson 04, the loop. Long because every task has mistakes of its own."""

from nst_helpers.checks.compare import choose, draw, expect, numbers, picture, pocket
from nst_helpers.checks.defence import defended
from nst_helpers.checks.limits import at_most
from nst_helpers.checks.optimisers import adam, compromise, direction
from nst_helpers.checks.report import NotYet, Sheet, call, mistake
from nst_helpers.losses import content_loss, gram_matrix, style_loss

import numpy as np

sheet = Sheet()
summary, passed, calm = sheet.summary, sheet.passed, sheet.calm
FINE = 1e-4  # tolerance: still room for float32, and hardly any for one mistake to look like another
MOMENTS = ("your first moment", "your second moment")
DEEP = ["block4_conv1", "block5_conv1"]  # where strokes are
LIGHT, STROKES, SEEN = 0.06, 0.1, 0.4  # the limits of the last exercise, as measured by `measure`


@sheet.exercise(1)
def both_weights(prediction):
    """What becomes of the picture when content weight and style weight are both eight times as large?"""
    why = {
        "nearer to the photo": mistake("predicts_nearer_to_photo", "the content counts eight times as much, but so "
                                       "does what pulls the other way."),
        "nearer to the painting": mistake("predicts_nearer_to_painting", "the style counts eight times as much, but so "
                                          "does what pulls the other way."),
        "nearer to both": mistake("predicts_nearer_to_both", "what one loss wins, the other one loses, however large "
                                  "both are written."),
        "the same picture": mistake("predicts_the_same", "look again at the numbers."),
    }
    prediction = choose(prediction, why)
    photo, painting = draw(12, 3).astype("float64"), draw(20, 3).astype("float64")
    before, after = (compromise(photo, painting, weight) for weight in (1, 8))
    content, style = (new < 0.98 * old for old, new in zip(before, after))
    outcomes = {(True, False): "nearer to the photo", (False, True): "nearer to the painting",
                (True, True): "nearer to both", (False, False): "the same picture"}
    if prediction != outcomes[content, style]:
        raise NotYet(why[prediction])
    return "Tried with random maps and L-BFGS. Only the ratio of the weights decides."


@sheet.exercise(2)
def measured_slope(function):
    """The slope of a loss in some direction, from a small step forwards and one backwards."""
    for shape in [(1, 5, 7, 3), (1, 2, 3, 3), (6,)]:
        image, scales = draw(*shape), draw(*shape).astype("float64")
        direction = (3 * image**2 + 2 * scales * image).astype("float32") + draw(*shape)  # uphill, more or less
        step = float(np.random.default_rng().uniform(0.3, 0.6))

        def loss(x, scales=scales):
            return float(np.sum(np.asarray(x, "float64") ** 3 + scales * np.asarray(x, "float64") ** 2))

        answer = numbers(call(function, loss, image, direction, step))
        length = np.linalg.norm(direction.astype("float64"))
        unit = direction / length
        here, ahead, behind = loss(image), loss(image + step * unit), loss(image - step * unit)
        far, near = loss(image + step * direction), loss(image - step * direction)
        expect(answer, (ahead - behind) / (2 * step), [
            ((ahead - here) / step,
             mistake("forwards_only", "this is a step forwards only. Step backwards, too: the bend cancels then.")),
            ((here - behind) / step,
             mistake("backwards_only", "this is a step backwards only. Step forwards, too: the bend cancels then.")),
            ((ahead - behind) / step, mistake("one_step_between", "between the two points lie two steps, not one.")),
            ((ahead - behind) / 2 * step,
             mistake("no_brackets", "/ 2 * step divides by 2 and multiplies by step: put 2 * step in brackets.")),
            ((behind - ahead) / (2 * step),
             mistake("backwards_minus_forwards", "the sign is wrong: forwards minus backwards.")),
            (ahead - behind, mistake("not_divided", "this is a difference of two losses. Divide it by the way between "
                                     "the two points.")),
            ((ahead - behind) / 2,
             mistake("divided_by_2_only", "divide by the step as well: the way between the two points is 2 · step.")),
            ((far - near) / (2 * step),
             mistake("length_is_not_1", "the direction has to have the length 1: divide it by its own length first.")),
            ((far - near) / (2 * step * length), mistake("step_too_long", "each step is as long as the direction. "
                                                         "Divide the direction by its length before you step.")),
            ((ahead - behind) / (2 * step) * length,
             mistake("length_again_at_end", "you multiply by the length of the direction again at the end.")),
        ], "your slope", FINE)
    return "Tried three random losses and directions, among them 1×5×7×3."


@sheet.exercise(2)
def adam_step(function):
    """One step of Adam."""
    for shape, count in [((1, 5, 7, 3), 4), ((1, 2, 3, 3), 1), ((6,), 60)]:
        image, gradient = draw(*shape), draw(*shape)
        first, second = draw(*shape), draw(*shape) ** 2 + np.float32(0.05)
        if count == 1:  # nothing has been seen yet, and one pixel has no gradient at all
            first, second = np.zeros_like(first), np.zeros_like(second)
            size = np.random.default_rng().uniform(0.7e-3, 1.4e-3, shape)  # as small as gradients of pictures are
            gradient = (np.sign(gradient) * size).astype("float32")
            gradient[..., 0] = 0
        rate = float(np.random.default_rng().uniform(0.1, 0.3))
        answer = call(function, image, gradient, first, second, count, rate)
        if not isinstance(answer, (tuple, list)) or len(answer) != 3:
            raise NotYet(mistake("not_three_things", "give back three things: the image, the first moment and the "
                                 "second."))
        new_image, *moments = (numbers(part, name) for part, name in zip(answer, ("your image", *MOMENTS)))
        moments_right, change, mistakes = adam(gradient, first, second, count, rate)
        for moment, right, wrong, name in zip(moments, moments_right, mistakes, MOMENTS):
            expect(moment, right, wrong, name, tolerance=1e-5)  # one step changes the second moment by so little
        if new_image.shape != shape:
            raise NotYet(mistake("image_has_other_shape", f"your image has the shape {new_image.shape}, but it should "
                                 f"be {shape}."))
        expect(new_image - image, change, mistakes[2], "the change of your image")
    return "Tried three random steps: the first, the fourth and the sixtieth of a run."


@sheet.exercise(3)
def lbfgs_direction(function):
    """The direction of L-BFGS, by the two-loop recursion."""
    for pairs, size in [(3, 6), (5, 9), (1, 4)]:
        rng = np.random.default_rng()
        turn = np.linalg.qr(rng.normal(size=(size, size)))[0]
        curvature = turn * rng.uniform(0.5, 4, size) @ turn.T
        steps = [draw(size) for _ in range(pairs)]
        changes = [(curvature @ step).astype("float32") for step in steps]
        gradient = draw(size)
        answer = numbers(call(function, gradient, steps, changes))
        right, mistakes = direction(gradient, steps, changes)
        expect(answer, right, mistakes, "your direction", FINE)
    gradient = draw(5)
    uphill = gradient, mistake("uphill_without_pairs", "this points uphill.")
    expect(call(function, gradient, [], []), -gradient, [uphill], "your direction without any pair")
    return "Tried 3, 5 and 1 random pairs against the full matrix of BFGS, and no pair at all."


@sheet.exercise(3)
def same_light(image, content_image, style_image, defence):
    """The strokes of the painting in the light of the photo."""
    image, content_image = picture(image, "your picture"), picture(content_image, "content_image")
    style_image = picture(style_image, "style_image")
    if image.shape != content_image.shape:
        raise NotYet(mistake("other_shape_than_photo", f"your picture has the shape {image.shape}, the photo "
                             f"{content_image.shape}."))
    seen, light, strokes = measure(image, content_image, style_image)
    at_most(light, LIGHT, mistake("light_has_changed", "the light has changed: the colours of large tiles are off by "
                                  "{value}, at most {limit} is asked for. Which layers bring the painting's colours?"))
    at_most(strokes, STROKES, mistake("strokes_are_missing", "the strokes are missing: {value} of the photo's own "
                                      "style loss is left in blocks 4 and 5, at most {limit} is asked for. Which "
                                      "layers hold strokes? Or is the content weight too large?"),
            percent=True)
    at_most(seen, SEEN, mistake("photo_is_lost", "the photo is hard to make out: content loss {value}, at most {limit} "
                                "is asked for. A larger content weight?"))
    defended(defence, ["block", "layer", "weight", "stroke", "light", "colour", "color", "petal"])
    return "Measured: light near the photo's, strokes near the painting's, and the photo still to be seen."


def measure(image, content_image, style_image):
    """How far an image is from the photo (content loss in block4_conv2), from its light, and from the strokes.

    Light: the mean distance of the tiles' colours. Strokes: the share of the photo's own style loss that is left.
    """
    extract = pocket(*DEEP, "block4_conv2")
    own, photo, painting = (extract(x) for x in (image, content_image, style_image))
    targets = {layer: gram_matrix(painting[layer]) for layer in DEEP}
    left, before = ([float(style_loss(gram_matrix(x[layer]), targets[layer])) for layer in DEEP] for x in (own, photo))
    seen = float(content_loss(own["block4_conv2"], photo["block4_conv2"]))
    return seen, float(np.abs(tiles(image) - tiles(content_image)).mean()), float(np.mean(np.divide(left, before)))


def tiles(image, count=4):
    """The mean colours of count × count large tiles: (count, count, 3)."""
    rows = np.array_split(image[0], count, axis=0)
    return np.array([[tile.mean(axis=(0, 1)) for tile in np.array_split(row, count, axis=1)] for row in rows])

"""Checks for the exercises of lesson 03, Content loss. Long because every task has mistakes of its own."""

from nst_helpers.checks.compare import choose, draw, draw_telling, expect, numbers, own_work, picture, pocket
from nst_helpers.checks.defence import defended
from nst_helpers.checks.limits import at_least, at_most
from nst_helpers.checks.report import NotYet, Sheet, call, mistake
from nst_helpers.losses import content_loss as right_content_loss
from nst_helpers.losses import gram_matrix, style_loss
from nst_helpers.transfer import STYLE_LAYERS

import numpy as np

sheet = Sheet()
summary, passed, calm = sheet.summary, sheet.passed, sheet.calm


@sheet.exercise(1)
def one_step(prediction):
    """Where one step of gradient descent with learning rate 1/c ends in a bowl of curvature c."""
    why = {
        "half way down": mistake("predicts_half_way", "put the learning rate into the formula: each step multiplies "
                                 "the distance by 1 - rate · c."),
        "at the bottom": mistake("predicts_bottom", "look again at the printed distances."),
        "on the other side, equally far": mistake("predicts_other_side", "that happens at twice this rate, 2/c."),
        "farther out": mistake("predicts_farther_out", "that happens beyond 2/c. This is half of it."),
    }
    prediction = choose(prediction, why)
    curvature, start = np.random.default_rng().uniform(0.5, 5, 2)
    ratio = (start - 1 / curvature * (curvature * start)) / start
    outcomes = {"half way down": 0.5, "at the bottom": 0, "on the other side, equally far": -1, "farther out": -2}
    if prediction != min(outcomes, key=lambda name: abs(outcomes[name] - ratio)):
        raise NotYet(why[prediction])
    return "Tried with a random bowl. Whoever knows the curvature needs one step."


@sheet.exercise(2)
def content_loss(function):
    """The content loss of several layers."""
    for shapes in [{"b": (1, 5, 7, 3), "a": (1, 2, 3, 6)}, {"c": (1, 4, 3, 2), "b": (1, 3, 1, 5), "a": (1, 2, 2, 4)}]:
        given = draw_telling(lambda shapes=shapes: draw_layers(shapes), content_answers)
        right, *wrong = content_answers(given)
        expect(call(function, *given), right, zip(wrong, [
            mistake("no_weights", "the weights are not used."),
            mistake("divided_by_layers", "you divide by the number of layers. The weighted sum is asked for."),
            mistake("divided_by_weights", "you divide by the sum of the weights. The weighted sum is asked for."),
            mistake("not_relative", "this is not relative yet: divide each layer by the sum of its squared target."),
            mistake("printed_form", "this is the printed form, with the half. Use the relative form of section 4."),
            mistake("loss_over_activations", "you divide by the number of activations. Divide by the squared target."),
            mistake("loss_over_features", "you divide by the squared features. Divide by the squared target."),
            mistake("one_divisor_for_all", "you divide all layers by one sum. Each layer has its own target."),
            mistake("root_too_many", "there is a square root too many."),
            mistake("absolute_values", "you take absolute values. The squares are asked for."),
            mistake("first_layer_only", "this is the first layer only: is `return` inside the loop?"),
            mistake("last_layer_only", "this is the last layer only: each one replaces the one before. Add them up."),
        ]), "your loss")
    own_work(function)
    return "Tried with two and three random layers, with one more that has no weight."


def draw_layers(shapes):
    """Random features and targets, one layer more than there are weights, and the weights."""
    shapes, weights = {**shapes, "without_weight": (1, 2, 5, 3)}, np.random.default_rng().uniform(0.2, 3, len(shapes))
    features, targets = ({layer: draw(*shape) for layer, shape in shapes.items()} for _ in range(2))
    return features, targets, dict(zip(shapes, weights.tolist()))


def content_answers(given):
    """The right loss of several layers, then those of the mistakes."""
    features, targets, weights = given
    w = np.array(list(weights.values()))
    F, P = ([maps[layer].astype("float64") for layer in weights] for maps in (features, targets))
    squares = np.array([np.sum((f - p) ** 2) for f, p in zip(F, P)])
    sizes, own = (np.array([np.sum(x**2) for x in stack]) for stack in (P, F))
    relative, counts = squares / sizes, np.array([p.size for p in P])
    absolute = np.array([np.abs(f - p).sum() / np.abs(p).sum() for f, p in zip(F, P)])
    loss = w @ relative
    return [loss, relative.sum(), loss / len(w), loss / w.sum(), w @ squares, w @ squares / 2, w @ (squares / counts),
            w @ (squares / own), w @ squares / sizes.sum(), w @ np.sqrt(relative), w @ absolute, w[0] * relative[0],
            w[-1] * relative[-1]]


@sheet.exercise(2)
def content_gradient(function):
    """The gradient of the relative content loss with respect to the features."""
    for shape in [(1, 5, 7, 3), (1, 1, 4, 2), (1, 3, 2, 6)]:
        features, target = draw(*shape), draw(*shape)
        answer = numbers(call(function, features, target))
        F, P = features.astype("float64"), target.astype("float64")
        size, difference = np.sum(P**2), F - P
        loss = np.sum(difference**2) / size
        expect(answer, 2 * difference / size, [
            (-2 * difference / size,
             mistake("downhill", "the sign is wrong: a gradient points uphill, away from the target.")),
            (difference / size,
             mistake("half_the_gradient", "the 2 of the square is missing; in the relative form no half cancels it.")),
            (difference, mistake("gradient_of_printed_loss", "this is the gradient of the printed loss. The relative "
                                 "one has a divisor.")),
            (2 * difference, mistake("no_divisor", "the divisor is missing: the sum of the squared target.")),
            (2 * difference / np.sum(F**2), mistake("gradient_over_features", "you divide by the squared features. The "
                                                    "loss divides by the target's.")),
            (2 * difference / P.size, mistake("gradient_over_activations", "you divide by the number of activations. "
                                              "The loss divides by P squared.")),
            (-2 * difference / size - 2 * loss * P / size,
             mistake("gradient_of_target", "this is the gradient with respect to the target. The target stays fixed; "
                     "the features move.")),
            (2 * difference / P**2, mistake("divided_one_by_one", "each number is divided by its own square. The "
                                            "divisor is one sum over all.")),
            (loss, mistake("loss_not_gradient", "this is the loss itself, one number. The gradient has the shape of "
                           "the features.")),
        ], "your gradient")
    own_work(function, ["GradientTape"])
    return "Tried three random layers, among them 1×5×7×3."


@sheet.exercise(3)
def gradient_descent(function):
    """Gradient descent, with the losses on the way."""
    for shape, steps in [((1, 5, 7, 3), 4), ((1, 2, 3, 3), 7), ((6,), 1)]:
        start, scales = draw(*shape), np.random.default_rng().uniform(0.5, 2, shape)
        rate = float(np.random.default_rng().uniform(0.05, 0.1))

        def loss_and_gradient(x, scales=scales):
            x = np.asarray(x)
            return float(np.sum(scales * x**2 + 0.1 * x)), (2 * scales * x + 0.1).astype(x.dtype)

        answer = call(function, loss_and_gradient, start, rate, steps)
        if not isinstance(answer, (tuple, list)) or len(answer) != 2:
            raise NotYet(mistake("not_two_things", "give back two things: the image and the list of losses."))
        image, losses = numbers(answer[0], "your image"), numbers(answer[1], "your list of losses")
        way = descend(loss_and_gradient, start, rate, steps + 1)
        up = descend(loss_and_gradient, start, -rate, steps)
        expect(image, way[steps][0], [
            (up[-1][0], mistake("steps_uphill", "you go uphill: subtract the gradient.")),
            (start - rate * steps * loss_and_gradient(start)[1],
             mistake("gradient_of_the_start", "each step uses the gradient of the start. Ask for a new one after every "
                     "step.")),
            (way[steps + 1][0], mistake("one_step_too_many", "off by one: one step too many.")),
            (way[steps - 1][0], mistake("one_step_too_few", "off by one: one step too few.")),
            (start - loss_and_gradient(start)[1] * steps,
             mistake("no_learning_rate", "the learning rate is not used.")),
        ], "your image")
        values = [loss for _, loss in way]
        expect(losses, values[: steps + 1], [
            (values[:steps],
             mistake("last_loss_missing", "the image is right, but the loss after the last step is not in the list.")),
            (values[1 : steps + 1],
             mistake("first_loss_missing", "the image is right, but the loss at the start is not in the list.")),
        ], "your list of losses")
    return "Tried three random bowls with 4, 7 and 1 steps."


def descend(loss_and_gradient, start, rate, steps):
    """The reference: pairs of position and loss, the start included, in float64."""
    x = start.astype("float64")
    way = [(x, loss_and_gradient(x)[0])]
    for _ in range(steps):
        x = x - rate * loss_and_gradient(x)[1]
        way.append((x, loss_and_gradient(x)[0]))
    return way


@sheet.exercise(3)
def poster(image, content_image, style_image, defence):
    """From afar it shows the photo, from close up it is all paint."""
    image, content_image = picture(image, "your picture"), picture(content_image, "content_image")
    style_image = picture(style_image, "style_image")
    if image.shape != content_image.shape:
        raise NotYet(mistake("other_shape_than_photo", f"your picture has the shape {image.shape}, the photo "
                             f"{content_image.shape}."))
    extract = pocket(*STYLE_LAYERS)
    features, content, style = (extract(x) for x in (image, content_image, style_image))
    shallow, deep = (float(right_content_loss(features[layer], content[layer])) for layer in ("block1_conv1",
                                                                                            "block5_conv1"))
    paint = np.mean([style_loss(gram_matrix(features[k]), gram_matrix(style[k])) for k in STYLE_LAYERS])
    at_most(deep, 0.45, mistake("photo_is_lost", "from afar the photo is lost: content loss {value} in block5_conv1, "
                                "and {limit} is the most. A larger weight?"))
    at_least(shallow, 1, mistake("still_the_photo", "from close up it is still the photo: content loss {value} in "
                                 "block1_conv1, at least {limit} is asked for. A deeper content layer?"))
    at_most(paint, 0.05, mistake("too_little_paint", "there is too little paint: style loss {value}, at most {limit} "
                                 "is asked for. A smaller weight?"))
    defended(defence, ["block", "layer", "weight", "deep", "shallow", "stroke", "pagoda", "tower", "afar"])
    return "Measured: it is near the photo in block5_conv1, far from it in block1_conv1."

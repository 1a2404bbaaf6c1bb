"""Checks for the exercises of lesson 02, Gram matrices."""

from nst_helpers.checks.compare import choose, defended, draw, expect, numbers, picture, pocket
from nst_helpers.checks.report import NotYet, Sheet, call
from nst_helpers.images import bundled_names, load_image
from nst_helpers.losses import gram_matrix as right_gram_matrix
from nst_helpers.losses import style_loss

import numpy as np

sheet = Sheet()
summary, passed = sheet.summary, sheet.passed


@sheet.exercise(1)
def twice_as_wide(prediction):
    """What becomes of the Gram matrix when the same maps lie side by side twice?"""
    why = {
        "half": "there are twice as many positions to divide by, but twice as many products, too.",
        "the same": "look again at the two matrices.",
        "twice": "that would be the sum. The Gram matrix of the course is an average over the positions.",
        "four times": "that is what maps twice as loud would do. Here only their number of positions grows.",
    }
    prediction = choose(prediction, why)
    features = draw(1, 5, 7, 3)
    wide = right_gram_matrix(np.concatenate([features, features], axis=2))
    ratio = float(np.mean(wide / right_gram_matrix(features)))
    outcomes = {"half": 0.5, "the same": 1, "twice": 2, "four times": 4}
    if prediction != min(outcomes, key=lambda name: abs(outcomes[name] - ratio)):
        raise NotYet(why[prediction])
    return "Tried with random maps. An average does not care how often the same thing is repeated."


@sheet.exercise(2)
def gram_matrix(function):
    """A Gram matrix without einsum."""
    for shape in [(1, 5, 7, 3), (1, 8, 3, 2), (1, 1, 4, 6)]:
        features = draw(*shape)
        answer = numbers(call(function, features))
        _, height, width, maps = shape
        positions = height * width
        F, turned = features.reshape(-1, maps).astype("float64"), features.reshape(maps, -1).astype("float64")
        if answer.shape == (positions, positions):
            raise NotYet(f"your Gram matrix is {positions}×{positions} but there are {maps} maps: "
                         "is the transpose on the other factor?")
        if answer.shape == (1, maps, maps):
            raise NotYet("the axis of the picture is still there: (1, C, C) should be (C, C).")
        G, mean = F.T @ F / positions, F.mean(axis=0)
        expect(answer, G, [
            (G * positions, "this is the sum over the positions. Divide by their number, H·W."),
            (G / maps, "you divide by the maps as well. Only the positions are averaged."),
            (G * width, "you divide by the height only. There are H·W positions."),
            (G * height, "you divide by the width only. There are H·W positions."),
            (G * positions / maps, "you divide by the number of maps. Divide by the number of positions, H·W."),
            (turned @ turned.T / positions, "the reshape mixes maps and positions: the maps are the last axis, so "
             "reshape to (positions, maps)."),
            (G - np.outer(mean, mean), "you take away the mean of each map: that is the covariance."),
        ], "your Gram matrix")
    if "einsum" in getattr(getattr(function, "__code__", None), "co_names", ()):
        raise NotYet("the numbers are right, but this is einsum again. Write it with reshape and @, or with loops.")
    return "Tried three random inputs, among them 1×5×7×3 and one with more maps than positions."


@sheet.exercise(3)
def shifted_gram(function):
    """Which map is active so many positions to the right of which."""
    for shape, shift in [((1, 5, 9, 3), 2), ((1, 4, 6, 2), 1), ((1, 7, 8, 5), 3)]:
        features = draw(*shape)
        answer = numbers(call(function, features, shift))
        G = average_product(features, shift)
        F, width = features.astype("float64"), shape[2]
        expect(answer, G, [
            (G.T, "rows and columns are exchanged: row i is the map on the left, column j the one on the right of it."),
            (np.einsum("bhwi,bhwj->ij", F, np.roll(F, -shift, 2)) / F[0, :, :, 0].size, "np.roll brings the left edge "
             "back in at the right. Leave out the positions that have no partner."),
            (G * (width - shift) / width, "you divide by all positions, but only those with a partner are added up."),
            (G * shape[1] * (width - shift), "this is the sum. Divide by the number of pairs."),
            (average_product(features.swapaxes(1, 2), shift), "you shift downwards. The columns are axis 2."),
            (average_product(features, shift + 1), "off by one: you shift one position too far."),
            (average_product(features, shift - 1), "off by one: you shift one position too little."),
            (average_product(features, 0), "nothing is shifted: this is the plain Gram matrix."),
        ], "your matrix")
    features = draw(1, 3, 5, 2)
    try:
        expect(call(function, features, 0), average_product(features, 0))
    except NotYet:
        raise NotYet("all is well but for a shift of 0: [:-0] is empty. Write [:width - shift].") from None
    return "Tried four random inputs with shifts from 0 to 3, among them 1×5×9×3."


def average_product(features, shift):
    """The reference: mean over y and x of F_i(y, x) · F_j(y, x + shift), in float64."""
    F = features.astype("float64")
    left, right = F[0, :, : F.shape[2] - shift], F[0, :, shift:]
    return np.tensordot(left, right, axes=([0, 1], [0, 1])) / (left.shape[0] * left.shape[1])


@sheet.exercise(3)
def two_painters(texture, colours, strokes, defence):
    """A texture with the colours of one painting and the strokes of another."""
    texture = picture(texture, "texture")
    colours, strokes = (choose(name, bundled_names()["paintings"]) for name in (colours, strokes))
    if colours == strokes:
        raise NotYet("colours and strokes come from the same painting. Take two.")
    losses = painting_distances(texture, [colours, strokes])
    if losses[colours]["block1_conv1"] >= losses[strokes]["block1_conv1"]:
        raise NotYet(f"by block1_conv1 its colours are nearer to {strokes} than to {colours}. "
                     "Which painting do your shallow layers follow?")
    if losses[strokes]["block4_conv1"] >= losses[colours]["block4_conv1"]:
        raise NotYet(f"by block4_conv1 its strokes are nearer to {colours} than to {strokes}. "
                     "Which painting do your deep layers follow?")
    defended(defence)
    return f"Measured: colours nearer to {colours}, strokes nearer to {strokes}."


def painting_distances(image, names):
    """{painting: {layer: style loss of the image}} in the pocket network, paintings 256 pixels wide."""
    extract = pocket("block1_conv1", "block4_conv1")
    grams = {layer: right_gram_matrix(maps) for layer, maps in extract(image).items()}
    targets = {name: extract(load_image(name, 256)) for name in names}
    return {name: {layer: float(style_loss(grams[layer], right_gram_matrix(maps))) for layer, maps in target.items()}
            for name, target in targets.items()}

"""Checks for the exercises of lesson 02, Gram matrices. Long because every task has mistakes of its own."""

from nst_helpers.checks.compare import choose, draw, expect, numbers, own_work, picture, pocket
from nst_helpers.checks.defence import defended
from nst_helpers.checks.limits import at_most
from nst_helpers.checks.report import NotYet, Sheet, call, mistake
from nst_helpers.color import luminance
from nst_helpers.images import bundled_names, load_image
from nst_helpers.losses import gram_matrix as right_gram_matrix
from nst_helpers.losses import style_loss

import numpy as np
from scipy.ndimage import uniform_filter1d

sheet = Sheet()
summary, passed, calm = sheet.summary, sheet.passed, sheet.calm
COLOURS, STROKES = 0.25, 0.02  # the limits of the last exercise, as style losses of one layer


@sheet.exercise(1)
def twice_as_wide(prediction):
    """What becomes of the Gram matrix when the same maps lie side by side twice?"""
    why = {
        "half": mistake("predicts_half", "there are twice as many positions to divide by, but twice as many products, "
                        "too."),
        "the same": mistake("predicts_the_same", "look again at the two matrices."),
        "twice": mistake("predicts_twice", "that would be the sum. The Gram matrix of the course is an average over "
                         "the positions."),
        "four times": mistake("predicts_four_times", "that is what maps twice as loud would do. Here only their number "
                              "of positions grows."),
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
            raise NotYet(mistake("transpose_on_other_factor", f"your Gram matrix is {positions}×{positions} but there "
                                 f"are {maps} maps: is the transpose on the other factor?"))
        if answer.shape == (1, maps, maps):
            raise NotYet(mistake("picture_axis_left", "the axis of the picture is still there: (1, C, C) should be (C, "
                                 "C)."))
        G, mean = F.T @ F / positions, F.mean(axis=0)
        expect(answer, G, [
            (G * positions,
             mistake("sum_not_mean", "this is the sum over the positions. Divide by their number, H·W.")),
            (G / maps,
             mistake("divided_by_maps_too", "you divide by the maps as well. Only the positions are averaged.")),
            (G * width, mistake("divided_by_height", "you divide by the height only. There are H·W positions.")),
            (G * height, mistake("divided_by_width", "you divide by the width only. There are H·W positions.")),
            (G * positions / maps,
             mistake("divided_by_maps", "you divide by the number of maps. Divide by the number of positions, H·W.")),
            (turned @ turned.T / positions, mistake("reshape_mixes", "the reshape mixes maps and positions: the maps "
                                                    "are the last axis, so reshape to (positions, maps).")),
            (G - np.outer(mean, mean),
             mistake("covariance", "you take away the mean of each map: that is the covariance.")),
        ], "your Gram matrix")
    own_work(function, ["einsum"])
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
            (G.T, mistake("rows_and_columns_exchanged", "rows and columns are exchanged: row i is the map on the left, "
                          "column j the one on the right of it.")),
            (np.einsum("bhwi,bhwj->ij", F, np.roll(F, -shift, 2)) / F[0, :, :, 0].size,
             mistake("rolled_round", "np.roll brings the left edge back in at the right. Leave out the positions that "
                     "have no partner.")),
            (G * (width - shift) / width, mistake("divided_by_all_positions", "you divide by all positions, but only "
                                                  "those with a partner are added up.")),
            (G * shape[1] * (width - shift),
             mistake("sum_of_pairs", "this is the sum. Divide by the number of pairs.")),
            (average_product(features.swapaxes(1, 2), shift),
             mistake("shifted_downwards", "you shift downwards. The columns are axis 2.")),
            (average_product(features, shift + 1),
             mistake("one_too_far", "off by one: you shift one position too far.")),
            (average_product(features, shift - 1),
             mistake("one_too_little", "off by one: you shift one position too little.")),
            (average_product(features, 0),
             mistake("not_shifted", "nothing is shifted: this is the plain Gram matrix.")),
        ], "your matrix")
    features = draw(1, 3, 5, 2)
    try:
        expect(call(function, features, 0), average_product(features, 0))
    except NotYet:
        raise NotYet(mistake("shift_0_is_empty", "all is well but for a shift of 0: [:-0] is empty. Write [:width - "
                             "shift].")) from None
    own_work(function)
    return "Tried four random inputs with shifts from 0 to 3, among them 1×5×9×3."


def average_product(features, shift):
    """The reference: mean over y and x of F_i(y, x) · F_j(y, x + shift), in float64."""
    F = features.astype("float64")
    left, right = F[0, :, : F.shape[2] - shift], F[0, :, shift:]
    return np.tensordot(left, right, axes=([0, 1], [0, 1])) / (left.shape[0] * left.shape[1])


@sheet.exercise(3)
def two_painters(image, colours, strokes, defence):
    """The picture of one painter in the colours of another."""
    image = picture(getattr(image, "image", image), "your picture", smallest=64)
    colours, strokes = (choose(name, bundled_names()["paintings"]) for name in (colours, strokes))
    if colours == strokes:
        raise NotYet(mistake("one_painting_twice", "colours and strokes come from the same painting. Take two."))
    at_most(scan_lines(image), 1, mistake("scan_lines", "there are scan lines, or grain: waves of two pixels are "
                                          "{value} times as strong as those of three and four; in a painting they are "
                                          "weaker, less than {limit} times. Is there total variation in the loss, and "
                                          "does the walk begin at the painting?"))
    in_colour, in_grey = (painting_distances(image, [colours, strokes], way) for way in (np.asarray, grey))
    if in_colour[colours]["block1_conv1"] >= in_colour[strokes]["block1_conv1"]:
        raise NotYet(mistake("colours_of_the_other", f"by block1_conv1 its colours are nearer to {strokes} than to "
                             f"{colours}. Which painting do your shallow layers follow?"))
    at_most(in_colour[colours]["block1_conv1"], COLOURS,
            mistake("colours_not_yet", f"the colours are not yet those of {colours}: style loss {{value}} in "
                    "block1_conv1, at most {limit} is asked for. Which layers hold colours?"))
    if in_grey[strokes]["block4_conv1"] >= in_grey[colours]["block4_conv1"]:
        raise NotYet(mistake("strokes_of_the_other", f"by block4_conv1 its strokes are nearer to {colours} than to "
                             f"{strokes}. Which painting do your deep layers follow?"))
    at_most(in_grey[strokes]["block4_conv1"], STROKES,
            mistake("strokes_have_suffered", f"the strokes of {strokes} have suffered: style loss {{value}} in "
                    "block4_conv1, at most {limit} is asked for. Which layers hold strokes?"))
    defended(defence, ["block", "layer", "colour", "color", "stroke", "deep", "shallow"])
    return f"Measured: the colours of {colours}, the strokes of {strokes}, and no scan lines."


def painting_distances(image, names, way):
    """{painting: {layer: style loss of the image}} in the pocket network, all as they look in this way, of one size."""
    extract = pocket("block1_conv1", "block4_conv1")
    grams = {layer: right_gram_matrix(maps) for layer, maps in extract(way(image)).items()}
    targets = {name: extract(way(load_image(name, max(image.shape)))) for name in names}
    return {name: {layer: float(style_loss(grams[layer], right_gram_matrix(maps))) for layer, maps in target.items()}
            for name, target in targets.items()}


def grey(image):
    """A picture without its colours, as three equal channels."""
    return np.repeat(luminance(image), 3, axis=-1)


def scan_lines(image, across=9):
    """How strong waves of two pixels are beside those of three and four, across rows or columns; more than 1: lines."""
    found = []
    for rows in (image[0].mean(axis=2), image[0].mean(axis=2).T):
        lines = uniform_filter1d(rows.astype("float64"), across, axis=1)  # what runs along a row stays
        waves = np.abs(np.fft.rfft((lines - lines.mean(axis=0)) * np.hanning(len(lines))[:, np.newaxis], axis=0)) ** 2
        cycles = np.fft.rfftfreq(len(lines))
        short, longer = (waves[(cycles > low) & (cycles <= high)].sum() for low, high in ((0.37, 0.5), (0.25, 0.37)))
        found.append(np.sqrt(short / max(longer, 1e-12)))
    return float(max(found))

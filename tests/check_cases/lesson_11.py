"""Right and wrong answers to the exercises of lesson 11. tests/test_checks.py says how they are used.

Long because every mistake that the checks name is made here once.
"""

from functools import cache

from nst_helpers.checks.pieces import gram, moved, tile_sums
from nst_helpers.images import load_image
from nst_helpers.transfer import stylize

import numpy as np
import tensorflow as tf


def by_rows(see, image, side, margin):
    """The maps of all tiles laid into one array first."""
    _, height, width, _ = image.shape
    rows = []
    for top in range(0, height, side):
        row = []
        for left in range(0, width, side):
            up, before = min(top, margin), min(left, margin)
            maps = see(image[:, top - up : top + side + margin, left - before : left + side + margin])
            row.append(maps[:, up : up + side, before : before + side])
        rows.append(np.concatenate(row, axis=2))
    maps = np.concatenate(rows, axis=1)
    return tf.einsum("bhwi,bhwj->ij", maps, maps) / (height * width)


def total(sums):
    return sum(one for one, _, _ in sums)


def places(image):
    return image.shape[1] * image.shape[2]


def unclipped_start(see, image, side, margin):
    found = 0
    for top in range(0, image.shape[1], side):
        for left in range(0, image.shape[2], side):
            maps = see(image[:, top - margin : top + side + margin, left - margin : left + side + margin])
            found = found + gram(maps[:, margin : margin + side, margin : margin + side])
    return found / places(image)


def framed(see, image, side, margin):
    edges = [(0, 0), (margin, margin), (margin, margin), (0, 0)]
    padded, found = np.pad(image, edges), 0
    for top in range(0, image.shape[1], side):
        for left in range(0, image.shape[2], side):
            maps = see(padded[:, top : top + side + 2 * margin, left : left + side + 2 * margin])
            found = found + gram(maps[:, margin : maps.shape[1] - margin, margin : maps.shape[2] - margin])
    return found / places(image)


def full_tiles(see, image, side, margin):
    return sum(one for one, _, full in tile_sums(see, image, side, margin) if full) / places(image)


def summed(pieces, corners, height, width):
    """Each piece as a picture of zeros with the piece in it."""
    whole = 0
    for piece, (top, left) in zip(pieces, corners):
        below, behind = height - top - piece.shape[1], width - left - piece.shape[2]
        whole = whole + np.pad(piece, [(0, 0), (top, below), (left, behind), (0, 0)])
    return whole


def laid(pieces, corners, height, width):
    whole = np.zeros((1, height, width, 3))
    for piece, (top, left) in zip(pieces, corners):
        whole[:, top : top + piece.shape[1], left : left + piece.shape[2]] = piece
    return whole


def times(pieces, corners, height, width):
    return summed([np.ones_like(piece) for piece in pieces], corners, height, width)


def by_loops(frame, before, flow):
    _, height, width, _ = frame.shape
    squares = []
    for y in range(height):
        for x in range(width):
            right, down = flow[y, x]
            if 0 <= y + down < height and 0 <= x + right < width:
                squares.append((frame[0, y, x] - before[0, y + down, x + right]) ** 2)
    return float(np.mean(squares))


def in_a_frame_of_nan(frame, before, flow):
    """What lies outside is not a number, so it drops out of the mean."""
    edges = [(5, 5), (5, 5), (0, 0)]
    rows, columns = np.indices(flow.shape[:2]) + 5
    looked_up = np.pad(before[0], edges, constant_values=np.nan)[rows + flow[..., 1], columns + flow[..., 0]]
    return np.nanmean((frame[0] - looked_up) ** 2)


def along(frame, before, flow, outside=False):
    clipped, _, inside = moved(before, flow)
    squares = (frame - clipped) ** 2
    return squares if outside else squares[:, inside]


def closed_ring():
    strip = load_image("sunrise", 224)[:, 15:112]
    fade = np.linspace(0, 1, 28, dtype="float32")[:, np.newaxis]
    ring = strip[:, :, :-28].copy()
    ring[:, :, :28] = fade * ring[:, :, :28] + (1 - fade) * strip[:, :, -28:]
    return ring


@cache
def painted(margin, content_weight=0.03):
    wide = np.pad(RING, [(0, 0), (0, 0), (margin, margin), (0, 0)], "wrap")
    result = stylize(wide, "the_scream", steps=30, content_weight=content_weight, progress=False)
    return result.image[:, :, margin : margin + RING.shape[2]]


RING, SCREAM = closed_ring(), load_image("the_scream", 256)
WORDS = "The margin is as wide as the network sees, so no joint shows in the sky."

RIGHT = {
    "notes_of_tiles": [(" The  Median",)],
    "tiled_gram": [(by_rows,)],
    "joined_gradient": [(summed,)],
    "flicker": [(by_loops,), (in_a_frame_of_nan,)],
    "little_planet": [
        lambda: (painted(64), RING, SCREAM, WORDS),
        lambda: (np.roll(painted(64), 60, axis=2), np.roll(RING, 60, axis=2), SCREAM, WORDS),
    ],
}
WRONG = {
    "notes_of_tiles": [
        (("the mean",), "both add up to those"),
        (("the variance",), "three sums are enough"),
        (("the largest value",), "Of the tiles' largest values"),
        (("the mode",), "choose one of"),
    ],
    "tiled_gram": [
        ((lambda see, image, *_: gram(see(image)) / places(image),), "Memory holds"),
        ((unclipped_start,), "one of your pieces is empty"),
        ((lambda *given: total(tile_sums(*given)),), "this is the sum. Divide"),
        ((lambda see, image, side, _: total(tile_sums(see, image, side, 0)) / places(image),), "without a margin"),
        ((lambda *given: total(tile_sums(*given, own=False)) / places(given[1]),), "the margin is counted"),
        ((lambda *given: np.mean([one / count for one, count, _ in tile_sums(*given)], axis=0),), "divide once"),
        ((full_tiles,), "are left out"),
        ((lambda *given: total(tile_sums(*given, clipped=False)) / places(given[1]),), "begin at 0, not at"),
        ((framed,), "zeros around the whole picture"),
    ],
    "joined_gradient": [
        ((laid,), "the later one wipes out"),
        ((lambda p, c, *sides: laid(p[::-1], c[::-1], *sides),), "only the earlier one is kept"),
        ((lambda *given: summed(*given) / times(*given),), "you take their mean"),
        ((lambda *given: np.where(times(*given) > 1, 0, summed(*given)),), "there is nothing"),
        ((lambda *given: -summed(*given),), "the sign is turned"),
        ((lambda *given: summed(*given) / len(given[0]),), "by the number of tiles"),
        ((lambda *given: summed(*given)[0],), "has the shape"),
    ],
    "flicker": [
        ((lambda frame, before, _: np.mean((frame - before) ** 2),), "nothing is moved"),
        ((lambda frame, before, flow: by_loops(frame, before, -flow),), "you look at p - flow"),
        ((lambda frame, before, flow: by_loops(frame, before, flow[..., ::-1]),), "belongs to the columns"),
        ((lambda frame, before, flow: by_loops(before, frame, flow),), "the frames are exchanged"),
        ((lambda *given: along(*given, outside=True).mean(),), "what comes from outside is counted"),
        ((lambda frame, before, flow: np.mean((frame - moved(before, flow)[1]) ** 2),), "as a negative index does"),
        ((lambda frame, before, flow: along(frame, before, flow).sum() / frame.size,), "divide by all pixels"),
        ((lambda *given: 3 * by_loops(*given),), "three colours are added up"),
        ((lambda *given: along(*given).sum(),), "this is the sum of the squares"),
        ((lambda *given: by_loops(*given) ** 0.5,), "the root of flicker"),
        ((lambda *given: np.sqrt(along(*given)).mean(),), "without their sign"),
    ],
    "little_planet": [
        (lambda: (painted(0), RING, SCREAM, WORDS), "the ends do not meet"),
        (lambda: (painted(64, 1.0), RING, SCREAM, WORDS), "hand is missing"),
        (lambda: (painted(64, 0.0005), RING, SCREAM, WORDS), "hard to make out"),
        (lambda: (painted(64)[:, :, :-8], RING, SCREAM, WORDS), "margins cut off again"),
        (lambda: (RING[:, :, :100], RING[:, :, :100], SCREAM, WORDS), "a horizon goes all around"),
        (lambda: (painted(64), RING, SCREAM, "so"), "defend it"),
        (lambda: (255 * painted(64), RING, SCREAM, WORDS), "divide by 255"),
    ],
}

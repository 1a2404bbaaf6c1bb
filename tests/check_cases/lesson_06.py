"""Right and wrong answers to the exercises of lesson 06. tests/test_checks.py says how they are used."""

from functools import cache

from nst_helpers import losses
from nst_helpers.checks.regions import smaller
from nst_helpers.images import load_image
from nst_helpers.masks.cover import load_mask, rest_mask, share_masks
from nst_helpers.transfer import stylize

import numpy as np
import tensorflow as tf

PHOTO, CUP = load_image("coffee", 96), load_mask("coffee_cup", 96)
INSIDE, OUTSIDE = "great_wave", "girls_at_the_piano"
WORDS = "The larger content weight keeps the rim of the cup, and the resized guides keep large strokes."


def through(conv, pool):
    """A walk through the layers with these two steps."""
    def walk(mask, layers):
        for layer in layers:
            mask = conv(mask) if layer == "conv" else pool(mask)
        return mask
    return walk


def widest(mask, size=3):
    return tf.nn.max_pool2d(mask, size, 1, "SAME")


def halved(mask):
    return tf.nn.max_pool2d(mask, 2, 2, "VALID")


def same(mask):
    return mask


def four_neighbours(mask):
    return np.maximum(tf.nn.max_pool2d(mask, (3, 1), 1, "SAME"), tf.nn.max_pool2d(mask, (1, 3), 1, "SAME"))


def rolled(mask):
    moves = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    return np.max([np.roll(mask, move, (1, 2)) for move in moves], axis=0)


def narrowest(mask, size=3, stride=1, padding="SAME"):
    return -tf.nn.max_pool2d(-mask, size, stride, padding)


def frame_of_zeros(mask):
    """The smallest of nine, zeros outside."""
    return narrowest(np.pad(mask, ((0, 0), (1, 1), (1, 1), (0, 0))), padding="VALID")


def mean_of_nine(mask):
    padded = np.pad(mask, ((0, 0), (1, 1), (1, 1), (0, 0)))
    return tf.nn.avg_pool2d(padded, 3, 1, "VALID")


def any_by_loops(mask, layers):
    guide = mask[0, :, :, 0].tolist()
    for layer in layers:
        height, width = len(guide), len(guide[0])
        if layer == "conv":
            guide = [[max(max(row[max(0, x - 1) : x + 2]) for row in guide[max(0, y - 1) : y + 2])
                      for x in range(width)] for y in range(height)]
        else:
            guide = [[max(guide[2 * y + i][2 * x + j] for i in (0, 1) for j in (0, 1)) for x in range(width // 2)]
                     for y in range(height // 2)]
    return np.array(guide)[np.newaxis, :, :, np.newaxis]


def odd_kept(mask, layers):
    """A last row or column without a partner is not dropped, and the four pieces differ in shape."""
    for layer in layers:
        parts = [widest(mask)] if layer == "conv" else [mask[:, i::2, j::2] for i in (0, 1) for j in (0, 1)]
        mask = np.max(parts, axis=0)
    return mask


def pooled_by_tensorflow(mask, layers):
    for layer in layers:
        conv = layer == "conv"
        mask = tf.nn.max_pool2d(mask, 3 if conv else 2, 1 if conv else 2, "SAME" if conv else "VALID")
    return mask


def one_by_one(features, guides):
    """Each region with the course's own function."""
    parts = [losses.guided_gram_matrix(features, guides[..., k : k + 1]) for k in range(guides.shape[-1])]
    return tf.stack(parts)


def grams(norm=lambda m: np.sqrt(np.mean(m**2, axis=(0, 1, 2))), once=False, average=True):
    """Guided Gram matrices with mistakes to choose from."""
    def found(features, guides):
        T = guides / norm(guides)
        G = np.einsum("bhwr,bhwi,bhwj->rij", T if once else T**2, features, features)
        return G / (features.shape[1] * features.shape[2] if average else 1)
    return found


def stacked(masks, order=1, last=lambda masks, left: left, take=lambda mask, left: mask * left):
    """Masks on top of each other, with mistakes to choose from."""
    left, found = np.ones_like(masks[0]), []
    for mask in masks[::order]:
        found.append(take(mask, left))
        left = left * (1 - mask)
    return [*found[::order], last(masks, left)]


def near_only(masks):
    return [mask * (1 - above) for mask, above in zip(masks, [0 * masks[0], *masks])]


def spent(masks):
    out = []
    for mask in masks:
        out.append(np.clip(mask - sum(out), 0, 1))
    return [*out, 1 - sum(out)]


def subtracted(masks):
    cut = [np.clip(mask - sum(masks[:k]), 0, 1) for k, mask in enumerate(masks)]
    return [*cut, np.clip(1 - sum(cut), 0, 1)]


@cache
def painted(inside=INSIDE, outside=OUTSIDE, content_weight=0.5):
    return stylize(PHOTO, [inside, outside], masks=[CUP, 1 - CUP], content_weight=content_weight, style_size=96,
                   steps=30, progress=False).image


def moods(inside=INSIDE, outside=OUTSIDE, defence=WORDS, **options):
    return lambda: (painted(**options), PHOTO, CUP, inside, outside, defence)


RIGHT = {
    "grey_guide": [("the same",)],
    "any_guide": [(any_by_loops,), (through(widest, halved),)],
    "guided_grams": [(grams(),)],
    "lay_over": [(stacked,)],
    "two_moods": [moods()],
}
WRONG = {
    "grey_guide": [
        (("a quarter",), "half as loud"),
        (("half",), "in the product twice"),
        (("four times",), "for no more than that"),
        (("twice",), "choose one of"),
    ],
    "any_guide": [
        ((through(same, halved),), "convolutions are left out"),
        ((through(same, lambda mask: tf.nn.avg_pool2d(mask, 2, 2, "VALID")),), 'the way "resize"'),
        ((through(widest, same),), "poolings are left out"),
        ((through(widest, lambda mask: tf.nn.avg_pool2d(mask, 2, 2, "VALID")),), "pooling takes the mean"),
        ((through(widest, lambda mask: mask[:, : mask.shape[1] // 2 * 2 : 2, : mask.shape[2] // 2 * 2 : 2]),),
         "one of the four inputs. Take"),
        ((through(four_neighbours, halved),), "the four nearest"),
        ((through(lambda mask: widest(mask, 5), halved),), "5×5"),
        ((through(rolled, halved),), "np.roll lets"),
        ((through(frame_of_zeros, lambda mask: narrowest(mask, 2, 2, "VALID")),), "this is the minimum"),
        ((through(mean_of_nine, halved),), "a convolution takes the mean"),
        ((lambda mask, layers: any_by_loops(mask, layers[::-1]),), "from the last to the first"),
        ((through(widest, lambda mask: tf.nn.max_pool2d(mask, 2, 2, "SAME")),), "without a partner"),
        ((odd_kept,), "even height and width all is well"),
        ((pooled_by_tensorflow,), "max_pool2d has done the work"),
        ((lambda mask, layers: np.max([mask[:, ::2], mask[:, 1:]], axis=0),), "pieces of different shapes cannot"),
        ((lambda mask, layers: any_by_loops(mask, layers)[0],), "has the shape"),
    ],
    "guided_grams": [
        ((grams(norm=lambda m: 1),), "the division is missing: this"),
        ((grams(norm=lambda m: np.mean(m, axis=(0, 1, 2)), once=True),), "by it: its square"),
        ((grams(norm=lambda m: 1, once=True),), "and the division is missing"),
        ((grams(norm=lambda m: np.sqrt(np.mean(m, axis=(0, 1, 2)))),), "Its squares count"),
        ((grams(norm=lambda m: np.mean(m, axis=(0, 1, 2))),), "you divide the guide by its mean"),
        ((grams(average=False),), "sum over the positions"),
        ((grams(norm=lambda m: np.sqrt(np.sum(m**2, axis=(0, 1, 2)))),), "add up to 1 already"),
        ((grams(norm=lambda m: np.mean(m**2, axis=(0, 1, 2))),), "the root is missing"),
        ((grams(norm=lambda m: np.sqrt(np.mean(m**2))),), "by one number"),
        ((lambda f, m: np.moveaxis(one_by_one(f, m), 0, 2),), "(R, C, C)"),
        ((lambda f, m: losses.guided_gram_matrix(f, m[..., :1]),), "first region only"),
        ((lambda f, m: tf.reduce_sum(one_by_one(f, m), 0),), "are added up"),
        ((lambda f, m: one_by_one(f, np.ones_like(m)),), "plain Gram matrices"),
        ((losses.guided_gram_matrix,), "raises ValueError in line"),
        ((grams(once=True),), "F·F·T"),
        ((lambda f, m: one_by_one(f, m),), "losses has done the work"),
    ],
    "lay_over": [
        ((lambda masks: stacked(masks)[:-1],), "the rest is missing"),
        ((lambda masks: [stacked(masks)[-1], *stacked(masks)[:-1]],), "comes first here"),
        ((lambda masks: stacked(masks, order=-1),), "the last mask lies on top"),
        ((lambda masks: [*masks, rest_mask(masks)],), "as they were"),
        ((lambda masks: stacked(masks, take=lambda mask, left: mask),), "still overlap"),
        ((lambda masks: [*share_masks(masks), rest_mask(masks)],), "divides what several cover"),
        ((subtracted,), "right for hard edges"),
        ((spent,), "what is spent"),
        ((lambda masks: [*near_only(masks), 1 - masks[-1]],), "shrinks from mask to mask"),
        ((smaller,), "you take the smaller"),
        ((lambda masks: [*near_only(masks), 1 - sum(near_only(masks))],), "just above"),
        ((lambda masks: stacked(masks, last=lambda masks, left: rest_mask(masks)),), "what the *new* masks"),
        ((lambda masks: stacked(masks, last=lambda masks, left: 1 - masks[-1]),), "not what the last one does"),
        ((lambda masks: sum(masks),), "has the shape"),
    ],
    "two_moods": [
        (moods(inside=OUTSIDE, outside=INSIDE), "in the same order"),
        (moods(inside=INSIDE, outside=INSIDE), "the same painting"),
        (moods(content_weight=0.01), "can hardly be told"),
        (moods(content_weight=50.0), "too little paint"),
        (moods(defence="looks fine"), "defend it"),
        (lambda: (painted(), PHOTO, 255 * CUP, INSIDE, OUTSIDE, WORDS), "mask has values"),
        (lambda: (painted()[:, ::2], PHOTO, CUP, INSIDE, OUTSIDE, WORDS), "has the shape"),
    ],
}

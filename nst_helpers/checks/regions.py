"""What right and wrong regions give: references for the checks of lesson 06, in float64.

Each function gives what is right, and pairs of what a typical mistake gives and the sentence that names it.
"""

from nst_helpers.checks.report import mistake

import numpy as np
from scipy import ndimage


def sparse_mask(height, width):
    """A random mask, mostly 0, with soft values: (1, height, width, 1)."""
    rng = np.random.default_rng()
    return (rng.random((1, height, width, 1)) * (rng.random((1, height, width, 1)) > 0.9)).astype("float32")


def answers(mask, layers):
    """What draw_telling is to keep apart: the right guide and all wrong ones. A single layer tells too little."""
    right, mistakes = ways_of_any(mask, layers)
    return [right, *(wrong for wrong, _ in mistakes)] if "pool" in layers else []


def ways_of_any(mask, layers):
    """The guide of the way "any" behind these layers, and its mistakes."""
    def walk(layers=layers, spread=("constant", 3), widest=np.max, grow=ndimage.maximum_filter, tail=0):
        guide = mask[0, :, :, 0].astype("float64")
        for layer in layers:
            if layer == "conv" and spread:
                mode, size = spread
                shape = {"size": size} if isinstance(size, int) else {"footprint": size}
                guide = grow(guide, mode=mode, **shape)
            elif layer == "pool" and widest:
                guide = np.pad(guide, [(0, side % 2 * tail) for side in guide.shape])
                height, width = (side // 2 for side in guide.shape)
                guide = widest(guide[: 2 * height, : 2 * width].reshape(height, 2, width, 2), axis=(1, 3))
        return guide[np.newaxis, :, :, np.newaxis]

    return walk(), [
        (walk(spread=None),
         mistake("no_convolutions", "the convolutions are left out: a position sees its eight neighbours, too.")),
        (walk(spread=None, widest=np.mean),
         mistake("way_resize", "this is the way \"resize\". Take the maximum, and mind the convolutions.")),
        (walk(widest=None), mistake("no_poolings", "the poolings are left out: each one halves height and width.")),
        (walk(widest=lambda parts, axis: parts[:, 0, :, 0]),
         mistake("pooling_takes_one", "pooling takes one of the four inputs. Take their maximum.")),
        (walk(widest=np.mean), mistake("pooling_takes_mean", "pooling takes the mean here. A position sees the region "
                                       "if one of its four inputs does.")),
        (walk(spread=("constant", ndimage.generate_binary_structure(2, 1))),
         mistake("four_neighbours", "only the four nearest are looked at. A convolution of 3×3 sees the corners, "
                 "too.")),
        (walk(spread=("constant", 5)),
         mistake("five_by_five", "your convolutions see 5×5 positions. They are 3×3: one to each side.")),
        (walk(spread=("wrap", 3)),
         mistake("region_rolled_round", "np.roll lets the region come back in at the other edge.")),
        (walk(grow=ndimage.minimum_filter, widest=np.min),
         mistake("minimum", "this is the minimum. A position sees the region if *one* of its inputs does.")),
        (walk(grow=ndimage.uniform_filter), mistake("convolution_takes_mean", "a convolution takes the mean here. The "
                                                    "maximum of its nine inputs is asked for.")),
        (walk(layers[::-1]), mistake("layers_backwards", "the layers are walked through from the last to the first.")),
        (walk(tail=1), mistake("odd_edge_kept", "a last row or column without a partner is dropped by pooling.")),
    ]


def ways_of_grams(F, m):
    """The guided Gram matrices (R, C, C) of maps (H, W, C) and guides (H, W, R), and mistakes."""
    positions = F.shape[0] * F.shape[1]

    def weigh(weights, F=F):
        return np.einsum("hwr,hwi,hwj->rij", weights, F, F)

    squares, sums = (m**2).sum((0, 1)), m.sum((0, 1))
    right = weigh(m**2 / squares)
    return right, [
        (weigh(m**2) / positions, mistake("no_division", "the division is missing: this is the average over all "
                                          "positions, and a small region whispers.")),
        (weigh(m / sums),
         mistake("guide_once", "the guide stands in the product once. Both maps are multiplied by it: its square.")),
        (weigh(m / np.sqrt(squares * positions)), mistake("guide_at_one_factor", "the guide stands in the product "
                                                          "once, F·F·T. Both maps are multiplied by it: (T F)(T F).")),
        (weigh(m) / positions,
         mistake("guide_once_no_division", "the guide stands in the product once, and the division is missing.")),
        (weigh(m**2 / sums), mistake("divided_by_guide", "you divide by the sum of the guide. Its squares count.")),
        (weigh(m**2 / sums**2) * positions,
         mistake("divided_by_mean_guide", "you divide the guide by its mean. Divide by the root of its mean square.")),
        (weigh(m**2 / squares) * positions,
         mistake("sum_not_mean", "this is the sum over the positions. Average them.")),
        (weigh(m**2 / squares) / positions,
         mistake("averaged_twice", "the squares of your guide add up to 1 already. Then add up, do not average.")),
        (weigh(m**2 / squares**2) * positions,
         mistake("root_missing", "the root is missing: divide by the root of the mean square.")),
        (weigh(m**2 / squares.mean()),
         mistake("one_divisor_for_all", "all guides are divided by one number. Each region has its own.")),
        (np.moveaxis(right, 0, 2), mistake("regions_last", "the regions come first: (R, C, C).")),
        (right[0], mistake("first_region_only", "this is the first region only.")),
        (right.sum(0), mistake("regions_added", "the regions are added up. Keep one matrix for each.")),
        (weigh(np.ones_like(m)) / positions,
         mistake("plain_gram_matrix", "these are plain Gram matrices: the guides are not used.")),
    ]


def ways_of_masks(m):
    """Masks (n, 1, H, W, 1) on top of each other with the rest (n + 1, …), and mistakes."""
    count, shape = len(m), m[0].shape
    left = np.cumprod([np.ones(shape), *(1 - m)], axis=0)
    right = np.array([*(m * left[:-1]), left[-1]])
    below = np.cumprod([np.ones(shape), *(1 - m[::-1])], axis=0)
    bottom = np.array([*(m[::-1] * below[:-1])[::-1], below[-1]])
    rest, before = np.clip(1 - m.sum(0), 0, 1), np.cumsum([np.zeros(shape), *m], axis=0)
    shared, cut = m / np.maximum(m.sum(0), 1), np.clip(m - before[:-1], 0, 1)
    near = m * [np.ones(shape), *(1 - m[:-1])]
    taken, spent = smaller(m), []
    for mask in m:
        spent.append(np.clip(mask - sum(spent), 0, 1))
    return right, [
        (right[:-1], mistake("rest_missing", "the rest is missing: what no mask covers comes last in the list.")),
        (right[[-1, *range(count)]], mistake("rest_first", "the rest comes first here. It is the last of the list.")),
        (bottom, mistake("last_on_top", "the last mask lies on top here. The first one does.")),
        ([*m, rest],
         mistake("masks_unchanged", "the masks are as they were: where two overlap, the upper one has to win.")),
        ([*m, left[-1]], mistake("masks_still_overlap", "the rest is right, but the masks still overlap: multiply each "
                                 "by what is left.")),
        ([*shared, rest],
         mistake("shared_among_all", "this divides what several cover among them. Here the upper mask comes first.")),
        ([*cut, np.clip(1 - cut.sum(0), 0, 1)], mistake("subtracted", "you subtract. That is right for hard edges; a "
                                                        "soft one covers a share of what is left: multiply.")),
        ([*spent, 1 - np.sum(spent, axis=0)], mistake("spent_subtracted", "you subtract what is spent. A soft edge "
                                                      "covers a share of what is left: multiply.")),
        ([*near, 1 - m[-1]], mistake("left_of_one_mask", "what is left shrinks from mask to mask: left = left * (1 - "
                                     "mask), not 1 - mask.")),
        (taken, mistake("smaller_of_both", "you take the smaller of mask and what is left. A mask covers a share of "
                        "what is left: multiply.")),
        ([*near, left[-1]],
         mistake("only_the_one_above", "only the mask just above is looked at. All masks above take something away.")),
        ([*near, 1 - near.sum(0)],
         mistake("only_the_one_above", "only the mask just above is looked at. All masks above take something away.")),
        ([*right[:-1], rest], mistake("rest_of_new_masks", "the rest is 1 minus what the *new* masks cover.")),
        ([*right[:-1], 1 - m[-1]],
         mistake("rest_of_last_mask", "the rest is what all masks leave, not what the last one does.")),
    ]


def smaller(masks):
    """Each mask cut down to what those before it have left, by the minimum; and the rest."""
    left, found = np.ones_like(masks[0]), []
    for mask in masks:
        found.append(np.minimum(mask, left))
        left = left - found[-1]
    return [*found, left]

"""Clouds of points for the exercises of lesson 09: the right distances, and what typical mistakes give.

Each function `..._answers` gives pairs of an answer and the mistake behind it; the first is right and has none.
"""

from nst_helpers.checks.report import mistake

import numpy as np


def width_answers(points, target, width):
    """Squared maximum mean discrepancy with the kernel exp(-|a - b|² / (2 width²))."""
    F, S = (np.asarray(cloud, "float64") for cloud in (points, target))

    def mmd(kernel, own=1, theirs=1, between=2, mean=np.mean):
        pairs = [(F, F), (S, S), (F, S)]
        inside, beside, across = (mean(kernel(((a[:, None] - b) ** 2).sum(axis=2))) for a, b in pairs)
        return own * inside + theirs * beside - between * across

    def bell(squares):
        return np.exp(-squares / (2 * width**2))

    def others(likeness):
        """The mean without the pairs of a point with itself, where there are such."""
        square = likeness.shape[0] == likeness.shape[1] and np.allclose(np.diag(likeness), 1)
        return likeness[~np.eye(len(likeness), dtype=bool)].mean() if square else likeness.mean()

    right = mmd(bell)
    return [
        (right, None),
        (mmd(lambda squares: np.exp(-np.sqrt(squares) / (2 * width**2))),
         mistake("way_not_squared", "the kernel takes the squared distance of two points, without a root.")),
        (mmd(lambda squares: np.exp(-squares / width**2)),
         mistake("two_missing", "the 2 is missing: the kernel divides by 2 h².")),
        (mmd(lambda squares: np.exp(-squares / (2 * width))),
         mistake("width_not_squared", "the width has to be squared: the kernel divides by 2 h².")),
        (mmd(lambda squares: np.exp(-squares / 2 * width**2)),
         mistake("width_multiplies", "/ 2 * width**2 divides by 2 and multiplies by the rest: put 2 * width**2 in "
                 "brackets.")),
        (mmd(lambda squares: bell(squares / F.shape[1])),
         mistake("mean_over_maps", "a squared distance is the sum of the squares over the maps, not their mean.")),
        (mmd(bell, between=1), mistake("between_once", "the likeness between the clouds counts twice.")),
        (mmd(bell, between=-2), mistake("between_added", "the likeness between the clouds is subtracted.")),
        (-right, mistake("sign_of_mmd", "the sign is turned: inside both clouds, minus twice between them.")),
        (mmd(bell, theirs=0), mistake("one_inside", "the likeness inside the second cloud is missing.")),
        (mmd(bell, mean=np.sum), mistake("sums_of_pairs", "these are sums over the pairs. Take means.")),
        (mmd(bell, mean=others),
         mistake("without_itself", "you leave out the pairs of a point with itself. In the lesson they count.")),
        (np.sqrt(max(right, 0)), mistake("root_of_mmd", "this is the root. The square is asked for.")),
    ]


def spread(values, count):
    """Sorted values, each repeated so often that there are `count`."""
    return np.repeat(np.sort(values), count // len(values))


def sorted_answers(own, other):
    """Squared Wasserstein distance of two lists of different lengths, in one dimension."""
    a, b = (np.asarray(values, "float64") for values in (own, other))
    count, few = int(np.lcm(len(a), len(b))), min(len(a), len(b))
    away = spread(a, count) - spread(b, count)
    right = np.mean(away**2)

    def squares(x, y):
        return np.mean((x - y) ** 2)

    def at(values, places):
        return np.interp(places, np.linspace(0, 1, len(values)), np.sort(values))

    middle = [np.interp((np.arange(few) + 0.5) / few * len(x) - 0.5, np.arange(len(x)), np.sort(x)) for x in (a, b)]
    return [
        (right, None),
        (squares(np.sort(a)[:few], np.sort(b)[:few]),
         mistake("cut_off", "you cut the longer list off after sorting: what is lost are its largest values.")),
        (squares(np.sort(a[:few]), np.sort(b[:few])),
         mistake("cut_first", "you cut the longer list off before sorting: all its values count.")),
        (squares(np.repeat(a, count // len(a)), np.repeat(b, count // len(b))),
         mistake("not_sorted", "you compare them as they stand. Put both lists in order.")),
        (squares(np.tile(np.sort(a), count // len(a)), np.tile(np.sort(b), count // len(b))),
         mistake("tiled_after_sorting", "the list is repeated as a whole, so it is no longer in order. Repeat each "
                 "value: np.repeat, or sort after np.tile.")),
        (squares(spread(a, count), spread(b, count)[::-1]),
         mistake("smallest_to_largest", "the smallest goes to the largest. Sort both lists the same way.")),
        (squares(*middle),
         mistake("read_off", "you read the longer list off in between, as for pictures with thousands of points. That "
                 "comes near. For a few values repeat each of them, so that nothing is lost.")),
        (squares(at(a, np.linspace(0, 1, few)), at(b, np.linspace(0, 1, few))),
         mistake("ends_tied", "reading off from the smallest to the largest value gives both ends too much weight. "
                 "Repeat each value instead.")),
        (np.sum(away**2), mistake("sum_of_ways", "this is the sum of the squares. Take their mean.")),
        (np.sqrt(right), mistake("root_of_mean", "this is the root. The mean square is asked for.")),
        (np.mean(np.abs(away)), mistake("absolute_ways", "these are the ways themselves. Square them.")),
        (right / np.mean(b**2),
         mistake("made_relative", "this is relative to the second list. Here the mean square itself is asked for.")),
    ]


def step_answers(points, target, direction):
    """A cloud that takes on the target's values along one direction."""
    P, T, long = (np.asarray(values, "float64") for values in (points, target, direction))
    u = long / np.linalg.norm(long)
    here, wanted = P @ u, np.sort(T @ u)
    order = np.argsort(here)
    change = wanted[np.argsort(order)] - here
    long_change = np.sort(T @ long)[np.argsort(order)] - P @ long
    return [
        (P + np.outer(change, u), None),
        (P + np.outer(long_change, long),
         mistake("direction_too_long", "the direction is not of length 1. Divide it by its length first.")),
        (P + np.outer(change, long),
         mistake("direction_too_long_once", "in one place the direction has the length 1, in another it has not. Look "
                 "and move along the same one, of length 1.")),
        (P + np.outer(wanted - here, u),
         mistake("order_forgotten", "the smallest wanted value goes to the first point. It has to go to the point "
                 "that has the smallest value now.")),
        (P + np.outer(wanted[order] - here, u),
         mistake("order_not_rank", "np.argsort says which point comes k-th. You need it the other way round, as in "
                 "new[order] = wanted.")),
        (P + np.outer(T @ u - here, u),
         mistake("target_not_sorted", "the values of the target are not in order. Sort them.")),
        (P + np.outer((T @ u)[np.argsort(order)] - here, u),
         mistake("only_points_ranked", "the ranks of the points are right, but the target's values are not sorted.")),
        (P - np.outer(change, u),
         mistake("away_from_target", "your points move away. The change is wanted minus present.")),
        (np.outer(here + change, u),
         mistake("rest_lost", "this is only what lies along the direction. Add the change to the points.")),
        (P + np.outer(here + change, u),
         mistake("value_not_change", "you add the wanted value itself. Add the difference to the present one.")),
        (here + change, mistake("projections_only", "these are the new values along the direction. Move the points so "
                                "that they have them.")),
        (P + change[:, None], mistake("all_maps_alike", "you add the change to every map alike. Multiply it by the "
                                      "direction.")),
        (np.take_along_axis(np.sort(T, axis=0), np.argsort(np.argsort(P, axis=0), axis=0), axis=0),
         mistake("each_map_alone", "you sort each map alone. Look along the direction.")),
    ]

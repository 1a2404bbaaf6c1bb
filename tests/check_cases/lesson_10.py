"""Right and wrong answers to the exercises of lesson 10. tests/test_checks.py says how they are used.

Long because every mistake that the checks name is made here once.
"""

from functools import cache

from nst_helpers.images import load_image, resize_image

import numpy as np
import scipy.optimize
from scipy.special import log_expit


def dominated(points, beats):
    """Which points another one beats. beats: a function of (style, kept) of the other and of the point."""
    return np.array([any(beats(*other, *point) for place, other in enumerate(points) if place != own)
                     for own, point in enumerate(points)])


def as_in_lesson(style, kept, other_style, other_kept):
    return style <= other_style and kept >= other_kept and (style, kept) != (other_style, other_kept)


def by_sorting(points):
    """From the best style on, whoever keeps more than all before; twins stay together."""
    best, front = -np.inf, set()
    for style, kept in sorted(map(tuple, points), key=lambda point: (point[0], -point[1])):
        if kept > best:
            best = kept
            front.add((style, kept))
    return [tuple(point) in front for point in points]


def turned(points, style=1, kept=1):
    return by_sorting(points * [style, kept])


def shares_of(won, asked, draws):
    return [sum(won[k] for k in row) / sum(asked[k] for k in row) for row in draws]


def interval(shares, tail=2.5):
    return np.quantile(shares, tail / 100), np.quantile(shares, 1 - tail / 100)


def around(middle, deviation):
    return middle - 1.96 * deviation, middle + 1.96 * deviation


def of_votes(won, asked, draws):
    share = won.sum() / asked.sum()
    return around(share, np.sqrt(share * (1 - share) / asked.sum()))


def round_by_loops(strengths, wins):
    new = []
    for i, own in enumerate(strengths):
        met = [(wins[i, j] + wins[j, i]) / (own + other) for j, other in enumerate(strengths) if j != i]
        new.append(wins[i].sum() / sum(met))
    return [strength / sum(new) for strength in new]


def round_with(strengths, wins, won=lambda w: w.sum(axis=1), met=lambda w: w + w.T, pairs=np.add.outer, end=np.sum):
    """A round with one thing in it that may be wrong."""
    new = won(wins) / np.sum(met(wins) / pairs(strengths, strengths), axis=1)
    return new / end(new)


def divided(new):
    return np.asarray(new) / np.sum(new)


def one_by_one(strengths, wins):
    new = np.array(strengths)
    for i in range(len(new)):
        new[i] = wins[i].sum() / np.sum((wins[i] + wins[:, i]) / (new[i] + new))
    return divided(new)


def multiplied(strengths, wins):
    return divided(wins.sum(axis=1) * np.sum((wins + wins.T) / np.add.outer(strengths, strengths), axis=1))


def most_likely(_, wins):
    """Where the strengths settle, in place of one round."""
    def surprise(scores):
        return -np.sum(wins * log_expit(scores[:, None] - scores))

    return divided(np.exp(scipy.optimize.minimize(surprise, np.zeros(len(wins))).x))


PHOTO, PAINTING = "mountains", "starry_night"
WORDS = "One photo and one judge: nobody has asked people, and there is no interval."
RIVALS = {"A": "gaussian", "B": "gram"}
CLAIM = {"judge": "random network", "from": 0.45, "to": 0.8}


@cache
def blend(name, share, size=128):
    """So much of a painting laid over the photo: much of it keeps little structure."""
    photo = load_image(PHOTO, size)
    return (1 - share) * photo + share * resize_image(load_image(name, 128), photo.shape[1:3])


def blends(*names):
    return [blend(name, share) for name, share in zip(names, (0.15, 0.3, 0.5, 0.75))]


NEAR, FAR = blends(*[PAINTING] * 4), blends(*["great_wave"] * 4)
FIRST_NEAR = blends(PAINTING, PAINTING, "great_wave", "great_wave")
LAST_NEAR = blends("great_wave", "great_wave", PAINTING, PAINTING)


def claims(A=NEAR, B=FAR, defence=WORDS, rivals=RIVALS, **claimed):
    return rivals, {"A": A, "B": B}, PHOTO, PAINTING, {**CLAIM, **claimed}, defence


RIGHT = {
    "twice_the_features": [(" About  FOUR times",)],
    "pareto_front": [(by_sorting,), (lambda points: ~dominated(points, as_in_lesson),)],
    "interval_by_voters": [(lambda *given: interval(shares_of(*given)),)],
    "new_strengths": [(round_by_loops,), (round_with,)],
    "claim": [lambda: claims(), lambda: claims(judge="Sliced", **{"from": 0.5, "to": 0.6})],
}
WRONG = {
    "twice_the_features": [
        (("half",), "do not tell more about"),
        (("the same",), "the true distance stays 0"),
        (("twice",), "only the means were compared"),
        (("a hundred times",), "not a hundred times"),
        (("four",), "choose one of"),
    ],
    "pareto_front": [
        ((lambda points: turned(points, kept=-1),), "little structure"),
        ((lambda points: turned(points, style=-1),), "look for a large distance"),
        ((lambda points: turned(points, -1, -1),), "the worst ones"),
        ((lambda points: dominated(points, as_in_lesson),), "these are the dominated"),
        ((lambda points: ~dominated(points, lambda s, k, style, kept: s < style and k > kept),), "better in both"),
        ((lambda points: ~dominated(points, lambda s, k, style, kept: s <= style and k >= kept),), "remove each other"),
        ((lambda points: ~dominated(points, lambda s, k, style, kept: s < style or k > kept),), "nobody is left"),
        ((lambda points: np.flatnonzero(by_sorting(points)),), "places of the points"),
        ((lambda points: points[by_sorting(points)],), "points themselves"),
        ((lambda points: by_sorting(points)[:-1],), "has the shape"),
    ],
    "interval_by_voters": [
        ((lambda won, asked, draws: interval((won / asked)[draws].mean(axis=1)),), "mean of the voters' shares"),
        ((lambda *given: interval(shares_of(*given), 5),), "lie 90%"),
        ((lambda *given: interval(shares_of(*given), 0.025),), "takes percents"),
        ((lambda *given: interval(shares_of(*given))[::-1],), "the low end comes first"),
        ((lambda won, asked, draws: around(won.sum() / asked.sum(), np.std(shares_of(won, asked, draws))),), "a bell"),
        ((of_votes,), "for independent votes"),
        ((lambda *given: interval(shares_of(*given), 0),), "smallest and the largest"),
        ((lambda won, asked, draws: interval(won[draws].sum(axis=1)),), "numbers of votes won"),
        ((lambda won, asked, draws: interval(won[draws].sum(axis=1) / asked.sum()),), "by the votes of all voters"),
        ((lambda *given: 100 * np.array(interval(shares_of(*given))),), "these are percents"),
        ((lambda won, asked, draws: interval(won[draws].sum(axis=0) / asked[draws].sum(axis=0)),), "over the draws"),
        ((lambda *given: shares_of(*given),), "has the shape"),
    ],
    "new_strengths": [
        ((lambda p, w: round_with(p, w, end=lambda new: 1),), "do not add up to 1"),
        ((lambda p, w: round_with(p, w, end=np.mean),), "divide by the mean"),
        ((lambda p, w: round_with(p, w, end=np.max),), "divide by the largest"),
        ((lambda p, w: round_with(p, w, won=lambda w: w.sum(axis=0)),), "how often each was beaten"),
        ((lambda p, w: round_with(p, w, met=lambda w: w),), "whoever won"),
        ((lambda p, w: round_with(p, w, pairs=np.multiply.outer),), "not their product"),
        ((lambda p, w: round_with(p, w, met=lambda w: 1),), "each opponent counts"),
        ((multiplied,), "you multiply by the sum"),
        ((lambda p, w: divided(p * round_by_loops(p, w)),), "the old strength as well"),
        ((lambda p, w: divided(w.sum(axis=1) / (w + w.T).sum(axis=1)),), "shares of wins"),
        ((one_by_one,), "before the round is over"),
        ((lambda p, w: np.log(round_by_loops(p, w)),), "the logarithms"),
        ((most_likely,), "for a random input, and should be"),
    ],
    "claim": [
        (lambda: claims(FAR, NEAR), "the other claim"),
        (lambda: claims(FIRST_NEAR, LAST_NEAR), "the curves cross"),
        (lambda: claims(NEAR, NEAR), "Such a small lead"),
        (lambda: claims(rivals={"A": "gram", "B": "sliced"}, judge="held-out layers"), "plays at home"),
        (lambda: claims(to=0.47), "of structure is"),
        (lambda: claims(**{"from": 0.1}), "your range begins at"),
        (lambda: claims(to=0.99), "your range ends at"),
        (lambda: claims(rivals={"A": "gram", "B": "gram"}), "are the same loss"),
        (lambda: claims(NEAR[:2]), "A curve needs three"),
        (lambda: claims(NEAR[:3] + [load_image(PAINTING, 128)]), "has not the shape"),
        (lambda: claims(judge="my neighbour"), "choose one of"),
        (lambda: claims(defence="because"), "defend it"),
    ],
}

"""Checks for the exercises of lesson 10, is it better?"""

from nst_helpers.checks.compare import choose, draw_telling, expect, numbers, own_work
from nst_helpers.checks.defence import defended
from nst_helpers.checks.judges import HOME, claim_of, curve, gaussian_distance, judge, pictures_of, rivals_of
from nst_helpers.checks.limits import at_least, at_most
from nst_helpers.checks.report import NotYet, Sheet, call, mistake
from nst_helpers.checks.votes import front_answers, interval_answers, strength_answers
from nst_helpers.images import bundled_names

import numpy as np

sheet = Sheet()
summary, passed, calm = sheet.summary, sheet.passed, sheet.calm
WIDE, AHEAD = 0.04, 0.95  # the limits of the last exercise: of structure; of B's distance that A may have


@sheet.exercise(1)
def twice_the_features(prediction):
    """What becomes of a perfect method's measured Fréchet distance if each picture has twice as many features?"""
    why = {
        "half": mistake("predicts_half", "more features do not tell more about too few pictures. There is more to be "
                        "estimated, and each estimate is off by a little."),
        "the same": mistake("predicts_the_same", "the true distance stays 0. But what is measured is the error of the "
                            "estimates, and there are more of those."),
        "twice": mistake("predicts_twice", "that would be so if only the means were compared. How many numbers has a "
                         "covariance?"),
        "about four times": mistake("predicts_four_times", "look again at the numbers."),
        "a hundred times": mistake("predicts_a_hundred", "count what is estimated: a covariance of twice as many "
                                   "features has not a hundred times as many numbers."),
    }
    prediction = choose(prediction, why)
    few, many = (np.mean([gaussian_excess(features) for _ in range(5)]) for features in (16, 32))
    outcomes = {"half": 0.5, "the same": 1, "twice": 2, "about four times": 4, "a hundred times": 100}
    if prediction != min(outcomes, key=lambda name: abs(np.log(outcomes[name] * few / many))):
        raise NotYet(why[prediction])
    return "Tried with 16 and 32 random features. A covariance of twice the features has four times as many numbers."


def gaussian_excess(features, count=400):
    """What is measured between two sets of one distribution; the truth is 0."""
    one, other = np.random.default_rng().normal(size=(2, count, features))
    return gaussian_distance(one, other) * np.mean(np.sum(other**2, axis=1))


@sheet.exercise(2)
def pareto_front(function):
    """Which pictures nobody dominates."""
    def cards():
        rng = np.random.default_rng()
        points = rng.integers(0, 6, size=(10, 2)) / 10
        return np.concatenate([points, points[rng.permutation(10)[:3]]])  # twins

    for _ in range(3):
        points = draw_telling(cards, lambda drawn: [answer for answer, _ in front_answers(drawn)])
        answer = numbers(call(function, points), "your front")
        (right, _), *mistakes = front_answers(points)
        expect(answer, right, mistakes, "your front")
    own_work(function)
    return "Tried three random tables of 13 pictures, with ties and twins."


@sheet.exercise(2)
def interval_by_voters(function):
    """A 95% interval for a share of votes, by drawing voters again and again."""
    def ballots(voters):
        rng = np.random.default_rng()
        asked = rng.integers(2, 20, voters)
        return rng.binomial(asked, rng.uniform(0.3, 0.95, voters)), asked, rng.integers(voters, size=(1500, voters))

    for voters in (5, 8, 12):
        given = draw_telling(lambda voters=voters: ballots(voters),
                             lambda drawn: [answer for answer, _ in interval_answers(*drawn)])
        answer = numbers(call(function, *given), "your interval")
        (right, _), *mistakes = interval_answers(*given)
        expect(answer, right, mistakes, "your interval", tolerance=2e-3)
    own_work(function, ["bootstrap"])
    return "Tried 5, 8 and 12 random voters, each with 1500 draws."


@sheet.exercise(3)
def new_strengths(function):
    """One round of Zermelo's way to the scores of Bradley and Terry."""
    for methods in (3, 4, 6):
        def table(methods=methods):
            rng = np.random.default_rng()
            wins = rng.integers(1, 9, size=(methods, methods)) * (1 - np.eye(methods, dtype=int))
            return rng.dirichlet(np.full(methods, 3.0)), wins

        given = draw_telling(table, lambda drawn: [answer for answer, _ in strength_answers(*drawn)])
        answer = numbers(call(function, *given), "your strengths")
        (right, _), *mistakes = strength_answers(*given)
        expect(answer, right, mistakes, "your strengths")
    own_work(function)
    return "Tried random tables of 3, 4 and 6 methods."


@sheet.exercise(3)
def claim(rivals, pictures, photo, painting, claimed, defence):
    """A is better than B, by a judge that A did not minimise, at equal structure."""
    A, B = rivals_of(rivals)
    photo, painting = choose(photo, bundled_names()["photos"]), choose(painting, bundled_names()["paintings"])
    shown = pictures_of(pictures, photo, painting)
    name, start, end = claim_of(claimed)
    if HOME.get(A) == name:
        raise NotYet(mistake("home_game", f"{name!r} compares by the formula that your A minimises, so it plays at "
                             "home. Take another judge."))
    at_least(end - start, WIDE, mistake("range_too_narrow", "your range of structure is {value} wide, at least {limit} "
             "is asked for."))
    curves = {rival: curve([judge(image, *scene, [name]) for image, scene in shown[rival]], name) for rival in "AB"}
    at_least(start, max(kept[0] for kept, _ in curves.values()), mistake("begins_too_low", "your range begins at "
             "{value}, but only from {limit} on are there both curves."))
    at_most(end, min(kept[-1] for kept, _ in curves.values()), mistake("ends_too_high", "your range ends at {value}, "
            "but only up to {limit} are there both curves."))
    ratios = np.divide(*(np.interp(np.linspace(start, end, 33), *curves[rival]) for rival in "AB"))
    if ratios.min() > 1:
        raise NotYet(mistake("other_way_round", f"in the whole range the judge puts {B} ahead. Is it the other claim "
                             "that holds?"))
    if ratios.max() > 1:
        raise NotYet(mistake("curves_cross", "within your range the curves cross. Claim less: a part of the range, or "
                             "another judge."))
    at_most(ratios.max(), AHEAD, mistake("too_close", "somewhere in your range A has {value} of B's distance, at most "
            "{limit} is asked for. Such a small lead may be gone at the next photo."), percent=True)
    defended(defence, ["judge", "weight", "structure", "scene", "picture", "people", "vote", "step", "curve", "photo"])
    return f"Measured: by {name}, between {start:g} and {end:g} of structure, {A} is nearer to the painting than {B}."

"""Fronts, votes and scores for the exercises of lesson 10: right answers, and what typical mistakes give.

Each function `..._answers` gives pairs of an answer and the mistake behind it; the first is right and has none.
"""

from nst_helpers.checks.report import mistake

import numpy as np


def front_answers(points):
    """Which points nobody dominates: rows of (distance of style, structure kept)."""
    style, kept = np.asarray(points, "float64").T
    itself = np.eye(len(style), dtype=bool)

    def front(style, kept, beats=None):
        """Which columns no row beats. beats: a function of (no worse in style, no worse in structure, other way)."""
        no_worse = style[:, None] <= style, kept[:, None] >= kept
        better = style[:, None] < style, kept[:, None] > kept
        found = beats(no_worse, better) if beats else no_worse[0] & no_worse[1] & (better[0] | better[1])
        return ~found.any(axis=0)

    right = front(style, kept)
    return [
        (right, None),
        (front(style, -kept), mistake("structure_flipped", "you look for little structure. A large number is good "
                                      "there, a small one is good for the distance of style.")),
        (front(-style, kept), mistake("style_flipped", "you look for a large distance of style. A small one is good.")),
        (front(-style, -kept), mistake("worst_front", "these are the worst ones: both directions are turned.")),
        (~right, mistake("dominated_ones", "these are the dominated ones. The others are asked for.")),
        (front(style, kept, lambda no_worse, better: better[0] & better[1]),
         mistake("ties_survive", "a point that is as good in one number and worse in the other is dominated, too. You "
                 "ask for better in both.")),
        (front(style, kept, lambda no_worse, better: no_worse[0] & no_worse[1] & ~itself),
         mistake("twins_removed", "two equal points remove each other. To dominate, one has to be better in one of the "
                 "two numbers.")),
        (np.zeros(len(style)), mistake("nobody_left", "by your rule nobody is left. A point must not remove itself, "
                                       "and to be better in one number is not enough.")),
        (np.flatnonzero(right), mistake("places_given", "these are the places of the points. Give True or False for "
                                        "each point.")),
        (np.asarray(points, "float64")[right], mistake("points_given", "these are the points themselves. Give True or "
                                                       "False for each.")),
    ]


def interval_answers(won, asked, draws):
    """The middle 95% of the shares that the draws give: (low, high)."""
    won, asked = np.asarray(won, "float64"), np.asarray(asked, "float64")
    shares = won[draws].sum(axis=1) / asked[draws].sum(axis=1)
    whole, deviation = won.sum() / asked.sum(), shares.std()

    def middle(values, tail=2.5):
        return np.percentile(values, [tail, 100 - tail])

    by_votes = np.sqrt(whole * (1 - whole) / asked.sum())
    right = middle(shares)
    return [
        (right, None),
        (middle((won / asked)[draws].mean(axis=1)),
         mistake("voters_alike", "you take the mean of the voters' shares. Add up what was won and what was asked, "
                 "then divide.")),
        (middle(shares, 5), mistake("tails_of_five", "between 5% and 95% lie 90%. Cut off 2.5% on each side.")),
        (middle(shares, 0.025), mistake("percent_or_share", "np.percentile takes percents: 2.5 and 97.5. With 0.025 it "
                                        "cuts off hardly anything.")),
        (right[::-1], mistake("high_before_low", "the low end comes first.")),
        (whole + np.array([-1.96, 1.96]) * deviation,
         mistake("deviation_used", "you go 1.96 deviations to both sides. That supposes a bell. Count off the draws "
                 "themselves: np.percentile.")),
        (whole + np.array([-1.96, 1.96]) * by_votes,
         mistake("votes_drawn", "this is the formula for independent votes. A voter's votes go together: use the "
                 "draws of voters.")),
        (np.array([shares.min(), shares.max()]),
         mistake("all_draws", "these are the smallest and the largest of all draws. Cut off 2.5% on each side.")),
        (middle(won[draws].sum(axis=1)),
         mistake("counts_not_shares", "these are numbers of votes won. Divide each by the votes asked in that draw.")),
        (middle(won[draws].sum(axis=1) / asked.sum()),
         mistake("divided_by_all", "you divide by the votes of all voters. Divide by those of the drawn ones.")),
        (100 * right, mistake("in_percent", "these are percents. Give shares between 0 and 1.")),
        (middle(won[draws].sum(axis=0) / asked[draws].sum(axis=0)),
         mistake("wrong_axis", "you add up over the draws. Each row of `draws` is one draw: add up along axis 1.")),
    ]


def strength_answers(strengths, wins):
    """One round for the strengths behind the scores of Bradley and Terry."""
    p, wins = np.asarray(strengths, "float64"), np.asarray(wins, "float64")
    met, won, pairs = wins + wins.T, wins.sum(axis=1), p[:, None] + p
    raw = won / (met / pairs).sum(axis=1)

    def one_after_another():
        own = p.copy()
        for i in range(len(own)):
            own[i] = won[i] / (met[i] / (own[i] + own)).sum()
        return own

    def shares(values):
        return values / values.sum()

    return [
        (shares(raw), None),
        (raw, mistake("sum_not_one", "these do not add up to 1. Divide by their sum at the end.")),
        (raw / raw.mean(), mistake("mean_is_one", "you divide by the mean. Divide by the sum.")),
        (raw / raw.max(), mistake("largest_is_one", "you divide by the largest. Divide by the sum.")),
        (shares(wins.sum(axis=0) / (met / pairs).sum(axis=1)),
         mistake("losses_counted", "you count how often each was beaten. Row beats column: add up along axis 1.")),
        (shares(won / (wins / pairs).sum(axis=1)),
         mistake("wins_for_meetings", "below the fraction stands how often two met, whoever won: wins + wins.T.")),
        (shares(won / (met / (p[:, None] * p)).sum(axis=1)),
         mistake("strengths_multiplied", "below stands the sum of two strengths, not their product.")),
        (shares(won / (1 / pairs).sum(axis=1)),
         mistake("meetings_forgotten", "each opponent counts as often as the two met.")),
        (shares(won * (met / pairs).sum(axis=1)), mistake("not_divided", "you multiply by the sum. Divide by it.")),
        (shares(p * raw), mistake("strength_twice", "you multiply by the old strength as well. It is in the sum "
                                  "already.")),
        (shares(won / met.sum(axis=1)), mistake("share_of_wins", "these are shares of wins. Against whom they were won "
                                                "has to count: divide by the strengths.")),
        (shares(one_after_another()),
         mistake("new_ones_used", "you use new strengths before the round is over. All come from the old ones.")),
        (np.log(shares(raw)), mistake("scores_given", "these are scores, the logarithms. Give the strengths.")),
    ]

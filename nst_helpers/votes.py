"""Votes on pairs of pictures: the pairs that ship, files of votes, and what the votes say (lesson 10).

A vote says which of two pictures somebody chose, which question was asked, and which picture stood on which side. What
may go here: keeping and counting votes. How they are cast stands in notebook/votes.py.
"""

from dataclasses import asdict, dataclass, fields
import json
from pathlib import Path

from nst_helpers._io.atomic import write_whole
from nst_helpers.images import DATA_FOLDER

import numpy as np
import scipy.optimize
from scipy.sparse.csgraph import connected_components
from scipy.special import expit, log_expit

PAIRS_FILE = DATA_FOLDER / "pairs" / "pairs.json"
VOTES_FILE = DATA_FOLDER / "pairs" / "votes.json"
QUESTIONS = {"painting": "Which is better as a painting?", "same": "Which shows better what is on the photo?"}


@dataclass(frozen=True)
class Vote:
    """One choice. pair: its number, from 1. left, right: names of the pictures, as they stood. choice: a side.

    time: when, in ISO's form. voter: a name or a number that tells voters apart.
    """

    pair: int
    question: str
    left: str
    right: str
    choice: str
    time: str
    voter: str

    @property
    def winner(self):
        return self.left if self.choice == "left" else self.right

    @property
    def loser(self):
        return self.right if self.choice == "left" else self.left


def load_pairs(file=PAIRS_FILE):
    """The pictures that ship, {name: {"photo", "painting", "method", "call"}}, and the pairs, a list of two names each.

    The picture itself is the file NAME.jpg beside pairs.json.
    """
    content = json.loads(Path(file).read_text(encoding="utf-8"))
    return content["pictures"], content["pairs"]


def save_votes(path, votes, how):
    """Write votes as JSON, whole or not at all; returns the path. What was there is replaced.

    how: who voted, and how the votes came about. A file without that is worth nothing: ValueError.
    """
    if not isinstance(how, str) or not how.strip():
        raise ValueError('Say how the votes came about, such as how="one person, without knowing the methods".')
    text = json.dumps({"how": how.strip(), "votes": [asdict(vote) for vote in votes]}, indent=1)
    write_whole(Path(path), (text + "\n").encode())
    return Path(path)


def load_votes(*paths):
    """The votes of one or more files, each vote once, and a list of how they came about.

    With no path: those that ship with the course, or none if none ship. Raises OSError for a file that is not there,
    and ValueError for one that holds no votes or damaged ones.
    """
    if not paths:
        return load_votes(VOTES_FILE) if VOTES_FILE.exists() else ([], [])
    votes, how = {}, {}
    for path in map(Path, paths):
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            how[content["how"]] = True
            votes |= {_read_vote(entry): True for entry in content["votes"]}
        except (ValueError, TypeError, KeyError) as error:
            raise ValueError(f"{path} is not a whole file of votes ({type(error).__name__}: {error}): "
                             "save it again with save_votes.") from None
    return list(votes), list(how)


def _read_vote(entry):
    """A Vote from its entry in a file; ValueError for one that cannot be."""
    vote = Vote(**entry)
    if any(not isinstance(getattr(vote, field.name), field.type) for field in fields(Vote)):
        raise ValueError(f"a field of vote {entry} is of the wrong kind")
    if vote.choice not in ("left", "right") or vote.question not in QUESTIONS or vote.left == vote.right:
        raise ValueError(f"vote {entry} chooses no side, answers no question of ours, or has one picture twice")
    return vote


def count_wins(votes, question, names, method_of):
    """How often each beats each: (n, n), row beats column.

    names: of what is compared, n of them. method_of: {picture: name}. Votes on pictures it does not know are refused.
    """
    places = {name: place for place, name in enumerate(names)}
    wins = np.zeros((len(names), len(names)), int)
    for vote in (vote for vote in votes if vote.question == question):
        unknown = [picture for picture in (vote.left, vote.right) if picture not in method_of]
        if unknown:
            raise ValueError(f"A vote names the picture {unknown[0]!r}, which is not among the pairs: is the file of "
                             "votes older than the pictures?")
        wins[places[method_of[vote.winner]], places[method_of[vote.loser]]] += 1
    return wins


def bradley_terry(wins, extra=0.5):
    """How good each of n rivals is, as far as comparisons tell (Bradley and Terry 1952): scores and covariance.

    wins: (n, n), how often row beats column. Rival i beats j with the probability 1 / (1 + exp(score j - score i)).
    extra: votes that each rival wins, and as many that it loses, on top, shared evenly among all others; they keep one
        that won always or never from a score without end. With 0 there are none, and a ValueError says if they miss.
    Returns scores (n,), whose mean is 0, and their covariance (n, n), from the curvature of the likelihood. To both
        sides of a score, or of a difference of scores, 1.96 times the root of its variance is an interval of 95 %.
    """
    wins = np.asarray(wins, "float64")
    if wins.ndim != 2 or wins.shape[0] != wins.shape[1] or not (wins >= 0).all() or np.diag(wins).any():
        raise ValueError("wins has to be a square table of counts, row beats column, with zeros on its diagonal.")
    if extra < 0 or (extra == 0 and connected_components(wins > 0, connection="strong")[0] > 1):
        raise ValueError("With extra=0 every rival has to win and to lose, and no group may beat all others always: "
                         "a score would be infinite. Use extra=0.5.")
    wins = wins + extra / max(len(wins) - 1, 1) * (1 - np.eye(len(wins)))

    def surprise(scores):
        """Minus the logarithm of the likelihood, and its gradient."""
        differences = scores[:, None] - scores
        pull = wins * expit(-differences)
        return -np.sum(wins * log_expit(differences)), pull.sum(0) - pull.sum(1)

    scores = scipy.optimize.minimize(surprise, np.zeros(len(wins)), jac=True, method="BFGS", options={"gtol": 1e-8}).x
    chances = expit(scores[:, None] - scores)
    certainty = (wins + wins.T) * chances * chances.T
    # All scores may rise together: that direction has no curvature, and pinv leaves it out.
    return scores - scores.mean(), np.linalg.pinv(np.diag(certainty.sum(1)) - certainty, hermitian=True)

"""What is to be painted: one Job for each pair of pictures and each combination of values to try.

How: sweep.py.
"""

from dataclasses import dataclass
import itertools
import os

from nst_helpers.many.identity import PICTURES, absolute, key_of, labels_of
from nst_helpers.many.options import OPTIONS, fixed_and_grids
from nst_helpers.records import plain


@dataclass
class Job:
    """One picture to paint. photo, painting, options: for `stylize`. labels: what tells it from the others, in words:
    photo, painting, and each value to try. key: a hash of all that it depends on, files' contents included."""

    photo: object
    painting: object
    options: dict
    labels: dict
    key: str


def plan_jobs(pairs, options):
    """A list of Jobs, pair by pair, the last grid's values changing first. Raises ValueError in one sentence."""
    fixed, grids = fixed_and_grids(options)
    pairs = _checked(pairs)
    photos, paintings = (labels_of(pictures, kind) for pictures, kind in zip(zip(*pairs), ("photo", "painting")))
    named = {name: list(zip(values, labels_of(values, name))) for name, values in grids.items()}
    kept, jobs = {}, []
    for (photo, painting), *labels in zip(pairs, photos, paintings):
        for chosen in itertools.product(*named.values()):
            values = {**fixed, **{name: value for name, (value, _) in zip(named, chosen)}}
            words = dict(zip(["photo", "painting", *named], [*labels, *(label for _, label in chosen)]))
            given = {"photo": photo, "painting": painting, **{**OPTIONS, **values}}
            jobs.append(Job(absolute(photo), absolute(painting),
                            {name: absolute(value) if name in PICTURES else value for name, value in values.items()},
                            words, key_of(given, kept)))
    _check_different(jobs)
    return jobs


def _checked(pairs):
    """`pairs` as a list of pairs."""
    if isinstance(pairs, (str, os.PathLike, dict)):
        raise ValueError(f"pairs is {pairs!r}; give a list of pairs (photo, painting).")
    pairs = list(pairs)
    for number, pair in enumerate(pairs, start=1):
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise ValueError(f"Pair {number} is {plain(pair)!r}; give a pair (photo, painting), or (photo, list of "
                             "paintings), each a name, a path or an array.")
    if not pairs:
        raise ValueError("There is no pair of pictures; give a list with at least one (photo, painting).")
    return pairs


def _check_different(jobs):
    first = {}
    for number, job in enumerate(jobs, start=1):
        if first.setdefault(job.key, number) != number:
            raise ValueError(f"Picture {number} would be the same as picture {first[job.key]} ("
                             f"{', '.join(map(str, job.labels.values()))}); ask for it once.")

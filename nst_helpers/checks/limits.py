"""Measured numbers beside the limits of a task: compared, and told so that the two never look alike.

    at_most(light, 0.06, "the light has changed by {value}, at most {limit} is asked for.")
"""

from nst_helpers.checks.report import NotYet

import numpy as np


def apart(value, limit, digits=2, percent=False):
    """Both numbers as text, with the same count of digits: as few as show that they differ, but at least `digits`."""
    factor, unit = (100, "%") if percent else (1, "")
    for count in range(digits, 18):
        texts = [written(factor * number, count) for number in (value, limit)]
        if texts[0] != texts[1]:
            break
    return [text + unit for text in texts]


def written(number, digits):
    """A number with so many digits that count: 0.06, 12, 1.2e-05."""
    number = float(f"{number:.{digits}g}")
    if number == 0 or 1e-4 <= abs(number) < 1e6:
        return np.format_float_positional(number, trim="-")
    return f"{number:.{digits}g}"


def at_most(value, limit, sentence, percent=False):
    """NotYet if a value is larger than its limit. sentence: with {value} and {limit} where they stand."""
    if not value <= limit:
        raise NotYet(tell(sentence, value, limit, percent))


def at_least(value, limit, sentence, percent=False):
    """NotYet if a value is smaller than its limit. sentence: with {value} and {limit} where they stand."""
    if not value >= limit:
        raise NotYet(tell(sentence, value, limit, percent))


def tell(sentence, value, limit, percent=False):
    """The sentence with both numbers in it."""
    return sentence.format(**dict(zip(("value", "limit"), apart(value, limit, percent=percent))))

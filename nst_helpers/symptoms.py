"""`explain`: what the numbers of a run suggest, in one or two sentences.

Long because each look at the numbers is a function of its own.
What may go here: what numbers say. What the eye sees stands in notebooks/symptoms.ipynb.
"""

from dataclasses import dataclass
import math

from nst_helpers.optimize.result import Result

import numpy as np

# Told: this share of values at 0 or 1; this share of the loss; so many sentences.
SATURATED, DOMINANT, MOST = 0.2, 0.9, 2
FALLING, WATCHED, ENOUGH = 0.05, 5, 10  # a fall by 5 % in the last fifth, of 10 evaluations or more
FAR, KEPT = 0.2, 1 / 3  # a style loss that begins above the first, and ends above this share of it
REFUSAL = ("explain takes what stylize or minimize gave back, one row of stylize_many, a record from read_record, or a "
           'dictionary of losses by name with "total" in it; ')


@dataclass
class _Numbers:
    """total: the loss at each evaluation of the last size. lowest: the losses of the picture, by name."""

    total: np.ndarray
    lowest: dict
    evaluations: int
    steps: int | None = None
    asked: int | None = None
    message: str = ""
    image: np.ndarray | None = None
    error: str | None = None
    style: float = 0.0  # the style loss at the very first evaluation, where it is known


def explain(result):
    """What a run's numbers suggest, in one or two sentences: a text.

    result: the Result of `stylize` or `minimize`; a row of `stylize_many`'s table; a record from `read_record`; or a
        dictionary from name to values, "total" among them, such as a loop of your own may have kept.
    It looks for losses that are not finite, a run that ended early, values of pixels at 0 or 1, a style loss that
    hardly fell, one part of the loss that outweighs all others, and a loss that still falls at the end; the two gravest
    are told. It sees numbers, not the picture. Raises TypeError for anything else.
    """
    if (numbers := _numbers(result)).error:
        return f"There is nothing to explain, since this picture was not painted: {numbers.error}"
    looks = (_not_finite, _ended_early, _saturated, _style_kept_up, _one_part, _still_falling)
    return " ".join([sentence for look in looks if (sentence := look(numbers))][:MOST]) or _nothing(numbers)


def _numbers(result):
    if isinstance(result, Result):
        asked = ((result.record or {}).get("arguments") or {}).get("steps")
        history, earlier = _history(result.losses), sum(result.stages[:-1])
        return _Numbers(history["total"][earlier:], _at_lowest(history, earlier), result.evaluations, result.steps,
                        asked, result.message, np.asarray(result.image), style=_first(history))
    if not isinstance(result, dict):
        raise TypeError(f"{REFUSAL}this is of the type {type(result).__name__}.")
    told = result.get("result", result)  # a record holds it one level down
    if isinstance(told, dict) and isinstance(told.get("losses"), dict):
        return _row(told, (result.get("arguments") or {}).get("steps"))
    history = _history(result)
    return _Numbers(history["total"], _at_lowest(history), len(history["total"]), style=_first(history))


def _first(history):
    """The style loss at the first evaluation; 0 where there is none."""
    return float(history["style"][0]) if len(history.get("style", ())) else 0.0


def _row(row, asked=None):
    """What a table or a record keeps of a run: the losses of the picture, and how it ended."""
    lowest = {name: float(value) for name, value in _history(row["losses"], one=True).items()}
    return _Numbers(np.zeros(0), lowest, row.get("evaluations") or 0, row.get("steps"), asked, row.get("message") or "",
                    error=None if lowest else row.get("error"))


def _history(losses, one=False):
    """Losses by name as arrays of one length (one: as single numbers), or a TypeError."""
    try:
        history = {name: np.asarray(values, "float64") for name, values in losses.items()}
    except (TypeError, ValueError):
        history = {"": np.zeros((0, 0))}
    shapes = [values.shape for values in history.values()]
    if (history or not one) and not ("total" in history and len({*shapes}) == 1 and len(shapes[0]) == 1 - one):
        raise TypeError(f"{REFUSAL}these losses are no numbers by name, as many of each, with a total.")
    return history


def _at_lowest(history, first=0):
    """The losses where the total is lowest, from evaluation `first` on."""
    total = np.nan_to_num(history["total"][first:], nan=np.inf, posinf=np.inf)
    best = first + int(np.argmin(total)) if len(total) else 0
    return {name: float(values[best]) for name, values in history.items()} if len(total) else {}


def _not_finite(run):
    wrong, count = np.count_nonzero(~np.isfinite(run.total)), len(run.total)
    if not math.isfinite(run.lowest.get("total", 0)):
        return "No loss was finite with its gradient, so the picture is the start: look for NaN, or for a root of zero."
    met = f"{wrong} of {count} evaluations gave" if wrong else "The run met" if "not finite" in run.message else None
    return met and f"{met} a loss or a gradient that is not finite, which suggests steps too long, or a root of zero."


def _ended_early(run):
    of = f" of {run.asked}" if isinstance(run.asked, int) else ""
    after = f"after {run.steps}{of} steps" if run.steps is not None else f"after {run.evaluations} evaluations"
    if "interrupted" in run.message:
        return f"The run was interrupted {after}; the picture is the best until then."
    if "no step lowers" in run.message and run.steps == 0:
        why = "it is 0 there already" if run.lowest.get("total") == 0 else "its gradient may be zero, or very steep"
        return f"No step lowered the loss, so the picture is the start: {why}."
    if "no step lowers" in run.message:
        return f"The optimiser ended {after}, because no step lowered the loss any further."
    if len(run.total) > 1 and not np.fmin.reduce(run.total[1:]) < run.total[0]:
        return f"None of {len(run.total)} evaluations came below the first, which suggests steps that are too long."
    return None


def _saturated(run):
    image = run.image
    if np.ndim(image) != 4 or image.shape[-1] != 3 or not image.size:
        return None
    share = np.mean((image <= 0) | (image >= 1))
    beyond = " or beyond" if image.min() < 0 or image.max() > 1 else ""
    told = f"{share:.0%} of the picture's values are at 0 or 1{beyond}, which suggests that colours were cut off."
    return told if share >= SATURATED else None


def _style_kept_up(run):
    left = run.lowest.get("style", 0) / run.style if FAR < run.style < math.inf else 0
    told = (f"The style loss only fell to {left:.0%} of what it was: if the picture looks too much like the photo, "
            "lower content_weight tenfold, or take more steps.")
    return told if KEPT < left < 1 else None


def _one_part(run):
    parts = {name: value for name, value in run.lowest.items() if name != "total" and value}
    if len(parts) < 2 or not all(0 <= value < math.inf for value in parts.values()):
        return None
    largest = max(parts, key=parts.get)
    share = 1 / sum(value / parts[largest] for value in parts.values())  # divided first: a sum may be too large
    told = f"Of the loss that is left, {share:.0%} is {str(largest)!r}: it outweighs the rest, or is held up by it."
    return told if share >= DOMINANT else None


def _still_falling(run):
    if len(run.total) < ENOUGH or "interrupted" in run.message:
        return None
    lowest, watched = np.fmin.accumulate(run.total), len(run.total) // WATCHED
    before, after = lowest[-1 - watched], lowest[-1]
    fall = 1 - after / before if 0 <= after < before < math.inf else 0
    told = f"The loss fell by {fall:.0%} in the last {watched} evaluations, which suggests that it would fall further."
    return told if fall >= FALLING else None


def _nothing(run):
    if not run.lowest:
        return "There was no evaluation, so there is nothing to explain."
    after = f"is {run.lowest['total']:.3g} after {run.evaluations}"
    if len(run.total) > 1:
        after = f"fell from {run.total[0]:.3g} to {run.lowest['total']:.3g} in {len(run.total)}"
    return (f"Nothing conspicuous: the loss {after} evaluations. Whether the picture is good, these numbers cannot "
            "say.")

"""Comparing what a learner's code gives with what it should give, and recognising typical mistakes in it.

References are NumPy in float64; random numbers are drawn anew each time, so there is nothing to copy.
"""

from functools import cache
import inspect
from itertools import combinations

from nst_helpers.checks.elsewhere import Elsewhere
from nst_helpers.checks.limits import apart
from nst_helpers.checks.report import NotYet, mistake
from nst_helpers.images import check_image
from nst_helpers.networks import feature_extractor, load_network

import numpy as np

TOLERANCE = 1e-3  # of the largest number: room for float32, and for any right way to compute


@cache
def pocket(*layers):
    """The pocket network, from a picture to the maps of these layers; built once."""
    return feature_extractor(load_network("pocket"), layers)


def draw(*shape):
    """Random numbers of both signs, float32, new each time."""
    return np.random.default_rng().normal(0.5, 1.0, shape).astype("float32")


def draw_picture(height, width):
    """A random picture (1, height, width, 3), float32 in [0, 1], new each time."""
    return np.random.default_rng().random((1, height, width, 3), "float32")


def draw_telling(draw_input, answers_to):
    """A random input for which the right answer and all typical mistakes differ: single numbers may meet by chance.

    draw_input: function without arguments. answers_to: function from an input to the list of its answers.
    """
    for _ in range(10_000):
        drawn = draw_input()
        answers = answers_to(drawn)
        if not any(same(a, b, 5 * TOLERANCE) or same(b, a, 5 * TOLERANCE) for a, b in combinations(answers, 2)):
            return drawn
    raise RuntimeError("no input tells these answers apart")


def numbers(answer, name="your result"):
    """An answer (list, array, tensor) as float64 array; NotYet if it is not made of finite numbers."""
    try:
        array = np.asarray(answer)
    except Exception:  # ragged lists and whatever else a library refuses
        array = np.asarray(None)
    if array.dtype.kind not in "fiub":
        raise NotYet(mistake("not_a_number", f"{name} is not a number or an array of numbers, but "
                             f"{type(answer).__name__}."))
    array = array.astype("float64")
    if not np.isfinite(array).all():
        raise NotYet(mistake("not_finite", f"{name} holds values that are not finite (NaN or infinity): is something "
                             "divided by zero?"))
    return array


def same(first, second, tolerance=TOLERANCE):
    """Whether two arrays have one shape and the same numbers, up to `tolerance` of the largest."""
    first, second = np.asarray(first, "float64"), np.asarray(second, "float64")
    if first.shape != second.shape:
        return False
    return bool(np.abs(first - second).max(initial=0) <= tolerance * max(np.abs(second).max(initial=0), 1e-12))


def expect(answer, right, mistakes=(), name="your result", tolerance=TOLERANCE):
    """NotYet unless the answer is the right array.

    mistakes: pairs of what a typical mistake gives for the same input, and the sentence that names it.
    """
    answer, right = numbers(answer, name), np.asarray(right, "float64")
    if right.shape == () and answer.size == 1:
        answer = answer.reshape(())
    if same(answer, right, tolerance):
        return
    for closeness in (tolerance / 100, tolerance):  # for some random input two mistakes give nearly the same
        for wrong, sentence in mistakes:
            if same(answer, wrong, closeness):
                raise NotYet(sentence)
    if answer.shape != right.shape:
        raise NotYet(mistake("wrong_shape", f"{name} has the shape {answer.shape}, but it should be {right.shape}."))
    whole = name if right.shape == () else f"every number in {name}"
    ratio = np.sum(answer * right) / max(np.sum(right**2), 1e-30)
    if same(answer, ratio * right, tolerance / 10) and abs(ratio) > 1e-6:
        question = mistake("factor", "Which factor is missing, or there twice?")
        if abs(ratio - 1) < 0.02:
            question = mistake("nearly_right", "It is nearly right: is one position too many or too few counted, or a "
                               "tiny number added?")
        raise NotYet(mistake(question.name, f"{whole} is {apart(ratio, 1, 4)[0]} times what it should be. {question}"))
    at = np.unravel_index(np.argmax(np.abs(answer - right)), right.shape)
    place = f"the number at {list(map(int, at))} in {name}" if at else name
    found, wanted = apart(answer[at], right[at], 4)
    raise NotYet(mistake("wrong_number", f"{place} is {found} for a random input, and should be {wanted}."))


def choose(answer, options):
    """The answer, if it is one of the options (in any case); NotYet if not."""
    text = " ".join(answer.lower().split()) if isinstance(answer, str) else None
    if text not in list(options):
        raise NotYet(mistake("not_an_option", f"choose one of {', '.join(repr(option) for option in options)}, in "
                             "quotes."))
    return text


def picture(answer, name, smallest=32):
    """An answer as picture (1, H, W, 3) in [0, 1]; NotYet says what is wrong with it."""
    try:
        image = check_image(answer, name)
    except ValueError as error:
        raise NotYet(mistake("not_a_picture", str(error))) from None
    _, height, width, _ = image.shape
    if min(height, width) < smallest:
        raise NotYet(mistake("too_small", f"{name} has {height}x{width} pixels; take at least {smallest} on each "
                             "side."))
    return image


def own_work(function, borrowed=()):
    """NotYet if a function hands the work on: to what nst_helpers holds, or to a function with one of these names.

    Looks at the names in its code, and in that of the learner's functions it calls.
    """
    if isinstance(function, Elsewhere):
        if sentence := function.borrowed and function.borrowed(borrowed):
            raise NotYet(mistake("borrowed", sentence))
        return
    codes, seen = [function], set()
    while codes:
        code = codes.pop()
        code = code if inspect.iscode(code) else getattr(code, "__code__", None)
        if code is None or code in seen:
            continue
        seen.add(code)
        for name in code.co_names:
            meant = getattr(function, "__globals__", {}).get(name)
            home = meant.__name__ if inspect.ismodule(meant) else getattr(meant, "__module__", None) or ""
            if inspect.isfunction(meant) and home == function.__module__:
                codes.append(meant)
            elif name in borrowed or f"{name if meant is None else home}.".startswith("nst_helpers."):
                raise NotYet(mistake("borrowed", f"the numbers are right, but {name} has done the work. Write it "
                                     "yourself."))
        codes.extend(part for part in code.co_consts if inspect.iscode(part))

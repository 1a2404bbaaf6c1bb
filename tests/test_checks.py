"""The checks of the exercises: right answers pass, however they are written; typical mistakes are named.

The answers themselves stand in check_cases/lesson_NN.py: RIGHT is {exercise: [answers, …]}, written differently from
the solutions, and WRONG is {exercise: [(answers, words that its message and no other has), …]}. What may go here: what
holds for the checks of every lesson.
"""

import inspect

from judging import LESSONS, cases_of, checks_of, given, says
import numpy as np
import pytest

EXERCISES = [(lesson, name) for lesson in LESSONS for name in checks_of(lesson).sheet.stars]
JUNK = [
    3, -1.5, "a word", "", [], {}, object(), np.zeros(0), np.zeros((0, 3)), np.nan, [[1], [1, 2]], {"a": "b"}, True,
    np.full((1, 64, 64, 3), np.nan), np.zeros((1, 1, 1, 3)), lambda: 1, lambda *_: 7, lambda *_: "a word",
    lambda *_: object(), lambda *_: [[1], [1, 2]], lambda *_: np.zeros((2, 0)), lambda *_: np.nan, lambda *_: {},
    lambda *_: 1 / 0, lambda *_: (1, 2, 3), lambda *arguments: arguments[0], lambda *arguments: arguments[-1],
    lambda *arguments: np.zeros_like(arguments[0]), lambda *_: 0, lambda *_: 1, lambda *arguments: arguments,
]


def repeats(answers):
    """How often a case is asked: the inputs are random. What has to be made by a function takes long."""
    return 1 if callable(answers) else 3


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_exercise_has_cases(lesson):
    names = list(checks_of(lesson).sheet.stars)
    cases = cases_of(lesson)
    assert list(cases.RIGHT) == list(cases.WRONG) == names
    assert all(len(right) >= 1 for right in cases.RIGHT.values())
    assert all(len(wrong) >= 3 for wrong in cases.WRONG.values())


@pytest.mark.parametrize("lesson, name", EXERCISES)
def test_a_right_answer_passes_each_time(lesson, name):
    for answers in cases_of(lesson).RIGHT[name]:
        for _ in range(repeats(answers)):
            text = says(getattr(checks_of(lesson), name), *given(answers))
            assert text.startswith(("These checks pass. Tried", "These checks pass. Measured")), text


@pytest.mark.parametrize("lesson, name", EXERCISES)
def test_each_mistake_is_told_apart(lesson, name):
    wrong = cases_of(lesson).WRONG[name]
    texts = [[says(getattr(checks_of(lesson), name), *given(answers)) for _ in range(repeats(answers))]
             for answers, _ in wrong]
    for k, (_, words) in enumerate(wrong):
        for j, said in enumerate(texts):
            for text in said:
                assert text.startswith("Not yet: "), text
                assert (words in text) == (j == k), f"{words!r} and {text!r}"


@pytest.mark.parametrize("lesson, name", EXERCISES)
def test_an_answer_that_makes_no_sense_gets_a_sentence(lesson, name):
    check, answers = getattr(checks_of(lesson), name), given(cases_of(lesson).RIGHT[name][0])
    for place in range(len(answers)):
        for junk in JUNK if repeats(cases_of(lesson).RIGHT[name][0]) > 1 else JUNK[::3]:
            text = says(check, *answers[:place], junk, *answers[place + 1 :])
            assert text.startswith("Not yet: ") and "make sense" not in text, (place, junk, text)


DEFENDED = [(lesson, name) for lesson, name in EXERCISES
            if "defence" in inspect.signature(getattr(checks_of(lesson), name)).parameters]


@pytest.mark.parametrize("lesson, name", DEFENDED)
def test_a_defence_without_words_is_none(lesson, name):
    check, answers = getattr(checks_of(lesson), name), given(cases_of(lesson).RIGHT[name][0])
    for text in ("a b c d e f g h", "weight " * 9, "asdfgh hjklö qwertz uiopü yxcvb zuiop fghjk lkjhg 5",
                 "1 2 3 4 5 6 7 8 9", "Lorem ipsum dolor sit amet, consectetur adipiscing elit."):
        assert says(check, *answers[:-1], text).startswith("Not yet: the picture is as asked"), text


@pytest.mark.parametrize("lesson, name", EXERCISES)
def test_three_dots_are_not_attempted(lesson, name):
    def stub(*_):
        """The docstring stays."""
        ...  # your code here

    check, answers = getattr(checks_of(lesson), name), given(cases_of(lesson).RIGHT[name][0])
    names = list(inspect.signature(check).parameters)
    for place in range(len(answers)):
        if names[place] == "defence":
            assert "Now defend it" in says(check, *answers[:place], ...)
            continue
        for dots in (..., None, stub, lambda *_: ...) if callable(answers[place]) else (..., None):
            assert says(check, *answers[:place], dots, *answers[place + 1 :]) == "Not attempted yet."

"""The checks of the exercises: right answers pass, however they are written; typical mistakes are named.

The answers themselves stand in check_cases/lesson_NN.py: RIGHT is {exercise: [answers, …]}, written differently from
the solutions, and WRONG is {exercise: [(answers, words that its message and no other has), …]}. What may go here: what
holds for the checks of every lesson.
"""

import ast
import inspect
from itertools import combinations
import re

from judging import CHECKS, LESSONS, cases_of, checks_of, given, says
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


def mistakes_in(file):
    """{short name as the source has it: the sentences written beside it} of a file with checks."""
    found = {}
    for _, (short, sentence) in calls_in(CHECKS / file, "mistake"):
        if isinstance(short, ast.Constant):
            written = {ast.unparse(sentence)} if isinstance(sentence, (ast.Constant, ast.JoinedStr)) else set()
            found.setdefault(short.value, set()).update(written)
    return found


def calls_in(path, *names):
    """Pairs of name and arguments of all calls of functions with these names."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in names:
            yield node.func.id, node.args


SHORT = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")  # of a mistake
IMPORT = re.compile(r"^from nst_helpers\.checks\.(\w+) import", re.MULTILINE)
COMMON = ["compare.py", "report.py", "defence.py"]
SHARED = {short for file in COMMON for short in mistakes_in(file)}


def named(lesson, name, answers):
    """What a check says to these answers, and the short name of the mistake."""
    text = says(getattr(checks_of(lesson), name), *answers)
    return text, checks_of(lesson).sheet.mistakes[name]


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
    told = [[named(lesson, name, given(answers)) for _ in range(repeats(answers))] for answers, _ in wrong]
    for k, (_, words) in enumerate(wrong):
        for j, said in enumerate(told):
            for text, short in said:
                assert text.startswith("Not yet: ") and SHORT.fullmatch(short), (text, short)
                assert (words in text) == (j == k), f"{words!r} and {text!r}"
    names = [{short for _, short in said} - SHARED for said in told]
    assert all(one.isdisjoint(other) for one, other in combinations(names, 2)), names


@pytest.mark.parametrize("lesson, name", EXERCISES)
def test_an_answer_that_makes_no_sense_gets_a_sentence(lesson, name):
    answers = given(cases_of(lesson).RIGHT[name][0])
    for place in range(len(answers)):
        for junk in JUNK if repeats(cases_of(lesson).RIGHT[name][0]) > 1 else JUNK[::3]:
            text, short = named(lesson, name, (*answers[:place], junk, *answers[place + 1 :]))
            assert text.startswith("Not yet: ") and "make sense" not in text, (place, junk, text)
            assert SHORT.fullmatch(short), (place, junk, text)


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_short_name_means_one_mistake(lesson):
    """In a sheet, and in what it takes its mistakes from; the names that all sheets share belong to them."""
    meant = {}
    sheet = f"lesson_{lesson}.py"
    taken = {f"{name}.py" for name in IMPORT.findall((CHECKS / sheet).read_text(encoding="utf-8"))}
    for file in {sheet, *taken, *COMMON}:
        for short, sentences in mistakes_in(file).items():
            meant.setdefault(short, set()).update(sentences)
    assert len(meant) > 20
    assert {short: told for short, told in meant.items() if len(told) > 1} == {}


@pytest.mark.parametrize("file", sorted(CHECKS.glob("*.py")), ids=lambda file: file.stem)
def test_no_sentence_is_without_a_short_name(file):
    places = {"NotYet": 0, "Raised": 0, "at_most": 2, "at_least": 2}
    for name, arguments in calls_in(file, *places):
        said = ast.unparse(arguments[places[name]])
        assert not said.startswith(("'", '"', "f'", 'f"', "str(")), said


DEFENDED = [(lesson, name) for lesson, name in EXERCISES
            if "defence" in inspect.signature(getattr(checks_of(lesson), name)).parameters]


@pytest.mark.parametrize("lesson, name", DEFENDED)
def test_a_defence_without_words_is_none(lesson, name):
    check, answers = getattr(checks_of(lesson), name), given(cases_of(lesson).RIGHT[name][0])
    for text in ("a b c d e f g h", "weight " * 9, "asdfgh hjklö qwertz uiopü yxcvb zuiop fghjk lkjhg 5",
                 "1 2 3 4 5 6 7 8 9", "Lorem ipsum dolor sit amet, consectetur adipiscing elit."):
        assert says(check, *answers[:-1], text).startswith("Not yet: the picture is as asked"), text
        assert checks_of(lesson).sheet.mistakes[name] in SHARED


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

"""What all checks share: three answers, a learner's own line in an error, comparing without a constant to copy.

What may go here: nst_helpers/checks/report.py and compare.py.
"""

from nst_helpers.checks.compare import choose, defended, expect, numbers, picture
from nst_helpers.checks.report import NotAttempted, NotYet, Sheet, call

from judging import says
import numpy as np
import pytest
import tensorflow as tf


@pytest.fixture
def sheet():
    """Two exercises: a number that has to be 7, and a function that has to double."""
    sheet = Sheet()

    @sheet.exercise(1)
    def seven(answer):
        expect(answer, 7)
        return "Tried nothing else."

    @sheet.exercise(3)
    def double(function):
        for x in np.random.default_rng().random(3):
            expect(call(function, x), 2 * x, [(x**2, "you square.")])
        return "Tried three numbers."

    sheet.seven, sheet.double = seven, double
    return sheet


def test_there_are_three_answers(sheet):
    assert says(sheet.seven, ...) == says(sheet.seven, None) == "Not attempted yet."
    assert says(sheet.seven, 8) == "Not yet: your result is 1.143 times what it should be. " \
                                   "Which factor is missing, or there twice?"
    assert says(sheet.seven, 7) == "These checks pass. Tried nothing else."


def test_the_summary_counts_what_was_last_said(sheet, capsys):
    def summary():
        sheet.summary()
        return capsys.readouterr().out

    assert "0 of 2 exercises pass: 0 of 4 stars." in summary()
    sheet.double(lambda x: x + x)
    sheet.seven(6)
    text = summary()
    assert "★★★ double                  these checks pass\n" in text and "★   seven                   not yet\n" in text
    assert "1 of 2 exercises pass: 3 of 4 stars." in text and sheet.passed("double") and not sheet.passed("seven")
    sheet.double(lambda x: x)
    assert "0 of 2 exercises pass: 0 of 4 stars." in summary() and not sheet.passed("double")


def test_what_has_dots_left_is_not_attempted(sheet):
    def half_written(x):
        y = 2 * x  # noqa: F841
        return ...

    def only_a_docstring(x):
        """What it does."""

    for answer in (half_written, only_a_docstring, lambda x: None):
        assert says(sheet.double, answer) == "Not attempted yet."
    for answer in ([1, ...], (..., 2), {"a": ...}):
        assert says(sheet.seven, answer) == "Not attempted yet."


def test_a_forgotten_return_is_named(sheet):
    def without_return(x):
        result = 2 * x  # noqa: F841

    assert "gives back None" in says(sheet.double, without_return)


def test_an_error_shows_the_own_line_and_no_other(sheet):
    def deep(x):
        return helper(x)

    def helper(x):
        return np.linalg.inv(np.zeros((2, 2)))  # raises far below, in NumPy

    text = says(sheet.double, deep)
    assert text.startswith("Not yet: your function raises LinAlgError in line ")
    assert text.endswith("`return np.linalg.inv(np.zeros((2, 2)))  # raises far below, in NumPy`: Singular matrix")


def test_an_error_of_tensorflow_is_one_line(sheet):
    text = says(sheet.double, lambda x: tf.matmul(tf.zeros((2, 3)), tf.zeros((2, 3))))
    assert "InvalidArgumentError" in text and "Matrix size-incompatible" in text
    assert "\n" not in text and "{{" not in text and "[Op" not in text


def test_wrong_arguments_and_no_function_are_named(sheet):
    assert "raises TypeError: " in says(sheet.double, lambda: 1)
    assert "needs the function itself, not float" in says(sheet.double, 2.0)


def test_an_interrupt_is_no_wrong_answer(sheet):
    def interrupted(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sheet.double(interrupted)


def test_the_learner_gets_copies():
    array = np.zeros(3)

    def in_place(x):
        x += 1
        return x

    with pytest.raises(NotYet, match="changes the array"):
        call(in_place, array)
    assert not array.any()
    with pytest.raises(NotAttempted):
        call(lambda x: ..., array)


@pytest.mark.parametrize("right", [np.float64(3), np.arange(6.0).reshape(2, 3) - 2, np.zeros(4)])
def test_expect_takes_lists_tensors_and_float32(right):
    for form in (np.float32, np.ndarray.tolist, tf.constant, lambda a: tf.constant(a, tf.float32)):
        expect(form(np.asarray(right)), right)
    expect([right * (1 + 1e-5)] if right.shape == () else right * (1 + 1e-5), right)


@pytest.mark.parametrize("answer, words", [
    ([[1.0, 2.0, 4.0]], "sum for mean"),
    ([[1.0], [2.0]], r"has the shape \(2, 1\), but it should be \(1, 3\)"),
    ([[2.0, 4.0, 6.0]], "2 times what it should be"),
    ([[-1.0, -2.0, -3.0]], "-1 times what it should be"),
    ([[1.0, 2.0, 9.0]], r"is 9 at \[0, 2\] for a random input, and should be 3"),
    ([[0.0, 0.0, 0.0]], r"is 0 at \[0, 2\]"),
    ([[1.0, 2.0, np.nan]], "not finite"),
    ("1, 2, 3", "is not a number or an array of numbers, but str"),
    ([[1, 2], [3]], "but list"),
])
def test_expect_says_what_is_wrong(answer, words):
    with pytest.raises(NotYet, match=words):
        expect(answer, np.array([[1.0, 2.0, 3.0]]), [(np.array([[1.0, 2.0, 4.0]]), "sum for mean")])


def test_of_two_mistakes_that_are_nearly_the_same_here_the_nearer_is_named():
    """A random input can bring them within the tolerance of each other."""
    with pytest.raises(NotYet, match="the second"):
        expect(3.00000001, 2.0, [(3.0001, "the first"), (3.0, "the second")])


def test_a_mistake_that_gives_the_right_number_is_none():
    expect(2.0, 2.0, [(2.0, "wrong")])
    assert numbers(True) == 1


def test_words_and_pictures():
    assert choose(" The  Same", ["half", "the same"]) == "the same"
    with pytest.raises(NotYet, match="choose one of 'half', 'the same', in quotes"):
        choose(0.5, ["half", "the same"])
    for text in ("", "  ", "because I like it", 8):
        with pytest.raises(NotYet, match="defend it"):
            defended(text)
    defended("one two three four five six seven eight")
    with pytest.raises(NotYet, match="texture has the shape"):
        picture(np.zeros((3, 4)), "texture")
    with pytest.raises(NotYet, match="texture has 8x64 pixels; take at least 32"):
        picture(np.zeros((1, 8, 64, 3)), "texture")
    assert picture(np.ones((1, 40, 40, 3)), "texture").dtype == "float32"

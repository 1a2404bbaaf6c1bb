"""`explain`: each symptom alone, two at once, a clean run, every kind of result, and never an error.

What may go here: tests of nst_helpers/symptoms.py.
"""

from nst_helpers import explain, minimize, stylize
from nst_helpers.optimize.result import Result
from nst_helpers.symptoms import ENOUGH

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
import numpy as np
import pytest
import tensorflow as tf

GREY = np.full((1, 8, 8, 3), 0.5, "float32")
FALL = 1.9 / np.arange(1, 61) ** 2 + 0.1  # from 2 to nearly 0.1, and flat at the end


def run(total=FALL, shares=(0.5, 0.5), image=GREY, message="all steps done", **more):
    """A Result whose parts are `shares` of the total."""
    total = np.asarray(total, "float64")
    losses = {"total": total, "content": shares[0] * total, "style": shares[1] * total}
    return Result(image, losses, more.pop("steps", len(total) - 1), len(total), 1.0, message, **more)


def with_saturated(share):
    """A picture in which so much of the values is 1."""
    return np.where(np.arange(192).reshape(1, 8, 8, 3) < 192 * share, 1.0, 0.5)


def with_style(style):
    """A Result whose style loss runs so, and lies flat at last; the content loss is as much at each evaluation."""
    style = np.r_[style, np.repeat(style[-1], 20)]
    return Result(GREY, {"total": 2 * style, "content": style, "style": style}, len(style) - 1, len(style), 1.0,
                  "all steps done")


@pytest.mark.parametrize("style", [np.linspace(0.15, 0.14, 60), np.geomspace(0.8, 0.2, 60), np.full(60, np.nan)])
def test_a_style_loss_that_began_low_or_fell_far_is_not_told(style):
    assert "style loss" not in explain(with_style(style))


def test_a_clean_run_has_nothing_conspicuous_and_says_what_numbers_cannot():
    clean = "Nothing conspicuous: the loss fell from 2 to 0.101 in 60 evaluations."
    assert explain(run()) == f"{clean} Whether the picture is good, these numbers cannot say."


SYMPTOMS = {
    "saturated": (run(image=with_saturated(0.5)), "50% of the picture's values are at 0 or 1, which suggests"),
    "beyond": (run(image=255 * GREY), "100% of the picture's values are at 0 or 1 or beyond,"),
    "not finite on the way": (run(np.r_[2, np.inf, FALL]), "1 of 62 evaluations gave a loss or a gradient that is not"),
    "not finite at all": (run([np.inf], steps=0, cut_short=True), "No loss was finite with its gradient"),
    "a gradient": (run(message="stopped because the loss or its gradient is not finite at 60"), "The run met"),
    "interrupted": (run(message="interrupted", cut_short=True, record={"arguments": {"steps": 90}}),
                    "interrupted after 59 of 90 steps; the picture is the best until then"),
    "at once": (run([0.5], message="stopped because no step lowers the loss any further", steps=0),
                "No step lowered the loss, so the picture is the start: its gradient"),
    "at zero": (run([0.0], message="stopped because no step lowers the loss any further", steps=0), "it is 0 there"),
    "later": (run(message="stopped because no step lowers the loss any further"), "ended after 59 steps, because no"),
    "upwards": (run(np.arange(1.0, 9.0)), "None of 8 evaluations came below the first"),
    "one part": (run(shares=(0.03, 0.97)), "Of the loss that is left, 97% is 'style'"),
    "style kept up": (with_style(np.linspace(0.8, 0.4, 60)), "The style loss only fell to 50% of what it was"),
    "still falling": (run(np.geomspace(1, 0.01, 20)), "The loss fell by 62% in the last 4 evaluations"),
}


@pytest.mark.parametrize("result, sentence", SYMPTOMS.values(), ids=SYMPTOMS)
def test_each_symptom_alone_is_told_alone(result, sentence):
    found = explain(result)
    assert sentence in found and found.count(".") - found.count("0.") == 1 and "\n" not in found


def test_two_at_once_are_both_told_the_graver_one_first():
    found = explain(run(np.geomspace(1, 0.01, 20), shares=(0.97, 0.03)))
    assert found.index("97% is 'content'") < found.index("The loss fell by 62%")


def test_of_three_the_two_gravest_are_told():
    found = explain(run(np.r_[np.inf, np.geomspace(1, 0.01, 20)], image=with_saturated(0.9), shares=(0.97, 0.03)))
    assert "not finite" in found and "90% of" in found and "content" not in found and "fell" not in found


@pytest.mark.parametrize("result", [
    run(image=with_saturated(0.1)),
    run(shares=(0.15, 0.85)),
    run(np.r_[1.0, np.full(ENOUGH, 0.2)]),
    run(np.geomspace(1, 0.1, ENOUGH - 1)),  # too short to say
    run(image=np.zeros((4, 4))),  # no picture: minimize takes any shape
    run(shares=(0.0, 1.0)),  # a part without a weight leaves nothing to outweigh
], ids=["few saturated", "a large part", "a fall long ago", "short", "no picture", "one part only"])
def test_what_is_usual_is_not_told(result):
    assert explain(result).startswith("Nothing conspicuous")


def test_only_the_last_size_counts():
    """The loss jumps where a picture is enlarged; that is no run upwards."""
    assert explain(run(np.r_[0.1, 0.05, FALL], stages=[2, 60])).startswith("Nothing conspicuous: the loss fell from 2")


def test_no_evaluation():
    result = Result(GREY, {"total": np.zeros(0)}, 0, 0, 0.0, "interrupted", True)
    assert explain(result) == "The run was interrupted after 0 steps; the picture is the best until then."


def test_real_runs_of_minimize():
    start = np.random.default_rng(0).random((1, 6, 6, 3)).astype("float32")
    assert "it is 0 there already" in explain(minimize(lambda x: tf.reduce_mean((x - start) ** 2), start, steps=5))
    assert "No loss was finite" in explain(minimize(lambda x: tf.reduce_mean(tf.sqrt(-x)), start, steps=5))
    wild = minimize(lambda x: tf.reduce_sum(x**2), start, "gradient descent", 6, learning_rate=3.0)
    assert "None of 7 evaluations came below the first" in explain(wild)
    away = minimize(lambda x: -tf.reduce_mean(tf.sigmoid(9 * x)), start, "Adam", 90)
    assert "at 0 or 1 or beyond" in explain(away)


@pytest.fixture(scope="module")
def painted():
    noise = np.random.default_rng(0).random((2, 1, 32, 32, 3)).astype("float32")
    return stylize(*noise, steps=6, progress=False)


def test_a_run_of_stylize_its_record_and_its_row_in_a_table_say_the_same_of_the_weights(painted):
    row = {**painted.record["result"], "photo": "a", "error": None}
    heavy = dict(painted.lowest_losses(), content=1000.0)
    for form in (painted.record, row, painted):
        assert explain(form)
    for form in ({**row, "losses": heavy}, {"result": {**row, "losses": heavy}}):
        assert "100% is 'content'" in explain(form)


def test_a_picture_that_was_not_painted_says_why():
    row = {"losses": {}, "evaluations": None, "seconds": None, "message": None, "error": "There is no file a.jpg."}
    assert explain(row).endswith("was not painted: There is no file a.jpg.")
    assert "interrupted after 4 eval" in explain({"losses": {"total": 1.0}, "evaluations": 4, "message": "interrupted"})


@pytest.mark.parametrize("bad", [
    None, 3, "result", [0.3, 0.2], np.zeros(3), GREY, {}, {"total": "low"}, {"content": [1]},
    {"total": [1, 2], "style": [1]}, {"total": 3.0}, {"losses": {"total": [1, 2]}}, {"losses": {"content": 1.0}},
], ids=lambda bad: repr(bad)[:25])
def test_anything_else_is_refused_in_one_sentence(bad):
    with pytest.raises(TypeError, match="^explain takes what stylize or minimize gave back") as told:
        explain(bad)
    assert str(told.value).count(".") == 1 and "\n" not in str(told.value)


FINITE = st.floats(allow_nan=False, allow_infinity=False)


@settings(deadline=None, max_examples=200)
@given(st.data(), st.integers(0, 30))
def test_no_finite_history_makes_it_raise(data, count):
    values = arrays.arrays("float64", (3, count), elements=FINITE)
    total, content, style = data.draw(values)
    losses = {"total": total, "content": content, "style": style}
    first = data.draw(st.integers(0, count))
    image = data.draw(arrays.arrays("float32", (1, 2, 2, 3), elements=st.floats(-2, 300, width=32)))
    message = data.draw(st.sampled_from(["all steps done", "interrupted", "stopped because no step lowers it"]))
    stages = data.draw(st.sampled_from([[], [first, count - first]]))
    result = Result(image, losses, count, count, 1.0, message, stages=stages)
    with np.errstate(all="raise"):
        for form in (result, losses):
            found = explain(form)
            assert found.endswith(".") and "\n" not in found and "nan" not in found


@settings(deadline=None)
@given(st.lists(st.sampled_from([1.0, 0.5, np.nan, np.inf, -np.inf]), min_size=1, max_size=15))
def test_nor_does_one_that_is_not(total):
    assert explain({"total": total, "style": total}).endswith(".")

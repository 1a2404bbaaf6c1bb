"""Nothing that happens around a run may end it: interrupts at every moment, a bar, a record, a disk that fail."""

import os
import signal
import sys
import threading
import time
import warnings

from nst_helpers import objective, transfer
from nst_helpers._run import autosave, run, tiling
from nst_helpers.images import load_image
from nst_helpers.optimize import minimizer, multiscale
from nst_helpers.optimize.interrupts import Request, held_interrupts
from nst_helpers.optimize.minimizer import minimize
from nst_helpers.records import read_record
from nst_helpers.transfer import stylize

import numpy as np
import pytest
import tensorflow as tf

SHAPE = (1, 64, 96, 3)


class Bar:
    """In the place of Progress: how many are open, and what they said last."""

    open, said = 0, []

    def __init__(self, steps):
        Bar.open += 1

    def __call__(self, *news):
        pass

    tell = __call__

    def close(self, text):
        Bar.open -= 1
        Bar.said.append(text)


@pytest.fixture
def paint(random_pocket, monkeypatch, tmp_path):
    """`stylize` in two stages, 48 and 96 pixels, that saves the picture at each step; the bar is closed afterwards."""
    monkeypatch.setattr(multiscale, "SMALLEST", 48)
    monkeypatch.setattr(autosave, "EVERY", 0.0)
    monkeypatch.setattr(run, "Progress", Bar)
    monkeypatch.setattr(Bar, "open", 0)
    monkeypatch.setattr(Bar, "said", [])

    def stylized(**options):
        quick = {"network": random_pocket, "size": 96, "steps": 8, "start": "content", "patch_weight": 0,
                 "content_layers": "block1_conv1", "style_layers": "block1_conv1", "autosave": tmp_path / "last.png"}
        try:
            return stylize("chelsea", "great_wave", **{**quick, **options})
        finally:
            assert Bar.open == 0
    return stylized


def interrupting(monkeypatch, owner, name, count, after=1, call_first=False):
    """Make `owner.name` send `count` real interrupts, once, at its call number `after`."""
    original, calls = getattr(owner, name), []

    def interrupted(*arguments, **options):
        calls.append(name)
        result = original(*arguments, **options) if call_first else None
        if len(calls) == after:
            for _ in range(count):
                signal.raise_signal(signal.SIGINT)
        return result if call_first else original(*arguments, **options)

    monkeypatch.setattr(owner, name, interrupted)
    return calls


MOMENTS = {
    "a record is written": (run, "new_record", 1),
    "an objective is compiled": (objective, "content_loss", 1),
    "an evaluation": (minimizer._Recorder, "evaluate", 3),
    "the picture so far is saved": (autosave, "save_image", 2),
    "a stage is over": (minimizer._Recorder, "result", 1),
    "a picture is enlarged": (multiscale, "resize_image", 1),
    "the second stage": (minimizer._Recorder, "evaluate", 8),
    "the run is over": (multiscale, "_one_result", 1),
    "the bar is closed": (Bar, "close", 1),
    "the losses are looked up": (minimizer.Result, "lowest_losses", 1),
}


@pytest.mark.usefixtures("interrupts_arrive")
@pytest.mark.parametrize("call_first", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("count", [1, 2], ids=["single", "double"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_an_interrupt_never_loses_the_result(paint, monkeypatch, tmp_path, moment, count, call_first):
    owner, name, after = MOMENTS[moment]
    calls = interrupting(monkeypatch, owner, name, count, after, call_first)
    result = paint()
    assert len(calls) >= after, "the moment has come"
    assert result.image.shape == SHAPE and len(result.losses["total"]) == result.evaluations
    assert result.message in ("interrupted", "all steps done") and len(Bar.said) == 1
    assert all(result.stages) or not result.evaluations, "a stage that was never begun is none"
    if moment not in ("the run is over", "the bar is closed", "the losses are looked up"):
        assert result.message == "interrupted" and result.cut_short and result.steps < 8
    assert read_record(tmp_path / "last.png") == result.record
    np.testing.assert_allclose(load_image(tmp_path / "last.png"), result.image, atol=0.6 / 255)


@pytest.mark.usefixtures("interrupts_arrive")
def test_an_interrupt_while_the_last_picture_is_saved(paint, monkeypatch, tmp_path):
    save, count = autosave.Autosave.save, []

    def interrupted(self, image, record):
        if record["result"]["message"] != "still running":
            count.extend(signal.raise_signal(signal.SIGINT) or [name] for name in "ab")
        save(self, image, record)

    monkeypatch.setattr(autosave.Autosave, "save", interrupted)
    result = paint()
    assert len(count) == 2 and result.message == "all steps done"
    assert read_record(tmp_path / "last.png") == result.record


@pytest.mark.usefixtures("interrupts_arrive")
def test_an_interrupt_before_the_run_begins_is_one(paint, monkeypatch):
    interrupting(monkeypatch, tiling, "transfer_objective", 1)
    with pytest.raises(KeyboardInterrupt):
        paint()


@pytest.mark.usefixtures("interrupts_arrive")
def test_interrupts_from_outside_at_any_time(paint):
    """Pairs of signals from another thread, after waits that cover the whole run."""
    waits = np.linspace(0.0, 1.2, 13)
    for wait in waits:
        done = threading.Event()

        def send(wait=wait, done=done):
            for pause in (wait, 0.02):
                if not done.wait(pause):
                    os.kill(os.getpid(), signal.SIGINT)

        sender = threading.Thread(target=send)
        try:
            with held_interrupts():  # what comes before or after the run is not what is asked here
                sender.start()
                result = paint(steps=40, autosave=None)
                done.set()
                sender.join()
        finally:
            done.set()
        assert result.image.shape == SHAPE


@pytest.mark.usefixtures("interrupts_arrive")
def test_a_second_interrupt_ends_an_objective_that_never_comes_back():
    def loss(image):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        pytest.fail("it went on")

    start = np.full((1, 8, 8, 3), 0.5, "float32")
    result = minimize(loss, start)
    assert result.message == "interrupted" and result.evaluations == 0
    np.testing.assert_array_equal(result.image, start)


def raised_in_calls_of_tensorflow(work, *arguments):
    """For each call of a function of TensorFlow's while `work` runs: would a second interrupt be raised in it?"""
    request, answers = Request(), []
    request.made = True

    def ask(frame, event, _argument):
        if event == "call" and frame.f_globals.get("__name__", "").startswith("tensorflow"):
            request.impatient = True
            try:
                request(signal.SIGINT, frame)
                answers.append(False)
            except KeyboardInterrupt:
                answers.append(True)

    sys.setprofile(ask)
    try:
        work(*arguments)
    finally:
        sys.setprofile(None)
    return answers


def test_a_second_interrupt_is_not_raised_where_tensorflow_builds_a_graph():
    """It would stay half built, and no call would work any more; the objective's own lines may be left."""
    def objective(image):
        request = Request()
        request.made = request.impatient = True
        with pytest.raises(KeyboardInterrupt):
            request(signal.SIGINT, sys._getframe())
        inside.extend(raised_in_calls_of_tensorflow(tf.nn.avg_pool2d, image, 2, 2, "VALID"))
        return tf.reduce_sum(image)

    inside, image = [], tf.zeros((1, 4, 4, 3))
    tf.function(objective, autograph=False)(image)
    assert len(inside) > 20 and not any(inside)
    outside = raised_in_calls_of_tensorflow(tf.nn.avg_pool2d, image, 2, 2, "VALID")
    assert outside and all(outside)


@pytest.mark.usefixtures("interrupts_arrive")
def test_a_handler_of_the_users_own_stays():
    calls = []
    signal.signal(signal.SIGINT, lambda *_: calls.append("mine"))
    with held_interrupts() as request:
        signal.raise_signal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    assert calls == ["mine"] and not request.made


def test_in_another_thread_it_runs_as_well(paint):
    results = []
    thread = threading.Thread(target=lambda: results.append(paint(steps=2, autosave=None)))
    thread.start()
    thread.join()
    assert results[0].image.shape == SHAPE


# What fails beside the run


def fails(*_, **__):
    raise RuntimeError("out of order")


@pytest.mark.parametrize("owner, name, what", [
    (run, "Progress", "the display"), (Bar, "__call__", "the display"), (Bar, "close", "the display"),
    (run, "new_record", "a record"), (run.Forecast, "__call__", "the forecast"), (autosave, "save_image", "saving"),
    (autosave, "text_for", "saving"),
])
def test_what_fails_beside_the_run_is_said_at_its_end(paint, monkeypatch, owner, name, what):
    monkeypatch.setattr(owner, name, fails)
    monkeypatch.setattr(Bar, "open", 0)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = paint(steps=6)
        except AssertionError:  # of the fixture: a bar whose `close` fails stays open
            assert name == "close"
            return
    assert result.steps == 6 and result.image.shape == SHAPE
    assert [str(each.message) for each in caught if "went on" in str(each.message)] == [
        f"The run went on without {what}: out of order"]


def test_where_warnings_are_errors_it_is_printed(paint, monkeypatch, capsys):
    monkeypatch.setattr(autosave, "save_image", fails)
    with warnings.catch_warnings(action="error"):
        assert paint(steps=2).steps == 2
    assert "The run went on without saving: out of order" in capsys.readouterr().err


def test_what_works_again_is_not_told(paint, monkeypatch, tmp_path):
    save, calls = autosave.save_image, []

    def fails_at_first(*arguments):
        calls.append(arguments)
        return fails() if len(calls) == 1 else save(*arguments)

    monkeypatch.setattr(autosave, "save_image", fails_at_first)
    with warnings.catch_warnings(action="error"):
        result = paint(steps=6)
    assert read_record(tmp_path / "last.png") == result.record


def test_an_error_closes_the_bar_and_is_raised(paint, monkeypatch):
    monkeypatch.setattr(transfer, "minimize_in_stages", fails)
    with pytest.raises(RuntimeError, match="out of order"):
        paint()
    assert Bar.said == ["stopped by an error"]
    assert signal.getsignal(signal.SIGINT) is not None


# Names and pictures that a record cannot hold as they are


@pytest.mark.skipif(os.name != "posix", reason="names of files are bytes on Linux and macOS")
@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_a_name_that_is_no_text(paint, tmp_path, suffix):
    name = os.fsencode(tmp_path) + b"/caf\xe9" + suffix.encode()
    try:
        open(name, "wb").close()
    except OSError:
        pytest.skip("This file system wants names that are text.")
    os.unlink(name)
    photo = os.fsdecode(name)
    first = paint(steps=2, autosave=photo)
    second = paint(steps=2, start=photo, autosave=photo)
    assert read_record(photo) == second.record and first.image.shape == SHAPE
    assert second.record["arguments"]["start"] == "caf\\udce9" + suffix
    assert read_record(second.save(tmp_path / "again.png")) == second.record


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_a_picture_given_as_lists(paint, tmp_path, suffix):
    lists = np.round(load_image("chelsea", 64), 3).tolist()
    result = paint(steps=2, start=lists, autosave=tmp_path / f"last{suffix}")
    assert read_record(tmp_path / f"last{suffix}") == result.record
    assert result.record["arguments"]["start"]["shape"] == [1, 43, 64, 3]


def test_a_record_too_long_for_its_file_is_left_out_with_a_warning(tmp_path):
    image = load_image("chelsea", 16)
    result = minimizer.Result(image, {}, 0, 0, 0.0, "done", record={"words": "long " * 20_000})
    with pytest.warns(UserWarning, match="long.jpg was made is too long for its kind of file"):
        result.save(tmp_path / "long.jpg")
    assert load_image(tmp_path / "long.jpg").shape == image.shape
    assert read_record(result.save(tmp_path / "long.png")) == result.record


def test_fewer_steps_than_stages_start_from_the_sharp_picture(paint):
    """At its own size the photo is its own content: the first loss is 0."""
    result = paint(steps=1)
    assert result.losses["content"][0] < 1e-9 and len(result.stages) == 1


def test_two_runs_at_the_same_time_do_not_mix_their_requests():
    seen = []

    def other():
        with held_interrupts() as request:
            seen.append(request)
            time.sleep(0.01)

    with held_interrupts() as mine, held_interrupts() as inner:
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert inner is mine and seen[0] is not mine

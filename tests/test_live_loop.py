"""The loop in the page, driven by hand: its losses, what a knob does, when it waits and stops, what is stored.

What may go here: tests of nst_helpers.live.live_loop and of its loop_*.py. That it answers in a page is seen in
test_browser_live_loop.
"""

import asyncio
import base64
import gc
import io
import os
import signal
import threading
from types import SimpleNamespace
import weakref

from nst_helpers.defaults import STYLE_LAYERS
from nst_helpers.images import load_image
from nst_helpers.live import live_loop as module
from nst_helpers.live import loop_cells, loop_engine, loop_turns
from nst_helpers.live.live_loop import live_loop
from nst_helpers.live.loop_engine import LoopEngine
from nst_helpers.live.loop_settings import loop_arguments, number, words
from nst_helpers.live.loop_turns import Loop
from nst_helpers.loss_weights import Weights
from nst_helpers.networks import feature_extractor, load_network
from nst_helpers.objective import Style, transfer_objective

import numpy as np
from PIL import Image
import pytest

VIEW = "application/vnd.jupyter.widget-view+json"
LAYERS = {"block1_conv1": 1.0, "block2_conv1": 0.0, "block3_conv1": 3.0}
PLAIN = {"network": "pocket", "style_layers": None, "content_layers": None, "content_weight": None,
         "total_variation_weight": None, "start": "content"}


@pytest.fixture(scope="module")
def network():
    return load_network("pocket")


@pytest.fixture
def make_engine(network):
    def make_engine(style="the_scream", size=48, **changes):
        style = style if style is None else load_image(style, size)
        arguments = {**PLAIN, "network": network, **changes}
        return LoopEngine(*loop_arguments(load_image("summer_palace", size), style, **arguments))

    return make_engine


@pytest.fixture
def make_figure(network, monkeypatch):
    figures = []
    monkeypatch.setattr(module, "FIRST_SECONDS", 1000)  # all first steps, on a slow machine, too

    def make_figure(style="the_scream", size=48, **changes):
        style = style if style is None else load_image(style, size)
        figures.append(live_loop(load_image("summer_palace", size), style, **{"network": network, **changes}))
        return figures[-1]

    yield make_figure
    for figure in figures:
        figure.close()


@pytest.fixture
def clock(monkeypatch):
    """A clock that goes only when it is told to: clock(seconds)."""
    now = [100.0]
    monkeypatch.setattr(loop_turns.time, "monotonic", lambda: now[0])
    return lambda seconds: now.__setitem__(0, now[0] + seconds)


@pytest.fixture
def quiet_turns(monkeypatch):
    """No loop of another test is at work."""
    monkeypatch.setattr(loop_turns, "_at_work", type(loop_turns._at_work)())
    monkeypatch.setattr(loop_turns, "_task", None)
    monkeypatch.setattr(loop_cells, "_of_cells", {})


def from_the_page(figure, **state):
    """What Jupyter does with new values from the page."""
    figure._handle_msg({"content": {"data": {"method": "update", "state": state}}})


def say(figure, do, **more):
    """What Jupyter does with a message of the page."""
    figure._handle_msg({"content": {"data": {"method": "custom", "content": {"do": do, **more}}}, "buffers": []})


def paint(figure):
    say(figure, "painted", number=figure.shown["number"])


def by_numpy(network, image, content, style, settings, ratios):
    """All losses in float64, from the formulas as lesson 04 has them."""
    extract = feature_extractor(network, {**ratios["content_layers"], **ratios["style_layers"]})
    features, content, style = ({layer: np.float64(maps[0]) for layer, maps in extract(each).items()}
                                for each in (image, content, style))

    def mean(kind, loss):
        weights = {layer: ratios[kind][layer] for layer in settings[kind]}
        return sum(weight * loss(layer) for layer, weight in weights.items()) / sum(weights.values())

    def gram(maps):
        flat = maps.reshape(-1, maps.shape[-1])
        return flat.T @ flat / len(flat)

    def of_content(layer):
        return np.sum((features[layer] - content[layer]) ** 2) / np.sum(content[layer] ** 2)

    def of_style(layer):
        target = gram(style[layer])
        return np.sum((gram(features[layer]) - target) ** 2) / np.sum(target**2)

    pixels = np.float64(image)
    variation = np.mean(np.diff(pixels, axis=1) ** 2) + np.mean(np.diff(pixels, axis=2) ** 2)
    return {"content": settings["content_weight"] * mean("content_layers", of_content),
            "style": mean("style_layers", of_style),
            "total variation": settings["total_variation_weight"] * variation}


def test_losses_are_the_objectives_and_a_knob_changes_them_at_once_without_a_new_trace(make_engine, network):
    engine = make_engine(content_layers=LAYERS, style_layers={"block2_conv1": 1, "block4_conv1": 3}, start="noise")
    content, style = (load_image(name, 48) for name in ("summer_palace", "the_scream"))
    extract = feature_extractor(network, [*LAYERS, "block4_conv1"])
    totals = []
    for settings in ({}, {"content_weight": 3.0}, {"total_variation_weight": 0.0, "style_layers": ["block4_conv1"]},
                     {"content_layers": ["block2_conv1", "block3_conv1"], "total_variation_weight": 2.0}):
        engine.settle({**engine.settings, **settings})
        chosen = {kind: {layer: ratios[layer] for layer in engine.settings[kind]}
                  for kind, ratios in engine.ratios.items()}
        weights = Weights(chosen["content_layers"], chosen["style_layers"], engine.settings["content_weight"],
                          engine.settings["total_variation_weight"])
        asked = transfer_objective(extract, content, [Style(style)], weights)(engine.image)
        np.testing.assert_allclose([engine.losses[name] for name in asked], [float(loss) for loss in asked.values()],
                                   rtol=1e-4, atol=1e-9)
        expected = by_numpy(network, engine.image, content, style, engine.settings, engine.ratios)
        for name, loss in expected.items():
            assert engine.parts[name] == pytest.approx(loss, rel=1e-3, abs=1e-9), name
        assert engine.losses["total"] == pytest.approx(sum(expected.values()), rel=1e-3)
        totals.append(engine.losses["total"])
        engine.slice(0, 1)
    assert len({round(total, 6) for total in totals}) == 4
    engine.begin("content")
    engine.go_to(1 - content, 7)
    assert engine._losses_and_gradient.experimental_get_tracing_count() == 1


def test_a_layer_that_is_switched_on_counts_as_much_as_the_others_do_on_average(make_engine):
    ratios = make_engine(content_layers=LAYERS).ratios["content_layers"]
    assert ratios == {"block1_conv1": 0.25, "block2_conv1": 0.5, "block3_conv1": 0.75}
    assert set(make_engine().ratios["style_layers"].values()) == {0.2}


def test_where_no_layer_is_on_the_loss_is_zero(make_engine):
    engine = make_engine(start="noise")
    engine.settle({**engine.settings, "style_layers": [], "content_layers": []})
    assert engine.parts["content"] == engine.parts["style"] == 0 < engine.losses["total"]
    before = engine.losses["total"]
    engine.slice(9, 5)
    assert engine.losses["total"] < before


@pytest.mark.parametrize("style, start", [("the_scream", "content"), ("the_scream", "noise"), (None, "noise")])
def test_the_loss_falls(make_engine, style, start):
    engine = make_engine(style, size=64, start=start)
    before = engine.losses["total"]
    assert engine.slice(1000, 30) == 30 == engine.steps
    assert engine.losses["total"] < before / 3
    assert engine.image.shape == (1, 43, 64, 3) and engine.image.min() >= 0 and engine.image.max() <= 1
    assert ("style" in engine.parts) is bool(style) and engine.losses["out of range"] == 0


def test_the_way_goes_on_from_where_it_was_and_the_optimiser_forgets(make_engine):
    engine = make_engine()
    engine.slice(9, 3)
    picture, after = engine.image, []
    for _ in range(2):
        engine.go_to(picture, 3)
        engine.slice(9, 4)
        after.append(engine.image)
    np.testing.assert_allclose(*after, atol=1e-3)
    assert engine.steps == 7 and len(engine.curve()["heights"]) == 4 + 2 * 5
    engine.begin("noise")
    assert engine.steps == 0 and len(engine.curve()["heights"]) == 1 and engine.image.std() > 0.25


def test_a_hand_that_moves_and_moves_costs_one_evaluation(make_engine, monkeypatch):
    engine, evaluations = make_engine(), []
    engine.slice(9, 1)
    evaluate = engine._losses_and_gradient
    monkeypatch.setattr(engine, "_losses_and_gradient", lambda image: evaluations.append(1) or evaluate(image))
    for weight in (0.1, 0.2, 0.3):
        engine.settle({**engine.settings, "content_weight": weight})
    assert engine.losses and engine.parts and engine.curve() and len(evaluations) == 1
    engine.slice(9, 2)
    assert len(evaluations) == 3


def test_a_slice_takes_one_step_at_least_and_keeps_to_its_time(make_engine, monkeypatch):
    engine, now = make_engine(), [0.0]
    assert engine.losses
    monkeypatch.setattr(loop_engine.time, "perf_counter", lambda: now[0])
    monkeypatch.setattr(engine, "step", lambda: now.__setitem__(0, now[0] + 0.03))
    assert [engine.slice(seconds) for seconds in (0.0, 0.02, 0.1, 0.13)] == [1, 1, 3, 4]
    assert engine.slice(100, steps=5) == 5


def test_the_curve_holds_the_last_200_totals_and_marks_a_knob_once(make_engine):
    engine = make_engine()
    engine.history.clear()
    engine.history.extend([[value, False] for value in np.geomspace(1, 0.1, 150)])
    for weight in (0.1, 0.2, 0.3):  # a hand that moves and moves
        engine.settle({**engine.settings, "content_weight": weight})
    engine.slice(9, 2)
    curve = engine.curve()
    assert len(curve["heights"]) == 153 and curve["marks"] == [150]
    low, high = (float(end) for end in curve["ends"])
    assert low <= min(total for total, _ in engine.history) and 1 < high <= 2
    expected = np.log(np.array([total for total, _ in engine.history]) / low) / np.log(high / low)
    np.testing.assert_allclose(curve["heights"], expected, atol=1e-4)
    engine.history.extend([[0.5, False]] * 300)
    assert len(engine.curve()["heights"]) == 200 and engine.curve()["marks"] == []
    engine.history.extend([[0.0, False]] * 200)
    assert engine.curve()["heights"] == [0.0] * 200


class Page:
    """Counts what is sent, and paints it when it is told to."""

    def __init__(self, engine):
        self.pictures, self.loop = 0, Loop(engine, self.count)

    def count(self):
        self.pictures += 1


class Steps:
    """An engine that does nothing but count."""

    def __init__(self):
        self.steps, self.asked, self.error = 0, [], None

    def slice(self, seconds, steps):
        if self.error:
            raise self.error
        self.asked.append(steps)
        done = min(steps, 5)
        self.steps += done
        return done


@pytest.fixture
def page():
    page = Page(Steps())
    page.loop.start()
    page.loop.painted(1)
    return page


def test_no_second_picture_goes_before_the_first_was_painted(page, clock):
    loop = page.loop
    for _ in range(3):
        loop.turn(0.1)
        clock(0.1)
    assert page.pictures == 2 and loop.engine.steps == 15  # the one of the start, and one more
    loop.painted(2)
    loop.turn(0.1)
    assert page.pictures == 3
    loop.painted(99)  # no such picture
    assert loop.seen == 3


def test_what_is_shown_meanwhile_goes_out_as_soon_as_the_page_has_painted(page):
    loop = page.loop
    loop.show()
    loop.show()
    loop.show()
    assert page.pictures == 2 and loop.owed
    loop.painted(2)
    assert page.pictures == 3 and not loop.owed


def test_the_picture_after_a_knob_takes_a_single_step_and_goes_out_as_soon_as_it_may(page):
    loop = page.loop
    loop.turn(0.1)
    loop.show_soon()
    loop.turn(0.1)
    loop.turn(0.1)
    assert loop.engine.asked == [1000, 1, 1] and page.pictures == 2 and loop.owed
    loop.painted(2)
    assert page.pictures == 3
    loop.painted(3)
    loop.turn(0.1)
    assert loop.engine.asked[3:] == [993] and page.pictures == 4
    loop.end()
    loop.painted(4)
    loop.show_soon()  # where no step follows
    assert page.pictures == 5 and not loop.hurry


def test_the_loop_rests_where_nobody_looks_and_stops_after_20_seconds(page, clock):
    loop = page.loop
    loop.turn(0.1)
    worked = []
    for _ in range(60):
        clock(0.4)
        worked.append(loop.turn(0.1))
        if not loop.running:
            break
    assert sum(worked) == 2 and 19 < 0.4 * len(worked) < 21.5
    assert loop.message == "Stopped: for 20 seconds this figure was not on the screen." and loop.owed
    loop.start()
    loop.turn(0.1)
    assert loop.running and loop.message == ""


def test_a_page_that_comes_back_in_time_goes_on(page, clock):
    loop = page.loop
    loop.turn(0.1)
    for _ in range(40):
        clock(0.4)
        loop.turn(0.1)
    steps = loop.engine.steps
    loop.painted(loop.sent)
    assert loop.turn(0.1) and loop.engine.steps > steps and loop.running


def test_another_cell_that_runs_long_is_no_silence_of_the_page(page, clock):
    loop = page.loop
    loop.turn(0.1)
    clock(600)
    assert loop.turn(0.1) and loop.running


def test_it_stops_at_1000_steps(page):
    loop = page.loop
    while loop.running:
        loop.turn(0.1)
        loop.painted(loop.sent)
    assert loop.engine.steps == 1000 and loop.message == "1,000 steps are done. Start goes on."
    loop.start()
    loop.turn(0.1)
    assert loop.engine.steps == 1005


@pytest.mark.parametrize("error, message", [
    (KeyboardInterrupt(), "Stopped by an interrupt."),
    (FloatingPointError("the loss is not finite any more"), "Stopped: the loss is not finite any more"),
    (RuntimeError("out of memory"), "Stopped: out of memory")])
def test_it_stops_at_what_goes_wrong_and_says_so(page, error, message):
    page.loop.engine.error = error
    assert page.loop.turn(0.1) and not page.loop.running and page.loop.message == message


def test_a_loss_that_is_not_finite_ends_the_slice(make_engine):
    engine = make_engine()
    engine.settle({**engine.settings, "content_weight": np.inf})
    with pytest.raises(FloatingPointError, match="the loss is not finite any more"):
        engine.slice(1, 1)


def run_for(turns, *loops):
    """Start loops in an event loop of their own, paint what they send, and let the task take so many turns."""
    async def run():
        for loop in loops:
            loop.start()
        for _ in range(turns):
            await asyncio.sleep(0.001)
            for loop in loops:
                loop.painted(loop.sent)
        running = [loop.running for loop in loops]
        for loop in loops:
            loop.end()
        await asyncio.wait_for(loop_turns._task, 10)
        return running

    return asyncio.run(run())


def test_loops_take_turns_in_one_task_which_ends_with_them(quiet_turns):
    pages = [Page(Steps()) for _ in range(3)]
    assert run_for(50, *(page.loop for page in pages)) == [True] * 3
    steps = [page.loop.engine.steps for page in pages]
    assert min(steps) > 0 and max(steps) - min(steps) <= 5
    assert run_for(5, pages[0].loop) == [True]  # a new task, in a new event loop


def test_between_two_slices_the_event_loop_is_free(quiet_turns):
    page, heard = Page(Steps()), []

    async def run():
        page.loop.start()
        for _ in range(20):
            await asyncio.sleep(0)
            heard.append(page.loop.engine.steps)
        page.loop.end()

    asyncio.run(run())
    assert len(set(heard)) < 20  # several messages fit between two slices


def test_an_interrupt_between_cells_stops_all_loops_and_is_ignored_again_afterwards(quiet_turns, interrupts_arrive):
    pages = [Page(Steps()) for _ in range(2)]

    async def run():
        for page in pages:
            page.loop.start()
        await asyncio.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.wait_for(loop_turns._task, 10)

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a kernel between two cells
    try:
        asyncio.run(run())
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    assert [page.loop.message for page in pages] == ["Stopped by an interrupt."] * 2


def test_the_loop_of_a_figure_that_is_gone_does_not_go_on(quiet_turns, network):
    async def run():
        figures = [live_loop("summer_palace", "the_scream", network=network) for _ in range(2)]
        gone = [weakref.ref(figure) for figure in figures]
        for figure in figures:
            say(figure, "start")
        await asyncio.sleep(0.05)
        assert len(loop_turns._at_work) == 2
        figures.pop().close()
        assert len(loop_turns._at_work) == 1
        figures.pop().close()
        del figure
        await asyncio.wait_for(loop_turns._task, 10)
        gc.collect()
        assert [reference() for reference in gone] == [None, None]

    asyncio.run(run())


def test_a_loop_that_nobody_holds_vanishes_without_being_ended(quiet_turns):
    async def run():
        page = Page(Steps())
        page.loop.start()
        await asyncio.sleep(0.05)
        gone = weakref.ref(page)
        del page
        gc.collect()
        assert gone() is None
        await asyncio.wait_for(loop_turns._task, 10)

    asyncio.run(run())


def test_what_the_page_says_on_a_thread_of_its_own_is_done_where_the_loop_runs(quiet_turns, make_figure, monkeypatch):
    """JupyterLab has the kernel hear comm messages on the thread of a subshell, while cells and loops go on."""
    figure, heard = make_figure(), []
    paint(figure)
    move = figure._move
    figure.unobserve(move, ["settings", "start", "moved"])
    figure.observe(lambda change: heard.append(threading.current_thread()) or move(change), ["settings"])
    settings = {**figure.settings, "content_weight": 3.0}

    async def run():
        kernel = SimpleNamespace(io_loop=SimpleNamespace(asyncio_loop=asyncio.get_running_loop()))
        monkeypatch.setattr(loop_cells, "get_ipython", lambda: SimpleNamespace(kernel=kernel))
        subshell = threading.Thread(target=lambda: (from_the_page(figure, settings=settings), say(figure, "start")))
        subshell.start()
        subshell.join()
        assert heard == [] and not figure.loop.running  # nothing beside what runs now
        await asyncio.sleep(0.05)
        assert heard == [threading.main_thread()] and figure.loop.running
        assert loop_turns._task.get_loop() is asyncio.get_running_loop()
        figure.loop.end()
        await asyncio.wait_for(loop_turns._task, 10)

    asyncio.run(run())
    assert figure.settings == settings == figure.loop.engine.settings


def test_a_cell_that_is_run_again_ends_the_loops_that_it_made_before(quiet_turns, monkeypatch):
    class Shell:
        parent = {}

        def get_parent(self):
            return self.parent

    def run_cell(cell, execution):
        Shell.parent = {"metadata": {"cellId": cell} if cell else {}, "header": {"msg_id": execution}}
        loop = Loop(Steps(), lambda: None)
        loop.running = True
        loop_cells.end_older_of_this_cell(loop)
        return loop

    monkeypatch.setattr(loop_cells, "get_ipython", Shell)
    first, second, other, unknown = run_cell("a", 1), run_cell("a", 1), run_cell("b", 2), run_cell(None, 3)
    assert first.running and second.running  # two figures of one run
    third = run_cell("a", 4)
    assert [loop.running for loop in (first, second, third, other, unknown)] == [False, False, True, True, True]
    monkeypatch.setattr(loop_cells, "get_ipython", lambda: None)
    loop_cells.end_older_of_this_cell(first)


def test_a_knob_of_the_page_changes_the_numbers_and_says_which_it_was(make_figure):
    figure = make_figure()
    assert figure.shown["answered"] == 0 and figure.shown["steps"] == 20 and not figure.shown["running"]
    paint(figure)
    from_the_page(figure, settings={**figure.settings, "content_weight": 2.0}, moved=1)
    engine = figure.loop.engine
    assert figure.shown["answered"] == 1 and figure.shown["total"] == number(engine.losses["total"])
    assert figure.shown["parts"][0][:2] == ["content", number(engine.losses["content"])]
    assert sum(share for *_, share in figure.shown["parts"]) == pytest.approx(100)
    assert figure.shown["marks"] == [21]
    shown = figure.shown["number"]
    from_the_page(figure, settings={**figure.settings, "content_weight": 1.0}, moved=2)
    from_the_page(figure, settings={**figure.settings, "style_layers": ["block1_conv1"]}, moved=3)
    assert figure.shown["number"] == shown  # not painted as yet
    paint(figure)
    assert figure.shown["answered"] == 3 and figure.shown["number"] == shown + 1
    paint(figure)
    from_the_page(figure, settings=figure.settings, moved=4)  # back where it was, within one message
    assert figure.shown["answered"] == 4
    picture = Image.open(io.BytesIO(figure.shown["picture"]))
    assert picture.format == "JPEG" and picture.size == (48, 32)


def test_start_and_stop_and_the_first_picture_after_a_knob(make_figure):
    figure = make_figure()
    paint(figure)
    say(figure, "start")
    assert figure.shown["running"] and figure.shown["steps"] == 20
    paint(figure)
    from_the_page(figure, settings={**figure.settings, "content_weight": 2.0}, moved=1)
    assert figure.shown["answered"] == 0  # that picture comes with the next step
    figure.loop.turn(0.05)
    assert figure.shown["answered"] == 1 and figure.shown["steps"] == 21
    paint(figure)
    say(figure, "stop")
    assert not figure.shown["running"] and figure.shown["steps"] == 21


def test_a_picture_is_kept_with_its_settings_and_gone_back_to(make_figure):
    figure = make_figure()
    paint(figure)
    picture, settings, total = figure.image, figure.settings, figure.loop.engine.losses["total"]
    say(figure, "keep")
    [[thumbnail, lines, whole]] = figure.kept
    assert Image.open(io.BytesIO(thumbnail)).format == "JPEG"
    assert lines == [f"step 20: total {number(total)}", "content weight 0.02", "total variation weight 0.1",
                     "content: block4_conv2", "style: 5 of 5 layers"]
    assert whole.endswith(f"content layers block4_conv2; style layers {', '.join(STYLE_LAYERS)}")
    from_the_page(figure, settings={**settings, "content_weight": 2.0, "style_layers": []}, moved=1)
    figure.loop.engine.slice(9, 5)
    assert not np.array_equal(figure.image, picture)
    say(figure, "take", which=0)
    paint(figure)
    assert np.array_equal(figure.image, picture) and figure.settings == settings and figure.shown["steps"] == 20
    assert figure.loop.engine.losses["total"] == pytest.approx(total, rel=1e-5)
    say(figure, "take", which=7)  # of an older page
    for _ in range(9):
        say(figure, "keep")
    assert len(figure.kept) == len(figure.stock) == 8


def test_back_to_the_beginning_and_another_start(make_figure):
    figure = make_figure()
    paint(figure)
    say(figure, "back")
    assert figure.shown["steps"] == 0 and len(figure.shown["heights"]) == 1
    np.testing.assert_array_equal(figure.image, figure.loop.engine.given["content image"])
    paint(figure)
    from_the_page(figure, start="noise", moved=1)
    assert figure.shown["steps"] == 0 and figure.shown["answered"] == 1 and figure.image.std() > 0.25


def test_a_figure_that_is_taken_from_the_page_stops(make_figure):
    figure = make_figure()
    say(figure, "gone")
    assert figure.loop.message == ""
    say(figure, "start")
    say(figure, "gone")
    paint(figure)
    assert not figure.shown["running"] and figure.shown["message"] == "Stopped: the figure was taken from the page."


def test_without_a_style_image_there_is_the_content_loss_alone(make_figure):
    figure = make_figure(None, content_layers={"block1_conv1": 1, "block3_conv1": 0}, start="noise")
    assert figure.layers == {"content_layers": ["block1_conv1", "block3_conv1"], "style_layers": []}
    assert list(figure.stops) == ["total_variation_weight"]
    assert [name for name, _ in figure.originals] == ["content image"]
    assert [name for name, *_ in figure.shown["parts"]] == ["content", "total variation"]
    assert figure.settings["content_layers"] == ["block1_conv1"] and figure.settings["content_weight"] == 1
    assert figure.describe().startswith("A picture rebuilt from features, 20 steps from noise; total variation weight "
                                        "0; content layers block1_conv1. Total loss ")
    assert words(figure.settings, figure.layers)[0] == ["total variation weight 0", "content: block1_conv1"]


def test_sliders_have_0_at_their_left_end_and_the_given_weight_on_them(make_figure):
    stops = make_figure(content_weight=0.0123, total_variation_weight=20).stops
    for name, given in {"content_weight": 0.0123, "total_variation_weight": 20}.items():
        assert stops[name][:2] == [0, 0.0001] and given in stops[name] and stops[name] == sorted(set(stops[name]))
    assert 0.02 in module.STOPS and 0.1 in module.STOPS and module.STOPS[-1] == 10
    ratios = np.divide(module.STOPS[2:], module.STOPS[1:-1])
    assert ratios.min() > 1.2 and ratios.max() < 1.32


@pytest.mark.parametrize("style, start", [("the_scream", "content"), (None, "noise")])
def test_the_picture_beside_the_live_figure_is_what_it_shows(make_figure, style, start):
    figure = make_figure(style, size=192, start=start)
    data, metadata = figure._repr_mimebundle_()
    assert data[VIEW]["model_id"] == figure.model_id and len(data["image/jpeg"]) < 60_000
    assert Image.open(io.BytesIO(base64.b64decode(data["image/jpeg"]))).format == "JPEG"
    assert metadata["image/jpeg"] == {"alt": figure.describe()} and data["text/plain"] == figure.describe()
    drawn = figure.draw()
    titles = ["content image", "style image", "after 20 steps"]
    assert [axis.get_title() for axis in drawn.axes] == [title for title in titles if style or title != "style image"]
    np.testing.assert_array_equal(drawn.axes[-1].images[0].get_array(), figure.image[0])
    assert "Where this notebook runs, the loop goes on while weights and layers are moved." in figure.describe()
    assert f"total loss {number(figure.loop.engine.losses['total'])}" in drawn.get_supxlabel()


def test_names_are_taken_small_and_pictures_that_are_too_large_are_refused(network):
    content, style, *_ = loop_arguments("summer_palace", "the_scream", **{**PLAIN, "network": network})
    assert content.shape == (1, 128, 192, 3) and max(style.shape) == 192
    with pytest.raises(ValueError, match="content_image has 172x257 pixels; .*, so it takes 256 on the longer side"):
        live_loop(np.zeros((1, 172, 257, 3)))
    with pytest.raises(ValueError, match="style_image has 300x300 pixels"):
        live_loop("chelsea", np.zeros((1, 300, 300, 3)))


@pytest.mark.parametrize("change, message", [
    ({"content_image": "no_such"}, "no_such"), ({"content_image": np.zeros((1, 4, 4, 3))}, "too small with 4x4 pixels"),
    ({"content_image": np.full((1, 64, 64, 3), np.nan)}, "content_image"), ({"style_image": 7}, "style_image"),
    ({"network": "vgg17"}, "There is no network 'vgg17'"), ({"network": 3}, "There is no network '3'"),
    ({"style_layers": "block9_conv1"}, "has no layer 'block9_conv1'"),
    ({"content_layers": {"block1_conv1": 0}}, "content_layers has the weights"),
    ({"style_layers": 5}, "style_layers is 5; give names of layers"),
    ({"content_weight": -1}, "content_weight is -1; give a number of 0 or more"),
    ({"total_variation_weight": "much"}, "total_variation_weight is 'much'"),
    ({"start": "painting"}, 'start is \'painting\'; give "content" or "noise"')])
def test_bad_arguments_are_refused_in_a_sentence(change, message):
    with pytest.raises(ValueError, match=message) as refused:
        live_loop(**{"content_image": "chelsea", "style_image": "the_scream", **change})
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("change, message", [
    ({"style_layers": ["block3_conv2"]}, "style_layers has 'block3_conv2'; this figure offers block1_conv1, "),
    ({"content_weight": -1}, "content_weight is -1"),
    ({"size": 3}, "settings has the names .*; it needs content_layers")])
def test_settings_can_be_set_but_not_to_anything(make_figure, change, message):
    figure = make_figure()
    paint(figure)
    before, total = figure.settings, figure.shown["total"]
    with pytest.raises(ValueError, match=message):
        figure.settings = {**before, **change}
    assert figure.settings == before and figure.shown["total"] == total
    figure.settings = {**before, "content_weight": 1.5}  # by the learner
    assert figure.shown["total"] != total

"""Coarse to fine: which sizes, how many steps, and that the stages make one run."""

import signal

from nst_helpers.images import load_image, resize_image
from nst_helpers.optimize.minimizer import minimize
from nst_helpers.optimize.multiscale import minimize_in_stages, stage_sizes, stage_steps, with_margin, without_margin
from nst_helpers.transfer import stylize

import numpy as np
import pytest
import tensorflow as tf


@pytest.mark.parametrize("size, expected", [
    ((171, 256), [(171, 256)]),
    ((341, 511), [(341, 511)]),
    ((340, 512), [(170, 256), (340, 512)]),
    ((1024, 683), [(256, 171), (512, 342), (1024, 683)]),
    ((128, 600), [(64, 300), (128, 600)]),
    ((200, 1100), [(100, 550), (200, 1100)]),
    ((20, 4096), [(20, 4096)]),  # at half the size nothing would be left for the deep layers
])
def test_sizes_are_halves_down_to_256(size, expected):
    assert stage_sizes(*size) == expected


@pytest.mark.parametrize("steps", [2, 3, 4, 7, 150, 1000])
@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_steps_are_shared_out_and_none_is_lost(steps, count):
    if steps >= count:
        plan = stage_steps(steps, count)
        assert sum(plan) == steps and len(plan) == count and min(plan) >= 1
        assert steps < 20 or plan == sorted(plan, reverse=True), "small pictures are cheap: most steps are theirs"


def bowl(target):
    return lambda image: {"distance": tf.reduce_mean((image - target) ** 2)}


def picture(size, seed):
    return resize_image(np.random.default_rng(seed).random((1, 6, 9, 3), "float32"), size)


def test_stages_are_one_after_another_what_minimize_does():
    sizes, target = [(12, 18), (24, 36)], picture((24, 36), 1)
    objectives = [bowl(resize_image(target, sizes[0])), bowl(target)]
    start, seen = picture(sizes[0], 2), []
    result = minimize_in_stages(objectives, sizes, start, "gradient descent", 8,
                                lambda step, loss, image: seen.append((step, image.shape[1])))
    small = minimize(objectives[0], start, "gradient descent", 5)
    large = minimize(objectives[1], resize_image(np.clip(small.image, 0, 1), sizes[1]), "gradient descent", 3)
    np.testing.assert_array_equal(result.image, large.image)
    expected = np.concatenate([small.losses["total"], large.losses["total"]])
    np.testing.assert_allclose(result.losses["total"], expected, rtol=1e-6)
    assert result.steps == 8 and result.stages == [small.evaluations, large.evaluations]
    assert result.evaluations == len(expected) and not result.cut_short and 0 < result.seconds < 60
    assert seen == [(step, 12 if step <= 5 else 24) for step in range(1, 9)]


def test_a_margin_is_painted_and_cut_off():
    """The margin takes part in every loss, is mirrored anew at each size, and nobody sees it."""
    sizes, margin, shapes = [(12, 18), (24, 36)], 3, []

    def objective(image):
        shapes.append(tuple(image.shape))
        return {"distance": tf.reduce_mean((image - 0.25) ** 2)}

    start, seen = picture((12, 18), 2), []
    result = minimize_in_stages([objective] * 2, sizes, start, "gradient descent", 4,
                                lambda step, loss, image: seen.append(image.shape), margin=margin)
    assert set(shapes) == {(1, 18, 24, 3), (1, 30, 42, 3)}
    assert result.image.shape == (1, 24, 36, 3) and set(seen) == {(1, 12, 18, 3), (1, 24, 36, 3)}
    first = np.mean((with_margin(start, margin) - 0.25) ** 2)
    np.testing.assert_allclose(result.losses["total"][0], first, rtol=1e-5)


def test_with_margin_mirrors_and_without_takes_it_off():
    image = picture((8, 9), 5)
    wide = with_margin(image, 2)
    np.testing.assert_array_equal(wide[0, :3, 2], image[0, 2::-1, 0])
    np.testing.assert_array_equal(without_margin(wide, 2), image)
    np.testing.assert_array_equal(without_margin(image, 0), image)


def test_the_printed_loss_is_that_of_the_picture_at_its_own_size():
    easy, hard = bowl(np.float32(0.5)), lambda image: {"distance": 1 + tf.reduce_mean(image**2)}
    result = minimize_in_stages([easy, hard], [(8, 8), (16, 16)], np.full((1, 8, 8, 3), 0.5, "float32"), "L-BFGS", 10)
    assert result.losses["total"].min() < 0.01
    assert "total 1" in repr(result)


def test_an_interrupt_at_the_small_size_gives_the_whole_picture():
    def interrupt(step, *_):
        if step == 2:
            raise KeyboardInterrupt

    objectives = [bowl(picture(size, 1)) for size in ((12, 18), (24, 36))]
    start, sizes = picture((12, 18), 2), [(12, 18), (24, 36)]
    result = minimize_in_stages(objectives, sizes, start, "gradient descent", 40, interrupt)
    assert result.image.shape == (1, 24, 36, 3) and result.cut_short and result.message == "interrupted"
    assert result.steps <= 2 and len(result.stages) == 1
    assert "interrupted" in repr(result)


@pytest.fixture
def interrupts():
    """SIGINT does what it does in a terminal, also where the tests run in the background, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interrupts")
def test_an_interrupt_while_a_picture_is_enlarged_keeps_the_losses_of_the_small_one(monkeypatch):
    def enlarge(image, size):
        signal.raise_signal(signal.SIGINT)
        return resize_image(image, size)

    monkeypatch.setattr("nst_helpers.optimize.multiscale.resize_image", enlarge)
    objectives = [bowl(picture(size, 1)) for size in ((12, 18), (24, 36))]
    result = minimize_in_stages(objectives, [(12, 18), (24, 36)], picture((12, 18), 2), "gradient descent", 40)
    assert result.image.shape == (1, 24, 36, 3) and result.message == "interrupted"
    assert result.stages == [len(result.losses["total"])] and list(result.losses) == ["total", "distance"]


@pytest.mark.usefixtures("interrupts")
def test_an_interrupt_before_anything_is_evaluated_gives_the_start_enlarged(monkeypatch):
    start, sizes = picture((12, 18), 2), [(12, 18), (24, 36)]
    real = with_margin

    def interrupt(image, margin):
        signal.raise_signal(signal.SIGINT)
        return real(image, margin)

    monkeypatch.setattr("nst_helpers.optimize.multiscale.with_margin", interrupt)
    result = minimize_in_stages([bowl(picture(size, 1)) for size in sizes], sizes, start, "gradient descent", 40)
    np.testing.assert_array_equal(result.image, resize_image(start, (24, 36)))
    assert (result.evaluations, result.steps, result.message) == (0, 0, "interrupted")


@pytest.mark.parametrize("at, stages", [(25, 2), (35, 3)])
def test_the_last_stage_says_how_the_run_ended(at, stages):
    def interrupt(step, *_):
        if step == at:
            raise KeyboardInterrupt

    sizes = [(12, 18), (24, 36), (24, 18)]  # two of them share a side: neither is taken for another
    objectives = [bowl(picture(size, 1)) for size in sizes]
    result = minimize_in_stages(objectives, sizes, picture((12, 18), 2), "gradient descent", 40, interrupt)
    assert result.image.shape == (1, 24, 18, 3) and len(result.stages) == stages
    assert result.cut_short and result.message == "interrupted"


def test_as_many_objectives_as_sizes():
    with pytest.raises(ValueError, match="argument 2 is longer"):
        minimize_in_stages([bowl(picture((12, 18), 1))], [(12, 18), (24, 36)], picture((12, 18), 2), "L-BFGS", 4)


def test_more_stages_than_steps_is_one_stage():
    objectives = [bowl(picture(size, 1)) for size in ((12, 18), (24, 36))]
    result = minimize_in_stages(objectives, [(12, 18), (24, 36)], picture((12, 18), 2), "gradient descent", 1)
    assert result.image.shape == (1, 24, 36, 3) and result.steps == 1


def test_stylize_goes_up_in_size_by_itself(random_pocket):
    quick = {"network": random_pocket, "size": 512, "steps": 3, "progress": False, "content_layers": "block1_conv1",
             "style_layers": "block1_conv1"}
    masks = ["coffee_cup", 1 - load_image("coffee", 64)[..., :1]]
    result = stylize("coffee", "poppies", **quick)
    assert result.image.shape == (1, 341, 512, 3) and len(result.stages) == 2
    assert len(stylize("coffee", "poppies", coarse_to_fine=False, **quick).stages) < 2
    assert len(stylize("coffee", "poppies", start=result.image, **quick).stages) < 2, "a picture to go on from stays"
    with pytest.raises(ValueError, match="overlap|uncovered"):
        stylize("coffee", ["poppies", None], masks=masks, **quick)

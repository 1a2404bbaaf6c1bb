"""Lesson 05: what its cells define is right, against NumPy, TensorFlow, cases computed by hand, and the module.

What may go here: the functions of notebooks/05_total_variation.ipynb.
"""

from nst_helpers import losses  # before TensorFlow, to keep it quiet
from nst_helpers.optimize.minimizer import minimize

import numpy as np
import pytest
import tensorflow as tf
from test_lessons_match_module import functions_of, lesson

NOTEBOOK = lesson("05_total_variation")
rng = np.random.default_rng(0)
IMAGE = rng.random((1, 7, 9, 3))  # in float64


@pytest.fixture(scope="module")
def inline():
    """The functions of the lesson, without running its cells."""
    names = [
        "differences", "total_variation", "absolute_variation", "general_variation", "safe_variation", "gradient_of",
        "summed_variation", "wrong_variation", "spectrum", "fine_share", "denoise", "average_style_loss",
        "make_objective", "check_by_hand", "check_weight",
    ]
    given = {"CONTENT_LAYER": "deep", "STYLE_LAYERS": ["shallow"], "CONTENT_WEIGHT": 0.1}
    module = {name: getattr(losses, name) for name in ("content_loss", "gram_matrix", "out_of_range", "style_loss")}
    return functions_of(NOTEBOOK, *names, np=np, tf=tf, minimize=minimize, **given, **module)


def test_differences_point_down_and_to_the_right(inline):
    down, right = inline.differences(IMAGE)
    np.testing.assert_allclose(down, np.diff(IMAGE, axis=1))
    np.testing.assert_allclose(right, np.diff(IMAGE, axis=2))


def test_the_forms_against_tensorflow_and_numpy(inline):
    down, right = np.diff(IMAGE, axis=1), np.diff(IMAGE, axis=2)
    np.testing.assert_allclose(inline.absolute_variation(IMAGE), np.mean(np.abs(down)) + np.mean(np.abs(right)))
    np.testing.assert_allclose(inline.summed_variation(IMAGE), np.sum(down**2) + np.sum(right**2))
    stripes = np.tile(rng.random((1, 7, 1, 3)), (1, 1, 9, 1))  # all differences point downwards, so all count alike
    expected = tf.image.total_variation(tf.constant(stripes))[0] / (6 * 9 * 3)
    np.testing.assert_allclose(inline.absolute_variation(stripes), expected)
    np.testing.assert_allclose(inline.general_variation(stripes, 1), expected)


@pytest.mark.parametrize("beta", [1, 2, 2.5])
def test_the_general_form_letter_by_letter(inline, beta):
    x = IMAGE[0]
    lengths = [((x[i + 1, j, c] - x[i, j, c]) ** 2 + (x[i, j + 1, c] - x[i, j, c]) ** 2) ** 0.5
               for i in range(6) for j in range(8) for c in range(3)]
    np.testing.assert_allclose(inline.general_variation(IMAGE, beta), np.mean(np.power(lengths, beta)))


@pytest.mark.parametrize("name", ["total_variation", "absolute_variation", "safe_variation", "summed_variation"])
def test_the_gradients(inline, check_gradient, name):
    check_gradient(getattr(inline, name), IMAGE)


def test_the_gradient_helper(inline):
    np.testing.assert_allclose(inline.gradient_of(lambda image: tf.reduce_sum(image**3), IMAGE), 3 * IMAGE**2)


def test_what_goes_wrong_does_go_wrong(inline):
    upright = np.tile(rng.random((1, 1, 9, 3)), (1, 7, 1, 1))  # stripes from top to bottom
    assert inline.wrong_variation(tf.constant(upright, tf.float32)) == 0 < inline.total_variation(upright)
    flat = np.full((1, 4, 4, 1), 0.5)
    assert np.isnan(inline.gradient_of(lambda image: inline.general_variation(image, 1), flat)).any()
    assert np.all(inline.gradient_of(inline.safe_variation, flat) == 0)


@pytest.mark.parametrize("across, down", [(8, 0), (0, 4), (6, 8)])
def test_the_spectrum_peaks_at_the_frequency_of_a_wave(inline, across, down):
    y, x = np.indices((48, 48)) / 48
    wave = 0.5 + 0.3 * np.cos(2 * np.pi * (across * x + down * y))
    frequencies, powers = inline.spectrum(np.stack([wave] * 3, axis=-1)[np.newaxis])
    assert len(frequencies) == len(powers) == 24
    assert abs(frequencies[np.argmax(powers)] - np.hypot(across, down) / 48) <= frequencies[1] - frequencies[0]


def test_the_share_of_fine_waves(inline):
    board = np.indices((8, 8)).sum(0) % 2.0
    slow = np.tile(np.cos(2 * np.pi * np.arange(8) / 8), (8, 1))
    pictures = {"board": board, "slow": slow, "both": 2 * board + slow}  # equal power: squares of 1 and 1/√2, halved
    shares = {name: inline.fine_share(np.stack([p] * 3, axis=-1)[np.newaxis]) for name, p in pictures.items()}
    fine, coarse = np.var(2 * board), np.var(slow)
    np.testing.assert_allclose(list(shares.values()), [1, 0, fine / (fine + coarse)], atol=1e-12)


def test_denoising_by_squares_solves_its_linear_equations(inline):
    noisy, weight = rng.random((1, 3, 4, 1)), 0.7
    operator = np.stack([inline.gradient_of(inline.total_variation, unit.reshape(noisy.shape)).ravel()
                         for unit in np.eye(12)], axis=1)  # the gradient is linear in the picture
    exact = np.linalg.solve(2 * np.eye(12) / 12 + weight * operator, 2 * noisy.ravel() / 12)
    found = inline.denoise(noisy, inline.total_variation, weight, steps=60)
    np.testing.assert_allclose(found.ravel(), exact, atol=1e-5)


def test_the_objective_adds_up_what_it_says(inline):
    content, style, image = (tf.constant(array) for array in rng.random((3, 1, 6, 6, 3)) * 1.5 - 0.2)

    def extract(picture):
        return {"deep": picture * 2 + 1, "shallow": picture + 1}

    objective = inline.make_objective(content, style, 3.0, losses.total_variation, extract, 5.0)
    grams = [losses.gram_matrix(picture + 1) for picture in (image, style)]
    expected = {
        "content": 0.1 * losses.content_loss(image * 2 + 1, content * 2 + 1), "style": losses.style_loss(*grams),
        "total variation": 3 * losses.total_variation(image), "out of range": 5 * losses.out_of_range(image),
    }
    found = objective(image)
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, err_msg=name)


def test_the_answers_of_the_tasks(inline):
    by_hand = inline.total_variation(np.array([[0.5, 0.5], [0.5, 0.9]]).reshape(1, 2, 2, 1))
    assert inline.check_by_hand(float(by_hand)).startswith("This is right")
    theirs = 1e-11 * inline.summed_variation(255 * (image := rng.random((1, 256, 256, 3))))
    weight = float(theirs / inline.total_variation(image))
    assert inline.check_weight(weight).startswith("This is right")

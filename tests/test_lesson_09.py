"""Lesson 09: what its cells define is right, against NumPy and SciPy in float64.

What may go here: the functions of notebooks/09_style_is_a_distribution.ipynb. The module's losses are tested in
test_style_losses.py, the exercises by test_your_turn.py.
"""

from nst_helpers.style_losses.by_moments import BLUR  # before TensorFlow, to keep it quiet

import numpy as np
import pytest
import scipy.linalg
import scipy.stats
import tensorflow as tf
from test_lessons_match_module import functions_of, lesson
from test_style_losses import REFERENCES

NOTEBOOK = lesson("09_style_is_a_distribution")
DISTANCES = ["gram_distance", "moments_distance", "central_moments_distance", "gaussian_distance", "histogram_distance",
             "sliced_distance", "nearest_distance"]
HELPERS = ["relative", "central_moments", "root", "mean_and_covariance", "draw_directions"]
INLINE = functions_of(NOTEBOOK, *DISTANCES, *HELPERS, "mmd_squared", "self_similarity", "self_similarity_loss",
                      "map_to", "gram_of", "covariance_of", np=np, tf=tf, scipy=scipy)
POINTS, TARGET = (np.abs(np.random.default_rng(seed).normal(size=(70, 5))) * [1, 2, 0.5, 3, 1] for seed in (8, 9))
TARGET = TARGET * [2, 1, 1, 0.3, 1] + [0, 0.5, 0, 0, 1]


def numpy_gram(x, y):
    g, a = (z.T @ z / len(z) for z in (x, y))
    return np.sum((g - a) ** 2) / np.sum(a**2)


@pytest.mark.parametrize("name", DISTANCES)
def test_each_distance_equals_its_reference(name):
    reference = {**REFERENCES, "gram": numpy_gram}[name.removesuffix("_distance")]
    # The module blurs its Gaussians a little, the lesson does not.
    allowed = 3 * BLUR if name == "gaussian_distance" else 1e-6
    distance = getattr(INLINE, name)
    assert float(distance(POINTS, TARGET)) == pytest.approx(reference(POINTS, TARGET), rel=allowed)
    shuffled = np.random.default_rng(1).permutation(TARGET)
    assert float(distance(shuffled, TARGET)) == pytest.approx(0, abs=1e-7)
    silence = 0.25 if name == "central_moments_distance" else 1e-6  # odd orders against absolute moments
    assert float(distance(np.zeros_like(TARGET), TARGET)) == pytest.approx(1, abs=silence)


def test_mean_discrepancies_by_the_definition_with_loops():
    x, y = POINTS[:4], TARGET[:3]
    for kernel in (np.square, np.exp, lambda product: product):
        pairs = [np.mean([[kernel(a @ b) for b in two] for a in one]) for one, two in ((x, x), (y, y), (x, y))]
        assert INLINE.mmd_squared(x, y, kernel) == pytest.approx(pairs[0] + pairs[1] - 2 * pairs[2])


def test_a_cloud_is_given_the_moments_that_are_wanted():
    for factor in (INLINE.gram_of, INLINE.covariance_of):
        wanted = factor(TARGET[:, :2])
        np.testing.assert_allclose(factor(INLINE.map_to(POINTS[:, :2], factor, wanted)), wanted)


def test_self_similarity_by_loops_and_blind_to_length():
    expected = np.array([[1 - a @ b / np.linalg.norm(a) / np.linalg.norm(b) for b in POINTS] for a in POINTS])
    expected /= expected.sum(1, keepdims=True)
    np.testing.assert_allclose(INLINE.self_similarity(POINTS), expected, atol=1e-9)
    lit = POINTS * np.linspace(0.2, 3, len(POINTS))[:, None]
    assert float(INLINE.self_similarity_loss(lit, POINTS)) == pytest.approx(0, abs=1e-6)
    loss = float(INLINE.self_similarity_loss(TARGET, POINTS))
    by_hand = np.abs(INLINE.self_similarity(TARGET) - expected).sum() / len(POINTS)
    assert loss == pytest.approx(by_hand, rel=1e-6)

"""Lesson 10: its judges against NumPy and SciPy in float64, its scores against the module, and what its text cites.

What may go here: the functions of notebooks/10_is_it_better.ipynb. Votes are tested by test_votes.py, its exercises by
test_your_turn.py.
"""

import itertools
import re

from nst_helpers.images import load_image  # before TensorFlow, to keep it quiet
from nst_helpers.losses import gram_matrix, style_loss
from nst_helpers.networks import feature_extractor, load_network
from nst_helpers.votes import bradley_terry, count_wins, load_pairs

import numpy as np
import pytest
import scipy.linalg
import scipy.optimize
from scipy.special import expit, log_expit
from scipy.stats import wasserstein_distance
import tensorflow as tf
from test_lessons_match_module import cells_of, functions_of, lesson

NOTEBOOK = lesson("10_is_it_better")
RNG = np.random.default_rng(0)
JUDGES = functions_of(NOTEBOOK, "gram_distance", "cloud", "sliced", "frechet", "gaussian", "structure", "dominates",
                      np=np, tf=tf, gram_matrix=gram_matrix, style_loss=style_loss)
POINTS, TARGET = RNG.gamma(2, size=(2, 50, 6)) * [[[1]], [[1.5]]]


def test_the_gram_distance_is_the_mean_of_the_layers():
    own, target = ({name: RNG.random((1, 4, 5, 3)) for name in "ab"} for _ in range(2))
    expected = []
    for name in "ab":
        G, A = (np.einsum("bhwi,bhwj->ij", maps[name], maps[name]) / 20 for maps in (own, target))
        expected.append(np.sum((G - A) ** 2) / np.sum(A**2))
    np.testing.assert_allclose(JUDGES.gram_distance(own, target), np.mean(expected), rtol=1e-6)
    assert JUDGES.gram_distance(target, target) == 0
    nothing = {name: np.zeros((1, 4, 5, 3)) for name in "ab"}
    np.testing.assert_allclose(JUDGES.gram_distance(nothing, target), 1)


def test_the_cloud_has_a_point_for_each_position():
    maps = RNG.random((1, 3, 5, 64), "float32")
    points = JUDGES.cloud({"block3_conv2": tf.constant(maps)})
    assert points.shape == (15, 64) and points.dtype == "float64"
    np.testing.assert_array_equal(points[7], maps[0, 1, 2])


def test_the_sliced_distance_is_the_best_assignment_along_each_direction():
    directions = np.random.default_rng(0).normal(size=(6, 64))
    directions /= np.linalg.norm(directions, axis=0)
    ways, sizes = [], []
    for direction in directions.T:
        f, g = POINTS @ direction, TARGET @ direction
        costs = (f[:, None] - g) ** 2
        ways.append(costs[scipy.optimize.linear_sum_assignment(costs)].mean())
        sizes.append(np.mean(g**2))
    np.testing.assert_allclose(JUDGES.sliced(POINTS, TARGET), np.mean(ways) / np.mean(sizes), rtol=1e-10)
    assert JUDGES.sliced(RNG.permutation(TARGET), TARGET) < 1e-20
    np.testing.assert_allclose(JUDGES.sliced(0 * TARGET, TARGET), 1)


def test_the_sliced_distance_takes_clouds_of_other_sizes():
    twice = JUDGES.sliced(np.repeat(POINTS, 2, axis=0), TARGET)
    np.testing.assert_allclose(twice, JUDGES.sliced(POINTS, TARGET), rtol=1e-10)
    few, many = RNG.random((300, 1)), RNG.random((1000, 1)) + 1
    shift = wasserstein_distance(few[:, 0], many[:, 0])  # about 1: its square is what is measured
    np.testing.assert_allclose(JUDGES.sliced(few, many) * np.mean(many**2), shift**2, rtol=0.05)


def test_the_gaussian_distance_against_matrix_roots_in_float64():
    means, covariances = zip(*((x.mean(0), np.cov(x.T, bias=True)) for x in (POINTS, TARGET)))
    root = scipy.linalg.sqrtm(covariances[0] @ covariances[1]).real
    expected = np.sum((means[0] - means[1]) ** 2) + np.trace(covariances[0] + covariances[1] - 2 * root)
    np.testing.assert_allclose(JUDGES.frechet(means[0], covariances[0], means[1], covariances[1]), expected)
    np.testing.assert_allclose(JUDGES.gaussian(POINTS, TARGET), expected / np.mean(np.sum(TARGET**2, axis=1)))
    assert abs(JUDGES.gaussian(TARGET, TARGET)) < 1e-10
    np.testing.assert_allclose(JUDGES.gaussian(0 * TARGET, TARGET), 1)


def test_the_gaussian_distance_stands_flat_clouds():
    flat = POINTS * [1, 1, 0, 0, 0, 1]
    assert np.isfinite(JUDGES.gaussian(flat, TARGET)) and abs(JUDGES.gaussian(flat, flat)) < 1e-7


def test_structure_against_a_loop_over_windows():
    images = RNG.random((2, 1, 14, 13, 3), "float32")
    images[1] = 0.6 * images[0] + 0.4 * images[1]
    bell = np.exp(-(np.arange(-5, 6) ** 2) / 4.5)
    window = np.outer(bell, bell) / bell.sum() ** 2
    x, y = (np.float64(image[0]) @ [0.2989, 0.587, 0.114] for image in images)
    values = []
    for row, column in itertools.product(range(4), range(3)):
        a, b = (each[row : row + 11, column : column + 11] for each in (x, y))
        mean_a, mean_b = np.sum(window * a), np.sum(window * b)
        cov = np.sum(window * (a - mean_a) * (b - mean_b))
        var_a, var_b = np.sum(window * (a - mean_a) ** 2), np.sum(window * (b - mean_b) ** 2)
        values.append((2 * mean_a * mean_b + 1e-4) * (2 * cov + 9e-4)
                      / ((mean_a**2 + mean_b**2 + 1e-4) * (var_a + var_b + 9e-4)))
    np.testing.assert_allclose(JUDGES.structure(*images), np.mean(values), atol=1e-3)
    assert JUDGES.structure(images[0], images[0]) == pytest.approx(1, abs=1e-6)


def test_domination():
    assert JUDGES.dominates((1, 5), (2, 4)) and JUDGES.dominates((1, 5), (1, 4)) and JUDGES.dominates((1, 5), (2, 5))
    assert not JUDGES.dominates((1, 5), (1, 5)) and not JUDGES.dominates((1, 5), (0.5, 4))
    assert not JUDGES.dominates((2, 5), (1, 6)) and not JUDGES.dominates((2, 4), (1, 5))


def test_the_scores_are_the_modules():
    inline = functions_of(NOTEBOOK, "bradley_terry", np=np, scipy=scipy, expit=expit, log_expit=log_expit)
    for wins in (np.array([[0, 3], [1, 0]]), RNG.integers(0, 5, (7, 7)) * (1 - np.eye(7, dtype=int)),
                 np.triu(np.ones((4, 4)), 1)):
        scores, covariance = bradley_terry(wins)
        found, deviations = inline.bradley_terry(wins)
        np.testing.assert_allclose(found, scores, atol=1e-4)
        np.testing.assert_allclose(deviations, np.sqrt(np.diag(covariance)), rtol=1e-3)


def test_a_judge_votes_on_every_pair():
    pictures, pairs = load_pairs()
    method_of = {name: entry["method"] for name, entry in pictures.items()}
    methods = sorted(set(method_of.values()))
    said = {name: {"style": place, "structure": -place} for place, name in enumerate(pictures)}
    inline = functions_of(NOTEBOOK, "favourite", "wins_of", np=np, said=said, pairs=pairs, methods=methods,
                          method_of=method_of)
    for judge in ("style", "structure"):
        assert all(inline.favourite(judge, pair) == pair[0] for pair in pairs)
        wins = inline.wins_of(judge)
        assert wins.sum() == 21 and (wins + wins.T == 1 - np.eye(7)).all()
    assert not count_wins([], "same", methods, method_of).any()


def test_the_measured_distance_falls_to_the_true_one():
    measured = functions_of(NOTEBOOK, "measured", np=np, rng=np.random.default_rng(0), frechet=JUDGES.frechet).measured
    assert measured(50, 0, dimensions=4) > measured(5000, 0, dimensions=4) > 0
    np.testing.assert_allclose(measured(20_000, 2, repeats=1, dimensions=3), 4, rtol=0.1)


def test_the_judges_agree_with_the_eye_on_plain_cases():
    """The painting itself is nearest to itself, the photo keeps all its structure, and grey does neither."""
    layers = ["block1_conv2", "block2_conv2", "block3_conv2"]
    compiled = functions_of(NOTEBOOK, "compiled", tf=tf, feature_extractor=feature_extractor).compiled
    extract = compiled(load_network("pocket"), layers)
    judge = functions_of(NOTEBOOK, "judge", extract=extract, random_extract=extract, **vars(JUDGES)).judge
    painting, photo = load_image("great_wave", 64), load_image("mountains", 64)
    grey = np.full_like(photo, 0.5)
    for name in ("held-out layers", "random network", "sliced", "Gaussian"):
        own, theirs, flat = (judge(image, image, painting)[name] for image in (painting, photo, grey))
        assert abs(own) < 1e-7 < 0.01 * theirs and theirs < flat
    assert judge(photo, photo, painting)["structure"] > 0.99 > 0.3 > judge(grey, photo, painting)["structure"]


def test_what_the_text_says_of_the_methods_is_in_the_calls():
    pictures, pairs = load_pairs()
    text = "\n".join(cell.source for _, cell in cells_of(NOTEBOOK, "markdown"))
    assert f"brings {len(pairs)} pairs" in text
    assert len({entry["method"] for entry in pictures.values()}) == 7
    assert len(re.findall(r"(?m)^\d\. ", text)) == 7  # "seven questions in hand"
    assert "seven questions" in text

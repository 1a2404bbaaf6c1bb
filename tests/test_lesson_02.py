"""Lesson 02: what its cells define is right, against NumPy, SciPy, cases computed by hand, and the module.

What may go here: the functions and the self-checks of notebooks/02_gram_matrices.ipynb.
"""

from nst_helpers import losses  # before TensorFlow, to keep it quiet

import numpy as np
import pytest
import scipy.linalg
import tensorflow as tf
from test_lessons_match_module import functions_of, lesson

NOTEBOOK = lesson("02_gram_matrices")
rng = np.random.default_rng(0)
MAPS, OTHER_MAPS = rng.random((2, 1, 5, 7, 4))  # two pictures' features in float64


@pytest.fixture(scope="module")
def inline():
    """The functions of the lesson, without running its cells."""
    names = [
        "gram_matrix", "style_loss", "fingerprint", "distances_between", "halves", "share_found", "factors",
        "losses_as_programmed", "mean_and_covariance", "root", "wasserstein", "means", "means_and_deviations",
        "relative", "average_style_loss", "wrong_gram_matrix", "loss_by",
    ]
    return functions_of(NOTEBOOK, *names, np=np, tf=tf)


def test_the_formulas_are_those_of_the_module(inline):
    grams = [losses.gram_matrix(tf.constant(maps)) for maps in (MAPS, OTHER_MAPS)]
    np.testing.assert_allclose(inline.gram_matrix(tf.constant(MAPS)), grams[0], rtol=1e-12)
    np.testing.assert_allclose(inline.style_loss(*grams), losses.style_loss(*grams), rtol=1e-12)


def test_average_style_loss_is_the_mean_over_the_layers(inline):
    features = {"a": tf.constant(MAPS), "b": tf.constant(OTHER_MAPS)}
    grams = {"a": inline.gram_matrix(OTHER_MAPS), "b": inline.gram_matrix(OTHER_MAPS)}
    alone = losses.style_loss(losses.gram_matrix(features["a"]), grams["a"])
    np.testing.assert_allclose(inline.average_style_loss(features, grams), alone / 2)
    np.testing.assert_allclose(inline.loss_by(inline.gram_matrix, features, grams), alone / 2)


def test_every_program_computes_d_times_its_factor(inline):
    F, P = (maps.reshape(-1, 4) for maps in (MAPS, OTHER_MAPS))
    D = np.sum((F.T @ F - P.T @ P) ** 2)
    programmed = inline.losses_as_programmed(F, P, pixels=35)
    for name, factor in inline.factors(maps=4, positions=35, pixels=35).items():
        np.testing.assert_allclose(programmed[name], D * factor, err_msg=name)
    gatys = losses.gatys_style_loss(tf.constant(MAPS), tf.constant(OTHER_MAPS))
    np.testing.assert_allclose(programmed["Gatys"], gatys)
    factors = inline.factors(maps=256, positions=32 * 32, pixels=128 * 128)  # of the second exercise
    np.testing.assert_allclose(1e6 * factors["PyTorch"] / factors["Gatys"], 1e6 * 4 / 256**2)


def test_what_goes_wrong_does_go_wrong(inline):
    shuffled = rng.permutation(MAPS.reshape(-1, 4)).reshape(MAPS.shape)
    np.testing.assert_allclose(inline.gram_matrix(shuffled), inline.gram_matrix(MAPS))
    assert not np.allclose(inline.wrong_gram_matrix(shuffled), inline.wrong_gram_matrix(MAPS), rtol=1e-2)
    rows = MAPS.reshape(4, -1)
    np.testing.assert_allclose(inline.wrong_gram_matrix(MAPS), rows @ rows.T / 35)


def test_distances_between_fingerprints(inline):
    right_angle = inline.distances_between([inline.fingerprint([[3.0, 0]]), inline.fingerprint([[0, 7.0]])])
    np.testing.assert_allclose(right_angle, [[0, np.sqrt(2)], [np.sqrt(2), 0]], atol=1e-12)


@pytest.mark.parametrize("size, part", [((4, 6), (4, 3)), ((7, 4), (3, 4)), ((4, 7), (4, 3))])
def test_halves_do_not_overlap(inline, size, part):
    image = np.arange(size[0] * size[1] * 3.0).reshape(1, *size, 3)
    first, second = inline.halves(image)
    assert first.shape == second.shape == (1, *part, 3)
    assert not np.intersect1d(first, second).size and first.flat[0] == 0 and second.flat[-1] == image.max()


def test_share_found_counts_the_halves_that_lie_next_to_their_other_half(inline):
    assert inline.share_found([[0], [1], [10], [11]]) == 1
    assert inline.share_found([[0], [10], [1], [11]]) == 0
    assert inline.share_found([[0], [1], [10], [2.5]]) == 0.75


def test_means_and_deviations(inline):
    maps = MAPS.reshape(-1, 4)
    np.testing.assert_allclose(inline.means(MAPS), maps.mean(axis=0))
    np.testing.assert_allclose(inline.means_and_deviations(MAPS), [maps.mean(axis=0), maps.std(axis=0)], rtol=1e-4)
    assert inline.relative(np.zeros(3), np.ones(3)) == 1 and inline.relative(np.ones(3), np.ones(3)) == 0


def test_mean_and_covariance(inline):
    mean, covariance = inline.mean_and_covariance(tf.constant(MAPS))
    np.testing.assert_allclose(mean, MAPS.mean((0, 1, 2)))
    np.testing.assert_allclose(covariance, np.cov(MAPS.reshape(-1, 4).T, bias=True), rtol=1e-9, atol=1e-12)


def test_the_root_squared_is_the_matrix(inline):
    matrix = np.cov(rng.normal(size=(4, 3)))  # of rank 2: its smallest eigenvalues are zero up to rounding
    root = inline.root(matrix).numpy()
    np.testing.assert_allclose(root @ root, matrix, atol=1e-7)
    np.testing.assert_allclose(root, root.T)


def test_wasserstein_of_independent_maps_adds_up_their_distances_on_the_line(inline):
    means, deviations = rng.random((2, 3)), rng.random((2, 3)) + 0.5
    gaussians = [(mean, np.diag(deviation**2)) for mean, deviation in zip(means, deviations)]
    work = np.sum((means[0] - means[1]) ** 2 + (deviations[0] - deviations[1]) ** 2)
    np.testing.assert_allclose(inline.wasserstein(*gaussians), work / np.sum(means[1] ** 2 + deviations[1] ** 2))


def test_wasserstein_against_scipy(inline):
    (mu, S), (nu, T) = gaussians = [inline.mean_and_covariance(maps) for maps in (MAPS, OTHER_MAPS)]
    cross = np.trace(scipy.linalg.sqrtm(S @ T)).real  # the same trace, without the roots of the factors
    expected = (np.sum((mu - nu) ** 2) + np.trace(S + T) - 2 * cross) / (np.sum(nu**2) + np.trace(T))
    np.testing.assert_allclose(inline.wasserstein(*gaussians), expected)
    np.testing.assert_allclose(inline.wasserstein((np.zeros(4), np.zeros((4, 4))), gaussians[0]), 1)


def test_the_gradient_of_wasserstein(inline, check_gradient):
    target = inline.mean_and_covariance(tf.constant(OTHER_MAPS))
    check_gradient(lambda maps: inline.wasserstein(inline.mean_and_covariance(maps), target), MAPS, directions=20)

"""Lesson 06: what its cells define is right, against NumPy, cases computed by hand, and a network that only counts.

What may go here: the functions and the self-checks of notebooks/06_masked_multi_style.ipynb. That its formulas are
those of the module is tested in test_lessons_match_module.py.
"""

from nst_helpers.images import load_image
from nst_helpers.losses import gram_matrix, style_loss  # before TensorFlow, to keep it quiet
from nst_helpers.masks.cover import load_mask
from nst_helpers.masks.making import by_brightness, largest_part
from nst_helpers.networks import build_network, feature_extractor

import numpy as np
import pytest
import tensorflow as tf
from test_guides import seeing_network
from test_lessons_match_module import functions_of, lesson

NOTEBOOK = lesson("06_masked_multi_style")
STYLE_LAYERS = ["block1_conv1", "block2_conv1", "block3_conv1", "block4_conv1", "block5_conv1"]
rng = np.random.default_rng(0)
PALACE = load_image("summer_palace", 256)
PALACE_MASKS = [load_mask(f"summer_palace_{part}", 256) for part in ("sky", "pagoda", "land")]


@pytest.fixture(scope="module")
def inline():
    """The functions of the lesson, without running its cells."""
    names = ["resized_guides", "guided_gram_matrix", "whispering_gram_matrix", "reach", "any_guides", "only_guides",
             "overlap", "keep_colors", "root", "match_colors"]
    extract = feature_extractor(build_network("pocket", "average", None), STYLE_LAYERS)
    return functions_of(
        NOTEBOOK, *names, np=np, tf=tf, extract=extract, gram_matrix=gram_matrix, STYLE_LAYERS=STYLE_LAYERS)


def test_the_guided_gram_matrix_averages_over_the_region(inline):
    features, guide = rng.normal(size=(1, 5, 7, 4)), rng.random((1, 5, 7, 1))
    products = np.einsum("hwi,hwj,hw->ij", features[0], features[0], guide[0, :, :, 0] ** 2)
    np.testing.assert_allclose(inline.guided_gram_matrix(features, guide), products / np.sum(guide**2))
    np.testing.assert_allclose(inline.whispering_gram_matrix(features, guide), products / 35)


def test_what_the_lesson_says_of_small_regions(inline):
    features, guide = tf.ones((1, 4, 4, 3), "float64"), np.zeros((1, 4, 4, 1))
    guide[:, :1] = 1  # a quarter
    target = gram_matrix(features)
    assert float(style_loss(inline.guided_gram_matrix(features, guide), target)) == 0
    np.testing.assert_allclose(style_loss(inline.whispering_gram_matrix(features, guide), target), (1 - 1 / 4) ** 2)


def test_reach_is_how_far_a_network_sees(inline):
    extract = feature_extractor(seeing_network(), STYLE_LAYERS)
    image = tf.Variable(np.zeros((1, 160, 160, 3), "float32"))
    for block, layer in enumerate(STYLE_LAYERS):
        with tf.GradientTape() as tape:
            activation = extract(image)[layer][0, 80 >> block, 80 >> block, 0]  # stands for pixels from 80 on
        rows, columns = np.nonzero(np.any(tape.gradient(activation, image)[0] != 0, axis=2))
        for seen in (rows, columns):
            assert [80 - seen.min(), seen.max() - (79 + 2**block)] == [inline.reach(layer)] * 2


def test_any_and_only_complement_each_other(inline):
    mask = (rng.random((1, 48, 64, 1)) > 0.999).astype("float32")
    mask[:, 10:40, 10:50] = 1
    any_one, only, resized = inline.any_guides(mask), inline.only_guides(mask), inline.resized_guides(mask)
    for layer in STYLE_LAYERS:
        assert any_one[layer].shape == only[layer].shape == resized[layer].shape
        assert np.all(only[layer] <= resized[layer]) and np.all(resized[layer] <= any_one[layer])
        np.testing.assert_array_equal(inline.any_guides(1 - mask)[layer], 1 - only[layer])
    np.testing.assert_array_equal(resized["block1_conv1"], mask)


def test_overlap_of_masks(inline):
    left, upper = np.zeros((2, 1, 4, 4, 1))
    left[:, :, :2] = upper[:, :2] = 1
    assert inline.overlap(left, upper) == 4 / 12
    assert inline.overlap(left, left) == 1 and inline.overlap(left, 1 - left) == 0


def test_keep_colors_leaves_a_picture_with_its_own_colors_alone(inline):
    photo, grey = rng.random((1, 6, 5, 3)), np.full((1, 6, 5, 3), 0.5)
    np.testing.assert_allclose(inline.keep_colors(photo, photo), photo)
    brightness = np.repeat(photo @ np.array([[0.299, 0.587, 0.114]]).T, 3, axis=3)
    np.testing.assert_allclose(inline.keep_colors(photo, grey), brightness, atol=2e-3)


def test_match_colors_gives_mean_and_covariance_of_the_target(inline):
    image, target = rng.random((1, 9, 8, 3)), rng.random((1, 5, 7, 3)) ** 2
    matched = inline.match_colors(image, target).reshape(-1, 3)
    np.testing.assert_allclose(matched.mean(axis=0), target.mean((0, 1, 2)))
    np.testing.assert_allclose(np.cov(matched.T), np.cov(target.reshape(-1, 3).T), rtol=1e-9, atol=1e-12)
    covariance = np.cov(rng.random((3, 20)))
    np.testing.assert_allclose(inline.root(covariance) @ inline.root(covariance), covariance)


PAINTED = np.where(PALACE_MASKS[1] > 0, 1 - PALACE, PALACE)
BY_BRIGHTNESS = largest_part(by_brightness(PALACE, low=0.65))

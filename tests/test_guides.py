"""Guides through a network against its true receptive fields, and the guided Gram matrix against NumPy."""

from nst_helpers.losses import gram_matrix, guided_gram_matrix
from nst_helpers.masks.guides import MODES, guides
from nst_helpers.networks import build_network, convolutions, feature_extractor

import numpy as np
import pytest
import tensorflow as tf

LAYERS = ["block1_conv1", "block1_conv2", "block2_conv1", "block3_conv2"]


def seeing_network(name="pocket"):
    """Every weight positive and every activation in the linear part of ReLU: what is seen, changes the output."""
    network = build_network(name, "average")
    for layer in convolutions(network):
        kernel = np.full(layer.kernel.shape, 1 / np.prod(layer.kernel.shape[:3]), "float32")
        layer.set_weights([kernel, np.full(layer.bias.shape, 4, "float32")])
    return network


def sees(extract, mask):
    """For each layer which positions change when the pixels of the region do."""
    black = extract(np.zeros((*mask.shape[:3], 3), "float32"))
    white = extract(np.repeat(mask, 3, axis=3))
    return {layer: np.asarray(white[layer] - black[layer])[..., :1] > 1e-5 for layer in LAYERS}


@pytest.mark.parametrize("shape", [(64, 64), (69, 58)])
def test_any_and_only_are_the_receptive_fields(shape):
    extract = feature_extractor(seeing_network(), LAYERS)
    mask = np.zeros((1, *shape, 1), "float32")
    mask[0, 5:49, 9:53] = 1
    region, rest = sees(extract, mask), sees(extract, 1 - mask)
    any_one, only = (guides(mask, extract, LAYERS, mode) for mode in ("any", "only"))
    for layer in LAYERS:
        np.testing.assert_array_equal(any_one[layer], region[layer], err_msg=layer)
        # In an odd picture pooling drops the last row: what nobody sees, nobody can mix in.
        np.testing.assert_array_equal(only[layer], ~rest[layer], err_msg=layer)


def test_resized_guides_are_block_means():
    extract = feature_extractor(build_network("pocket", "average"), LAYERS)
    mask = np.random.default_rng(0).random((1, 21, 34, 1), "float32")
    found = guides(mask, extract, LAYERS)
    for layer, block in zip(LAYERS, (1, 1, 2, 4)):
        height, width = 21 // block, 34 // block
        expected = mask[:, :height * block, :width * block].reshape(height, block, width, block).mean(axis=(1, 3))
        np.testing.assert_allclose(found[layer][0, :, :, 0], expected, rtol=1e-5)


@pytest.mark.parametrize("name", ["pocket", "vgg19"])
@pytest.mark.parametrize("mode", MODES)
def test_guides_are_as_large_as_the_maps_and_nested(name, mode):
    network = build_network(name, "max", None)
    extract = feature_extractor(network, LAYERS)
    mask = np.zeros((1, 67, 80, 1), "float32")
    mask[0, 4:60, 4:70] = 1
    features = extract(np.zeros((1, 67, 80, 3), "float32"))
    found = guides(mask, extract, LAYERS, mode)
    assert list(found) == LAYERS
    for layer in LAYERS:
        assert found[layer].shape == (*features[layer].shape[:3], 1)
        assert found[layer].min() >= 0 and found[layer].max() <= 1
    assert all(np.all(guides(np.ones_like(mask), extract, LAYERS, mode)[layer] == 1) for layer in LAYERS)


def test_only_lies_within_resized_lies_within_any():
    extract = feature_extractor(build_network("pocket", "average", None), LAYERS)
    mask = np.zeros((1, 64, 64, 1), "float32")
    mask[0, 6:57, 6:58] = 1
    only, resized, any_one = (guides(mask, extract, LAYERS, mode) for mode in ("only", "resize", "any"))
    for layer in LAYERS:
        assert np.all(only[layer] <= resized[layer]) and np.all(resized[layer] <= any_one[layer])
        assert only[layer].mean() < any_one[layer].mean()


def test_bad_input_to_guides_is_told_in_one_sentence():
    extract = feature_extractor(build_network("pocket", "average", None), LAYERS)
    mask = np.zeros((1, 40, 40, 1), "float32")
    mask[0, 10:16, 10:16] = 1
    with pytest.raises(ValueError, match="no guides 'inside'. Choose one of: resize, any, only"):
        guides(mask, extract, LAYERS, "inside")
    with pytest.raises(ValueError, match='in the guide mode "only" no position of block2_conv1 lies in it'):
        guides(mask, extract, LAYERS, "only")
    guides(mask, extract, LAYERS, "resize")


# The guided Gram matrix

def draw(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def test_the_guided_gram_matrix_equals_numpy():
    features, guide = draw(1, 5, 7, 4), np.random.default_rng(1).random((1, 5, 7, 1))
    expected = sum(guide[0, i, j] ** 2 * np.outer(features[0, i, j], features[0, i, j]) for i in range(5)
                   for j in range(7)) / np.sum(guide**2)
    np.testing.assert_allclose(guided_gram_matrix(tf.constant(features), tf.constant(guide)), expected, rtol=1e-12)


def test_a_guide_of_ones_gives_the_plain_gram_matrix():
    features = tf.constant(draw(1, 6, 5, 3))
    guided = guided_gram_matrix(features, tf.ones((1, 6, 5, 1), "float64"))
    np.testing.assert_allclose(guided, gram_matrix(features), rtol=1e-12)


def test_the_size_of_a_region_and_the_scale_of_its_guide_do_not_matter():
    tile = draw(1, 2, 3, 4)
    features = tf.constant(np.tile(tile, (1, 6, 5, 1)))
    for rows, scale in ((12, 1.0), (4, 1.0), (2, 0.3)):
        guide = np.zeros((1, 12, 15, 1))
        guide[:, :rows] = scale
        np.testing.assert_allclose(guided_gram_matrix(features, tf.constant(guide)), gram_matrix(tile), rtol=1e-12)


def test_gradient_of_a_guided_gram_matrix(check_gradient):
    guide = tf.constant(np.random.default_rng(1).random((1, 3, 4, 1)))
    target = tf.constant(draw(2, 2))
    check_gradient(lambda maps: tf.reduce_sum((guided_gram_matrix(maps, guide) - target) ** 2), draw(1, 3, 4, 2))

"""The pure parts of the benchmarks: counting, and what is read off a run. No timed tests."""

from nst_helpers.networks import feature_extractor, load_network

from measuring import multiply_adds
import numpy as np
from peers import per_evaluation, same_loss_ratio, seconds_until
import pytest
from sampling import nearest_other


def test_multiply_adds_by_hand(random_pocket):
    counts = multiply_adds(feature_extractor(random_pocket, ["block1_conv1", "block2_conv2"]), 10, 7)
    # 3x3 kernels; after the pooling 10x7 pixels are 5x3.
    assert counts == {"block1_conv1": 70 * 27 * 16, "block1_conv2": 70 * 9 * 16 * 16,
                      "block2_conv1": 15 * 9 * 16 * 32, "block2_conv2": 15 * 9 * 32 * 32}


def test_vgg_16_has_as_many_multiply_adds_as_is_published():
    # Known for 224x224 pixels: 15.5 billion, of which 0.124 are in the dense layers, and 15.3 in the convolutions.
    deepest = feature_extractor(load_network("vgg16", weights="random"), ["block5_conv3"])
    assert sum(multiply_adds(deepest, 224, 224).values()) == pytest.approx(15.35e9, rel=0.005)


def test_seconds_until_the_first_loss_that_is_low_enough():
    losses, moments = [np.inf, 5.0, 3.0, 4.0, 1.0], [1.0, 2.0, 3.0, 4.0, 5.0]
    assert seconds_until(3.0, losses, moments) == 3
    assert seconds_until(3.5, losses, moments) == 3
    assert seconds_until(2.9, losses, moments) == 5
    assert np.isnan(seconds_until(0.5, losses, moments))


def test_the_same_loss_is_one_that_both_have_reached():
    slow, fast = ([8.0, 4.0, 2.0], [10.0, 20.0, 30.0]), ([8.0, 2.0, 0.5], [1.0, 3.0, 9.0])
    assert same_loss_ratio(slow, fast) == 30 / 3
    assert same_loss_ratio(fast, slow) == 3 / 30
    assert same_loss_ratio(slow, slow) == 1


def test_seconds_of_an_evaluation_leave_out_compiling_and_smaller_sizes():
    moments = np.cumsum([0, 9, 1, 1, 50, 9, 9, 2, 2, 2, 2, 2.0])
    losses = [np.inf] * 4 + [1.0] * 8
    assert per_evaluation(losses, moments) == 2


def test_the_nearest_other_face_by_hand():
    places = np.array([[1.0, 0.0], [2.0, 0.0], [0.0, 3.0], [1.0, 1.0]])  # the second is the first, twice as long
    np.testing.assert_allclose(nearest_other(places), [1, 1, 0.5**0.5, 0.5**0.5])

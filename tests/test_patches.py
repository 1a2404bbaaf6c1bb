"""Layer 0: patches against NumPy in float64, and what it sees that the networks do not."""

import re

from nst_helpers.images import load_image
from nst_helpers.losses import gram_matrix, style_loss
from nst_helpers.networks import feature_extractor, load_network
from nst_helpers.patches import LEAST_VARIANCE, patch_axes, patch_maps

import numpy as np
import pytest
import tensorflow as tf


def patches_by_hand(image):
    """(N, 27): every 3x3 patch, row by row, in float64."""
    _, height, width, _ = image.shape
    return np.array([image[0, y : y + 3, x : x + 3].astype("float64").ravel()
                     for y in range(height - 2) for x in range(width - 2)])


def test_maps_are_the_patches_in_the_axes():
    image = np.random.default_rng(0).random((1, 7, 9, 3), "float32")
    mean, axes = patch_axes(image)
    expected = (patches_by_hand(image) - mean) @ axes
    np.testing.assert_allclose(np.reshape(patch_maps(image, mean, axes), [-1, 27]), expected, atol=2e-3)


def test_axes_whiten_the_picture_that_they_are_from():
    image = load_image("great_wave", 64)
    mean, axes = patch_axes(image)
    np.testing.assert_allclose(mean, patches_by_hand(image).mean(0), rtol=1e-5)
    variances = np.linalg.eigvalsh(np.cov(patches_by_hand(image).T, bias=True))
    gram = gram_matrix(patch_maps(image, mean, axes)).numpy()
    # A variance v becomes v / (v + LEAST_VARIANCE), which is nearly 1 where the picture uses a direction at all.
    np.testing.assert_allclose(np.sort(np.diag(gram)), np.sort(variances / (variances + LEAST_VARIANCE)), atol=1e-3)
    np.testing.assert_allclose(gram, np.diag(np.diag(gram)), atol=2e-3)


def test_a_flat_picture_has_no_infinite_axes():
    mean, axes = patch_axes(np.full((1, 8, 8, 3), 0.5, "float32"))
    assert np.isfinite(axes).all() and np.isfinite(patch_maps(np.zeros((1, 8, 8, 3), "float32"), mean, axes)).all()


def test_fine_stripes_of_colour_cost_more_than_stripes_of_grey():
    """The very thing that it is for: against the network's first layer, which sees the grey ones more."""
    extract = feature_extractor(load_network("pocket"), "block1_conv1")
    painting = load_image("street_in_auvers", 128)
    stripes = 0.02 * np.cos(np.pi * np.arange(128))[None, None, :, None]
    colour = painting + stripes * np.array([1, -1, 0]) / np.sqrt(2)
    grey = painting + stripes * np.array([1, 1, 1]) / np.sqrt(3)
    basis = patch_axes(painting)

    def cost(look, image):
        return float(style_loss(gram_matrix(look(tf.cast(image, "float32"))), gram_matrix(look(tf.constant(painting)))))

    seen_by_patches = [cost(lambda image: patch_maps(image, *basis), image) for image in (colour, grey)]
    seen_by_network = [cost(lambda image: extract(image)["block1_conv1"], image) for image in (colour, grey)]
    assert seen_by_patches[0] > 3 * seen_by_patches[1]
    assert seen_by_patches[0] / seen_by_patches[1] > seen_by_network[0] / seen_by_network[1]


@pytest.mark.parametrize("image, words", [
    (np.zeros((1, 2, 9, 3), "float32"), "image has the shape (1, 2, 9, 3), but it needs 3 pixels or more on each side"),
    (np.zeros((9, 9, 3), "float32"), "image has the shape (9, 9, 3), but it has to be (1, H, W, 3)"),
])
def test_pictures_without_patches_are_told(image, words):
    mean, axes = patch_axes(np.random.default_rng(0).random((1, 7, 9, 3), "float32"))
    for function in (patch_axes, lambda image: patch_maps(image, mean, axes)):
        with pytest.raises(ValueError, match=re.escape(words)) as error:
            function(image)
        assert "\n" not in str(error.value)

"""Colours kept and matched: against the moments that were promised, and cases known by hand."""

from nst_helpers.color import keep_colors, luminance, match_colors
from nst_helpers.images import load_image

import numpy as np
import pytest

GREY = np.repeat(np.random.default_rng(1).random((1, 9, 8, 1), "float32"), 3, axis=3)


def moments(image):
    pixels = image.reshape(-1, 3).astype("float64")
    return pixels.mean(axis=0), np.cov(pixels.T)


def test_luminance_weighs_green_most_and_leaves_grey():
    np.testing.assert_allclose(luminance(np.eye(3, dtype="float32").reshape(1, 1, 3, 3)).ravel(), [0.299, 0.587, 0.114])
    np.testing.assert_allclose(luminance(GREY), GREY[..., :1], rtol=1e-5)


def test_brightness_from_one_picture_and_colour_from_the_other():
    photo = 0.3 + 0.4 * np.random.default_rng(0).random((1, 9, 8, 3), "float32")
    np.testing.assert_allclose(keep_colors(photo, photo), photo, atol=1e-6)
    painted = np.clip(photo + 0.1, 0, 1)  # lighter, no other colour
    np.testing.assert_allclose(keep_colors(painted, photo), painted, atol=1e-5)
    kept = keep_colors(0.3 + 0.4 * GREY, photo)
    np.testing.assert_allclose(luminance(kept), 0.3 + 0.4 * GREY[..., :1], atol=0.02)
    # Differences of colour that the matrix takes out: red - green and blue - green stay the photo's.
    np.testing.assert_allclose(kept[..., 0] - kept[..., 1], photo[..., 0] - photo[..., 1], atol=0.02)


def test_a_matched_picture_has_the_mean_and_covariance_of_its_target():
    generator = np.random.default_rng(0)
    image = (0.2 + 0.1 * generator.random((1, 40, 50, 3))).astype("float32")
    mixed = generator.normal(size=(1, 30, 30, 3)) @ [[1, 0.5, 0], [0, 1, 0.3], [0, 0, 0.6]]
    target = (0.5 + 0.05 * mixed).astype("float32")
    for found, expected in zip(moments(match_colors(image, target)), moments(target)):
        np.testing.assert_allclose(found, expected, rtol=2e-3, atol=2e-5)
    np.testing.assert_allclose(match_colors(image, image), image, atol=2e-3)


def test_colours_of_real_pictures_come_closer():
    painting, photo = load_image("great_wave", 128), load_image("chelsea", 128)
    matched = match_colors(painting, photo)
    assert matched.shape == painting.shape and matched.dtype == "float32"
    (mean, covariance), (target_mean, target_covariance) = moments(matched), moments(photo)
    assert np.abs(mean - target_mean).max() < 0.05  # clipping takes a little
    before, after = (np.linalg.norm(c - target_covariance) for c in (moments(painting)[1], covariance))
    assert after < 0.1 * before


def test_grey_pictures_are_no_trouble():
    for image, target in ((GREY, load_image("coffee", 64)), (load_image("coffee", 64), GREY), (GREY * 0 + 0.5, GREY)):
        assert np.isfinite(match_colors(image, target)).all()


def test_pictures_of_two_sizes_are_refused():
    with pytest.raises(ValueError, match="9x8 pixels and the photo 7x8:"):
        keep_colors(GREY, GREY[:, :7])


def test_colours_that_no_screen_can_show_are_clipped():
    red, blue, white = (np.full((1, 4, 4, 3), color, "float32") for color in ([1, 0, 0], [0, 0, 1], [1, 1, 1]))
    photo, black_and_white = np.concatenate([red, blue], axis=1), np.concatenate([white, 0 * white], axis=1)
    for image in (keep_colors(black_and_white, photo), match_colors(load_image("coffee", 64), photo)):
        assert image.min() == 0 and image.max() == 1

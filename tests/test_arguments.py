"""What `stylize` and `stylize_fast` are given: brought into form, or refused in one sentence."""

import re

from nst_helpers import loss_weights
from nst_helpers._run import arguments
from nst_helpers.images import load_image, resize_image, save_image
from nst_helpers.networks import feature_extractor
from nst_helpers.transfer import stylize

import numpy as np
import pytest
import tensorflow as tf

CONTENT, STYLE = (np.random.default_rng(seed).random((1, 24, 32, 3), "float32") for seed in (1, 2))
MASK = np.ones((1, 24, 32, 1), "float32")
QUICK = {"content_layers": "block2_conv2", "style_layers": "block1_conv1", "steps": 1, "progress": False}


class PathLike:
    """A path that is neither text nor pathlib's, as os.DirEntry is one."""

    def __init__(self, path):
        self.path = path

    def __fspath__(self):
        return str(self.path)


def told(error, words):
    """Whether it is one sentence with these words."""
    return words in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize("weight", ["0.1", np.nan, np.inf, -1, True, np.True_, 1j, [0.1], {"a": 1},
                                    np.array([0.1, 0.2]), np.array(["a"])])
def test_what_is_no_weight(weight, random_pocket):
    with pytest.raises(ValueError) as error:
        stylize(CONTENT, STYLE, network=random_pocket, content_weight=weight, **QUICK)
    assert told(error, f"content_weight is {weight!r}; give a number of 0 or more")


@pytest.mark.parametrize("weight", [0, 2, 0.5, np.float32(0.5), np.int64(3), np.array(0.5), tf.constant(0.5)])
def test_what_is_a_weight(weight):
    assert not loss_weights.is_weight(None)
    assert loss_weights.is_weight(weight) and loss_weights.check_weight(weight, "content_weight") is None


@pytest.mark.parametrize("weights, words", [
    ({"a": 1}, "style_weights is {'a': 1}; give a list with one number for each style image"),
    ("1", "style_weights is '1'; give a list"),
    (["a", "b"], "style_weights has the weights ['a', 'b']"),
    (np.array(["a", "b"]), "style_weights has the weights ['a', 'b']"),
    ([1, None], "style_weights has the weights [1, None]"),
    ([True, False], "style_weights has the weights [True, False]"),
    ([1, 1j], "style_weights has the weights [1, 1j]"),
    ([[1], [2, 3]], "style_weights has the weights [[1], [2, 3]]"),
    ([1, np.nan], "style_weights has the weights [1, nan]"),
])
def test_what_are_no_style_weights(weights, words, random_pocket):
    with pytest.raises(ValueError) as error:
        stylize(CONTENT, [STYLE, STYLE], network=random_pocket, style_weights=weights, **QUICK)
    assert told(error, words)


def test_style_weights_by_hand():
    assert loss_weights.style_shares([1, 3], [STYLE, STYLE]) == [0.25, 0.75]
    assert loss_weights.style_shares(np.array([1.0, 5.0, 3.0]), [STYLE, None, STYLE]) == [0.25, 0.75]
    assert loss_weights.style_shares(None, [STYLE, STYLE]) == [0.5, 0.5]
    assert loss_weights.style_shares(2, [STYLE]) == [1.0]


@pytest.mark.parametrize("options, words", [
    ({"content_layers": None}, "content_layers is None; give names of layers"),
    ({"style_layers": 5}, "style_layers is 5; give names of layers"),
    ({"style_layers": [1, 2]}, "style_layers is [1, 2]; give names of layers"),
    ({"style_layers": [["block1_conv1"]]}, "style_layers is [['block1_conv1']]"),
    ({"style_layers": {}}, "style_layers has the weights []"),
    ({"style_layers": {"block1_conv1": "a"}}, "style_layers has the weights ['a']"),
    ({"start": "contents"}, "start is 'contents'; give \"content\", \"fast\", \"noise\" or a picture"),
    ({"start": 5}, "The start picture is not an array of numbers (int)"),
    ({"start": STYLE[0]}, "The start picture has the shape (24, 32, 3)"),
    ({"start": "noise", "seed": "a"}, "seed is 'a'; give a whole number of 0 or more"),
    ({"start": "noise", "seed": -1}, "seed is -1"),
    ({"start": "noise", "seed": 1.5}, "seed is 1.5"),
    ({"steps": 1.5}, "steps is 1.5"), ({"steps": "80"}, "steps is '80'"), ({"steps": True}, "steps is True"),
    ({"method": ["Adam"]}, "There is no method ['Adam']"),
    ({"size": "256"}, "size is '256'"), ({"size": True}, "size is True"), ({"size": 1.5}, "size is 1.5"),
    ({"size": (24, 32)}, "size is (24, 32)"),
    ({"masks": [MASK, MASK]}, "There are 1 style images and 2 masks"),
])
def test_slips(options, words, random_pocket):
    with pytest.raises(ValueError) as error:
        stylize(CONTENT, STYLE, network=random_pocket, **{**QUICK, **options})
    assert told(error, words)


@pytest.mark.parametrize("styles, size, words", [
    ([STYLE, STYLE[0]], None, "Style image 2 has the shape (24, 32, 3), but a picture is (1, height, width, 3): "
                              "add the first axis with image[np.newaxis]"),
    ([None, 255 * STYLE], None, "Style image 2 has values from"),
    ({"great_wave"}, None, "The style image is not an array of numbers (set)"),
    ([STYLE, STYLE], 0, "style_size is 0, but"),
    ("great_wave", 0, "style_size is 0, but"),
])
def test_which_picture_is_wrong(styles, size, words):
    with pytest.raises(ValueError) as error:
        arguments.style_pictures(styles, size, CONTENT)
    assert told(error, words)


def test_which_picture_is_too_small(random_pocket):
    extract = feature_extractor(random_pocket, "block3_conv1")
    with pytest.raises(ValueError) as error:
        arguments.check_sizes(extract, [CONTENT, None, STYLE[:, :3]])
    assert told(error, "Style image 2 is too small with 3x32 pixels")
    with pytest.raises(ValueError) as error:
        arguments.check_sizes(extract, [CONTENT[:, :, :2], STYLE])
    assert told(error, "The content image is too small with 24x2 pixels")


def test_style_masks_are_numbered_as_they_were_given(random_pocket):
    halves = [np.zeros_like(MASK), np.ones_like(MASK)]
    halves[0][:, :, :16], halves[1][:, :, :16] = 1, 0
    with pytest.raises(ValueError, match=re.escape("Style mask 2 is 5x5 pixels")):
        stylize(CONTENT, [None, STYLE], network=random_pocket, masks=halves, style_masks=[None, np.ones((5, 5))],
                **QUICK)


def test_paths_of_every_kind(tmp_path, random_pocket):
    path = save_image(CONTENT, tmp_path / "mine.png")
    mask = save_image(np.ones((1, 24, 32, 3), "float32"), tmp_path / "mask.png")
    expected = resize_image(load_image(path), (24, 32))
    for own in (str(path), path, PathLike(path)):
        np.testing.assert_array_equal(arguments.picture(own, 32, 32), expected)
        np.testing.assert_array_equal(arguments.start_picture(own, CONTENT, 0), expected)
    result = stylize(PathLike(path), PathLike(path), network=random_pocket, size=32, start=PathLike(path),
                     masks=PathLike(mask), style_masks=[PathLike(mask)], **QUICK)
    assert result.image.shape == (1, 24, 32, 3)

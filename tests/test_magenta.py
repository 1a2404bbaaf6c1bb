"""The model of TensorFlow Hub: a stand-in of the same signature, saved here, and what is said without one."""

from nst_helpers.fast.magenta import STYLE_SIZE, find_magenta, load_magenta
from nst_helpers.images import load_image

import numpy as np
import pytest
import tensorflow as tf


class StandIn(tf.Module):
    """Takes (content, style), gives a list of one picture, as the model does; paints the style's mean colour over."""

    @tf.function(input_signature=[tf.TensorSpec((None, None, None, 3)), tf.TensorSpec((None, None, None, 3))])
    def __call__(self, content, style):
        tf.debugging.assert_equal(tf.reduce_max(tf.shape(style)), STYLE_SIZE)
        return [0.5 * content + 0.5 * tf.reduce_mean(style, [1, 2], keepdims=True)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("magenta")
    tf.saved_model.save(StandIn(), str(folder / "2"))
    return folder


def test_the_model_is_found_and_paints(folder):
    assert find_magenta(folder) == folder / "2"
    content_image, style_image = load_image("chelsea", 64), load_image("great_wave", 300)
    painted = load_magenta(folder)(content_image, style_image)
    expected = 0.5 * content_image + 0.5 * style_image.mean((1, 2), keepdims=True)
    np.testing.assert_allclose(painted, expected, atol=0.01)


def test_without_a_model_one_sentence_says_what_to_do(tmp_path):
    assert find_magenta(tmp_path) is None and find_magenta(tmp_path / "none") is None
    with pytest.raises(FileNotFoundError, match="unpack the model"):
        load_magenta(tmp_path)


def test_a_damaged_model_is_one_sentence(tmp_path):
    (tmp_path / "saved_model.pb").write_bytes(b"\x0a\x05not a model")
    with pytest.raises(ValueError, match="no model that can be read"):
        load_magenta(tmp_path)


def test_another_model_is_named_as_such(tmp_path):
    class Other(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec((None, 7))])
        def __call__(self, numbers):
            return numbers

    tf.saved_model.save(Other(), str(tmp_path))
    with pytest.raises(ValueError, match="another one than"):
        load_magenta(tmp_path)(load_image("chelsea", 64), load_image("great_wave", 64))


def test_the_photo_is_checked_first(folder):
    with pytest.raises(ValueError, match="divide by 255"):
        load_magenta(folder)(np.zeros((1, 64, 64, 3), "uint8"), load_image("great_wave", 64))

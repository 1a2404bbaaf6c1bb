"""What lesson 04 says and writes, against independent sources: Keras' address of VGG's weights, its own helpers.

What may go here: lesson 04 only. Its losses are compared with the module's in test_lessons_match_module.py.
"""

from nst_helpers import load_image  # before TensorFlow, to keep it quiet

from keras.src.applications import vgg19
from notebook_reading import ROOT, cells_of, read
import numpy as np
import pytest
import tensorflow as tf
from test_lessons_match_module import functions_of

NOTEBOOK = read((ROOT / "notebooks" / "04_gatys_with_lbfgs.ipynb").read_text(encoding="utf-8"))


def test_the_address_of_vgg19s_weights_is_keras_own():
    printed = "".join(output.get("text", "") for _, cell in cells_of(NOTEBOOK, "code") for output in cell.outputs)
    assert vgg19.WEIGHTS_PATH_NO_TOP in printed.split()


@pytest.fixture(scope="module")
def helpers():
    return functions_of(NOTEBOOK, "load_picture", "clip", "to_whole_numbers", tf=tf)


@pytest.mark.parametrize("file", ["paintings/composition_8.jpg", "paintings/the_scream.jpg", "masks/fig_bowl.png"])
def test_its_helper_loads_what_load_image_loads(helpers, file):
    path = str(ROOT / "data" / file)
    small, expected = helpers.load_picture(path, 96).numpy(), load_image(path, 96)
    assert small.shape == expected.shape and small.dtype == expected.dtype and 0 <= small.min() <= small.max() <= 1
    assert np.abs(small - expected).mean() < 0.05  # another filter
    whole = load_image(path)
    capped = helpers.load_picture(path)
    assert max(capped.shape) == min(512, max(whole.shape))


def test_its_helper_does_not_enlarge(helpers):
    path = str(ROOT / "data" / "photos" / "chelsea.jpg")
    image = load_image(path)
    np.testing.assert_allclose(helpers.load_picture(path), image, atol=0.03)  # decoders differ a little
    np.testing.assert_array_equal(helpers.to_whole_numbers(image), np.rint(255 * image[0]).astype("uint8"))


def test_its_helpers_keep_colours_in_range(helpers):
    image = np.array([[[[-1.0, 0.5, 2.0]]]])
    np.testing.assert_allclose(helpers.clip(image), [[[[0, 0.5, 1]]]])
    np.testing.assert_array_equal(helpers.to_whole_numbers(image), [[[0, 128, 255]]])

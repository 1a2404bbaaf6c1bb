"""Lesson 08: what its cells define is right, against the module and NumPy.

What may go here: the functions of notebooks/08_fast_style_transfer.ipynb. Its exercises are tested by
test_your_turn.py.
"""

import re

from nst_helpers.fast import adain as module  # before TensorFlow, to keep it quiet
from nst_helpers.fast import one_pass
from nst_helpers.losses import content_loss, gram_matrix, style_loss, total_variation

import numpy as np
import pytest
import tensorflow as tf
from test_lessons_match_module import cells_of, functions_of, lesson

NOTEBOOK = lesson("08_fast_style_transfer")
MAPS, STYLE_MAPS = np.random.default_rng(0).gamma(2, size=(2, 2, 6, 7, 4)).astype("float32")


@pytest.fixture(scope="module")
def inline():
    """The formulas of the lesson, without running its cells."""
    names = ["moments", "instance_normalisation", "adain"]
    return functions_of(NOTEBOOK, *names, tf=tf, EPSILON=module.EPSILON)


def test_the_lesson_and_the_module_use_one_epsilon():
    source = "\n".join(cell.source for _, cell in cells_of(NOTEBOOK, "code"))
    assert [float(value) for value in re.findall(r"^EPSILON = (\S+)$", source, re.M)] == [module.EPSILON]


def test_moments_and_adain_are_the_modules(inline):
    for own, theirs in zip(inline.moments(MAPS), module.moments(MAPS)):
        np.testing.assert_allclose(own, theirs, rtol=1e-4)
    expected = module.adain(MAPS, *module.moments(STYLE_MAPS))
    np.testing.assert_allclose(inline.adain(MAPS, STYLE_MAPS), expected, rtol=1e-3, atol=1e-4)


def test_instance_normalisation_is_adain_without_a_style(inline):
    expected = module.adain(MAPS, np.float32(0), np.float32(1))
    np.testing.assert_allclose(inline.instance_normalisation(MAPS), expected, rtol=1e-3, atol=1e-4)


def test_the_loss_of_a_batch_is_the_mean_of_its_pictures():
    def extract(images):
        return {"content": images[:, ::2, ::2], "style": images}

    names = {"extract": extract, "CONTENT_LAYER": "content", "STYLE_LAYERS": ["style"], "tf": tf,
             "content_loss": content_loss, "style_loss": style_loss, "gram_matrix": gram_matrix,
             "total_variation": total_variation, "style_targets": {"style": gram_matrix(STYLE_MAPS[:1])}}
    transfer_loss = functions_of(NOTEBOOK, "transfer_loss", **names).transfer_loss
    images, photos = tf.constant(MAPS), tf.constant(STYLE_MAPS)
    single = [transfer_loss(images[i : i + 1], photos[i : i + 1]) for i in range(2)]
    np.testing.assert_allclose(transfer_loss(images, photos), np.mean(single), rtol=1e-5)


def test_the_way_of_the_lesson_is_that_of_stylize_fast(inline, monkeypatch):
    monkeypatch.setattr(one_pass, "MARGIN", 0)  # the lesson goes without it
    image, style = (np.random.default_rng(seed).random((1, 64, 64, 3), "float32") for seed in (0, 1))
    encoder, decoder = module.load_adain()
    own, style_maps = encoder(image), encoder(style)
    inputs = module.decoder_inputs(own, {layer: inline.moments(maps) for layer, maps in style_maps.items()})
    decoded = decoder(inputs | {layer: inline.adain(own[layer], style_maps[layer]) for layer in module.ADAIN_LAYERS})
    np.testing.assert_allclose(one_pass.stylize_fast(image, style), decoded, atol=2e-3)

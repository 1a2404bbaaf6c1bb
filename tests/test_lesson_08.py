"""Lesson 08: what its cells define is right, against the module and NumPy, and what its exercises say.

What may go here: the functions and the self-checks of notebooks/08_fast_style_transfer.ipynb.
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


def check_cell(opening):
    sources = [cell.source for _, cell in cells_of(NOTEBOOK, "code") if cell.source.startswith(opening)]
    assert len(sources) == 1
    return sources[0]


# An answer to an exercise -> how the lesson's reply begins.
ANSWERS = [
    ("map_deviation", ..., "Not attempted"), ("map_deviation", 0.5, "This is right"),
    ("map_deviation", 0.25, "Not yet: this is the variance"), ("map_deviation", 0, "Not yet: each half"),
    ("map_deviation", 1, "Not yet: what is the mean"),
    ("seconds_saved", ..., "Not attempted"), ("seconds_saved", 2750, "This is right"),
    ("seconds_saved", 2800, "Not yet: the network needs"), ("seconds_saved", 3930, "Not yet: the training is"),
    ("seconds_saved", 4000, "Not yet: what does"),
]


@pytest.mark.parametrize("name, answer, reply", ANSWERS)
def test_what_an_exercise_says(name, answer, reply, capsys):
    exec(check_cell(f"if {name} is ...:"), {name: answer, "np": np})
    assert capsys.readouterr().out.startswith(reply)


def right_moments(features, guide):
    share = guide / tf.reduce_sum(guide)
    mean = tf.reduce_sum(share * features, [1, 2], keepdims=True)
    return mean, tf.sqrt(tf.reduce_sum(share * (features - mean) ** 2, [1, 2], keepdims=True))


def moments_of_all_places(features, guide):
    return tf.reduce_mean(features * guide, [1, 2], keepdims=True), tf.math.reduce_std(features * guide, [1, 2])


def deviation_of_all_places(features, guide):
    return right_moments(features, guide)[0], tf.math.reduce_std(features, [1, 2], keepdims=True)


def variances(features, guide):
    mean, deviation = right_moments(features, guide)
    return mean, deviation**2


def sums(features, guide):
    total = tf.reduce_sum(features * guide, [1, 2], keepdims=True)
    return total, total


@pytest.mark.parametrize("function, reply", [
    (lambda *_: ..., "Not attempted"), (right_moments, "This is right"),
    (moments_of_all_places, "Not yet: divide by the size"), (deviation_of_all_places, "Not yet: the mean is right"),
    (variances, "Not yet: this is the variance"), (sums, "Not yet: sum over"),
    (lambda features, guide: right_moments(features, guide)[0], "Not yet: return two things"),
])
def test_what_the_last_exercise_says(inline, function, reply, capsys):
    names = {"region_moments": function, "moments": inline.moments, "np": np, "tf": tf,
             "maps": np.random.default_rng(0).normal(size=(2, 6, 7, 4))}
    exec(check_cell("inside = "), names)
    assert capsys.readouterr().out.startswith(reply)

"""What lesson 01 defines for itself, against independent references. Its tasks are in test_your_turn.py.

What may go here: tests of code that stands in notebooks/01_feature_spaces.ipynb and nowhere else. The network has
random weights, so nothing here depends on training.
"""

import json
from pathlib import Path
from types import SimpleNamespace

from nst_helpers import losses  # before anything that imports TensorFlow, to keep it quiet
from nst_helpers.networks import feature_extractor

import keras
from keras.src.applications import imagenet_utils, vgg19
from notebook_reading import cells_of
import numpy as np
import pytest
import scipy.spatial.distance
import tensorflow as tf
from test_lessons_match_module import functions_of, lesson

NOTEBOOK = lesson("01_feature_spaces")
rng = np.random.default_rng(0)


def taken(*names, **given):
    return functions_of(NOTEBOOK, *names, np=np, tf=tf, **given)


def test_slide_is_the_sum_over_every_window():
    f, w = rng.normal(size=(5, 8)), rng.normal(size=(3, 3))
    expected = [[np.vdot(w, f[y : y + 3, x : x + 3]) for x in range(6)] for y in range(3)]
    np.testing.assert_allclose(taken("slide").slide(w, f), expected, rtol=1e-12)


def test_receptive_fields_are_those_published_for_vgg16():
    counts = [2, 2, 3, 3, 3]
    parts = [[*(f"conv{i + 1}" for i in range(count)), "pool"] for count in counts]
    names = [f"block{block}_{part}" for block, of_block in enumerate(parts, start=1) for part in of_block]
    fields = taken("receptive_fields").receptive_fields(names)
    assert fields["block1_conv1"] == (3, 1) and fields["block1_pool"] == (6, 2)
    assert fields["block4_conv3"] == (92, 8)
    assert fields["block5_conv3"] == (196, 16) and fields["block5_pool"] == (212, 32)


def test_distances_equal_scipy():
    distances = taken("euclidean_distance", "cosine_distance")
    u, v = rng.normal(size=(2, 3, 4))
    library = scipy.spatial.distance
    np.testing.assert_allclose(distances.euclidean_distance(u, v), library.euclidean(u.ravel(), v.ravel()))
    np.testing.assert_allclose(distances.cosine_distance(u, v), library.cosine(u.ravel(), v.ravel()))


def test_the_loss_of_a_layer_is_the_content_loss_of_the_module(random_pocket):
    photo, image = rng.random((2, 1, 20, 24, 3)).astype("float32")
    given = {"network": random_pocket, "feature_extractor": feature_extractor, "target_photo": photo}
    extract = feature_extractor(random_pocket, "block2_conv1")
    loss = taken("distance_to_photo", **given).distance_to_photo("block2_conv1")
    expected = losses.content_loss(extract(image)["block2_conv1"], extract(photo)["block2_conv1"])
    np.testing.assert_allclose(loss(image), expected, rtol=1e-5)
    assert loss(photo) == 0


@pytest.mark.parametrize("layer", ["block1_conv2", "block3_conv1"])
def test_a_loudest_patch_is_all_that_the_loudest_neuron_sees(random_pocket, layer):
    names = [each.name for each in random_pocket.layers if each.name.startswith("block")]
    fields = taken("receptive_fields").receptive_fields(names)
    extract = feature_extractor(random_pocket, layer)
    loudest_patch = taken("loudest_patch", fields=fields).loudest_patch
    image = rng.random((1, 48, 56, 3)).astype("float32")
    index = int(np.argmax(np.max(extract(image)[layer], axis=(0, 1, 2))))
    activation, patch = loudest_patch(image, extract(image)[layer].numpy()[0, :, :, index], layer)
    side = fields[layer][0]
    assert patch.shape == (1, side, side, 3) and activation > 0
    windows = np.lib.stride_tricks.sliding_window_view(image[0], (side, side, 3))[:, :, 0]
    found = np.argwhere((windows == patch[0]).all(axis=(2, 3, 4)))
    assert len(found) == 1
    (top, left), elsewhere = found[0], rng.random(image.shape).astype("float32")
    elsewhere[:, top : top + side, left : left + side] = patch
    np.testing.assert_allclose(np.max(extract(image)[layer][..., index][:, 1:-1, 1:-1]), activation, rtol=1e-5)
    assert np.isclose(extract(elsewhere)[layer][..., index], activation, rtol=1e-5).any()
    for row, column in [(0, 0), (0, -1), (-1, 0), (-1, -1)]:  # and no pixel less than the patch will do
        changed = elsewhere.copy()
        changed[:, top : top + side, left : left + side][:, row, column] += 5
        assert not np.isclose(extract(changed)[layer][..., index], activation, rtol=1e-7).any()


def test_neighbours_are_sorted_and_without_the_picture_itself():
    given = {"all_names": ["a", "b", "c", "d"], "cosine_distance": scipy.spatial.distance.cosine}
    space = np.array([[1.0, 0.0], [0.0, 1.0], [2.0, 0.2], [1.0, 1.0]])
    assert taken("nearest", **given).nearest(space, "a", count=2) == ["c", "d"]


def test_corners_do_not_overlap_and_hits_counts_neighbours_of_the_same_owner():
    image = np.arange(5 * 6 * 3).reshape(1, 5, 6, 3)
    corners = taken("corners").corners(image, 2)
    assert corners[:, 0, 0, 0].tolist() == [image[0, y, x, 0] for y in (0, 3) for x in (0, 4)]
    points = np.array([[1, 0], [1, 0.1], [0, 1], [5, 0.2]])  # nearest: 3, 3, 1, 0
    assert taken("hits", owners=np.array([0, 0, 1, 1])).hits(points) == 0
    assert taken("hits", owners=np.array([0, 1, 1, 0])).hits(points) == 0.75


def waves_and_paint(size=12):
    mean_color, color_mix = np.array([0.5, 0.4, 0.3]), rng.normal(size=(3, 3))
    damping = rng.random((size, size // 2 + 1))
    given = {"SIZE": size, "mean_color": mean_color, "color_mix": color_mix, "damping": damping}
    waves = rng.normal(size=(3, size, size // 2 + 1, 2)).astype("float32")
    return waves, taken("paint", **given).paint, given


def test_paint_equals_numpy():
    waves, paint, given = waves_and_paint()
    channels = np.fft.irfft2((waves[..., 0] + 1j * waves[..., 1]) * given["damping"], (12, 12)) * 12
    mixed = np.einsum("cyx,cd->yxd", channels, 4 * given["color_mix"])
    expected = 1 / (1 + np.exp(-mixed) * (1 / given["mean_color"] - 1))
    np.testing.assert_allclose(paint(waves)[0], expected, atol=1e-5)
    np.testing.assert_allclose(paint(0 * waves)[0], np.broadcast_to(given["mean_color"], (12, 12, 3)), atol=1e-6)


def test_a_single_wave_falls_into_its_band():
    frequencies = np.hypot(np.fft.fftfreq(32)[:, None], np.fft.rfftfreq(32)[None])
    edges = np.array([0.05, 0.1, 0.2, 0.4])
    wave = np.cos(2 * np.pi * 5 * np.arange(32) / 32) * np.ones((1, 32, 1))  # 5/32 = 0.16 waves per pixel
    amplitudes = taken("amplitudes", SIZE=32, frequencies=frequencies, edges=edges).amplitudes
    strength = amplitudes(np.stack([wave] * 3, axis=-1))
    assert strength[1] > 1 and np.abs(strength[[0, 2]]).max() < 1e-10


def test_answers_before_the_relu_and_excitement(random_pocket):
    functions = taken("before_relu", "excitement", network=random_pocket, keras=keras)
    image = rng.random((1, 32, 32, 3)).astype("float32")
    for layer, index in [("block1_conv2", 3), ("block3_conv1", 40)]:
        answers = functions.before_relu(layer, index)(image).numpy()
        activations = feature_extractor(random_pocket, layer)(image)[layer][..., index].numpy()
        assert answers.min() < 0 and answers.shape == (*activations.shape, 1)
        np.testing.assert_allclose(np.maximum(answers[..., 0], 0), activations, atol=1e-5)
        expected = np.where(answers > 0, answers, answers / 10).mean()
        np.testing.assert_allclose(functions.excitement(answers), expected, rtol=1e-4, atol=1e-6)


def guesses(folder, application):
    fake = SimpleNamespace(applications=application)
    given = {"WEIGHTS": vgg19.WEIGHTS_PATH, "HOW": "not on this computer"}
    five_guesses = taken("five_guesses", keras=fake, json=json, Path=Path, **given).five_guesses
    return five_guesses(np.ones((1, 224, 224, 3)), folder)


def test_the_addresses_are_those_of_keras():
    cell = next(cell.source for _, cell in cells_of(NOTEBOOK, "code") if "STORE = " in cell.source)
    names = {}
    exec(cell, names)
    assert names["WEIGHTS"] == vgg19.WEIGHTS_PATH and names["CLASSES"] == imagenet_utils.CLASS_INDEX_PATH
    assert names["WEIGHTS"] in names["HOW"] and names["CLASSES"] in names["HOW"]


def test_without_the_weights_of_vgg19_the_cell_says_so(tmp_path):
    assert "not on this computer" in guesses(tmp_path, keras.applications)
    (tmp_path / "imagenet_class_index.json").write_text('{"0": ["n1", "tench"]}', encoding="utf-8")
    assert "not on this computer" in guesses(tmp_path, keras.applications)
    (tmp_path / "vgg19_weights_tf_dim_ordering_tf_kernels.h5").write_bytes(b"half a download")
    assert "not on this computer" in guesses(tmp_path, keras.applications)


def test_with_the_weights_of_vgg19_the_five_likeliest_names_come_in_order(tmp_path):
    shares = np.array([0.05, 0.5, 0.01, 0.2, 0.1, 0.14])
    classes = {str(k): [f"n{k}", f"big_cat_{k}"] for k in range(6)}
    (tmp_path / "imagenet_class_index.json").write_text(json.dumps(classes), encoding="utf-8")

    def fake_vgg19(weights):
        assert Path(weights).parent == tmp_path
        return lambda image: tf.constant(shares[np.newaxis] * np.max(image) / 255)

    preparation = SimpleNamespace(preprocess_input=lambda image: image)
    lines = guesses(tmp_path, SimpleNamespace(VGG19=fake_vgg19, vgg19=preparation)).split("\n")
    assert [line.split(maxsplit=1)[1] for line in lines] == [f"big cat {k}" for k in (1, 3, 5, 4, 0)]
    assert lines[0].startswith(" 50.0%")


def test_a_dream_begins_with_large_things_and_excites_its_layer(random_pocket):
    photo = rng.random((1, 40, 48, 3)).astype("float32")
    layer, sizes = "block3_conv1", []

    class Progress:
        def __init__(self, steps, title):
            assert steps == 6

        def __call__(self, step, loss, image):
            sizes.append((step, *image.shape))

        def close(self, text):
            assert layer in text

    given = {"network": random_pocket, "feature_extractor": feature_extractor, "Progress": Progress}
    functions = taken("uphill", "dream", **given)
    dreamt = functions.dream(photo, layer, octaves=2, steps=3)
    assert sizes == [(1, 1, 29, 34, 3), (2, 1, 29, 34, 3), (3, 1, 29, 34, 3)] + [(n, *photo.shape) for n in (4, 5, 6)]
    assert dreamt.shape == photo.shape and dreamt.min() >= 0 and dreamt.max() <= 1
    extract = feature_extractor(random_pocket, layer)
    assert np.mean(extract(dreamt)[layer]) > np.mean(extract(photo)[layer])
    np.testing.assert_array_equal(functions.dream(photo, layer, octaves=2, steps=3), dreamt)


def test_the_way_uphill_is_the_smoothed_gradient(random_pocket):
    image = tf.constant(rng.random((1, 24, 24, 3)), tf.float32)
    extract = feature_extractor(random_pocket, "block2_conv1")
    way, activation = taken("uphill").uphill(image, extract, "block2_conv1")
    with tf.GradientTape() as tape:
        tape.watch(image)
        mean = tf.reduce_mean(extract(image)["block2_conv1"])
    gradient = tape.gradient(mean, image).numpy()
    inner = np.lib.stride_tricks.sliding_window_view(gradient[0], (5, 5), axis=(0, 1))
    tent = np.outer([1, 2, 3, 2, 1], [1, 2, 3, 2, 1]) / 81  # a mean over 3×3, twice
    expected = np.einsum("yxcij,ij->yxc", inner, tent)
    np.testing.assert_allclose(activation, mean, rtol=1e-6)
    np.testing.assert_allclose(np.mean(np.abs(way)), 1, rtol=1e-5)
    ratio = np.sum(way[0, 2:-2, 2:-2] * expected) / np.sum(expected**2)
    np.testing.assert_allclose(way[0, 2:-2, 2:-2], ratio * expected, atol=1e-4)

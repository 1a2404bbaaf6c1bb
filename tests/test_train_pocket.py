"""The tool that trains pocket: the steps that must not change what the network computes, on a made-up teacher."""

from nst_helpers.networks import build_network, convolutions, feature_extractor

import numpy as np
import pytest
from teachers import SAME_SHAPE, CompressedVGG19
import tensorflow as tf
from train_pocket import kernel_loss, normalise_activations, revive

CHANNELS = {"1": 16, "2": 32, "3": 64, "4": 128, "5": 128}


@pytest.fixture
def crops():
    return np.random.default_rng(0).random((2, 48, 48, 3), "float32")


@pytest.fixture
def student():
    return build_network("pocket", "average", 0)


def test_the_teachers_first_layer_is_taken_over_with_its_scaling(tmp_path, student, crops):
    rng, arrays, before = np.random.default_rng(1), {}, 3
    for theirs in ["conv0", *SAME_SHAPE.values()]:
        side, channels = (1, 3) if theirs == "conv0" else (3, CHANNELS[theirs[4]])
        arrays[f"{theirs}.weight"] = rng.normal(size=(channels, before, side, side)).astype("float32")
        arrays[f"{theirs}.bias"] = rng.normal(size=channels).astype("float32")
        before = channels
    np.savez(tmp_path / "teacher.npz", **arrays)
    teacher = CompressedVGG19(tmp_path / "teacher.npz")
    weights = teacher.initial_weights()
    student.get_layer("block1_conv1").set_weights([weights[f"block1_conv1.{part}"] for part in ("kernel", "bias")])
    expected = teacher._convolve("conv0", crops)
    expected = tf.nn.relu(teacher._convolve("conv11", tf.pad(expected, [[0, 0], [1, 1], [1, 1], [0, 0]], "REFLECT")))
    found = feature_extractor(student, ["block1_conv1"])(crops)["block1_conv1"]
    np.testing.assert_allclose(found, expected, atol=1e-4 * np.max(expected))


def test_normalising_scales_each_layer_to_mean_one_and_changes_nothing_else(student, crops):
    names = [layer.name for layer in convolutions(student)]
    extract = feature_extractor(student, names)
    before = {name: maps.numpy() for name, maps in extract(crops).items()}
    normalise_activations(student, lambda: crops, count=1)
    for name, maps in extract(crops).items():
        np.testing.assert_allclose(maps, before[name] / before[name].mean(), rtol=1e-3, atol=1e-3)


def test_only_dead_maps_are_drawn_anew_and_the_next_layer_does_not_notice(student, crops):
    layer = student.get_layer("block2_conv1")
    kernel, bias = layer.get_weights()
    bias[:5] = -1e3
    layer.set_weights([kernel, bias])
    extract = feature_extractor(student, ["block2_conv1", "block2_conv2"])
    before = extract(crops)
    revive(student, lambda: crops, np.random.default_rng(2), count=1)
    after = extract(crops)
    dead = np.max(before["block2_conv1"], axis=(0, 1, 2)) == 0
    assert dead[:5].all() and not dead.all()
    # A map drawn at random may be silent on two crops of noise by chance; most of them are not.
    assert (np.max(after["block2_conv1"], axis=(0, 1, 2))[dead] > 0).mean() > 0.5
    np.testing.assert_array_equal(after["block2_conv1"].numpy()[..., ~dead], before["block2_conv1"].numpy()[..., ~dead])
    assert (layer.get_weights()[1][dead] == 0).all()
    np.testing.assert_allclose(after["block2_conv2"], before["block2_conv2"], rtol=1e-4, atol=1e-5)


def test_kernel_loss_is_blind_to_rotation_and_scale_only():
    rng = np.random.default_rng(3)
    features = rng.normal(size=(1, 12, 12, 6)).astype("float32")
    rotation = np.linalg.qr(rng.normal(size=(6, 6)))[0].astype("float32")
    assert kernel_loss(3 * features @ rotation, features) < 1e-6
    assert kernel_loss(features[..., ::-1] ** 2, features) > 0.1

"""Tiles on a real cluster of two processes: the same losses and gradient as here, also when a worker is killed.

What tiles are is tested in test_tiles.py.
"""

import os
import signal

from nst_helpers.loss_weights import Weights
from nst_helpers.networks import feature_extractor
from nst_helpers.objective import Style
from nst_helpers.tiles.objective import TiledObjective
from nst_helpers.tiles.on_workers import OnWorkers
from nst_helpers.transfer import stylize

import numpy as np
import pytest

RANDOM = np.random.default_rng(0)
PHOTO, PAINTING, IMAGE = (RANDOM.random((1, *sides, 3), "float32") for sides in ((200, 280), (90, 120), (200, 280)))
LAYERS = ("block1_conv1", "block3_conv1")


@pytest.fixture(scope="module")
def objectives(client):
    """The same objective here and on the workers."""
    from nst_helpers.networks import load_network

    extract = feature_extractor(load_network(weights="random"), ["block3_conv2", *LAYERS])
    weights = Weights("block3_conv2", LAYERS, content_weight=0.1, total_variation_weight=1.0, patch_weight=0.01)
    keep = np.zeros((1, 200, 280, 1), "float32")
    keep[:, :50] = 1
    return [TiledObjective(extract, PHOTO, [Style(PAINTING)], weights, keep=keep, side=96, workers=workers)
            for workers in (None, lambda shared: OnWorkers(shared, client))]


def check_equal(objectives):
    (losses, gradient), (there, gradient_there) = (each.losses_and_gradient(IMAGE) for each in objectives)
    assert list(there) == list(losses)
    np.testing.assert_allclose(list(there.values()), list(losses.values()), rtol=1e-6)
    np.testing.assert_allclose(gradient_there, gradient, rtol=1e-4, atol=1e-6 * np.abs(gradient).max())


def kill_one(client):
    """End one of the cluster's workers as a lack of memory would."""
    os.kill(next(iter(client.run(os.getpid).values())), signal.SIGKILL)


def test_the_sums_and_the_gradient_are_the_same(objectives):
    check_equal(objectives)


@pytest.mark.skipif(os.name != "posix", reason="kills as POSIX does")
def test_a_worker_that_is_killed_is_replaced(client, objectives):
    kill_one(client)
    check_equal(objectives)


@pytest.mark.skipif(os.name != "posix", reason="kills as POSIX does")
def test_stylize_paints_the_same_picture_though_a_worker_is_killed_in_the_middle(client, monkeypatch):
    options = {"content_layers": "block3_conv2", "style_layers": LAYERS, "steps": 4, "tile_size": 128,
               "progress": False, "coarse_to_fine": False}
    expected = stylize(PHOTO, PAINTING, **options)
    calls, sums = [], OnWorkers.sums

    def killing(self, image):
        calls.append(image)
        if len(calls) == 3:
            kill_one(client)
        return sums(self, image)

    monkeypatch.setattr(OnWorkers, "sums", killing)
    found = stylize(PHOTO, PAINTING, client=client, **options)
    assert len(calls) == found.evaluations == expected.evaluations > 3
    np.testing.assert_allclose(found.losses["total"], expected.losses["total"], rtol=1e-4)
    assert np.abs(found.image - expected.image).mean() < 1e-3


def test_what_is_no_client_is_told_in_one_sentence():
    with pytest.raises(ValueError, match="^client is 'tcp://scheduler:8786'; give a distributed.Client"):
        stylize(PHOTO, PAINTING, client="tcp://scheduler:8786")

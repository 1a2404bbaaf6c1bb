"""The network that ships with the course: the facts of its model card, and that it has learnt to see."""

import re

from nst_helpers._io.weights import POCKET_FILE
from nst_helpers.images import bundled_names, load_image, resize_image
from nst_helpers.losses import gram_matrix
from nst_helpers.networks import convolutions, feature_extractor, load_network
from nst_helpers.transfer import CONTENT_LAYERS, STYLE_LAYERS

import numpy as np
import pytest

PICTURES = [name for names in bundled_names().values() for name in names]


@pytest.fixture(scope="module")
def pocket():
    return load_network("pocket")


@pytest.fixture(scope="module")
def pictures():
    """All bundled pictures in one array (n, 96, 128, 3)."""
    return np.concatenate([resize_image(load_image(name, 128), (96, 128)) for name in PICTURES])


def test_file_holds_what_the_model_card_says():
    with np.load(POCKET_FILE, allow_pickle=False) as arrays:
        assert {array.dtype.name for array in arrays.values()} == {"float32"}
        assert all(np.isfinite(array).all() for array in arrays.values())
        count = sum(array.size for array in arrays.values())
    card = POCKET_FILE.with_suffix(".md").read_text(encoding="utf-8")
    assert re.search(r"([\d,]+) weights", card).group(1) == f"{count:,}"
    assert re.search(r"([\d.]+) MB", card).group(1) == f"{POCKET_FILE.stat().st_size / 1e6:.1f}"


def test_all_weights_come_from_the_file(pocket):
    with np.load(POCKET_FILE, allow_pickle=False) as arrays:
        for layer in convolutions(pocket):
            np.testing.assert_array_equal(layer.get_weights()[0], arrays[f"{layer.name}.kernel"])
            np.testing.assert_array_equal(layer.get_weights()[1], arrays[f"{layer.name}.bias"])
        assert len(arrays) == 2 * len(convolutions(pocket))


def test_every_layer_has_mean_activation_near_1_and_many_maps_in_use(pocket, pictures):
    layers = [layer.name for layer in convolutions(pocket)]
    for layer, maps in feature_extractor(pocket, layers)(pictures).items():
        assert 0.5 < np.mean(maps) < 2, layer
        assert np.mean(np.max(maps, axis=(0, 1, 2)) > 0) > 0.25, layer


def nearest(queries, targets):
    """For each query the number of its nearest target, by the relative distance of the lessons, meant over layers.

    queries, targets: lists of dictionaries from layer name to array.
    """
    def distance(query, target):
        return np.mean([np.sum((query[layer] - target[layer]) ** 2) / np.sum(target[layer] ** 2) for layer in query])

    return np.array([np.argmin([distance(query, target) for target in targets]) for query in queries])


def negatives_recognised(network, pictures):
    """The share of pictures whose negative, all colours turned round, has a content that is closest to their own."""
    def contents(images):
        features = feature_extractor(network, CONTENT_LAYERS)(images)
        return [{layer: maps[i].numpy() for layer, maps in features.items()} for i in range(len(images))]

    return np.mean(nearest(contents(1 - pictures), contents(pictures)) == np.arange(len(pictures)))


def halves_matched(network, pictures):
    """The share of pictures whose right half has a style that is closest to that of their left half."""
    def styles(images):
        features = feature_extractor(network, STYLE_LAYERS)(images)
        return [{layer: gram_matrix(maps[i]).numpy() for layer, maps in features.items()} for i in range(len(images))]

    left, right = np.split(pictures, 2, axis=2)
    return np.mean(nearest(styles(right), styles(left)) == np.arange(len(pictures)))


def test_content_layer_sees_things_rather_than_colours(pocket, random_pocket, pictures):
    assert negatives_recognised(pocket, pictures) >= 0.85
    assert negatives_recognised(random_pocket, pictures) <= 0.5


def test_style_layers_know_a_painting_by_its_half(pocket, random_pocket, pictures):
    assert halves_matched(pocket, pictures) >= 0.7
    assert halves_matched(random_pocket, pictures) <= 0.6

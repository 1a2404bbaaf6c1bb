"""The image transformation network: its normalisation against NumPy, its form, and the networks that ship."""

from nst_helpers._io.weights import NETWORKS_FOLDER, read_npz, save_npz
from nst_helpers.fast.johnson import (
    MARGIN,
    Margin,
    build_transformation_network,
    instance_normalization,
    johnson_objective,
    load_transformation_network,
    transformation_styles,
)
from nst_helpers.images import load_image
from nst_helpers.losses import gram_matrix, style_loss
from nst_helpers.networks import feature_extractor, load_network
from nst_helpers.transfer import STYLE_LAYERS

from convert_weights import main as convert_weights
import numpy as np
import pytest


def test_instance_normalization_is_the_formula():
    maps = np.random.default_rng(0).gamma(2, size=(3, 7, 5, 4)).astype("float32")
    layer = instance_normalization()
    layer.build(maps.shape)
    scale, shift = np.random.default_rng(1).normal(size=(2, 4))
    layer.set_weights([scale, shift])
    x = maps.astype("float64")
    expected = (x - x.mean((1, 2), keepdims=True)) / np.sqrt(x.var((1, 2), keepdims=True) + 1e-5) * scale + shift
    np.testing.assert_allclose(layer(maps), expected, rtol=1e-4, atol=1e-4)


def test_each_picture_is_normalised_by_itself():
    network = build_transformation_network((4, 8, 8), 1)
    images = np.random.default_rng(0).random((2, 32, 24, 3), "float32")
    both = network(images)
    assert both.shape == images.shape
    np.testing.assert_allclose(both[:1], network(images[:1]), atol=1e-5)


@pytest.mark.parametrize("shape", [(32, 24), (33, 26), (19, 47), (12, 12), (8, 40), (40, 8), (11, 3), (1, 1)])
def test_any_size_goes_in_and_comes_out(shape):
    network = build_transformation_network((4, 8, 8), 1)
    assert network(np.ones((2, *shape, 3), "float32")).shape == (2, *shape, 3)


@pytest.mark.parametrize("shape", [(32, 24), (13, 50), (8, 40), (40, 5), (2, 2), (1, 7), (1, 1)])
def test_the_margin_is_numpys_mirror(shape):
    image = np.random.default_rng(0).random((2, *shape, 3), "float32")
    sides = [(MARGIN, MARGIN + -side % 4) for side in shape]
    np.testing.assert_array_equal(Margin()(image), np.pad(image, [(0, 0), *sides, (0, 0)], "reflect"))


def test_a_small_picture_goes_through_a_shipped_network():
    image = np.random.default_rng(0).random((1, 8, 40, 3), "float32")
    painted = load_transformation_network(transformation_styles()[0])(image).numpy()
    assert painted.shape == image.shape and painted.min() >= 0 and painted.max() <= 1 and painted.std() > 0.01


def test_without_normalisation_there_is_none():
    names = [layer.name for layer in build_transformation_network((4, 8, 8), 1, normalization=None).layers]
    assert not any(name.startswith("norm") for name in names)


def test_the_objective_is_the_formula():
    """Each part against NumPy in float64, picture by picture, with a network of two layers that is easy to compute."""
    rng = np.random.default_rng(0)
    painted, photos = rng.random((2, 3, 6, 5, 3))
    mixes = {"style_layer": rng.normal(size=(3, 4)), "both": rng.normal(size=(3, 2))}
    grams = {"style_layer": rng.random((4, 4)), "both": rng.random((2, 2))}

    def extract(images):
        return {layer: images @ mix.astype(images.dtype) for layer, mix in mixes.items()}

    content, style, variation = [], [], []
    for image, photo in zip(painted, photos):
        maps, target = image @ mixes["both"], photo @ mixes["both"]
        content.append(np.sum((maps - target) ** 2) / np.sum(target**2))
        for layer, mix in mixes.items():
            flat = (image @ mix).reshape(30, -1)
            style.append(np.sum((flat.T @ flat / 30 - grams[layer]) ** 2) / np.sum(grams[layer] ** 2))
        variation.append(np.mean(np.diff(image, axis=0) ** 2) + np.mean(np.diff(image, axis=1) ** 2))
    found = johnson_objective(*(array.astype("float32") for array in (painted, photos)), extract,
                              {layer: gram.astype("float32") for layer, gram in grams.items()}, "both")
    expected = {"content": np.mean(content), "style": np.mean(style), "variation": np.mean(variation)}
    assert list(found) == list(expected)
    for part, value in expected.items():
        np.testing.assert_allclose(found[part], value, rtol=1e-5, err_msg=part)


def test_the_unknown_painting_gets_a_list():
    with pytest.raises(ValueError, match="There is one for: .*any style works with stylize_fast"):
        load_transformation_network("mona_lisa_2")


@pytest.mark.parametrize("style", transformation_styles())
def test_a_shipped_network_paints_its_painting(style):
    file = NETWORKS_FOLDER / f"johnson_{style}.npz"
    network = load_transformation_network(style)
    assert f"{network.count_params():,} weights" in file.with_suffix(".md").read_text(encoding="utf-8")
    extract = feature_extractor(load_network("pocket"), STYLE_LAYERS)
    photo, painting = load_image("coffee", 192)[:, :128], load_image(style, 192)
    target = {name: gram_matrix(maps) for name, maps in extract(painting).items()}
    before, after = (np.mean([style_loss(gram_matrix(maps), target[name]) for name, maps in extract(image).items()])
                     for image in (photo, network(photo)))
    assert after < before / 4


def test_weights_by_their_old_names_load_and_convert(tmp_path):
    style = transformation_styles()[0]
    arrays = read_npz(NETWORKS_FOLDER / f"johnson_{style}.npz")
    assert "norm1.gamma" in arrays and "norm1.beta" in arrays  # what ships is converted
    old = {name.replace("gamma", "scale").replace("beta", "shift"): array for name, array in arrays.items()}
    save_npz(old, tmp_path / "old.npz")
    network = load_transformation_network("mine", tmp_path / "old.npz")
    for ours, theirs in zip(network.weights, load_transformation_network(style).weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    convert_weights([str(tmp_path / "old.npz")])
    converted = read_npz(tmp_path / "old.npz")
    assert list(converted) == list(arrays)
    for name, array in arrays.items():
        np.testing.assert_array_equal(converted[name], array)


def test_one_or_two_ship():
    assert 1 <= len(transformation_styles()) <= 2

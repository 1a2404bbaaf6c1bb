"""AdaIN and its decoder against NumPy in float64 (Huang and Belongie 2017)."""

from nst_helpers._io.weights import save_npz
from nst_helpers.fast.adain import (
    ADAIN_FILE,
    ADAIN_LAYERS,
    ENCODER_LAYERS,
    EPSILON,
    StyleNormalization,
    adain,
    build_decoder,
    decoder_inputs,
    load_adain,
    moments,
)
from nst_helpers.networks import load_network, named_variables

import keras
import numpy as np
import pytest

MAPS = np.random.default_rng(0).gamma(2, size=(2, 9, 11, 5)).astype("float32")
STYLE = np.random.default_rng(1).gamma(1, 3, size=(2, 6, 7, 5)).astype("float32")


def test_adain_is_the_formula_of_the_paper():
    found = adain(MAPS, *moments(STYLE))
    for picture in range(2):
        for channel in range(5):
            x, s = MAPS[picture, ..., channel].astype("float64"), STYLE[picture, ..., channel].astype("float64")
            expected = np.sqrt(s.var() + EPSILON) * (x - x.mean()) / np.sqrt(x.var() + EPSILON) + s.mean()
            np.testing.assert_allclose(found[picture, ..., channel], expected, rtol=1e-4, atol=1e-4)


def test_the_result_has_the_styles_mean_and_deviation():
    found, wanted = moments(adain(MAPS, *moments(STYLE))), moments(STYLE)
    np.testing.assert_allclose(found[0], wanted[0], rtol=1e-4)
    np.testing.assert_allclose(found[1], wanted[1], rtol=2e-3)


def test_contrast_and_brightness_of_the_content_do_not_matter():
    np.testing.assert_allclose(adain(3 * MAPS + 7, *moments(STYLE)), adain(MAPS, *moments(STYLE)), rtol=5e-3, atol=5e-3)


def test_moments_of_a_region_are_those_of_the_region_cut_out():
    guide = np.zeros((1, 9, 11, 1), "float32")
    guide[:, 2:7, 3:9] = 1
    for inside, cut in zip(moments(MAPS, guide), moments(MAPS[:, 2:7, 3:9])):
        np.testing.assert_allclose(inside, cut, rtol=1e-4)


def test_a_map_that_never_fires_stays_finite():
    assert np.isfinite(adain(0 * MAPS, *moments(STYLE))).all()


def test_the_shipped_decoder_is_small_and_has_a_card():
    assert ADAIN_FILE.stat().st_size < 2e6
    assert f"{build_decoder().count_params():,} weights" in ADAIN_FILE.with_suffix(".md").read_text(encoding="utf-8")


def test_weights_of_another_network_are_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="no weights file"):
        load_adain(tmp_path / "none.npz")
    save_npz({"conv1.kernel": np.ones((3, 3, 2, 2))}, tmp_path / "other.npz")
    with pytest.raises(ValueError, match="do not fit"):
        load_adain(tmp_path / "other.npz")


def test_weights_come_back_from_a_file(tmp_path):
    first, second = build_decoder(seed=1), load_adain("random")[1]
    save_npz(named_variables(first), tmp_path / "weights.npz")
    second = load_adain(tmp_path / "weights.npz")[1]
    features = {layer: np.random.default_rng(0).random((1, side, side, channels), "float32")
                for side, (layer, channels) in zip((32, 16, 8), ENCODER_LAYERS.items())}
    inputs = decoder_inputs(features, {layer: moments(maps) for layer, maps in features.items()})
    np.testing.assert_array_equal(first(inputs), second(inputs))


def test_the_style_normalisation_is_the_formula():
    rng, layer = np.random.default_rng(0), StyleNormalization()
    code = rng.normal(size=(2, 3)).astype("float32")
    layer.build(MAPS.shape, code.shape)
    np.testing.assert_allclose(np.mean(layer(MAPS, code), (1, 2)), 0, atol=1e-4)
    kernel, bias = rng.normal(size=(3, 10)), rng.normal(size=10)
    layer.set_weights([kernel, bias])
    x, (scale, shift) = MAPS.astype("float64"), np.split(code @ kernel + bias, 2, axis=1)
    normal = (x - x.mean((1, 2), keepdims=True)) / np.sqrt(x.var((1, 2), keepdims=True) + 1e-5)
    expected = normal * (1 + scale[:, None, None]) + shift[:, None, None]
    np.testing.assert_allclose(layer(MAPS, code), expected, rtol=1e-4, atol=1e-4)


def test_a_mixture_of_moments_is_a_mixture_of_maps():
    style = moments(STYLE)
    mixed = [0.3 * of_style + 0.7 * own for of_style, own in zip(style, moments(MAPS))]
    np.testing.assert_allclose(adain(MAPS, *mixed), 0.3 * adain(MAPS, *style) + 0.7 * MAPS, atol=1e-3)


def some_features(sides=((12, 16), (6, 8), (3, 4)), batch=2):
    """Random maps as the encoder would give them for two pictures of 24x32 pixels."""
    rng = np.random.default_rng(3)
    return {layer: rng.random((batch, *side, channels), "float32")
            for side, (layer, channels) in zip(sides, ENCODER_LAYERS.items())}


def test_the_decoder_takes_restyled_maps_and_all_moments_in_one_row():
    features, statistics = some_features(), {layer: moments(maps + 1) for layer, maps in some_features(batch=1).items()}
    guide = {layer: np.zeros((1, *maps.shape[1:3], 1), "float32") for layer, maps in features.items()}
    for maps in guide.values():
        maps[:, :2] = 1
    inputs = decoder_inputs(features, statistics, guide)
    assert set(inputs) == {*ADAIN_LAYERS, "style"} and inputs["style"].shape == (1, 2 * (32 + 64 + 128))
    wanted = np.concatenate([np.ravel(moment) for layer in ENCODER_LAYERS for moment in statistics[layer]])
    np.testing.assert_array_equal(inputs["style"][0], wanted)
    for layer in ADAIN_LAYERS:
        np.testing.assert_allclose(inputs[layer], adain(features[layer], *statistics[layer], guide[layer]), rtol=1e-6)
        plain = decoder_inputs(features, statistics)[layer]
        np.testing.assert_allclose(plain, adain(features[layer], *statistics[layer]), rtol=1e-6)


def decoder_in_numpy(inputs, weights):
    """The decoder of build_decoder's docstring, written anew in float64."""
    code = np.maximum(inputs["style"] @ weights["code.kernel"] + weights["code.bias"], 0)

    def convolution(number, maps, activation="relu"):
        padded = np.pad(maps, ((0, 0), (1, 1), (1, 1), (0, 0)), "reflect")
        windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (1, 2))  # (B, H, W, C, 3, 3)
        maps = np.einsum("bhwcij,ijco->bhwo", windows, weights[f"conv{number}.kernel"], optimize=True)
        maps = maps + weights[f"conv{number}.bias"]
        if activation == "sigmoid":
            return 1 / (1 + np.exp(-maps))
        scale, shift = np.split(code @ weights[f"norm{number}.kernel"] + weights[f"norm{number}.bias"], 2, axis=1)
        maps = (maps - maps.mean((1, 2), keepdims=True)) / np.sqrt(maps.var((1, 2), keepdims=True) + 1e-5)
        maps = maps * (1 + scale[:, None, None]) + shift[:, None, None]
        return np.maximum(maps, 0) if activation == "relu" else maps

    def enlarged(maps):
        return maps.repeat(2, axis=1).repeat(2, axis=2)

    maps = enlarged(convolution(2, convolution(1, inputs["block4_conv1"])))
    maps = convolution(3, np.concatenate([maps, inputs["block3_conv1"]], axis=-1))
    maps = maps + convolution(5, convolution(4, maps), "linear")
    maps = enlarged(convolution(6, maps))
    maps = enlarged(convolution(8, convolution(7, maps)))
    return convolution(10, convolution(9, maps), "sigmoid")


def test_the_decoder_is_what_its_docstring_says():
    decoder, features = build_decoder(), some_features()
    rng = np.random.default_rng(5)
    for variable in decoder.variables:  # at the start the style has no say: the normalisation's weights are 0
        variable.assign(variable + rng.normal(0, 0.1, variable.shape))
    inputs = decoder_inputs(features, {layer: moments(2 * maps + 1) for layer, maps in some_features().items()})
    weights = {name: np.asarray(variable, "float64") for name, variable in named_variables(decoder).items()}
    found = decoder(inputs)
    assert found.shape == (2, 24, 32, 3)
    np.testing.assert_allclose(found, decoder_in_numpy({name: np.asarray(x, "float64") for name, x in inputs.items()},
                                                       weights), atol=2e-4)


def test_each_seed_and_each_layer_starts_from_other_weights():
    kernels = [[np.asarray(variable) for name, variable in sorted(named_variables(build_decoder(seed)).items())
                if name.startswith("conv") and name.endswith(".kernel")] for seed in (0, 0, 1)]
    for first, same, other in zip(*kernels):
        np.testing.assert_array_equal(first, same)
        assert np.abs(first - other).max() > 0.01
        assert first.std() == pytest.approx(np.sqrt(2 / np.prod(first.shape[:3])), rel=0.1)  # He et al. 2015
    unique = {kernel.tobytes() for one in (kernels[0], kernels[2]) for kernel in one}
    assert len(unique) == 2 * len(kernels[0])
    default = np.asarray(named_variables(build_decoder())["conv3.kernel"])
    np.testing.assert_array_equal(default, named_variables(build_decoder(0))["conv3.kernel"])
    of_one_shape = [kernel for kernel in kernels[0] if kernel.shape == (3, 3, 64, 64)]
    assert len(of_one_shape) == 2 and np.abs(of_one_shape[0] - of_one_shape[1]).max() > 0.01


def test_the_encoder_is_pocket_and_what_ships_is_not_trained_on():
    encoder, decoder = load_adain()
    picture = np.random.default_rng(0).random((1, 24, 32, 3), "float32")
    found, pocket = encoder(picture), load_network("pocket")
    for layer, maps in found.items():
        np.testing.assert_array_equal(maps, keras.Model(pocket.input, pocket.get_layer(layer).output)(picture))
    assert {layer: maps.shape[-1] for layer, maps in found.items()} == ENCODER_LAYERS
    assert not decoder.trainable_variables and load_adain("random")[1].trainable_variables

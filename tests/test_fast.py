"""Style in one pass: `stylize_fast`'s promises, and what it refuses. Its formulas are in test_adain.py."""

import gc
import json
import subprocess
import sys
import weakref

from nst_helpers._run import estimate
from nst_helpers.fast import one_pass
from nst_helpers.fast.adain import ADAIN_LAYERS, ENCODER_LAYERS, EPSILON, load_adain
from nst_helpers.fast.one_pass import stylize_fast
from nst_helpers.images import load_image, resize_image
from nst_helpers.masks.guides import guides

import numpy as np
import pytest


@pytest.fixture(scope="module")
def pictures():
    return load_image("chelsea", 96), load_image("great_wave", 96), load_image("poppies", 96)


@pytest.mark.parametrize("shape", [(96, 64), (61, 83), (16, 40)])
def test_any_size_goes_in_and_comes_out(pictures, shape):
    image = stylize_fast(resize_image(pictures[0], shape), pictures[1])
    assert image.shape == (1, *shape, 3) and image.dtype == np.float32
    assert image.min() >= 0 and image.max() <= 1


def test_strength_zero_draws_the_photo_and_one_is_another_picture(pictures):
    content_image, style_image, _ = pictures
    drawn, half, painted = (stylize_fast(content_image, style_image, strength=s) for s in (0, 0.5, 1))
    distances = [np.mean((image - content_image) ** 2) for image in (drawn, half, painted)]
    assert distances[0] < 0.01 and distances[0] < distances[1] < distances[2]


def test_the_painting_comes_nearer_in_style(pictures):
    """In the Gram matrices of pocket's layers, and for a painting that was held back in training, too."""
    from nst_helpers.losses import gram_matrix, style_loss
    from nst_helpers.networks import feature_extractor, load_network
    from nst_helpers.transfer import STYLE_LAYERS

    extract = feature_extractor(load_network("pocket"), STYLE_LAYERS)

    def distance(image, style_image):
        own, target = extract(image), extract(style_image)
        return np.mean([style_loss(gram_matrix(own[name]), gram_matrix(target[name])) for name in STYLE_LAYERS])

    content_image = load_image("coffee", 128)
    for name in ("street_in_auvers", "inokashira_snow"):
        style_image = load_image(name, 128)
        painted = stylize_fast(content_image, style_image)
        before, after = (distance(image, style_image) for image in (content_image, painted))
        assert after < before / 2


def test_blending_by_weights_ends_at_each_style(pictures):
    content_image, *styles = pictures
    for weights, style in (([1, 0], styles[0]), ([0, 1], styles[1])):
        blended = stylize_fast(content_image, styles, style_weights=weights)
        np.testing.assert_allclose(blended, stylize_fast(content_image, style), atol=1e-3)


def test_masks_keep_styles_apart_and_none_keeps_the_photo(pictures):
    content_image, style_image, _ = pictures
    left = np.zeros_like(content_image[..., :1])
    left[:, :, : left.shape[2] // 2] = 1
    image = stylize_fast(content_image, [style_image, None], masks=[left, 1 - left])
    right = np.s_[:, :, left.shape[2] // 2 :]
    np.testing.assert_array_equal(image[right], content_image[right])
    assert np.mean((image - content_image) ** 2) > 1e-3


def test_a_mask_of_everything_changes_nothing(pictures):
    content_image, style_image, _ = pictures
    whole = stylize_fast(content_image, [style_image], masks=[np.ones_like(content_image[..., :1])])
    np.testing.assert_allclose(whole, stylize_fast(content_image, style_image), atol=2e-3)


def test_keep_colors_leaves_the_photos_colours(pictures):
    from nst_helpers.color import RGB_TO_YIQ

    content_image, style_image, _ = pictures
    grey = content_image.mean(axis=3, keepdims=True).repeat(3, axis=3)
    image = stylize_fast(grey, style_image, keep_colors=True)
    np.testing.assert_allclose((image @ RGB_TO_YIQ.T)[..., 1:], 0, atol=1e-3)


@pytest.mark.parametrize("changes, part", [
    ({"strength": 1.5}, "strength is 1.5"),
    ({"strength": float("nan")}, "strength is nan"),
    ({"strength": "0.5"}, "strength is 0.5; give a number"),
    ({"strength": np.array([0.5, 1])}, "give a number"),
    ({"style_weights": [1, 2]}, "1 style images and 2 style weights"),
    ({"masks": [np.ones((1, 96, 96, 1))], "style_weights": [1]}, "not both"),
    ({"masks": [np.ones((1, 10, 99, 1))]}, "made for another picture"),
    ({"size": 2}, "8"),
])
def test_slips_get_one_sentence(pictures, changes, part):
    with pytest.raises(ValueError, match=part) as failure:
        stylize_fast(*pictures[:2], **changes)
    assert "\n" not in str(failure.value)


# Memory


@pytest.mark.parametrize("options, words", [
    ({}, r"A picture of 6\dx96 pixels needs about .*: take size=\d+ or less"),
    ({"content_image": "chelsea", "size": 640}, r"A picture of 426x640 pixels needs about .*: take size=\d+ or less"),
    ({"style_images": np.full((1, 2000, 1000, 3), 0.5)}, r"A picture of 2000x1000 .*: take style_size=\d+ or less"),
])
def test_what_cannot_fit_is_refused_before_anything_is_computed(pictures, monkeypatch, options, words):
    monkeypatch.setattr(one_pass, "_in_one_pass", lambda *_: pytest.fail("it computes"))
    monkeypatch.setattr(estimate, "kept", 0)
    monkeypatch.setattr(estimate, "memory_free", lambda: one_pass.memory_needed(50, 70))
    with pytest.raises(ValueError, match=words) as told:
        stylize_fast(**{"content_image": pictures[0], "style_images": pictures[1], **options})
    assert "\n" not in str(told.value)


MEASURE = """import json, re, sys
from nst_helpers.fast import one_pass
from nst_helpers._io.environment import memory_used
import numpy as np

height, width = 900, 1200
large = np.random.default_rng(0).random((1, height, width, 3), "float32")
small = large[:, :64, :64].copy()
one_pass.shipped_networks()
if sys.argv[1] == "content":
    pictures, needed = (large, small), one_pass.memory_needed(height, width)
else:
    pictures, needed = (small, large), one_pass.style_memory_needed(height, width)
before = memory_used()
one_pass.stylize_fast(*pictures)
# Not ru_maxrss: that one begins with what the parent held.
peak = 1024 * int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
print(json.dumps([needed / 1e6, (peak - before) / 1e6]))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the numbers were fitted to measurements on Linux")
@pytest.mark.parametrize("large", ["content", "style"])
def test_foretold_memory_is_what_a_pass_takes(large):
    done = subprocess.run([sys.executable, "-c", MEASURE, large], capture_output=True, text=True, check=True)
    foretold, real = json.loads(done.stdout.splitlines()[-1])
    assert 0.65 * real < foretold < 1.5 * real, f"{foretold:.0f} MB foretold, {real:.0f} MB taken"


def test_networks_of_ones_own_go_when_nobody_needs_them(pictures):
    networks = load_adain("random")
    mask = np.ones_like(pictures[0][..., :1])
    painted = [stylize_fast(*pictures[:2], networks=networks, masks=masks) for masks in (None, mask)]
    assert all(np.isfinite(image).all() for image in painted)
    gone = [weakref.ref(network) for network in networks] + [weakref.ref(networks[1].variables[0])]
    del networks
    gc.collect()
    assert [reference() for reference in gone] == [None] * 3


def test_each_pair_of_networks_paints_its_own_picture(pictures):
    """One encoder with two decoders, in turn: what was compiled for one is not taken for the other."""
    encoder, shipped = load_adain()
    _, random = load_adain("random")
    first, other, again = (stylize_fast(*pictures[:2], networks=(encoder, decoder))
                           for decoder in (shipped, random, shipped))
    np.testing.assert_array_equal(first, again)
    np.testing.assert_allclose(first, stylize_fast(*pictures[:2]), atol=1e-5)
    assert np.mean((first - other) ** 2) > 1e-3


@pytest.mark.parametrize("networks", [(), (1,), "pocket", 3])
def test_networks_that_are_no_pair_are_told(pictures, networks):
    with pytest.raises(ValueError, match="networks has to be the pair .* load_adain gives"):
        stylize_fast(*pictures[:2], networks=networks)


def test_a_region_is_given_the_moments_of_what_lies_in_it(pictures):
    """By hand: a margin, the mask's way to each layer, moments there, and the decoder's picture inside the mask."""
    (content, style, _), (encoder, decoder) = pictures, one_pass.shipped_networks()
    _, height, width, _ = content.shape
    mask = np.zeros((1, height, width, 1), "float32")
    mask[:, :, : width // 3] = 1
    found = stylize_fast(content, [style, None], masks=[mask, 1 - mask])
    margin = one_pass.MARGIN
    borders = [(0, 0), (margin, margin + -height % 8), (margin, margin + -width % 8), (0, 0)]
    layers = list(ENCODER_LAYERS)
    own, others = encoder(np.pad(content, borders, "reflect")), encoder(style)
    guide = guides(np.pad(mask, borders, "reflect"), encoder, layers)
    maps, rows = {}, []
    for layer in layers:
        values, target = own[layer].numpy().astype("float64"), others[layer].numpy().astype("float64")
        mean = np.average(values, axis=(1, 2), weights=np.broadcast_to(guide[layer], values.shape))
        spread = np.sqrt(np.average((values - mean) ** 2, axis=(1, 2),
                                    weights=np.broadcast_to(guide[layer], values.shape)) + EPSILON)
        target_mean, target_spread = target.mean((1, 2)), np.sqrt(target.var((1, 2)) + EPSILON)
        maps[layer] = (target_spread * (values - mean) / spread + target_mean).astype("float32")
        rows += [target_mean, target_spread]
    inputs = {layer: maps[layer] for layer in ADAIN_LAYERS} | {"style": np.hstack(rows).astype("float32")}
    painted = decoder(inputs).numpy()[:, margin : margin + height, margin : margin + width]
    np.testing.assert_allclose(found, np.clip(mask * painted + (1 - mask) * content, 0, 1), atol=2e-3)

"""`stylize` with masks: its printed losses against NumPy in float64, what it leaves alone, and what it refuses."""

import re
import types

from nst_helpers._run import regions
from nst_helpers._run.arguments import style_pictures, style_sides
from nst_helpers.images import load_image
from nst_helpers.loss_weights import Weights
from nst_helpers.masks.cover import load_mask
from nst_helpers.masks.guides import guides
from nst_helpers.networks import build_network, feature_extractor
from nst_helpers.objective import Style, transfer_objective
from nst_helpers.optimize import Result
from nst_helpers.transfer import stylize

import numpy as np
import pytest
import tensorflow as tf

SIZE = 32
GENERATOR = np.random.default_rng(0)
CONTENT, STYLE, OTHER_STYLE = (GENERATOR.random((1, height, SIZE, 3), "float32") for height in (24, 32, 28))
LEFT = np.zeros((1, 24, SIZE, 1), "float32")
LEFT[:, :, :14] = 1
STYLE_MASK = np.zeros((1, 32, SIZE, 1), "float32")
STYLE_MASK[:, 4:20] = 1
LAYERS = {"block1_conv1": 1.0, "block2_conv1": 3.0}


@pytest.fixture
def paint(random_pocket):
    def run(style_images, **options):
        quick = {"network": random_pocket, "steps": 4, "progress": False, "style_layers": LAYERS,
                 "content_layers": "block2_conv2"}
        return stylize(CONTENT, style_images, **{**quick, **options})
    return run


def numpy_guided_gram(maps, guide):
    """The weighted mean of the outer products, position by position."""
    maps, weights = maps.reshape(-1, maps.shape[-1]).astype("float64"), guide.ravel().astype("float64") ** 2
    return (maps * weights[:, None]).T @ maps / weights.sum()


@pytest.mark.parametrize("mode", ["resize", "any", "only"])
def test_the_first_loss_is_the_formula_region_by_region(paint, random_pocket, mode):
    result = paint([STYLE, OTHER_STYLE], masks=[LEFT, 1 - LEFT], style_masks=[STYLE_MASK, None], style_weights=[1, 3],
                   guide_mode=mode)
    extract = feature_extractor(random_pocket, LAYERS)
    ours, style, other = (extract(picture) for picture in (CONTENT, STYLE, OTHER_STYLE))
    expected = 0.0
    for share, mask, target, target_mask in ((0.25, LEFT, style, STYLE_MASK), (0.75, 1 - LEFT, other, None)):
        region = guides(mask, extract, LAYERS, mode)
        source = guides(target_mask, extract, LAYERS, mode) if target_mask is not None else None
        for layer, weight in (("block1_conv1", 0.25), ("block2_conv1", 0.75)):
            gram = numpy_guided_gram(ours[layer].numpy(), region[layer])
            ones = np.ones((*target[layer].shape[:3], 1))
            target_gram = numpy_guided_gram(target[layer].numpy(), source[layer] if source else ones)
            expected += share * weight * np.sum((gram - target_gram) ** 2) / np.sum(target_gram**2)
    np.testing.assert_allclose(result.losses["style"][0], expected, rtol=1e-4)


def test_a_mask_of_ones_changes_nothing(paint):
    plain, masked = paint(STYLE), paint(STYLE, masks=np.ones_like(LEFT), style_masks=np.ones((32, SIZE)))
    for name, losses in plain.losses.items():
        np.testing.assert_allclose(masked.losses[name][0], losses[0], rtol=1e-5, atol=1e-9, err_msg=name)


def test_a_region_has_no_gradient_beyond_its_receptive_field(random_pocket):
    extract = feature_extractor(random_pocket, ["block1_conv2"])
    style = Style(STYLE, region=guides(LEFT, extract, ["block1_conv2"]))
    objective = transfer_objective(extract, CONTENT, [style], Weights("block1_conv2", "block1_conv2", 0.0))
    image = tf.constant(CONTENT)
    with tf.GradientTape() as tape:
        tape.watch(image)
        loss = objective(image)["style"]
    size = np.abs(tape.gradient(loss, image).numpy()).max(axis=(0, 1, 3))
    # The region ends at column 13; two 3x3 convolutions see two columns further.
    assert np.all(size[:14] > 0) and np.all(size[16:] == 0)


@pytest.mark.parametrize("start", ["content", "noise"])
def test_a_style_of_none_leaves_its_region_as_the_photo_is(paint, start):
    result = paint([STYLE, None], masks=[LEFT, 1 - LEFT], start=start, steps=6)
    np.testing.assert_allclose(result.image[:, :, 14:], CONTENT[:, :, 14:], atol=1e-6)
    assert np.abs(result.image[:, :, :14] - CONTENT[:, :, :14]).mean() > 0.01


def test_two_regions_go_to_two_paintings():
    """On the shipped network: inside its mask, each half comes close to its own painting's colours."""
    content = load_image("chelsea", 96)
    mask = np.zeros((*content.shape[:3], 1), "float32")
    mask[:, :, :48] = 1
    red, blue = (np.ones((1, 64, 64, 3), "float32") * color for color in ([0.8, 0.2, 0.1], [0.1, 0.2, 0.8]))
    result = stylize(content, [red, blue], masks=[mask, 1 - mask], steps=20, progress=False,
                     style_layers=["block1_conv1", "block2_conv1"], content_weight=0)
    left, right = result.image[:, :, :40].mean(axis=(0, 1, 2)), result.image[:, :, 56:].mean(axis=(0, 1, 2))
    assert left[0] > left[2] + 0.2 and right[2] > right[0] + 0.2


def test_bundled_masks_by_name():
    masks = ["coffee_cup", 1 - load_mask("coffee_cup")]
    result = stylize("coffee", ["great_wave", None], masks=masks, size=64, steps=2, progress=False,
                     content_layers="block2_conv1", style_layers="block1_conv1")
    assert result.image.shape[2] == 64


WIDE = np.zeros_like(LEFT)
WIDE[:, :, :20] = 1
DOT = np.zeros_like(LEFT)
DOT[:, 12, 12] = 1


@pytest.mark.parametrize("styles, options, words", [
    ([STYLE, OTHER_STYLE], {"masks": [LEFT]}, "There are 2 style images and 1 masks; give one for each"),
    ([STYLE, OTHER_STYLE], {"style_masks": [STYLE_MASK]}, "There are 2 style images and 1 style_masks"),
    ([STYLE, OTHER_STYLE], {"masks": [WIDE, 1 - LEFT]}, "The masks overlap in 19% of the picture"),
    ([STYLE], {"masks": [LEFT]}, "The masks leave 56% of the picture uncovered"),
    ([STYLE, OTHER_STYLE], {"masks": [0 * LEFT, 1 - 0 * LEFT]}, "Mask 1 is empty"),
    ([STYLE], {"masks": [CONTENT]}, "Mask 1 is in colour, but a mask is greyscale"),
    ([STYLE], {"masks": [np.ones((24, 24))]}, "Mask 1 is 24x24 pixels (height x width), its picture 24x32"),
    ([STYLE], {"style_masks": [np.ones((24, 32))]}, "Style mask 1 is 24x32 pixels (height x width), its picture 32x32"),
    ([STYLE], {"masks": ["coffee_cap"]}, "There is no bundled mask 'coffee_cap' (did you mean 'coffee_cup'?)"),
    ([STYLE], {"guide_mode": "all", "masks": [LEFT + 1 - LEFT]}, "There are no guides 'all'"),
    ([None, STYLE], {}, "A style image of None leaves a region as the photo is, so it needs a mask of its own"),
    ([None], {"masks": [LEFT]}, "There is no style image; give at least one that is not None"),
    ([STYLE, OTHER_STYLE], {"masks": [DOT, 1 - DOT], "guide_mode": "only"},
     'A region is so small that in the guide mode "only" no position of block'),
])
def test_wrong_masks_are_told_before_anything_long_begins(paint, monkeypatch, styles, options, words):
    monkeypatch.setattr("nst_helpers.transfer.minimize_in_stages", lambda *_, **__: pytest.fail("the run has started"))
    with pytest.raises(ValueError, match=re.escape(words)) as error:
        paint(styles, **options)
    assert "\n" not in str(error.value)


def test_a_region_too_small_for_a_deep_layer_is_named():
    extract = feature_extractor(build_network("pocket", "average", None), ["block5_conv1"])
    with pytest.raises(ValueError, match="no position of block5_conv1 lies in it"):
        guides(load_mask("coffee_cup", 128), extract, ["block5_conv1"], "only")


def test_style_images_shrink_with_the_picture(random_pocket):
    """A stroke has to be as large against the picture at every size."""
    seen = []

    def note(content_image, styles, _weights, **_options):
        seen.append((content_image.shape, styles[0].image.shape))

    extract = feature_extractor(random_pocket, ["block1_conv1"])
    run = regions.Regions(extract, types.SimpleNamespace(objective=note), [STYLE], [32], [1.0], None, None, "resize", 0)
    for size in ((24, 32), (12, 16)):
        run.stage(CONTENT, size, Weights("block1_conv1", "block1_conv1", 0.0))
    assert seen == [((1, 24, 32, 3), (1, 32, 32, 3)), ((1, 12, 16, 3), (1, 16, 16, 3))]


def test_a_style_image_of_a_poster_is_not_enlarged_but_as_large_as_ever_on_the_way(random_pocket):
    """Beside a finished picture it would be 64 pixels long; its file has 32."""
    seen = []
    extract = feature_extractor(random_pocket, ["block1_conv1"])
    tiling = types.SimpleNamespace(objective=lambda _, styles, *__, **___: seen.append(styles[0].image.shape))
    run = regions.Regions(extract, tiling, [STYLE], [64], [1.0], None, None, "resize", 0)
    for size in ((24, 32), (12, 16), (6, 8)):
        run.stage(CONTENT, size, Weights("block1_conv1", "block1_conv1", 0.0))
    assert seen == [(1, 32, 32, 3), (1, 32, 32, 3), (1, 16, 16, 3)]


def test_how_long_a_style_image_is_beside_a_poster():
    poster = np.broadcast_to(np.float32(0), (1, 3072, 4096, 3))
    sources = ["starry_night", "great_wave", None, np.zeros((1, 20, 30, 3), "float32")]
    styles = style_pictures(sources, None, poster)
    assert [style if style is None else max(style.shape) for style in styles] == [1024, 1024, None, 30]
    assert style_sides(sources, styles, None, poster) == [4096, 4096, 0, 30]
    styles = style_pictures("the_scream", 3000, poster)
    assert max(styles[0].shape) == 3000 and style_sides("the_scream", styles, 3000, poster) == [3000]


SOFT = np.linspace(0, 1, SIZE, dtype="float32")[None, None, :, None] * np.ones((1, 24, 1, 1), "float32")


def test_what_is_kept_takes_no_part_in_the_losses(random_pocket):
    """A soft mask: the losses are those of the photo and the picture, blended by it."""
    extract = feature_extractor(random_pocket, ["block1_conv1"])
    weights = Weights("block1_conv1", "block1_conv1", 0.5, total_variation_weight=2.0, patch_weight=0.1)
    image = GENERATOR.random(CONTENT.shape, "float32")
    kept = transfer_objective(extract, CONTENT, [Style(STYLE)], weights, keep=SOFT)(image)
    blended = transfer_objective(extract, CONTENT, [Style(STYLE)], weights)(SOFT * CONTENT + (1 - SOFT) * image)
    for name, loss in blended.items():
        np.testing.assert_allclose(kept[name], loss, rtol=1e-5, err_msg=name)


def test_what_is_kept_is_blended_in_at_the_start_and_at_the_end(paint, monkeypatch):
    starts, end = [], GENERATOR.random(CONTENT.shape, "float32")

    def instead(_objectives, _sizes, start_image, *_, **__):
        starts.append(start_image)
        return Result(end, {}, 0, 0, 0.0, "not run")

    monkeypatch.setattr("nst_helpers.transfer.minimize_in_stages", instead)
    noise = GENERATOR.random(CONTENT.shape, "float32")
    result = paint([STYLE, None], masks=[1 - SOFT, SOFT], start=noise)
    np.testing.assert_allclose(starts[0], SOFT * CONTENT + (1 - SOFT) * noise, atol=1e-6)
    np.testing.assert_allclose(result.image, SOFT * CONTENT + (1 - SOFT) * end, atol=1e-6)

"""A picture in tiles: against the objective of the whole, in losses and gradient, whatever the cut."""

from nst_helpers._run import estimate, tiling
from nst_helpers.loss_weights import Weights
from nst_helpers.masks.guides import guides
from nst_helpers.networks import feature_extractor, load_network
from nst_helpers.objective import Style, transfer_objective
from nst_helpers.style_losses import STYLE_LOSSES
from nst_helpers.style_losses.by_sums import SUM_LOSSES
from nst_helpers.tiles.grid import strides, tile_grid
from nst_helpers.tiles.objective import TiledObjective
from nst_helpers.transfer import stylize

import numpy as np
import pytest
import tensorflow as tf

LAYERS = ("block1_conv1", "block2_conv1", "block3_conv1", "block4_conv1", "block5_conv1")
RANDOM = np.random.default_rng(0)
HEIGHT, WIDTH = 181, 219  # neither is a multiple of 16


def smooth_picture(height, width, seed):
    """A picture with forms of every size, (1, height, width, 3)."""
    random = np.random.default_rng(seed)
    fine = random.random((1, height, width, 3))
    coarse = tf.image.resize(random.random((1, 6, 7, 3)), (height, width)).numpy()
    return np.clip(0.7 * coarse + 0.3 * fine, 0, 1).astype("float32")


CONTENT, IMAGE = smooth_picture(HEIGHT, WIDTH, 1), smooth_picture(HEIGHT, WIDTH, 2) * 1.3 - 0.1
STYLES = [smooth_picture(150, 133, 3), smooth_picture(97, 205, 4)]


def whole(objective, image):
    """Losses by name and gradient of an objective that knows no tiles."""
    image = tf.constant(image)
    with tf.GradientTape() as tape:
        tape.watch(image)
        parts = objective(image)
        total = tf.add_n(list(parts.values()))
    return {name: float(part) for name, part in parts.items()}, tape.gradient(total, image).numpy()


def check_alike(extract, styles, weights, side, **options):
    """Both objectives of IMAGE agree to the rounding of float32."""
    losses, gradient = whole(transfer_objective(extract, CONTENT, styles, weights, **options), IMAGE)
    tiled = TiledObjective(extract, CONTENT, styles, weights, side=side, **options)
    found, own = tiled.losses_and_gradient(IMAGE)
    assert len(tiled.tiles) > 1
    assert list(found) == list(losses)
    np.testing.assert_allclose(list(found.values()), list(losses.values()), rtol=2e-4)
    assert own.dtype == "float32" and own.shape == gradient.shape
    # Where tiles meet as anywhere else: the largest error against the typical size of the gradient.
    assert np.abs(own - gradient).max() < 2e-3 * np.sqrt(np.mean(gradient**2))


@pytest.fixture(scope="module")
def extract():
    return feature_extractor(load_network("pocket"), ["block4_conv2", *LAYERS])


def region_masks():
    ramp = np.linspace(-1, 2, WIDTH)[None, None, :, None] * np.ones((1, HEIGHT, 1, 1))
    soft = np.clip(ramp, 0, 1).astype("float32")
    return soft, 1 - soft


def styles_with_regions(extract, mode="resize"):
    def of(mask):
        return {**guides(mask, extract, LAYERS, mode), "patches": mask[:, 1:-1, 1:-1]}

    source = np.zeros((1, 150, 133, 1), "float32")
    source[:, 20:110, 30:] = 1
    left, right = region_masks()
    return [Style(STYLES[0], 0.7, of(left), of(source)), Style(STYLES[1], 0.3, of(right))]


@pytest.mark.parametrize("side", [48, 130])
def test_everything_at_once_with_tiles_of_any_size(extract, side):
    weights = Weights("block4_conv2", LAYERS, content_weight=0.02, total_variation_weight=1.0, patch_weight=0.003,
                      structure_weight=0.1)
    check_alike(extract, [Style(STYLES[0], 0.7), Style(STYLES[1], 0.3)], weights, side)


@pytest.mark.parametrize("style_loss", SUM_LOSSES)
def test_every_style_loss_of_sums_with_regions_and_style_masks(extract, style_loss):
    weights = Weights("block4_conv2", LAYERS,
                      content_weight=0.02, total_variation_weight=0.1, patch_weight=0.003)
    check_alike(extract, styles_with_regions(extract), weights, 64, style_loss=style_loss)


def test_a_region_that_is_kept(extract):
    keep = np.zeros((1, HEIGHT, WIDTH, 1), "float32")
    keep[:, 30:100, 40:150] = 1
    keep[:, 100:120, 40:150] = 0.4
    weights = Weights("block4_conv2", LAYERS, content_weight=0.02, structure_weight=0.1)
    check_alike(extract, [Style(STYLES[0])], weights, 64, keep=keep)


def test_other_layers_and_max_pooling():
    extract = feature_extractor(load_network("pocket", pooling="max"), ["block3_conv2", "block1_conv2", "block2_conv2"])
    weights = Weights(["block3_conv2", "block1_conv2"], {"block2_conv2": 2.0}, content_weight=0.5)
    check_alike(extract, [Style(STYLES[0])], weights, 40)


def test_shallow_layers_leave_the_losses_on_pixels_their_margin(random_pocket):
    """The network sees two pixels to each side here; Laplacians and patches look further, in blocks of four."""
    extract = feature_extractor(random_pocket, ["block1_conv1", "block1_conv2"])
    weights = Weights("block1_conv2", "block1_conv1", 0.1, total_variation_weight=1.0, patch_weight=0.01,
                      structure_weight=0.5)
    check_alike(extract, [Style(STYLES[0])], weights, 50)


@pytest.mark.parametrize("style_loss", sorted(set(STYLE_LOSSES) - set(SUM_LOSSES)))
def test_what_is_no_sum_says_so_in_one_sentence(extract, style_loss):
    weights = Weights("block4_conv2", LAYERS, content_weight=0.02)
    with pytest.raises(ValueError, match=f'^style_loss="{style_loss}" sorts or compares .* take a smaller size'):
        TiledObjective(extract, CONTENT, [Style(STYLES[0])], weights, style_loss=style_loss)


def test_the_gradient_is_that_of_the_printed_losses(extract):
    """By finite differences along a direction, across the seams."""
    weights = Weights("block4_conv2", LAYERS, content_weight=0.02, total_variation_weight=1.0, patch_weight=0.003)
    objective = TiledObjective(extract, CONTENT, [Style(STYLES[0])], weights, side=64)
    _, gradient = objective.losses_and_gradient(IMAGE)
    direction = gradient / np.linalg.norm(gradient)
    ahead, back = (sum(objective.losses_and_gradient(IMAGE + step * direction)[0].values()) for step in (0.05, -0.05))
    assert (ahead - back) / 0.1 == pytest.approx(np.sum(direction * gradient), rel=0.02)


# Tiles


@pytest.mark.parametrize("height, width, side", [(181, 219, 48), (64, 64, 64), (65, 500, 64), (17, 16, 512)])
def test_each_pixel_belongs_to_one_tile(height, width, side):
    counts = np.zeros((1, height, width, 1), int)
    tiles = tile_grid(height, width, side, 64, 16)
    for tile in tiles:
        core = tile.cut_core(counts, 1)
        core += 1
        assert max(core.shape) <= side + 16 and all(first % 16 == 0 for first, _ in tile.core)
        for (first, last), (begin, end), length in zip(tile.core, tile.outer, (height, width)):
            assert begin == max(0, first - 64) and end == min(length, last + 64)
    assert np.all(counts == 1)


def test_how_far_a_layer_sees_by_changing_one_pixel(random_pocket):
    """The margin is as wide as half the receptive field, found by a pixel that changes: at most so, and hardly less."""
    extract = feature_extractor(random_pocket, ["block4_conv1"])
    steps, reach = strides(extract)
    assert steps == {"block4_conv1": 8} and reach == 2 * 1 + 2 * 2 + 2 * 4 + 8
    image = RANDOM.random((1, 160, 160, 3)).astype("float32")
    other = image.copy()
    other[:, 80, 80] += 1
    changed = np.any(extract(image)["block4_conv1"].numpy() != extract(other)["block4_conv1"].numpy(), axis=(0, 2, 3))
    first, last = np.flatnonzero(changed)[[0, -1]]
    assert 8 * first >= 80 - reach - 7 and 8 * last <= 80 + reach
    assert 8 * last > 80 + reach - 16


# In stylize


def test_stylize_paints_the_same_picture_in_tiles(random_pocket):
    """The small stage whole, the last in tiles; with a region of its own for each of two styles."""
    left, right = region_masks()
    options = {"network": random_pocket, "masks": [left, right], "steps": 6, "progress": False, "style_weights": [2, 1],
               "coarse_to_fine": False, "patch_weight": 0.003}
    whole_run = stylize(CONTENT, STYLES, **options)
    tiled = stylize(CONTENT, STYLES, tile_size=128, **options)
    assert tiled.record["arguments"]["tile_size"] == 128
    np.testing.assert_allclose(tiled.losses["total"], whole_run.losses["total"], rtol=1e-3)
    assert np.abs(tiled.image - whole_run.image).mean() < 1e-3


def test_a_picture_too_large_for_memory_is_painted_in_tiles(random_pocket, monkeypatch):
    """With so little free memory that today's whole picture was refused."""
    extract = feature_extractor(random_pocket, ["block4_conv2", *LAYERS])
    whole_need = estimate.memory_needed(extract, 700, 900)
    monkeypatch.setattr(estimate, "memory_free", lambda: 0.75 * whole_need)
    monkeypatch.setattr(estimate, "kept", 0)
    big = np.zeros((1, 700, 900, 3), "float32")
    with pytest.raises(ValueError, match="are free: take size="):
        estimate.check_run_memory(extract, big, [], "L-BFGS")
    found = tiling.plan_tiling(extract, big, [], "L-BFGS")
    assert found.side in tiling.SIDES and not found.is_whole(700, 900) and found.is_whole(300, 300)
    with pytest.raises(ValueError, match="are free: take size="):
        tiling.plan_tiling(extract, np.broadcast_to(np.float32(0), (1, 30_000, 30_000, 3)), [], "L-BFGS")
    with pytest.raises(ValueError, match="are free: take size="):  # no tiles for what sorts
        tiling.plan_tiling(extract, big, [], "L-BFGS", style_loss="sliced")


@pytest.mark.parametrize("style_loss", ["gram", "sliced"])
def test_a_picture_no_larger_than_a_tile_is_painted_whole(random_pocket, style_loss):
    extract = feature_extractor(random_pocket, ["block4_conv2", *LAYERS])
    found = tiling.plan_tiling(extract, CONTENT, STYLES, "L-BFGS", tile_size=128, style_loss=style_loss)
    assert found.side is None and found.is_whole(HEIGHT, WIDTH)
    assert found.memory == estimate.check_run_memory(extract, CONTENT, STYLES, "L-BFGS", style_loss=style_loss)
    larger = np.zeros((1, 300, 300, 3), "float32")
    if style_loss == "gram":
        assert tiling.plan_tiling(extract, larger, STYLES, "L-BFGS", tile_size=128).side == 128
    else:
        with pytest.raises(ValueError, match="sorts or compares"):
            tiling.plan_tiling(extract, larger, STYLES, "L-BFGS", tile_size=128, style_loss=style_loss)


@pytest.mark.parametrize("tile_size", [0, 127, 300.5, True, "large"])
def test_a_wrong_side_is_told_in_one_sentence(random_pocket, tile_size):
    with pytest.raises(ValueError, match="^tile_size is .*; give a whole number of pixels, 128 or more"):
        stylize(CONTENT, STYLES, network=random_pocket, tile_size=tile_size)

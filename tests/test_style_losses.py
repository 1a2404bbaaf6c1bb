"""The style losses beside the Gram matrix: against NumPy and SciPy in float64, hand-computed cases, finite differences,
and as `stylize` takes them."""

from nst_helpers import stylize
from nst_helpers.loss_weights import Weights
from nst_helpers.networks import feature_extractor
from nst_helpers.objective import Style, transfer_objective
from nst_helpers.style_losses import CLOUD_LOSSES, STYLE_LOSSES, cloud, positions
from nst_helpers.style_losses.by_moments import BLUR, gaussian_loss, root_trace
from nst_helpers.style_losses.by_points import (
    MOST_POINTS,
    histogram_loss,
    nearest_loss,
    quantiles,
    sliced_loss,
)

import numpy as np
import pytest
import scipy.linalg
import scipy.optimize
import scipy.spatial.distance
import scipy.stats
import tensorflow as tf

POINTS, TARGET = (np.abs(np.random.default_rng(seed).normal(size=(60, 5))) * [1, 2, 0.5, 3, 1] for seed in (1, 2))
TARGET = TARGET @ np.diag([2, 1, 1, 0.3, 1]) + [0, 0.5, 0, 0, 1]
CONTENT, STYLE = (np.random.default_rng(seed).random((1, 24, 32, 3), "float32") for seed in (3, 4))
QUICK = {"content_layers": "block2_conv2", "style_layers": ["block1_conv1", "block2_conv1"], "steps": 2,
         "progress": False}


def numpy_moments(x, y):
    a, b = (np.concatenate([z.mean(0), z.std(0)]) for z in (x, y))
    return np.sum((a - b) ** 2) / np.sum(b**2)


def numpy_central_moments(x, y):
    ratios = []
    for order in range(1, 6):
        a, b = (np.tanh(z).mean(0) if order == 1 else scipy.stats.moment(np.tanh(z), order) for z in (x, y))
        around = 0 if order == 1 else np.tanh(y).mean(0)
        size = np.mean(np.abs(np.tanh(y) - around) ** order, 0)
        ratios.append(np.sum((a - b) ** 2) / np.sum(size**2))
    return np.mean(ratios)


def numpy_gaussian(x, y):
    blur = BLUR * np.cov(y.T, bias=True).trace() / y.shape[1]
    s, t = (np.cov(z.T, bias=True) + blur * np.eye(z.shape[1]) for z in (x, y))
    cross = scipy.linalg.sqrtm(s @ t).trace().real  # of another product with the same eigenvalues
    distance = np.sum((x.mean(0) - y.mean(0)) ** 2) + s.trace() + t.trace() - 2 * cross
    return distance / np.mean(np.sum(y**2, 1))


def numpy_histogram(x, y):
    """The squared Wasserstein distance of each map, by a linear assignment of all points."""
    total = 0
    for a, b in zip(x.T, y.T):
        cost = (a[:, None] - b) ** 2
        total += cost[scipy.optimize.linear_sum_assignment(cost)].sum()
    return total / np.sum(y**2)


def numpy_sliced(x, y):
    directions = np.random.default_rng(0).standard_normal((5, 5))
    directions = (directions / np.linalg.norm(directions, axis=0)).astype("float32")
    return numpy_histogram(x @ directions, y @ directions)


def numpy_nearest(x, y):
    squares = scipy.spatial.distance.cdist(x, y, "sqeuclidean")
    return max(squares.min(0).mean(), squares.min(1).mean()) / np.mean(np.sum(y**2, 1))


REFERENCES = {"moments": numpy_moments, "gaussian": numpy_gaussian, "histogram": numpy_histogram,
              "central_moments": numpy_central_moments, "sliced": numpy_sliced, "nearest": numpy_nearest}


def loss_of(name, dtype="float64"):
    return CLOUD_LOSSES[name](tf.constant(TARGET, dtype), len(POINTS), 0)


@pytest.mark.parametrize("name", CLOUD_LOSSES)
@pytest.mark.parametrize("dtype, rtol", [("float64", 1e-6), ("float32", 2e-4)])
def test_each_loss_equals_its_reference(name, dtype, rtol):
    value = loss_of(name, dtype=dtype)(tf.constant(POINTS, dtype))
    assert value.dtype == dtype and value.shape == ()
    assert float(value) == pytest.approx(REFERENCES[name](POINTS, TARGET), rel=rtol)


@pytest.mark.parametrize("name", CLOUD_LOSSES)
def test_a_match_costs_nothing_and_silence_one(name):
    shuffled = np.random.default_rng(5).permutation(TARGET)
    loss = loss_of(name)
    assert float(loss(tf.constant(shuffled))) == pytest.approx(0, abs=1e-7), "the order of positions does not count"
    assert float(loss(tf.zeros_like(TARGET))) == pytest.approx(1, abs=0.25 if name == "central_moments" else 0.03)
    assert float(loss(tf.constant(POINTS))) > 0.05


@pytest.mark.parametrize("name", CLOUD_LOSSES)
def test_gradients_are_those_of_finite_differences(name):
    loss, points = loss_of(name), tf.Variable(POINTS)
    with tf.GradientTape() as tape:
        value = loss(points)
    gradient, generator = tape.gradient(value, points).numpy(), np.random.default_rng(6)
    for _ in range(3):
        step = generator.normal(size=POINTS.shape)
        step *= 1e-6 / np.linalg.norm(step)
        numeric = (float(loss(tf.constant(POINTS + step))) - float(loss(tf.constant(POINTS - step)))) / 2
        assert numeric == pytest.approx(np.sum(gradient * step), rel=1e-4, abs=1e-13)


@pytest.mark.parametrize("name", CLOUD_LOSSES)
@pytest.mark.parametrize("points", [np.zeros((60, 5)), np.ones((60, 5)), TARGET, POINTS[:1].repeat(60, 0),
                                    POINTS * [1, 0, 1, 0, 0]], ids=["zeros", "ones", "match", "one point", "flat"])
def test_no_cloud_gives_a_gradient_that_is_not_finite(name, points):
    """A flat cloud has a singular covariance, equal points tie when they are sorted, and a match has distance 0."""
    for dtype in ("float32", "float64"):
        variable = tf.Variable(points, dtype=dtype)
        with tf.GradientTape() as tape:
            value = loss_of(name, dtype=dtype)(variable)
        assert np.isfinite(value.numpy()) and np.isfinite(tape.gradient(value, variable).numpy()).all()


def test_root_trace_by_hand_and_at_equal_eigenvalues():
    """diag(4, 4, 9): the roots are 2, 2 and 3, the gradient is half of 1/2, 1/2 and 1/3."""
    matrix = tf.Variable(np.diag([4.0, 4.0, 9.0]))
    with tf.GradientTape() as tape:
        value = root_trace(matrix)
    assert float(value) == pytest.approx(7)
    np.testing.assert_allclose(tape.gradient(value, matrix), np.diag([1 / 4, 1 / 4, 1 / 6]), atol=1e-12)


def test_gaussian_distance_of_two_lines_of_points_by_hand():
    """Along one map: means 0 and 3, deviations 1 and 2; (3² + (2 - 1)²) over 3² + 2²."""
    own, target = np.array([[-1.0], [1.0]]), np.array([[1.0], [5.0]])
    assert float(gaussian_loss(tf.constant(target))(tf.constant(own))) == pytest.approx(10 / 13, rel=1e-3)


def test_sorted_losses_by_hand_with_clouds_of_different_sizes():
    """Target 0, 1, 2, 3; at two places, a quarter and three quarters of the way, it has 0.5 and 2.5."""
    np.testing.assert_allclose(quantiles(np.array([[3.0], [0.0], [2.0], [1.0]]), 2), [[0.5], [2.5]])
    loss = histogram_loss(tf.constant([[3.0], [0.0], [2.0], [1.0]]), 2)
    assert float(loss(tf.constant([[3.5], [0.5]]))) == pytest.approx(1 / (0.5**2 + 2.5**2))


def test_sliced_sees_what_each_map_alone_does_not():
    """Two clouds on the corners of squares: on the axes alike, along the diagonal not."""
    alike, crossed = np.array([[0.0, 0], [1, 1]] * 10), np.array([[0.0, 1], [1, 0]] * 10)
    assert float(histogram_loss(tf.constant(alike), 20)(tf.constant(crossed))) == pytest.approx(0, abs=1e-12)
    assert float(sliced_loss(tf.constant(alike), 20, 0)(tf.constant(crossed))) > 0.05


def test_central_moments_of_a_symmetric_cloud_divide_by_no_zero():
    """Its moments of odd order are 0, and another cloud is no more than some times as far away as silence."""
    symmetric = np.concatenate([TARGET - 5, 5 - TARGET])
    other = np.concatenate([symmetric[:60], symmetric[:60] + 0.3])
    assert 0 < float(CLOUD_LOSSES["central_moments"](tf.constant(symmetric))(tf.constant(other))) < 4


def test_directions_are_those_of_the_seed():
    values = [float(sliced_loss(tf.constant(TARGET), 60, seed)(tf.constant(POINTS))) for seed in (0, 0, 1)]
    assert values[0] == values[1] != values[2]


def test_nearest_takes_a_share_of_very_many_points():
    many = np.random.default_rng(7).random((3 * MOST_POINTS + 5, 2)).astype("float32")
    loss = nearest_loss(tf.constant(many[:3000]), len(many), 0)
    assert 0 <= float(loss(tf.constant(many))) < 0.01
    kept = np.sort(np.random.default_rng(0).permutation(len(many))[:MOST_POINTS])
    moved = many + np.float32([0, 5])
    moved[kept] = many[kept]
    assert float(loss(tf.constant(moved))) == pytest.approx(float(loss(tf.constant(many))))
    assert float(loss(tf.constant(many + np.float32([0, 5])))) > 1


# In stylize


def test_positions_of_a_region():
    guide = np.array([0.0, 0.2, 0.3, 0.6]).reshape(1, 2, 2, 1)
    np.testing.assert_array_equal(positions(guide), [2, 3])
    features = tf.reshape(tf.range(8.0), (1, 2, 2, 2))
    np.testing.assert_array_equal(cloud(features, guide), [[4, 5], [6, 7]])
    np.testing.assert_array_equal(cloud(features), [[0, 1], [2, 3], [4, 5], [6, 7]])


@pytest.mark.parametrize("name", CLOUD_LOSSES)
def test_the_objective_adds_up_what_the_references_say(name, random_pocket):
    layers = {"block1_conv1": 3.0, "block2_conv1": 1.0}
    extract = feature_extractor(random_pocket, [*layers, "block2_conv2"])
    objective = transfer_objective(extract, CONTENT, [Style(STYLE)], Weights("block2_conv2", layers, 0.0),
                                   style_loss=name)
    found = {layer: [extract(picture)[layer].numpy().reshape(-1, width).astype("float64")
                     for picture in (CONTENT, STYLE)] for layer, width in zip(layers, (16, 32))}
    if name == "sliced":  # directions of each width
        expected = 0
        for layer, share in (("block1_conv1", 0.75), ("block2_conv1", 0.25)):
            own, target = found[layer]
            directions = np.random.default_rng(0).standard_normal((own.shape[1],) * 2)
            directions /= np.linalg.norm(directions, axis=0)
            expected += share * numpy_histogram(own @ directions, target @ directions)
    else:
        expected = sum(share * REFERENCES[name](*found[layer])
                       for layer, share in (("block1_conv1", 0.75), ("block2_conv1", 0.25)))
    assert float(objective(tf.constant(CONTENT))["style"]) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("name", STYLE_LOSSES)
def test_stylize_takes_each_of_them_with_and_without_masks(name, random_pocket):
    whole = stylize(CONTENT, STYLE, network=random_pocket, style_loss=name, **QUICK)
    assert whole.losses["style"][-1] < whole.losses["style"][0] and np.isfinite(whole.image).all()
    assert whole.record["arguments"]["style_loss"] == name
    left = np.zeros((1, 24, 32, 1), "float32")
    left[:, :, :16] = 1
    parted = stylize(CONTENT, [STYLE, STYLE[:, ::-1]], network=random_pocket, style_loss=name,
                     masks=[left, 1 - left], style_masks=[None, left], **QUICK)
    assert parted.losses["style"][-1] < parted.losses["style"][0] and np.isfinite(parted.image).all()


def test_a_region_has_only_its_own_positions(random_pocket):
    """The style of the left half is the left half itself: nothing is left to pay, whatever is on the right."""
    left = np.zeros((1, 24, 32, 1), "float32")
    left[:, :, :16] = 1
    extract = feature_extractor(random_pocket, ["block1_conv1"])
    guide = {"block1_conv1": left}
    style = Style(CONTENT, region=guide, source=guide)
    for name in CLOUD_LOSSES:
        objective = transfer_objective(extract, CONTENT, [style], Weights("block1_conv1", "block1_conv1", 0.0),
                                       style_loss=name)
        changed = np.concatenate([CONTENT[:, :, :18], STYLE[:, :, 18:]], 2)
        assert float(objective(tf.constant(changed))["style"]) == pytest.approx(0, abs=1e-5)


def test_every_size_draws_its_own_directions_and_keeps_them(random_pocket, monkeypatch):
    from nst_helpers._run import tiling

    seeds = []
    real = tiling.transfer_objective
    monkeypatch.setattr(tiling, "transfer_objective",
                        lambda *args, **options: seeds.append(options["seed"]) or real(*args, **options))
    photo = np.random.default_rng(8).random((1, 24, 512, 3), "float32")
    monkeypatch.setattr("nst_helpers.transfer.stage_sizes", lambda *size: [(12, 256), (24, 512)])
    stylize(photo, STYLE, network=random_pocket, style_loss="sliced", start="content", seed=7, patch_weight=0,
            **{**QUICK, "steps": 4})
    assert sorted(seeds) == [7, 8]


@pytest.mark.parametrize("options, words", [
    ({"style_loss": "gramm"}, "style_loss is 'gramm'; give one of: gram, moments, gaussian, histogram, "
                              "central_moments, sliced, nearest."),
    ({"style_loss": None}, "style_loss is None; give one of"),
    ({"style_loss": ["gram"]}, "style_loss is .'gram'.; give one of"),
    ({"style_loss": "sliced", "seed": -1}, "seed is -1; give a whole number"),
])
def test_what_is_no_style_loss(options, words, random_pocket):
    with pytest.raises(ValueError, match=words):
        stylize(CONTENT, STYLE, network=random_pocket, **QUICK, **options)

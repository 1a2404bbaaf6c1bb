"""Films, below their files: motion, what ties a frame to the one before, and the measures, each by a case made by hand.

What may go here: motion, objective, painter, measures and synthetic of nst_helpers/film. Files are tested in
test_film_files.py, the whole call in test_stylize_frames.py.
"""

from nst_helpers.film.measures import drift, flicker
from nst_helpers.film.motion import flow, inside, visible, warp
from nst_helpers.film.objective import FilmObjective, temporal_loss
from nst_helpers.film.painter import STEPS, Painter
from nst_helpers.film.synthetic import camera_film
from nst_helpers.loss_weights import Weights
from nst_helpers.losses import content_loss
from nst_helpers.networks import feature_extractor
from nst_helpers.objective import Style, transfer_objective

import numpy as np
import pytest
import tensorflow as tf

RANDOM = np.random.default_rng(0)
FILM = camera_film("mountains", count=3, size=96)


def constant_flow(right, down, height=40, width=50):
    return np.broadcast_to(np.float64([right, down]), (height, width, 2))


# Motion


def test_the_flow_of_a_picture_that_was_shifted_is_the_shift():
    large = camera_film("mountains", count=1, size=160).frames
    other, frame = large[:, 10:90, 10:110], large[:, 13:93, 8:108]  # what is at (y, x) was at (y + 3, x - 2)
    found = flow(frame, other)
    assert found.shape == (80, 100, 2) and found.dtype == "float32"
    np.testing.assert_allclose(np.median(found[10:-10, 10:-10], axis=(0, 1)), [-2, 3], atol=0.1)


@pytest.mark.parametrize("right, down", [(3, 0), (0, -2), (-4, 5)])
def test_a_warp_by_whole_pixels_is_a_cut(right, down):
    image = RANDOM.random((1, 40, 50, 3), "float32")
    found, within = warp(image, constant_flow(right, down)), inside(constant_flow(right, down))
    rolled = np.roll(image, (-down, -right), axis=(1, 2))
    np.testing.assert_allclose(found[0][within], rolled[0][within], atol=1e-5)
    assert within.sum() == (40 - abs(down)) * (50 - abs(right))


def test_what_is_hidden_is_where_the_flows_do_not_lead_there_and_back():
    there, back = constant_flow(4, 0).copy(), constant_flow(-4, 0).copy()
    back[10:20, 20:30] = 5  # something else is seen there
    seen = visible(there, back)
    assert seen.shape == (40, 50) and set(np.unique(seen)) == {0.0, 1.0}
    assert not seen[12:18, 18:24].any()  # these come to lie in the middle of it
    assert not seen[:, 46:].any() and seen[25:, :40].all()
    there[:, 25:] = (0, 8)
    assert not visible(there, constant_flow(-4, 0))[:, 24:26].any(), "a boundary between two motions"


def test_the_true_flow_of_the_synthetic_film_brings_a_frame_onto_the_next():
    for number, true in enumerate(FILM.flows, start=1):
        before, frame = FILM.frames[number - 1 : number], FILM.frames[number : number + 1]
        error = np.abs(warp(before, true) - frame)[0][inside(true)].mean()
        assert error < 0.25 * np.abs(before - frame)[0][inside(true)].mean()
        estimated = flow(frame, before)
        assert np.median(np.linalg.norm(estimated - true, axis=-1)) < 0.3


# The objective of a frame


def test_temporal_loss_by_hand():
    image, warped = np.zeros((1, 2, 2, 3)), np.full((1, 2, 2, 3), 2.0)
    seen = np.array([[1, 0], [0, 0]]).reshape(1, 2, 2, 1)
    assert float(temporal_loss(image, warped, seen)) == 1.0  # 3 of 12 numbers, each 4
    with pytest.raises(ValueError, match="visible"):
        temporal_loss(image, warped, np.ones((1, 2, 1, 1)))


def test_the_next_frame_has_its_own_targets(random_pocket):
    """Compiled for one frame, and right for another: against objectives that are made anew."""
    extract = feature_extractor(random_pocket, ["block2_conv1", "block3_conv1"])
    first, second, last, warped, image, painting = RANDOM.random((6, 1, 24, 32, 3), "float32")
    weights = Weights("block3_conv1", ["block2_conv1", "block3_conv1"], 0.3, total_variation_weight=0.2)
    film = FilmObjective(extract, first, [Style(painting)], weights, temporal_weight=0.7, difference_weight=0.4)
    film.losses_and_gradient(image)
    seen = (RANDOM.random((1, 24, 32, 1)) > 0.5).astype("float32")
    film.go_on(second, first, last, warped, seen)
    losses, gradient = film.losses_and_gradient(image)
    alone, before, painted = (extract(each)["block3_conv1"] for each in (second, first, last))
    variable = tf.constant(image)
    with tf.GradientTape() as tape:
        tape.watch(variable)
        expected = transfer_objective(extract, second, [Style(painting)], weights)(variable)
        expected["temporal"] = 0.7 * temporal_loss(variable, warped, seen)
        expected["difference"] = 0.4 * content_loss(extract(variable)["block3_conv1"], painted + alone - before)
        total = tf.add_n(list(expected.values()))
    assert set(losses) == set(expected)
    for name, value in expected.items():
        assert losses[name] == pytest.approx(float(value), rel=1e-4, abs=1e-7)
    own = tape.gradient(total, variable).numpy()
    np.testing.assert_allclose(gradient, own, rtol=1e-3, atol=1e-4 * np.abs(own).max())


def test_a_film_flickers_less_than_a_third_of_frames_one_by_one():
    """The aim of the course, at the smallest size that shows it."""
    painter = Painter("starry_night", STEPS, 20, 1.0, 0.0, True, {})
    frames = [frame[np.newaxis] for frame in FILM.frames]
    alone = [painter.first(frame).image for frame in frames]
    film = [alone[0]]
    for number in (1, 2):
        film.append(painter.next(frames[number], frames[number - 1], film[-1]).image)
    assert flicker(film, FILM.flows) < flicker(alone, FILM.flows) / 3
    assert all(frame.shape == frames[0].shape and frame.min() >= 0 and frame.max() <= 1 for frame in film)


# Measures


def test_flicker_by_hand():
    frames = np.zeros((3, 40, 50, 3))
    frames[1] = 0.5
    still = [constant_flow(0, 0)] * 2
    assert flicker(frames, still) == pytest.approx(0.25)
    seen = np.zeros((40, 50))
    seen[:10] = 1
    frames[1, :10] = 0.1
    assert flicker(frames, still, [seen, seen]) == pytest.approx(0.01)
    moving = RANDOM.random((1, 40, 50, 3))
    assert flicker([moving, np.roll(moving, -3, axis=2)], [constant_flow(3, 0)]) < 1e-12
    with pytest.raises(ValueError, match="3 frames, 1 flows"):
        flicker(frames, still[:1])


def test_drift_by_hand():
    frames = np.full((3, 4, 5, 3), 0.5)
    assert drift(frames) == 0
    frames[1], frames[2] = 0.45, 0.52
    assert drift(frames) == pytest.approx(0.1)
    photos = frames - 0.2  # they become darker themselves
    assert drift(frames, photos) == pytest.approx(0)

"""What lesson 03 defines for itself, against independent references: its functions.

What its tasks say is tested by test_your_turn.py.

What may go here: tests of code that stands in notebooks/03_content_loss.ipynb and nowhere else. In place of the network
stands one small layer, a matrix and a ReLU, for which NumPy knows gradient and curvature.
"""

from nst_helpers import losses  # before anything that imports TensorFlow, to keep it quiet

import numpy as np
import pytest
import tensorflow as tf
from test_lessons_match_module import functions_of, lesson

NOTEBOOK = lesson("03_content_loss")
rng = np.random.default_rng(0)
MAPS, TARGET = rng.normal(size=(2, 1, 5, 7, 4))
PHOTO, START = rng.random((2, 1, 2, 3, 3)).astype("float32")  # 18 numbers
MATRIX = rng.normal(size=(18, 40)).astype("float32")
JACOBIAN = MATRIX * (PHOTO.ravel() @ MATRIX > 0)  # of the layer at the photo, transposed: closed ReLUs give 0


def layer_features(image):
    return {"layer": tf.nn.relu(tf.reshape(image, [1, 18]) @ MATRIX)}


def taken(*names):
    """Functions of the lesson, on the small layer instead of the network."""
    return functions_of(
        NOTEBOOK, *names, np=np, tf=tf, rng=np.random.default_rng(1), gatys_content_loss=losses.gatys_content_loss,
        extract=layer_features, targets=layer_features(PHOTO), content_image=PHOTO, start_image=START,
    )


@pytest.mark.parametrize("name", ["gatys_content_loss", "content_loss"])
def test_the_losses_are_those_of_the_module(name):
    inline = getattr(functions_of(NOTEBOOK, name, tf=tf), name)
    np.testing.assert_allclose(inline(MAPS, TARGET), getattr(losses, name)(MAPS, TARGET), rtol=1e-12)


def test_loss_and_gradient_equal_numpy():
    loss, gradient = taken("loss_and_gradient").loss_and_gradient(tf.constant(START), "layer")
    features, target = (np.maximum(image.ravel() @ MATRIX, 0) for image in (START, PHOTO))
    np.testing.assert_allclose(loss, np.sum((features - target) ** 2) / 2, rtol=1e-5)
    expected = (MATRIX * (features > 0)) @ (features - target)
    np.testing.assert_allclose(np.ravel(gradient), expected, rtol=1e-4, atol=1e-4)


def test_the_change_of_the_gradient_is_that_of_the_jacobian():
    functions = taken("loss_and_gradient", "change_of_gradient", "curvature_along")
    direction = rng.normal(size=PHOTO.shape).astype("float32")
    change = functions.change_of_gradient(tf.constant(PHOTO), tf.constant(direction), "layer")
    np.testing.assert_allclose(np.ravel(change), JACOBIAN @ JACOBIAN.T @ direction.ravel(), rtol=1e-4, atol=1e-4)
    expected = np.sum((JACOBIAN.T @ direction.ravel()) ** 2) / np.sum(direction**2)
    for length in (1, 10):
        np.testing.assert_allclose(functions.curvature_along(length * direction, "layer"), expected, rtol=1e-4)


def test_the_steepest_direction_is_the_first_eigenvector():
    functions = taken("loss_and_gradient", "change_of_gradient", "steepest_direction")
    values, vectors = np.linalg.eigh(JACOBIAN @ JACOBIAN.T)
    found = functions.steepest_direction("layer", rounds=200).ravel()
    np.testing.assert_allclose(np.linalg.norm(found), values[-1], rtol=1e-3)
    np.testing.assert_allclose(np.abs(found @ vectors[:, -1]), values[-1], rtol=1e-3)


def descend_on_a_bowl(learning_rate, steps):
    """The lesson's loop with curvatures 1 and 4 around the origin, from (1, 1)."""
    scale, start = np.array([1.0, 4.0]), np.ones(2)

    def compiled(image, layer):
        assert layer == "bowl"
        return tf.reduce_sum(scale * image**2) / 2, scale * image

    return functions_of(NOTEBOOK, "descend", tf=tf, start_image=start, compiled=compiled).descend(
        "bowl", learning_rate, steps
    )


def test_descend_multiplies_the_distance_along_each_curvature():
    found, pictures = descend_on_a_bowl(0.1, 6)
    expected = np.array([0.9, 0.6]) ** np.arange(6)[:, np.newaxis]
    np.testing.assert_allclose(pictures, expected)
    np.testing.assert_allclose(found, expected**2 @ [0.5, 2])


@pytest.mark.parametrize("share, falls", [(0.95, True), (1.05, False)])
def test_two_over_the_largest_curvature_is_the_limit(share, falls):
    found, _ = descend_on_a_bowl(share * 2 / 4, 60)
    assert (found[-1] < found[0]) is falls


def test_angle_between_finds_the_angle_in_any_plane():
    first, other = np.linalg.qr(rng.normal(size=(30, 2)))[0].T.reshape(2, 2, 5, 3)
    angle_between = taken("angle_between").angle_between
    for angle in (0, 30, 90, 135, 180):
        turned = np.cos(np.radians(angle)) * first + np.sin(np.radians(angle)) * other
        assert np.isclose(angle_between(7 * first, turned / 3), angle, atol=1e-5)


def test_as_picture_is_grey_where_nothing_changes_and_darker_uphill():
    gradient = np.zeros((1, 4, 4, 3))
    gradient[0, 0, 0], gradient[0, 1, 1] = 2, -2
    picture = taken("as_picture").as_picture(gradient)
    np.testing.assert_allclose(picture[0, 2:], 0.5)
    np.testing.assert_allclose(picture[0, 0, 0] + picture[0, 1, 1], 1)
    assert (picture[0, 0, 0] < 0.5).all()

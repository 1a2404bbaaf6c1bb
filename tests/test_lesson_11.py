"""Lesson 11: its functions against NumPy, and what its text says about the module.

What may go here: the functions of notebooks/11_posters_and_films.ipynb. The module's tiles are tested in test_tiles.py,
films in test_film*.py, sweeps in test_many.py.
"""

import re

from nst_helpers._run.tiling import MOST
from nst_helpers.defaults import CONTENT_LAYERS, STYLE_LAYERS
from nst_helpers.losses import gram_matrix, style_loss  # before TensorFlow, to keep it quiet
from nst_helpers.networks import feature_extractor, load_network
from nst_helpers.style_losses.by_sums import SUM_LOSSES
from nst_helpers.tiles.grid import margin_and_step

import numpy as np
import pytest
import tensorflow as tf
from test_lessons_match_module import functions_of, lesson

NOTEBOOK = lesson("11_posters_and_films")
RNG = np.random.default_rng(3)
TEXT = "\n".join(cell.source for cell in NOTEBOOK.cells if cell.cell_type == "markdown")


TARGET = tf.constant([[1.0, 0.3], [0.3, 0.5]], "float64")


@pytest.fixture(scope="module")
def by_hand():
    """The lesson's functions, with a kernel and a target of our own."""
    kernel = tf.constant(RNG.normal(size=(3, 3, 1, 2)))
    return functions_of(NOTEBOOK, "features", "tile_sum", "two_passes", np=np, tf=tf, style_loss=style_loss,
                        kernel=kernel, target=TARGET, tile_columns=[(0, 4), (4, 8)])


def test_two_passes_give_the_gradient_of_the_whole_by_finite_differences(by_hand):
    image = RNG.random((1, 8, 8, 1))

    def loss(image):
        return float(style_loss(gram_matrix(by_hand.features(tf.constant(image))), TARGET))

    found, gradient = by_hand.two_passes(tf.constant(image), margin=1)
    assert float(found) == pytest.approx(loss(image), rel=1e-12)
    for place in ((0, 2, 3, 0), (0, 5, 4, 0), (0, 0, 0, 0), (0, 7, 7, 0)):  # at the cut, and in corners
        ahead, back = image.copy(), image.copy()
        ahead[place] += 1e-6
        back[place] -= 1e-6
        assert gradient[place] == pytest.approx((loss(ahead) - loss(back)) / 2e-6, rel=1e-5, abs=1e-9)


def test_without_a_margin_the_sums_are_wrong(by_hand):
    image = tf.constant(RNG.random((1, 8, 8, 1)))
    assert abs(float(by_hand.two_passes(image, margin=0)[0]) - float(by_hand.two_passes(image, margin=1)[0])) > 1e-3


def test_a_seam_is_a_jump_among_smaller_ones():
    seam = functions_of(NOTEBOOK, "seam", np=np).seam
    ramp = np.linspace(0, 1, 40)[None, None, :, None] * np.ones((1, 5, 1, 3))
    assert seam(ramp, 20) == pytest.approx(1)
    ramp[:, :, 20:] += 3 / 39
    assert seam(ramp, 20) == pytest.approx(4) and seam(ramp, 25) == pytest.approx(1)


def test_what_the_text_says_of_the_module():
    extract = feature_extractor(load_network(weights="random"), [*CONTENT_LAYERS, *STYLE_LAYERS])
    margin, _ = margin_and_step(extract)
    assert margin == 64 and "the margin is 64" in TEXT
    assert MOST == 4e9  # which a cell prints
    told = re.search(r"means of products: (.*?)\. The", TEXT)[1]
    assert re.findall(r'"(\w+)"', told) == list(SUM_LOSSES)


def test_the_table_of_costs_is_the_formula():
    printed = next(cell.outputs[0]["text"] for cell in NOTEBOOK.cells
                   if cell.cell_type == "code" and "times the work" in cell.source)
    found = {int(side): float(cost) for side, cost in re.findall(r"of (\d+) px: ([\d.]+)", printed)}
    assert found == {side: round(4 / 3 * ((side + 128) / side) ** 2, 2) for side in (256, 512, 1024)}

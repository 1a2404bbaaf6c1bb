"""Multidimensional scaling and its figure, and tables of numbers, against points and cases known beforehand."""

from nst_helpers.notebook.style_map import draw_style_map, lay_out
from nst_helpers.notebook.tables import draw_losses, draw_numbers

from matplotlib.figure import Figure
from matplotlib.offsetbox import AnnotationBbox
import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform

rng = np.random.default_rng(0)


def test_lay_out_finds_points_of_a_plane_again():
    distances = squareform(pdist(rng.normal(size=(9, 2))))
    points = lay_out(distances)
    np.testing.assert_allclose(squareform(pdist(points)), distances)
    spread = points.var(axis=0)
    assert spread[0] > spread[1]
    assert (points[np.argmax(np.abs(points), axis=0), [0, 1]] > 0).all()  # the same on every machine


def test_lay_out_of_a_triangle_and_of_points_in_a_row():
    triangle = [[0, 3, 5], [3, 0, 4], [5, 4, 0]]
    np.testing.assert_allclose(squareform(pdist(lay_out(triangle))), triangle)
    row = np.abs(np.subtract.outer([0.0, 1, 3], [0.0, 1, 3]))
    points = lay_out(row)
    np.testing.assert_allclose(squareform(pdist(points)), row, atol=1e-7)
    np.testing.assert_allclose(points[:, 1], 0, atol=1e-7)


def test_pictures_stand_where_the_distances_want_them():
    pictures = {name: rng.random((1, 8, 16, 3), "float32") for name in "abc"}
    distances = np.array([[0, 3, 5], [3, 0, 4], [5, 4, 0.0]])
    axis = Figure().add_subplot()
    draw_style_map(axis, pictures, distances, "a map", {"b": ("red", "-")}, width=20)
    boxes = [artist for artist in axis.get_children() if isinstance(artist, AnnotationBbox)]
    np.testing.assert_allclose(squareform(pdist([box.xy for box in boxes])), distances)
    assert [box.patch.get_linewidth() for box in boxes] == [1, 3, 1]
    assert boxes[0].offsetbox.get_data().shape == (20, 40, 3)  # drawn at half this size
    with pytest.raises(ValueError):
        draw_style_map(axis, pictures, distances[:2, :2], "a picture too many")


def test_tables_hold_their_numbers_and_labels():
    axis = Figure().add_subplot()
    draw_numbers(axis, np.arange(16).reshape(4, 4), "numbers", block=2, labels=["x", "y"])
    assert [text.get_text() for text in axis.texts] == [str(n) for n in range(16)]
    assert [label.get_text() for label in axis.get_xticklabels()] == ["x", "y"]
    np.testing.assert_allclose(axis.get_xticks(), [0.5, 2.5])
    axis = Figure().add_subplot()
    draw_losses(axis, np.array([[0.01, 2.0]]), ["row"], ["one", "two"], "losses")
    assert [(text.get_text(), text.get_color()) for text in axis.texts] == [("0.01", "black"), ("2", "white")]
    assert axis.get_yticklabels()[0].get_text() == "row"

"""Rows of small pictures, and picture and noise as a triangle, against numbers known beforehand."""

from nst_helpers.notebook.describe import describe_figure
from nst_helpers.notebook.sheets import draw_v, show_rows

import matplotlib.pyplot as plt
import numpy as np
import pytest


@pytest.fixture
def shown(monkeypatch):
    """What was shown, instead of showing it."""
    figures = []
    monkeypatch.setattr(plt, "show", lambda: figures.append(plt.gcf()))
    yield figures
    plt.close("all")


def test_each_row_has_its_name_and_its_pictures_side_by_side_and_clipped(shown):
    rows = {"first": np.full((3, 4, 5, 3), 2.0), "second": [np.full((4, 5, 3), -1.0), np.full((4, 5, 3), 0.5)]}
    show_rows(rows)
    first, second = shown[0].axes
    assert [axis.get_ylabel() for axis in (first, second)] == ["first", "second"]
    strips = [np.asarray(axis.images[0].get_array()) for axis in (first, second)]
    assert [strip.shape for strip in strips] == [(4, 18, 3), (4, 12, 3)]  # a white column behind each picture
    assert np.all(strips[0] == 1)
    assert describe_figure(shown[0]) == "Pictures: first; second"
    assert np.all(strips[1][:, :5] == 0) and np.all(strips[1][:, 5] == 1) and np.all(strips[1][:, 6:11] == 0.5)


def test_v_is_at_right_angles_to_the_noisy_picture():
    """At a share of 0.25 the picture's leg is 0.5 and the noise's is the root of 0.75."""
    axis = plt.figure().subplots()
    draw_v(axis, 0.25)
    arrows = [(np.array(text.xy), np.array(text.get_position())) for text in axis.texts if hasattr(text, "xy")]
    ends = [end for end, begin in arrows if not begin.any()]
    np.testing.assert_allclose(ends, [(0.5, 0), (0, 0.75**0.5), (0.5, 0.75**0.5)], atol=1e-12)
    (v_end, v_begin), = [(end, begin) for end, begin in arrows if begin.any()]
    np.testing.assert_allclose(v_begin, ends[2])
    assert abs((v_end - v_begin) @ ends[2]) < 1e-12 and v_end[0] < v_begin[0]
    plt.close("all")

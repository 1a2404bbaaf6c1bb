"""Charts about a training: what is drawn is what was given."""

from nst_helpers.notebook import training  # before matplotlib.pyplot, as in a lesson

import matplotlib.pyplot as plt
import numpy as np
import pytest


@pytest.fixture(autouse=True)
def figures(monkeypatch):
    """Nothing is shown; the figure is there to be looked at, and closed in the end."""
    monkeypatch.setattr(plt, "show", lambda: None)
    yield
    plt.close("all")


def words(axis):
    return [text.get_text() for text in axis.texts if text.get_text()]


def test_the_form_names_sides_and_maps_and_has_a_skip_for_each_width_but_the_last():
    training.draw_autoencoder([64, 128, 256], 128)
    axis = plt.gcf().axes[0]
    labels = ["128×128\nRGB", "64×64\n64 maps", "32×32\n128 maps", "16×16\n256 maps", "32×32\n128 maps",
              "64×64\n64 maps", "128×128\nRGB"]
    assert [text for text in words(axis) if "skip" not in text] == labels
    assert sum("skip" in text for text in words(axis)) == len(axis.lines) == 2
    assert [list(line.get_xdata()[[0, -1]]) for line in axis.lines] == [[1, 5], [2, 4]]  # between equal sides
    areas = [patch.get_height() * patch.get_width() for patch in axis.patches]
    assert len(areas) == 7 and np.allclose(areas, areas[::-1])


def test_the_rates_are_drawn_and_the_rest_is_shaded():
    rates = [0.1, 0.1, 0.01, 0.01, 0.001]
    training.plot_rates(rates, mark=3)
    axis = plt.gcf().axes[0]
    np.testing.assert_array_equal(axis.lines[0].get_ydata(), rates)
    np.testing.assert_array_equal(axis.lines[0].get_xdata(), [1, 2, 3, 4, 5])
    assert axis.get_yscale() == "log" and axis.get_legend_handles_labels()[1] == ["after epoch 3"]
    (shaded,) = axis.patches
    assert shaded.get_x() == 3.5 and shaded.get_x() + shaded.get_width() == 5.5


def test_the_log_has_a_chart_for_each_part_and_a_curve_for_each_run():
    logs = {"one": np.array([[3, 30], [2, 20], [1, 10]]), "two": [[5, 50]]}
    training.plot_log(logs, ["pixels", "features"], drops=[2])
    axes = plt.gcf().axes
    assert [axis.get_title() for axis in axes] == ["pixels", "features"]
    for part, axis in enumerate(axes):
        curves = {line.get_label(): line for line in axis.lines}
        for run, log in logs.items():
            np.testing.assert_array_equal(curves[run].get_ydata(), np.array(log)[:, part])
            np.testing.assert_array_equal(curves[run].get_xdata(), np.arange(1, len(log) + 1))
        assert any(list(line.get_xdata()) == [2.5, 2.5] for line in axis.lines)

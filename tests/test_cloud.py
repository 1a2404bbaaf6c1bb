"""The draggable cloud of points without a page: what a move changes, what a stored notebook keeps, what is said.

What may go here: tests of nst_helpers.live.cloud. That it can be dragged is seen in test_browser.
"""

import base64
import io

from nst_helpers.live.cloud import cloud_figure

from nbclient import NotebookClient
from nbformat import v4
from notebook_cleaning import clean
import numpy as np
from PIL import Image
import pytest

POINTS, TARGET = [[0.0, 0.0], [1.0, 0.0], [0.0, 2.0]], [[1.0, 1.0], [2.0, 3.0]]
VIEW = "application/vnd.jupyter.widget-view+json"


def of_means(points, target):
    return np.abs(points.mean(0) - target.mean(0)).sum()


def texts(figure):
    return [result["text"] for result in figure.results]


def from_the_page(figure, **state):
    """What Jupyter does with a message of the page."""
    figure._handle_msg({"content": {"data": {"method": "update", "state": state}}})


def test_a_move_in_the_page_changes_the_distances():
    figure = cloud_figure(POINTS, TARGET, {"means": of_means, "height": lambda points, _: points[:, 1].max()})
    np.testing.assert_allclose([result["number"] for result in figure.results], [1.5 - 1 / 3 + 2 - 2 / 3, 2], rtol=1e-6)
    assert texts(figure) == ["2.500", "2.000"] and figure.answered == 0
    from_the_page(figure, points=[[0.0, 0.0], [1.0, 0.0], [0.0, 3.5]], moved=1)
    assert texts(figure) == ["2.000", "3.500"] and figure.answered == 1
    assert figure.start == POINTS and figure.points[2] == [0.0, 3.5]
    figure.points = np.array(POINTS)  # by the learner
    assert texts(figure) == ["2.500", "2.000"] and figure.points == POINTS


def test_functions_get_float32_and_cannot_harm_the_figure():
    def sorts_in_place(points, target):
        assert points.dtype == target.dtype == "float32"
        points.sort(axis=0)
        target[:] = 0
        return 1

    figure = cloud_figure(POINTS, TARGET, {"first": sorts_in_place, "means": of_means})
    assert texts(figure) == ["1.000", "2.500"] and figure.points == POINTS and figure.target == TARGET


@pytest.mark.parametrize("value, text", [
    (0.25, "0.250"), (np.float32(0.25), "0.250"), (3, "3.000"), (-1e-9, "0.000"), (12345.6, "1.23e+04"),
    (None, "This function gives None; a single finite number is needed."),
    (float("nan"), "This function gives nan; a single finite number is needed."),
    (np.ones((2, 2)), "This function gives an array of shape (2, 2); a single finite number is needed."),
    ([1, [2]], "This function stops with ValueError: "), ("0.25", "This function gives '0.25'; a single"),
    (1 + 1j, "This function gives (1+1j); a single")])
def test_only_a_single_finite_number_is_a_number(value, text):
    [result] = cloud_figure(POINTS, TARGET, {"distance": lambda *_: value}).results
    assert result["text"].startswith(text)
    assert (result["number"] is None) is text.startswith("This function")


def test_a_function_that_fails_leaves_the_others_at_work():
    def fails(points, target):
        raise RuntimeError("shapes (3,) and (2,)\nare not aligned.")

    figure = cloud_figure(POINTS, TARGET, {"fails": fails, "means": of_means})
    assert texts(figure) == ["This function stops with RuntimeError: shapes (3,) and (2,) are not aligned.", "2.500"]
    from_the_page(figure, points=[[0.0, 0.0], [1.0, 0.0], [0.0, 3.5]], moved=1)
    assert texts(figure)[1] == "2.000"
    assert "no number" in drawn_words(figure)


def drawn_words(figure):
    plane, bars = figure.draw().axes
    return [text.get_text() for text in bars.texts]


def test_the_picture_beside_the_live_figure_shows_clouds_and_bars():
    figure = cloud_figure(POINTS, TARGET, {"means $": of_means, "far": lambda *_: 1.7, "none": lambda *_: -1})
    data, metadata = figure._repr_mimebundle_()
    assert data[VIEW]["model_id"] == figure.model_id
    picture = base64.b64decode(data["image/png"])
    assert Image.open(io.BytesIO(picture)).format == "PNG" and len(picture) < 30_000
    assert metadata["image/png"] == {"alt": figure.describe()} and data["text/plain"] == figure.describe()
    assert "3 round points, and the target's 2 crosses. Distances: means $: 2.500; far: 1.700" in figure.describe()
    plane, bars = figure.draw().axes
    assert plane.get_xlabel() == "map 1" and plane.get_ylabel() == "map 2"
    shown = {line.get_label(): line for line in plane.lines}
    np.testing.assert_allclose(shown["points"].get_xydata(), POINTS)
    np.testing.assert_allclose(shown["target"].get_xydata(), TARGET)
    assert shown["points"].get_marker() != shown["target"].get_marker()
    assert [bar.get_width() for bar in bars.patches[1::2]] == [1, 1, 0]
    assert {"means $", "2.500", "far", "1.700"} < set(drawn_words(figure))


def test_a_stored_notebook_keeps_the_picture_and_the_sentence_and_stays_small():
    source = """from nst_helpers.live.cloud import cloud_figure
cloud_figure([[0, 1]], [[1, 0]], {"across": lambda points, target: abs(points - target).mean()})"""
    notebook = v4.new_notebook(cells=[v4.new_code_cell(source)])
    NotebookClient(notebook, kernel_name="python3").execute()
    [output] = clean(notebook).cells[0].outputs
    assert set(output.data) == {"image/png", "text/plain"} and len(output.data["image/png"]) < 40_000
    assert "across: 1.000. Where this notebook runs, the round points can be dragged." in output.data["text/plain"]
    assert "across: 1.000" in output.metadata["image/png"]["alt"]


def test_the_plane_holds_both_clouds_and_the_origin():
    figure = cloud_figure([[2, 3]], [[4, 2.5]], {"means": of_means})
    low, high = figure.limits
    assert low < 0 and high > 4 and 0 in figure.ticks and all(low <= tick <= high for tick in figure.ticks)
    low, high = cloud_figure([[0, 0]], [[0, 0]], {"means": of_means}).limits
    assert low < 0 < high


@pytest.mark.parametrize("change, message", [
    ({"points": [1, 2]}, r"points has the shape \(2,\); give 1 to 200 points of the plane"),
    ({"target": np.zeros((4, 3))}, r"target has the shape \(4, 3\)"),
    ({"points": np.zeros((0, 2))}, r"points has the shape \(0, 2\)"),
    ({"points": np.zeros((201, 2))}, r"points has the shape \(201, 2\)"),
    ({"target": [["a", "b"]]}, "target is no array of numbers"),
    ({"target": [[1, np.nan]]}, "target holds a value that is not finite"),
    ({"distances": {}}, "distances has to be a dictionary"),
    ({"distances": [of_means]}, "distances has to be a dictionary"),
    ({"distances": {"means": 0.5}}, "distances has to be a dictionary"),
    ({"size": 100}, "size is 100; give the width"), ({"size": "large"}, "size is 'large'; give the width")])
def test_bad_arguments_are_refused_in_a_sentence(change, message):
    with pytest.raises(ValueError, match=message) as refused:
        cloud_figure(**{"points": POINTS, "target": TARGET, "distances": {"means": of_means}, **change})
    assert "\n" not in str(refused.value)


def test_points_can_be_set_but_not_to_anything():
    figure = cloud_figure(POINTS, TARGET, {"means": of_means})
    with pytest.raises(ValueError, match="points holds 2 points; the figure was made with 3"):
        figure.points = TARGET
    with pytest.raises(ValueError, match="not finite"):
        figure.points = np.full((3, 2), np.inf)
    assert figure.points == POINTS

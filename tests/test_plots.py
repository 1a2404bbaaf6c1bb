"""The figures that lessons share: that each is stored small, and with words for readers who cannot see it.

What may go here: tests of nst_helpers.notebook.plots.
"""

import base64
import io

from nst_helpers.notebook.plots import describe_figure, encode_figure, plot_losses, show_images, shows_photos

from matplotlib.figure import Figure
from matplotlib.offsetbox import AnnotationBbox, OffsetImage
import matplotlib.pyplot as plt
from nbclient import NotebookClient
from nbformat import v4
import numpy as np
from PIL import Image
import pytest

PAINTING = np.random.default_rng(0).random((64, 64, 3))
FIGURES = {
    "chart": (lambda axis: axis.plot([1, 2]), False),
    "heat map": (lambda axis: axis.imshow(np.eye(64)), False),
    "painting": (lambda axis: axis.imshow(PAINTING), True),
    "large grey map": (lambda axis: axis.imshow(np.zeros((200, 200))), True),
    "painting as a point": (lambda axis: axis.add_artist(AnnotationBbox(OffsetImage(PAINTING), (0.5, 0.5))), True),
}


@pytest.mark.parametrize("draw, photos", FIGURES.values(), ids=FIGURES)
def test_photos_become_jpeg_and_charts_png(draw, photos):
    figure = Figure()
    draw(figure.subplots())
    assert shows_photos(figure) is photos
    chosen, other = ("image/jpeg", "image/png") if photos else ("image/png", "image/jpeg")
    assert encode_figure(figure, other) is None
    text, metadata = encode_figure(figure, chosen)
    picture = Image.open(io.BytesIO(base64.b64decode(text)))
    assert picture.get_format_mimetype() == chosen and picture.width > 100
    assert metadata == {"alt": describe_figure(figure)}


def test_the_alt_text_has_the_words_of_the_figure():
    figure = Figure()
    left, right = figure.subplots(1, 2)
    left.plot([1, 2], label="content")  # two points: no course to tell
    left.set(title="one", xlabel="steps", ylabel="loss")
    right.plot([1, 2], label="content")
    right.set(title="two\nlines")
    assert describe_figure(figure) == "Chart: one; loss against steps; content; two lines"
    right.imshow(PAINTING)
    assert describe_figure(figure).startswith("Pictures: one;")
    assert describe_figure(Figure()) == "Chart: the text beside it says what to see"


# Showing

@pytest.fixture
def without_screen():
    before = plt.get_backend()
    plt.close("all")
    plt.switch_backend("agg")
    yield
    plt.close("all")
    plt.switch_backend(before)


@pytest.mark.parametrize("show", [lambda: show_images([PAINTING]), lambda: plot_losses({"total": [2, 1]})])
def test_a_script_without_a_screen_does_not_collect_figures(without_screen, show):
    own = plt.figure()  # one that is none of ours stays
    for _ in range(25):
        show()
    assert len(plt.get_fignums()) == 2 and plt.fignum_exists(own.number)
    latest = plt.gcf()  # for plt.savefig, all that a script without a screen can do with it
    assert latest is not own and latest.axes[0].has_data()


def test_figures_on_a_screen_are_left_to_the_learner(without_screen, monkeypatch):
    monkeypatch.setattr("matplotlib.get_backend", lambda: "TkAgg")
    for _ in range(3):
        show_images([PAINTING])
    assert len(plt.get_fignums()) == 3


def test_a_notebook_shows_each_figure_once_and_keeps_none():
    cells = ["from nst_helpers.notebook.plots import plot_losses, show_images\nimport matplotlib.pyplot as plt",
             "show_images([[[0.0, 1.0]]])\nplot_losses({'total': [2, 1]})", "print(plt.get_fignums())"]
    notebook = v4.new_notebook(cells=[v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, kernel_name="python3", timeout=120).execute()
    map_shown, curve = notebook.cells[1].outputs  # one form only: a picture in two would double the file
    assert set(map_shown.data) == set(curve.data) == {"text/html", "text/plain"}
    assert curve.data["text/plain"] == "Chart: loss against evaluations; total"
    assert curve.data["text/html"].startswith(f'<img alt="{curve.data["text/plain"]}" src="data:image/png;base64,')
    assert notebook.cells[2].outputs[0].text == "[]\n"


@pytest.mark.parametrize("images, titles, words", [
    ([], None, "no picture to show: give show_images a list with at least one"),
    ([np.zeros((0, 4))], None, r"Picture 1 has the shape \(0, 4\)"),
    ([PAINTING, np.zeros(3)], None, r"Picture 2 has the shape \(3,\)"),
    ([np.zeros((2, 4, 4, 3))], None, r"Picture 1 has the shape \(2, 4, 4, 3\)"),
    ([PAINTING, PAINTING], ["one"], "2 pictures and 1 titles; give one title for each"),
])
def test_what_cannot_be_shown_is_told_in_one_sentence(images, titles, words):
    opened = plt.get_fignums()
    with pytest.raises(ValueError, match=words) as told:
        show_images(images, titles)
    assert "\n" not in str(told.value) and plt.get_fignums() == opened


def test_no_losses_are_told_in_one_sentence():
    with pytest.raises(ValueError, match="no losses to plot"):
        plot_losses({})


@pytest.mark.parametrize("values, words", [([0.5, 0.12, 0.05], ["0.1", "0.2", "0.5"]), ([900.0, 1.0], ["$"])])
def test_numbers_at_a_logarithmic_axis_are_plain_where_they_are_few(values, words):
    plot_losses({"loss": values})
    axis = plt.gca()
    axis.figure.canvas.draw()
    labels = [label.get_text() for label in [*axis.get_yticklabels(), *axis.get_yticklabels(minor=True)]]
    assert all(any(word in label for label in labels) for word in words), labels
    ticks = [float(tick) for tick in axis.get_xticks()]
    assert all(tick == int(tick) for tick in ticks)  # evaluations are counted in whole numbers

"""The figures that lessons share: that each is stored small, and with words for readers who cannot see it.

What may go here: tests of nst_helpers.plots.
"""

import base64
import io

from nst_helpers.plots import describe_figure, encode_figure, shows_photos

from matplotlib.figure import Figure
from matplotlib.offsetbox import AnnotationBbox, OffsetImage
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
    left.plot([1, 2], label="content")
    left.set(title="one", xlabel="steps", ylabel="loss")
    right.plot([1, 2], label="content")
    right.set(title="two\nlines")
    assert describe_figure(figure) == "Chart: one; loss against steps; content; two lines"
    right.imshow(PAINTING)
    assert describe_figure(figure).startswith("Pictures: one;")
    assert describe_figure(Figure()) == "Chart: the text beside it says what to see"

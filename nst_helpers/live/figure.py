"""What all live figures share: their side in the page, and the picture and the sentence where nothing runs.

What may go here: nothing that only one figure needs. live.js and live.css are its side in the page.
"""

from pathlib import Path

from nst_helpers.images import resize_image, to_bytes
from nst_helpers.notebook.plots import encode_figure

import anywidget
import matplotlib
import numpy as np

BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "0.6"  # Okabe and Ito's, as in live.css
HERE = Path(__file__).parent


SHARED = tuple((HERE / f"live.{kind}").read_text(encoding="utf-8") for kind in ("js", "css"))


def page_side(name):
    """The JavaScript and the CSS of a figure: what all share, then its own. Nothing is fetched, so one text each."""
    own = (HERE / f"{name}.{kind}" for kind in ("js", "css"))
    return tuple(f"{shared}\n{file.read_text(encoding='utf-8')}" for shared, file in zip(SHARED, own))


class LiveFigure(anywidget.AnyWidget):
    """A figure in the page. Its own class sets `_esm, _css = page_side(NAME)`, and writes `describe` and `draw`."""

    def describe(self):
        """The figure as it stands in a sentence or two, for readers who cannot see it."""
        raise NotImplementedError

    def draw(self):
        """The figure as it stands, for pages in which nothing runs: a Matplotlib figure."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **_):
        """The live figure, and beside it a picture and a sentence: all that a stored notebook keeps."""
        data, metadata = super()._repr_mimebundle_()
        picture, words = self.draw(), self.describe()
        picture.set_dpi(84)  # beside the live one it is for reading only
        for kind in ("image/png", "image/jpeg"):
            encoded = encode_figure(picture, kind)
            if encoded:
                data, metadata = {**data, kind: encoded[0]}, {**metadata, kind: {"alt": words}}
        return {**data, "text/plain": words}, metadata


def colors_of(name):
    """A Matplotlib colour map as the page takes it: 256 times red, green, blue, 768 bytes."""
    return np.rint(matplotlib.colormaps[name](np.arange(256))[:, :3] * 255).astype("uint8").tobytes()


def floats(array):
    """An array as the page takes it (`floats` in live.js): float32, little-endian."""
    return np.ascontiguousarray(array, "<f4").tobytes()


def thumbnail(image, longest):
    """A picture (1, H, W, 3), RGB in [0, 1], as a small JPEG file, `longest` pixels on its longer side at most."""
    return to_bytes(resize_image(image, min(longest, max(image.shape))), "jpeg", quality=85)


def picture_bytes(image):
    """A picture likewise, at its size, as a JPEG file for the page (`pictureURL` in live.js)."""
    return to_bytes(np.clip(image, 0, 1), "jpeg")

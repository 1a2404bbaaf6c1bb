"""Figures that the lessons share: rows of pictures, and curves of losses.

Importing this file sets the look of all figures.
"""

import base64
import html
import io

from nst_helpers.notebook.describe import describe_figure, shows_photos

from IPython import get_ipython
from IPython.core.pylabtools import print_figure
import matplotlib
from matplotlib.backends import BackendFilter, backend_registry
from matplotlib.figure import Figure
import matplotlib.pyplot as plt
from matplotlib.ticker import MaxNLocator
from matplotlib_inline.backend_inline import set_matplotlib_formats
import numpy as np
from PIL import Image


def encode_figure(figure, mime):
    """`figure` as base64 text and its alt text, or None where the other of PNG and JPEG is the better one for it.

    mime: "image/png" or "image/jpeg". Returns (text, {"alt": words}). Notebooks stay small that way: JPEG needs a
    fifth of PNG for paintings; PNG, with 256 colours, a third of JPEG for charts, and is sharp.
    """
    if mime != ("image/jpeg" if shows_photos(figure) else "image/png"):
        return None
    alt = {"alt": describe_figure(figure)}
    if mime == "image/jpeg":
        options = {"quality": 80, "optimize": True, "progressive": True}  # a twentieth smaller, with the same pixels
        return print_figure(figure, "jpeg", base64=True, pil_kwargs=options), alt
    chart, buffer = Image.open(io.BytesIO(print_figure(figure, "png"))).convert("RGB"), io.BytesIO()
    chart.quantize(256, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
    return base64.b64encode(buffer.getvalue()).decode(), alt


def figure_as_html(figure):
    """A figure as an image of HTML with alt text: the one form of output that shows it wherever notebooks are read.

    JupyterLab and nbconvert leave out the alt text of an output of type image/png.
    """
    mime = "image/jpeg" if shows_photos(figure) else "image/png"
    text, metadata = encode_figure(figure, mime)
    written = _written_alt()
    alt = f"{metadata['alt']}. As the course was made: {written}" if written else metadata["alt"]
    return f'<img alt="{html.escape(alt)}" src="data:{mime};base64,{text}">'


def _written_alt():
    """What the authors wrote in the metadata of the cell that runs, or None. JupyterLab sends it, nbclient does not."""
    message = getattr(get_ipython(), "get_parent", dict)() or {}
    alt = message.get("metadata", {}).get("alt")
    return alt if isinstance(alt, str) else None  # a list is for a cell with several pictures


if get_ipython():
    set_matplotlib_formats()  # none of its own; importing it has made sure that it sets none later
    formatters = get_ipython().display_formatter.formatters
    formatters["text/html"].for_type(Figure, figure_as_html)
    formatters["text/plain"].for_type(Figure, lambda figure, page, _: page.text(describe_figure(figure)))
# The colours can be told apart by colour-blind readers (Okabe and Ito).
plt.rcParams.update({
    "figure.dpi": 100,
    "axes.prop_cycle": plt.cycler(color=["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"])
    + plt.cycler(linestyle=["-", "--", "-.", ":", "-", "--", "-."]),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10,
    "font.size": 10,
})
_without_screen = []  # the figure that was shown last where there is no screen


def show_images(images, titles=None, columns=None, height=2.6):
    """Pictures side by side, each with its title, in rows of `columns` (None: all in one row).

    images: a list of pictures (1, H, W, 3) in [0, 1], or of maps (H, W) in any range, which are drawn in grey.
    height: of each picture, in inches.
    Raises ValueError for no pictures, for what is neither a picture nor a map, and for too few titles.
    """
    arrays = [np.asarray(image) for image in images]
    if not arrays:
        raise ValueError("There is no picture to show: give show_images a list with at least one.")
    for number, array in enumerate(arrays, start=1):
        if not (array.ndim in (2, 3) or array.ndim == 4 and array.shape[0] == 1) or array.size == 0:
            raise ValueError(f"Picture {number} has the shape {array.shape}, but show_images takes a list of pictures "
                             "(1, height, width, 3) or maps (height, width).")
    if titles and len(titles) < len(arrays):
        raise ValueError(f"There are {len(arrays)} pictures and {len(titles)} titles; give one title for each.")
    arrays = [array[0] if array.ndim == 4 else array for array in arrays]
    columns = min(columns or len(arrays), len(arrays))
    rows = -(-len(arrays) // columns)
    width = height * max(array.shape[1] / array.shape[0] for array in arrays)
    figure, axes = plt.subplots(rows, columns, figsize=(columns * width, rows * (height + 0.3)), squeeze=False)
    for axis in axes.flat:
        axis.axis("off")
    for i, (axis, array) in enumerate(zip(axes.flat, arrays, strict=False)):
        axis.imshow(np.clip(array, 0, 1) if array.ndim == 3 else array, cmap="gray")
        if titles:
            axis.set_title(titles[i])
    figure.tight_layout()
    _show(figure)


def plot_losses(losses, title="", log=True):
    """Curves of losses against evaluations, each with its name.

    losses: a dictionary from name to values, for example `result.losses`. Raises ValueError if it is empty.
    """
    if not losses:
        raise ValueError("There are no losses to plot: the dictionary is empty, as after a run of 0 steps.")
    figure, axis = plt.subplots(figsize=(7, 3.2))
    for name, values in losses.items():
        axis.plot(np.arange(1, len(values) + 1), values, label=name)
    axis.set(xlabel="evaluations", ylabel="loss", title=title, yscale="log" if log else "linear")
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    if log:
        _write_plainly(axis)
    axis.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    figure.tight_layout()
    _show(figure)


def _write_plainly(axis):
    """Numbers such as 0.2 at a logarithmic axis in place of powers of ten, where it spans less than two of them."""
    low, high = axis.get_ylim()
    if high < 100 * low:
        axis.yaxis.set_major_formatter("{x:g}")
        axis.yaxis.set_minor_formatter(lambda value, _: f"{value:g}" if f"{value:e}"[0] in "25" else "")


def _show(figure):
    """Show a figure. Where there is no screen, the latest one stays, for plt.savefig, and the one before is closed.

    A notebook closes what it has shown by itself, and on a screen the learner does.
    """
    plt.show()
    if matplotlib.get_backend().lower() in backend_registry.list_builtin(BackendFilter.NON_INTERACTIVE):
        while _without_screen:
            plt.close(_without_screen.pop())
        _without_screen.append(figure)

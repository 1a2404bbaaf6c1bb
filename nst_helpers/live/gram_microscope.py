"""A Gram matrix under the microscope: behind each entry two maps and their product, behind each position its entries.

gram_microscope.js and gram_microscope.css are its side in the page. All maps travel there, so that it answers at once.
What may go here: this figure, and the picture of it that a stored notebook keeps.
"""

from math import isqrt, prod
from operator import index

from nst_helpers.images import check_image
from nst_helpers.live.figure import LiveFigure, colors_of, floats, page_side, picture_bytes
from nst_helpers.losses import gram_matrix
from nst_helpers.networks import feature_extractor

import keras
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
import numpy as np
import traitlets

MOST_MAPS, MOST_NUMBERS = 32, 1_500_000  # more entries could not be told apart; of the maps that travel: 6 MB
COLORS = "magma"
LIVE = "Where this notebook runs, you can point at other entries, and at places in the painting."


def gram_microscope(style_image, network, layer="block1_conv1"):
    """A figure of one layer's Gram matrix: an entry shows its two maps, their product, and where in the painting it is.

    style_image: (1, H, W, 3), RGB in [0, 1]; 256 pixels are enough. network: from load_network. layer: the name of one
    of its layers; of more than 32 maps, those 32 with the largest mean square are shown. In the figure, map 0 is the
    first. Its `entry` is the pair of maps [i, j] that is held, and may be set. Raises ValueError for what is no such
    picture, network or layer, and for a picture whose maps would be more than 6 MB.
    """
    image = check_image(style_image, "style_image")
    if not isinstance(network, keras.Model):
        raise ValueError(f"network is {type(network).__name__}; give what load_network returns.")
    if not isinstance(layer, str):
        raise ValueError(f"layer is {layer!r}; give the name of one layer, such as \"block1_conv1\".")
    extract = feature_extractor(network, layer)
    distance = prod(part.strides[0] for part in extract.layers if hasattr(part, "strides"))
    height, width = image.shape[1:3]
    if min(height, width) < max(distance, 2):
        raise ValueError(f"style_image is {width} pixels wide and {height} high; {layer} needs {max(distance, 2)} or "
                         "more on each side.")
    count = min(network.get_layer(layer).output.shape[-1], MOST_MAPS)
    numbers = (height // distance) * (width // distance) * count
    if numbers > MOST_NUMBERS:
        side = isqrt(max(height, width) ** 2 * MOST_NUMBERS // numbers)
        raise ValueError(f"style_image is {width} pixels wide and {height} high, and {count} of its maps are too much "
                         f"for a page: resize_image(style_image, {side}) is small enough.")
    return GramMicroscope(image, extract(image)[layer].numpy(), layer, distance)


class GramMicroscope(LiveFigure):
    """The figure; made by `gram_microscope`."""

    _esm, _css = page_side("gram_microscope")
    layer = traitlets.Unicode().tag(sync=True)
    names = traitlets.List().tag(sync=True)  # numbers of the maps that are shown, counted from 0
    count = traitlets.Int().tag(sync=True)  # of all maps of the layer
    maps = traitlets.Bytes().tag(sync=True)  # floats, (maps shown, H, W)
    shape = traitlets.List().tag(sync=True)  # [H, W] of a map
    gram = traitlets.Bytes().tag(sync=True)  # floats, (maps shown, maps shown)
    sums = traitlets.List().tag(sync=True)  # of each product over all positions, in print
    entries = traitlets.List().tag(sync=True)  # the same divided by the positions, in print
    painting = traitlets.Bytes().tag(sync=True)
    share = traitlets.List().tag(sync=True)  # of the painting's height and width that the positions cover
    colors = traitlets.Bytes().tag(sync=True)
    entry = traitlets.TraitType().tag(sync=True)

    def __init__(self, image, features, layer, distance):
        exact = features.astype("float64")
        gram = gram_matrix(exact).numpy()
        shown = np.sort(np.argsort(-np.diag(gram), kind="stable")[:MOST_MAPS])
        self.matrix, self.image = gram[np.ix_(shown, shown)], image
        self.activations = np.moveaxis(features[0][:, :, shown], -1, 0)
        (height, width), apart = features.shape[1:3], np.triu(self.matrix, 1)  # first seen: the largest of two maps
        super().__init__(
            layer=layer, names=shown.tolist(), count=features.shape[3], shape=[height, width], colors=colors_of(COLORS),
            maps=floats(self.activations), gram=floats(self.matrix), painting=picture_bytes(image),
            sums=[in_print(value, 6) for value in self.matrix.ravel() * height * width],
            entries=[in_print(value, 4) for value in self.matrix.ravel()],
            share=[height * distance / image.shape[1], width * distance / image.shape[2]],
            entry=shown[list(np.unravel_index(np.argmax(apart), apart.shape))].tolist())

    @traitlets.validate("entry")
    def _check_entry(self, proposal):
        """Two numbers of maps that are shown, as a list."""
        try:
            pair = [index(name) for name in proposal["value"]]
        except (TypeError, ValueError):
            pair = []
        if len(pair) != 2 or not set(pair) <= set(self.names):
            raise ValueError(f"entry is {proposal['value']!r}; give the numbers of two maps, of those in `names`.")
        return pair

    def _places(self):
        return [self.names.index(name) for name in self.entry]

    def describe(self):
        """The figure in a sentence or two, for readers who cannot see it."""
        (i, j), (first, second), side = self._places(), self.entry, len(self.names)
        of_all, at = "" if side == self.count else f", the {side} strongest of {self.count} maps", i * side + j
        return (f"The Gram matrix of {self.layer}, {side} times {side} entries{of_all}. Map {first} times "
                f"map {second}, added up, is {self.sums[at]}; divided by {prod(self.shape):,} positions that is their "
                f"entry, {self.entries[at]}. {LIVE}")

    def draw(self):
        """The figure as it stands, as a Matplotlib figure."""
        (i, j), side, (height, width) = self._places(), len(self.names), self.shape
        first, second = self.activations[[i, j]]
        root, top = np.sqrt(np.maximum(first * second, 0)), max(first.max(), second.max(), 1e-9)
        picture = Figure(figsize=(5.6, 3.9), layout="constrained")
        upper, lower = picture.subfigures(2, 1, height_ratios=[1.75, 1])
        grid, source = upper.subplots(1, 2, width_ratios=[1, 1.45])
        grid.imshow(np.sqrt(np.maximum(self.matrix, 0)), COLORS, vmin=0)
        for place in range(side):
            grid.add_patch(square(place, place, 0.34, "0.75", 0.8))  # the diagonal
        grid.add_patch(square(j, i, 0.5, "black", 4))  # black and white are seen on every colour
        grid.add_patch(square(j, i, 0.5, "white", 2))
        for axis, tick in ((grid.xaxis, j), (grid.yaxis, i)):
            axis.set_ticks([tick], [f"map {self.names[tick]}"])
        grid.set_title(f"Gram matrix of {self.layer}", fontsize=10)
        source.imshow(self.image[0])
        light = np.zeros((height, width, 4))  # black, and clear where the product is large
        light[:, :, 3] = 0.75 * (1 - np.minimum(2 * root / (root.max() or 1), 1))
        rows, columns = self.image.shape[1:3]
        source.imshow(light, extent=(-0.5, columns * self.share[1] - 0.5, rows * self.share[0] - 0.5, -0.5))
        source.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5))
        source.set_title("where this entry comes from", fontsize=10)
        factors = {f"map {self.entry[0]}": np.sqrt(first / top), f"times map {self.entry[1]} ": np.sqrt(second / top),
                   "is their product": root / top}
        for axis, (title, values) in zip(lower.subplots(1, 3), factors.items(), strict=True):
            axis.imshow(values, COLORS, vmin=0, vmax=1)
            axis.set_title(title, fontsize=10)
        for axis in picture.axes[1:]:
            axis.axis("off")
        words = f"{self.sums[i * side + j]} / {height * width:,} = {self.entries[i * side + j]}"
        picture.supxlabel(f"The product's mean is the entry: {words}\n{LIVE}", fontsize=8, color="0.25")
        return picture


def in_print(value, digits):
    """A number with so many digits that count; large ones with all that stand before the point."""
    return f"{value:,.0f}" if abs(value) >= 10**digits else f"{value:,.{digits}g}"


def square(across, down, half, color, width):
    """The outline of a cell, or of a part in its middle."""
    return Rectangle((across - half, down - half), 2 * half, 2 * half, fill=False, edgecolor=color, linewidth=width)

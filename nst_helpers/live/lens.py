"""A lens over a photo: what one position of a layer sees, which maps answer there, and what else looks alike to it.

lens.js and lens.css are its side in the page; it draws, and what maps hold is worked out here.
What may go here: this figure, and the picture of it that a stored notebook keeps.
"""

from operator import index

from nst_helpers.images import check_image
from nst_helpers.live.figure import LiveFigure, colors_of, page_side, picture_bytes
from nst_helpers.networks import feature_extractor

import keras
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
import numpy as np
import traitlets

MOST_PIXELS, STRONGEST, COLORS = 100_000, 5, "magma"  # more pixels would be slow; maps that are shown
LIVE = "Where this notebook runs, the lens follows the mouse, and looks through any layer."


def receptive_field_lens(image, network, layers=None):
    """A figure in which a lens goes over a photo: the pixels that a position sees, its maps, and positions like it.

    image: (1, H, W, 3), RGB in [0, 1], at most 100,000 pixels. network: from load_network. layers: names of its layers;
    None: the first of each block. How like two positions are is the cosine of their feature vectors. The figure's
    `place`, [layer, row, column], may be set. Raises ValueError for what is no such picture, network or layer.
    """
    image = check_image(image)
    if not isinstance(network, keras.Model):
        raise ValueError(f"network is {type(network).__name__}; give what load_network returns.")
    first = [part.name for part in network.layers if part.name.startswith("block") and part.name.endswith("_conv1")]
    layers = first if layers is None else [layers] if isinstance(layers, str) else layers
    if not isinstance(layers, (list, tuple)) or not all(isinstance(layer, str) for layer in layers):
        raise ValueError(f"layers is {layers!r}; give a list of names, such as [\"block1_conv1\", \"block4_conv2\"].")
    extract, fields = feature_extractor(network, layers), receptive_fields(network)
    (height, width), least = image.shape[1:3], max(2, *(fields[layer][1] for layer in layers))
    if min(height, width) < least or height * width > MOST_PIXELS:
        raise ValueError(f"image is {width} pixels wide and {height} high; resize_image it to {least} or more on each "
                         f"side, and {MOST_PIXELS:,} or less in all.")
    maps = {layer: values.numpy()[0] for layer, values in extract(image).items()}
    return Lens(image, {layer: maps[layer] for layer in layers}, {layer: fields[layer] for layer in layers})


def receptive_fields(network):
    """{layer: (side of what a position sees, distance of positions, where position 0 begins to see)}, in pixels."""
    side, distance, start, fields = 1, 1, 0, {}
    for part in network.layers:
        kernel = (getattr(part, "kernel_size", None) or getattr(part, "pool_size", None) or [1])[0]
        before = (kernel - 1) // 2 if getattr(part, "padding", "") == "same" else getattr(part, "border", 0)
        start, side = start - before * distance, side + (kernel - 1) * distance
        distance *= getattr(part, "strides", [1])[0]
        fields[part.name] = side, distance, start
    return fields


class Lens(LiveFigure):
    """The figure; made by `receptive_field_lens`."""

    _esm, _css = page_side("lens")
    photo = traitlets.Bytes().tag(sync=True)
    size = traitlets.List().tag(sync=True)  # [H, W] of the photo
    layers = traitlets.List().tag(sync=True)  # of {"name", "field": [side, distance, start], "shape": [H, W, C]}
    colors = traitlets.Bytes().tag(sync=True)
    place = traitlets.TraitType().tag(sync=True)  # [layer, row, column]
    answer = traitlets.Dict().tag(sync=True)

    def __init__(self, image, maps, fields):
        self.image, self.maps, self.fields = image, maps, fields
        self.unit = {name: v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-12) for name, v in maps.items()}
        layers = [{"name": name, "field": list(fields[name]), "shape": list(maps[name].shape)} for name in maps]
        name = list(maps)[len(maps) // 2]  # begins in the middle of everything
        super().__init__(photo=picture_bytes(image), size=list(image.shape[1:3]), layers=layers,
                         colors=colors_of(COLORS), place=[name, *(side // 2 for side in maps[name].shape[:2])])
        self._answer()
        self.observe(self._answer, "place")

    @traitlets.validate("place")
    def _check_place(self, proposal):
        try:
            name, row, column = proposal["value"]
            place, (height, width) = [name, index(row), index(column)], self.maps[name].shape[:2]
        except (TypeError, ValueError, KeyError):
            place, height, width = [None, 0, 0], 0, 0
        if not (0 <= place[1] < height and 0 <= place[2] < width):
            raise ValueError(f"place is {proposal['value']!r}; give [layer, row, column] of a position of the figure.")
        return place

    def alike(self):
        """The cosine similarity of the position with every position of its layer, (H, W); 0 where one is silent."""
        layer, row, column = self.place
        return np.clip(self.unit[layer] @ self.unit[layer][row, column], 0, 1)

    def field(self):
        """What the position sees, cut off at the border: top, left, bottom, right, in pixels, the last two excluded."""
        side, distance, start = self.fields[self.place[0]]
        top, left = (at * distance + start for at in self.place[1:])
        return [max(0, top), max(0, left), min(self.size[0], top + side), min(self.size[1], left + side)]

    def _twin(self, alike):
        """The most similar of the positions that see only other pixels: row, column, cosine; None where none is."""
        side, distance, _ = self.fields[self.place[0]]
        down, across = (abs(np.arange(end) - at) * distance >= side for at, end in zip(self.place[1:], alike.shape))
        elsewhere = np.where(down[:, np.newaxis] | across, alike, 0)
        row, column = (int(at) for at in np.unravel_index(np.argmax(elsewhere), alike.shape))
        return (row, column, float(elsewhere[row, column])) if elsewhere[row, column] > 0 else None

    def _answer(self, _=None):
        (layer, row, column), alike = self.place, self.alike()
        maps, values, twin = self.maps[layer], self.maps[layer][row, column], self._twin(alike)
        dark, clear = float(np.median(alike)), twin[2] if twin else 1.0
        # As bytes from 0 to 255; half of the photo stays dark.
        self.light = np.rint(255 * np.clip((alike - dark) / max(clear - dark, 1e-6), 0, 1)).astype("uint8")
        self.strongest = {int(name): np.rint(255 * np.sqrt(maps[:, :, name] / maps[:, :, name].max())).astype("uint8")
                          for name in np.argsort(-values, kind="stable")[:STRONGEST] if values[name] > 0}
        self.answer = {
            "place": self.place, "light": self.light.tobytes(), "dark": f"{dark:.2f}", "clear": f"{clear:.2f}",
            "twin": twin and list(twin[:2]), "maps": [levels.tobytes() for levels in self.strongest.values()],
            "names": list(self.strongest), "values": [f"{values[name]:.2f}" for name in self.strongest]}

    def describe(self):
        """The figure in a sentence or two, for readers who cannot see it."""
        (layer, row, column), (top, left, bottom, right) = self.place, self.field()
        maps = ", ".join(f"map {name} ({value})" for name, value in zip(self.answer["names"], self.answer["values"]))
        return (f"A photo under a lens. The position in row {row} and column {column} of {layer} sees {bottom - top} "
                f"times {right - left} pixels. Its strongest maps: {maps or 'none, all are silent'}. {LIVE}")

    def draw(self):
        """The figure as it stands, as a Matplotlib figure."""
        (layer, row, column), (top, left, bottom, right) = self.place, self.field()
        height, width = (side * self.fields[layer][1] - 0.5 for side in self.light.shape)
        picture = Figure(figsize=(5.6, 3.6), layout="constrained")
        upper, lower = picture.subfigures(2, 1, height_ratios=[2.1, 1])
        photo, alike, crop, *others = [*upper.subplots(1, 2), *lower.subplots(1, 1 + STRONGEST)]
        for axis, title in ((photo, f"what one position of {layer} sees"), (alike, "what looks alike to it")):
            axis.imshow(self.image[0]).axes.set_title(title, fontsize=10)
            for style in ({"color": "black", "linewidth": 3}, {"color": "white", "linewidth": 1.5}):
                axis.add_patch(Rectangle((left - 0.5, top - 0.5), right - left, bottom - top, fill=False, **style))
        shade = np.pad(0.75 * (1 - self.light / 255)[:, :, np.newaxis], [(0, 0), (0, 0), (3, 0)])  # clear: alike
        alike.imshow(shade, extent=(-0.5, width, height, -0.5))
        alike.set(xlim=photo.get_xlim(), ylim=photo.get_ylim())
        crop.imshow(self.image[0, top:bottom, left:right]).axes.set_title("it sees", fontsize=9)
        for axis, (name, values) in zip(others, self.strongest.items()):
            axis.imshow(values, COLORS, vmin=0, vmax=255).axes.set_title(f"map {name}", fontsize=9)
            axis.plot(column, row, "o", color="none", markeredgecolor="white", markersize=7)
        for axis in picture.axes:
            axis.axis("off")
        picture.supxlabel(LIVE, fontsize=8, color="0.25")
        return picture

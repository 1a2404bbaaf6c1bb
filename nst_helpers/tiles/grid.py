"""How a picture is cut into tiles, so that each layer's positions belong to exactly one of them.

What is computed on a tile stands in sums.py.
"""

from dataclasses import dataclass
import math


@dataclass(frozen=True)
class Tile:
    """A piece of a picture of `size` (height, width).

    core: ((top, bottom), (left, right)) in pixels: the positions that count. outer: likewise, with all the pixels that
    these positions see; it ends where the picture ends, so that a network pads there as it does for the whole.
    """

    core: tuple
    outer: tuple
    size: tuple

    def cut(self, picture, stride=1):
        """The outer part of `picture` (1, H / stride, W / stride, C), as a view."""
        rows, columns = (slice(first // stride, last // stride) for first, last in self.outer)
        return picture[:, rows, columns]

    def cut_core(self, maps, stride):
        """The core's positions of a layer whose maps cover the whole picture."""
        rows, columns = (slice(first // stride, last // stride) for first, last in self.core)
        return maps[:, rows, columns]

    def within(self):
        """The core's (first, last) within the outer part, in pixels, downwards and to the right."""
        return [[first - begin, last - begin] for (first, last), (begin, _) in zip(self.core, self.outer)]

    def ends(self):
        """Whether the picture ends at this tile, downwards and to the right."""
        return [last == side for (_, last), side in zip(self.core, self.size)]


def strides(extract):
    """{layer: pixels from one position to the next} of a feature extractor, and how far the deepest sees.

    The second is in pixels on each side, beyond those that pooling puts together: half the receptive field.
    """
    stride, reach, found = 1, 0, {}
    for layer in extract.layers:
        if "pool" in layer.name:
            stride *= layer.strides[0]
        elif layer.name.startswith("block"):
            reach += stride * (layer.kernel_size[0] // 2)
        found[layer.name] = stride
    return {layer: found[layer] for layer in extract.output}, reach


def margin_and_step(extract):
    """How wide a tile's margin is, and of what its sides are multiples, in pixels.

    Enough for the network, and for the losses on pixels: Laplacians look at three blocks of 4 pixels, patches at 3.
    """
    steps, reach = strides(extract)
    step = max(4, *steps.values())
    return rounded_up(max(reach, 8), step), step


def tile_grid(height, width, side, margin, step):
    """Tiles of a picture of (height, width): cores of about `side` pixels each way, `margin` more around them.

    margin, step: multiples of what pooling puts together; cores begin at multiples of `step`.
    """
    rows, columns = (_pieces(length, side, step) for length in (height, width))
    return [Tile((row, column), tuple((max(0, first - margin), min(length, last + margin))
                                      for (first, last), length in ((row, height), (column, width))), (height, width))
            for row in rows for column in columns]


def _pieces(length, side, step):
    """(first, last) of pieces about as long as each other; all but the last end at multiples of `step`."""
    count = max(1, math.ceil(length / side))
    cuts = sorted({round(length * i / count / step) * step for i in range(count)} | {0})
    return [(first, last) for first, last in zip(cuts, [*cuts[1:], length]) if last > first]


def rounded_up(pixels, step):
    """The next multiple of `step`."""
    return math.ceil(pixels / step) * step

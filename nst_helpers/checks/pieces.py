"""Pictures cut into tiles and moved along a flow, in NumPy and float64: references for the checks of lesson 11."""

import numpy as np


class Seer:
    """A network of two 3×3 convolutions with ReLU that remembers what it was shown. It sees 2 pixels to each side."""

    def __init__(self, colours=2, maps=3):
        rng = np.random.default_rng()
        self.kernels = [rng.normal(size=(3, 3, before, maps)) for before in (colours, maps)]
        self.biases = rng.normal(0.5, 0.3, (2, maps))
        self.shown = []
        self.look = lambda piece: self(piece)  # `call` copies objects, but no functions

    def __call__(self, piece):
        maps = np.asarray(piece, "float64")
        self.shown.append(maps.shape)
        for kernel, bias in zip(self.kernels, self.biases):
            height, width = maps.shape[1:3]
            padded = np.pad(maps, [(0, 0), (1, 1), (1, 1), (0, 0)])
            maps = np.maximum(bias + sum(padded[:, y : y + height, x : x + width] @ kernel[y, x]
                                         for y in range(3) for x in range(3)), 0)
        return maps


def gram(maps):
    """The sum of products over the positions of maps (1, h, w, C)."""
    rows = maps.reshape(-1, maps.shape[-1])
    return rows.T @ rows


def tile_sums(see, image, side, margin, *, own=True, clipped=True):
    """For each tile the sum of products of its maps, and how many positions were counted.

    own: whether the margin is left out of the sums. clipped: whether a tile at the picture's edge knows that its
    margin is cut off there; if not, its own part is looked for `margin` positions inside all the same.
    """
    height, width = image.shape[1:3]
    sums = []
    for top in range(0, height, side):
        for left in range(0, width, side):
            above, before = max(0, top - margin), max(0, left - margin)
            maps = see(image[:, above : top + side + margin, before : left + side + margin])
            down, right = (top - above, left - before) if clipped else (margin, margin)
            high, wide = min(side, height - top), min(side, width - left)
            maps = maps[:, down : down + high, right : right + wide] if own else maps
            sums.append((gram(maps), maps.shape[1] * maps.shape[2], (high, wide) == (side, side)))
    return sums


def moved(image, flow):
    """image at p + flow(p), borders repeated; likewise around the edge; and where p + flow(p) lies inside."""
    height, width = image.shape[1:3]
    rows, columns = np.indices((height, width))
    rows, columns = rows + flow[..., 1], columns + flow[..., 0]
    inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    clipped = image[:, np.clip(rows, 0, height - 1), np.clip(columns, 0, width - 1)]
    return clipped, image[:, rows % height, columns % width], inside

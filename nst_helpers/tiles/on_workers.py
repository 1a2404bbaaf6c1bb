"""Where tiles are worked on: by the workers of a Dask cluster, each of which keeps its tiles.

What a tile keeps is the result of a task, and so are its pixels: when a worker dies, Dask works them out again on
another one, and the sums are the same.
"""

import warnings

from nst_helpers.tiles.here import TileState, total
from nst_helpers.workers.attempts import packed

import numpy as np


class OnWorkers:
    """As Here, with `client` (distributed.Client)."""

    def __init__(self, shared, client):
        self.client = client
        self.shared = self._submit(Kept, packed(shared))

    def prepare(self, tiles, content_image, given):
        """As in Here. Only one tile at a time is copied here."""
        self.tiles = tiles
        self.states = [self._submit(TileState, self.shared, tile, tile.cut(content_image).copy(), more)
                       for tile, more in zip(tiles, given)]

    def squares(self):
        return self._submit(total, [self._submit(getattr, state, "squares") for state in self.states]).result()

    def sums(self, image):
        # The pixels wait with the workers for `gradient`, which comes next, for the same picture.
        self.pixels = [self._submit(np.copy, tile.cut(image).copy()) for tile in self.tiles]
        parts = [self._submit(TileState.sums, *each) for each in zip(self.states, self.pixels)]
        return self._submit(total, parts).result()

    def gradient(self, image, slopes):
        found, slopes = np.zeros(image.shape, "float32"), {name: slope.numpy() for name, slope in slopes.items()}
        parts = [self._submit(TileState.gradient, *each, slopes) for each in zip(self.states, self.pixels)]
        for tile in self.tiles:  # one after another, in order: a sum of floats depends on it
            part = tile.cut(found)
            part += parts.pop(0).result()
        return found

    def _submit(self, function, *arguments):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # Dask advises against large arguments; here they are needed
            return self.client.submit(function, *arguments, pure=False)


class Kept:
    """TileSums on a worker, unpacked once in each process, so that it is compiled once for all tiles of a run; travels
    as what it was packed into."""

    def __init__(self, package):
        self.package = package

    def __getattr__(self, name):
        if name.startswith("__") or name == "package":
            raise AttributeError(name)
        return getattr(self.package.value, name)

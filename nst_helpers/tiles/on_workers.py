"""Where tiles are worked on: by the workers of a Dask cluster, each of which keeps its tiles.

What a tile keeps is the result of a task, and so are its pixels: when a worker dies, Dask works them out again on
another one, and the sums are the same.
"""

import functools
import pickle
import uuid
import warnings

import nst_helpers.networks  # noqa: F401  on a worker: Keras has to know the layers of what it unpacks
from nst_helpers.tiles.here import TileState, total
from nst_helpers.tiles.sums import TileSums

import numpy as np


class OnWorkers:
    """As Here, with `client` (distributed.Client)."""

    def __init__(self, shared, client):
        self.client = client
        self.token = uuid.uuid4().hex
        self.shared = self._submit(shared_from, packed(shared), self.token)

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


def packed(shared):
    """TileSums as bytes, without what is compiled."""
    return pickle.dumps((shared.extract, shared.weights, shared.style_loss, shared.axes))


@functools.lru_cache(maxsize=4)
def _unpacked(token, data):
    return TileSums(*pickle.loads(data))


def shared_from(data, token):
    """On a worker: TileSums from `packed`, the same one for all tiles of a run, so that it is compiled once."""
    return Kept(data, token)


class Kept:
    """TileSums of this process; travels as what it was packed into."""

    def __init__(self, data, token):
        self.data, self.token = data, token

    def __getattr__(self, name):
        if name.startswith("__") or name in ("data", "token"):
            raise AttributeError(name)
        return getattr(_unpacked(self.token, self.data), name)

"""Where tiles are worked on: here, in this process, one after another."""

import numpy as np
import tensorflow as tf


class Here:
    """Runs the two functions of TileSums over all tiles.

    shared: TileSums. `prepare` first; then `squares`, and for each picture `sums` and `gradient`.
    """

    def __init__(self, shared):
        self.shared = shared

    def prepare(self, tiles, content_image, given):
        """tiles: of tile_grid. content_image: (1, H, W, 3). given: what belongs to each tile besides, as TileSums
        takes it; the content's maps are added here."""
        self.tiles = tiles
        self.states = [TileState(self.shared, tile, tile.cut(content_image), more) for tile, more in zip(tiles, given)]

    def squares(self):
        """{layer: sum of the content maps' squares}, which the content loss is relative to."""
        return total([state.squares for state in self.states])

    def sums(self, image):
        """{name: sums over the whole picture, float64}."""
        return total(state.sums(tile.cut(image)) for tile, state in zip(self.tiles, self.states))

    def gradient(self, image, slopes):
        """The gradient of a loss that changes with the sums as `slopes` say, (1, H, W, 3), float32."""
        found = np.zeros(image.shape, "float32")
        for tile, state in zip(self.tiles, self.states):
            part = tile.cut(found)
            part += state.gradient(tile.cut(image), slopes)
        return found


class TileState:
    """What a tile keeps from one picture to the next: its place, and the content's maps."""

    def __init__(self, shared, tile, photo, given):
        self.shared = shared
        self.place = tf.constant([*zip(*tile.within()), tile.ends()], "int32")
        maps = shared.core_maps(tf.constant(photo), self.place)
        targets = {layer: maps[layer] for layer in shared.weights.content_layers}
        self.squares = {layer: float(tf.reduce_sum(each**2)) for layer, each in targets.items()}
        self.given = tf.nest.map_structure(tf.constant, {**given, "targets": targets})

    def __getstate__(self):
        """From process to process as arrays."""
        return {**vars(self), "place": self.place.numpy(), "given": tf.nest.map_structure(np.asarray, self.given)}

    def __setstate__(self, state):
        vars(self).update(state)
        self.place, self.given = tf.constant(self.place), tf.nest.map_structure(tf.constant, self.given)

    def sums(self, image):
        """image: the tile's outer part."""
        found = self.shared.sums(tf.constant(image), self.given, self.place)
        return {name: value.numpy().astype("float64") for name, value in found.items()}

    def gradient(self, image, slopes):
        """As TileSums gives it, as an array."""
        slopes = tf.nest.map_structure(tf.constant, slopes)
        return self.shared.gradient(tf.constant(image), self.given, self.place, slopes).numpy()


def total(parts):
    """The sum of dictionaries of sums."""
    found = {}
    for part in parts:
        for name, value in part.items():
            found[name] = found.get(name, 0.0) + value
    return found

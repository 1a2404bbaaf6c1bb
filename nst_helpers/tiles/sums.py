"""What is summed over the positions of a tile: all that the losses of a whole picture need to know of it.

The losses themselves are worked out from the sums of all tiles in objective.py.
"""

from dataclasses import dataclass, field

from nst_helpers.loss_weights import Weights
from nst_helpers.losses import laplacian, neighbour_differences, out_of_range
import nst_helpers.networks  # noqa: F401  where this is unpacked, Keras has to know the layers of the extractor
from nst_helpers.patches import patch_maps
from nst_helpers.style_losses.by_sums import SUM_LOSSES, products
from nst_helpers.tiles.grid import strides

import keras
import tensorflow as tf


@dataclass
class TileSums:
    """The two functions that run on every tile, compiled once for all of their sizes.

    extract: from feature_extractor. axes: what patch_axes gave for each style image, or an empty list.

    Both take a tile's `image`, its outer part as a tensor (1, h, w, 3); `given`, a dictionary of what else belongs to
    the tile: "targets" {layer: content maps of the core}; "regions", a list of {layer: weight of each position of the
    core}, and with patches "patches"; "photo" and "keep" where they count; and `place`, int32 (3, 2): where the core
    begins and ends within the outer part, and whether the picture ends there.
    """

    extract: keras.Model
    weights: Weights
    style_loss: str
    axes: list
    compiled: dict = field(default_factory=dict)

    def __getstate__(self):
        """Without what is compiled: another process compiles for itself."""
        return {**vars(self), "compiled": {}}

    def sums(self, image, given, place):
        """{name: sums}, float32: of the content losses, of each region's styles and patches, and of pixels."""
        return self._compiled("sums", self._sums, given)(image, given, place)

    def gradient(self, image, given, place, slopes):
        """How the loss changes with each pixel of the outer part, (1, h, w, 3). slopes: how it does with the sums."""
        return self._compiled("gradient", self._gradient, given, slopes)(image, given, place, slopes)

    def _compiled(self, name, function, given, *slopes):
        if name not in self.compiled:
            any_size = tf.nest.map_structure(lambda each: tf.TensorSpec((1, None, None, each.shape[-1])), given)
            alike = [tf.nest.map_structure(lambda each: tf.TensorSpec(each.shape), each) for each in slopes]
            self.compiled[name] = tf.function(function, autograph=False, input_signature=[
                tf.TensorSpec((1, None, None, 3)), any_size, tf.TensorSpec((3, 2), "int32"), *alike])
        return self.compiled[name]

    def _gradient(self, image, given, place, slopes):
        with tf.GradientTape() as tape:
            tape.watch(image)
            sums = self._sums(image, given, place)
            loss = tf.add_n([tf.reduce_sum(slope * sums[name]) for name, slope in slopes.items()])
        return tape.gradient(loss, image)

    def _sums(self, image, given, place):
        if "keep" in given:
            image = given["keep"] * given["photo"] + (1 - given["keep"]) * image
        return {**self._of_layers(image, given, place), **self._of_pixels(image, given, place)}

    def core_maps(self, image, place):
        """{layer: maps of the core's positions}."""
        steps, _ = strides(self.extract)
        return {layer: _cut(maps, place // steps[layer]) for layer, maps in self.extract(image).items()}

    def _of_layers(self, image, given, place):
        core, found = self.core_maps(image, place), {}
        for layer in self.weights.content_layers:
            found[f"content {layer}"] = tf.reduce_sum((core[layer] - given["targets"][layer]) ** 2)
        for number, region in enumerate(given["regions"]):
            for layer in self.weights.style_layers:
                found[f"style {number} {layer}"] = summed(SUM_LOSSES[self.style_loss].sums, core[layer], region[layer])
        return found

    def _of_pixels(self, image, given, place):
        ends = place[2]
        down, _ = neighbour_differences(_cut(image, place, (1 - ends[0], 0)))
        _, right = neighbour_differences(_cut(image, place, (0, 1 - ends[1])))
        core = _cut(image, place)
        found = {"down": tf.reduce_sum(down**2), "right": tf.reduce_sum(right**2),
                 "out of range": out_of_range(core) * tf.cast(tf.size(core), core.dtype)}
        for number, basis in enumerate(self.axes):
            # Of several styles without regions, all share the one that is everywhere.
            region = given["regions"][min(number, len(given["regions"]) - 1)]
            maps = patch_maps(_cut(image, place, 2 - 2 * ends), *basis)
            found[f"patches {number}"] = summed(products, maps, region["patches"])
        if self.weights.structure_weight:
            edges, wanted = (laplacian(_cut(each, place, 8 - 8 * ends)) for each in (image, given["photo"]))
            found["structure"] = tf.reduce_sum((edges - wanted) ** 2)
        return found


def summed(function, maps, weight):
    """A style loss's `sums` over maps (1, H, W, C), each position with its weight (1, H, W, 1)."""
    return function(tf.reshape(maps, [-1, maps.shape[-1]]), tf.reshape(weight, [-1, 1]))


def _cut(maps, place, more=(0, 0)):
    """The core of `maps`, and `more` positions behind it, downwards and to the right."""
    # tf.slice: the gradient of maps[:, a:b, c:d] is slower by far.
    begin, sides = place[0], place[1] + more - place[0]
    return tf.slice(maps, [0, begin[0], begin[1], 0], [1, sides[0], sides[1], maps.shape[-1]])

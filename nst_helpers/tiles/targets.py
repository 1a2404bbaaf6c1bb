"""What a style image asks for, worked out tile by tile, since it may be as large as the picture."""

from nst_helpers.patches import SIDE, patch_maps
from nst_helpers.style_losses import belongs
from nst_helpers.style_losses.by_sums import SUM_LOSSES, products
from nst_helpers.tiles.grid import margin_and_step, strides, tile_grid
from nst_helpers.tiles.sums import summed

import numpy as np
import tensorflow as tf


def position_weights(guides, style_loss):
    """How much each position counts, {layer: (1, H, W, 1)}, of guides by layer; None: all alike.

    A Gram matrix takes a guide squared, as guided_gram_matrix does; where positions are there or not, it is 0 or 1.
    """
    if guides is None:
        return None
    return {layer: (guide**2 if style_loss == "gram" or layer == "patches" else belongs(guide)).astype("float32")
            for layer, guide in ((layer, np.asarray(guide)) for layer, guide in guides.items())}


class StyleTargets:
    """The targets of one style image, `of_layers` and `of_patches`.

    extract: from feature_extractor. image: (1, H, W, 3). source: guides {layer: (1, H, W, 1)}, or None. side: of a
    tile, in pixels. axes: from patch_axes, or None where patches do not count.
    """

    def __init__(self, extract, image, source, layers, style_loss, side, axes=None):
        self.extract, self.image, self.layers = extract, image, list(layers)
        self.weights, self.loss = position_weights(source, style_loss), SUM_LOSSES[style_loss]
        self.steps, _ = strides(extract)
        self.tiles = tile_grid(*image.shape[1:3], side, *margin_and_step(extract))
        self.features = tf.function(extract, input_signature=[tf.TensorSpec((1, None, None, 3))], autograph=False)
        averages = self._averages(self.loss.sums, self.layers)
        self.of_layers = {layer: self.loss.target(lambda function, layer=layer: averages[layer]
                                                  if function is self.loss.sums
                                                  else self._averages(function, [layer])[layer])
                          for layer in self.layers}
        self.of_patches = axes and self._patches(axes)

    def _averages(self, function, layers):
        """{layer: float64 average of what `function` sums, over the positions that count}."""
        sums, counts = dict.fromkeys(layers, 0.0), dict.fromkeys(layers, 0.0)
        for tile in self.tiles:
            maps = self.features(tf.constant(tile.cut(self.image)))
            (top, bottom), (left, right) = tile.within()
            for layer in layers:
                step = self.steps[layer]
                core = maps[layer][:, top // step : bottom // step, left // step : right // step]
                weight = np.ones((*core.shape[:3], 1), "float32") if self.weights is None else \
                    tile.cut_core(self.weights[layer], step)
                sums[layer] += summed(function, core, weight).numpy().astype("float64")
                counts[layer] += weight.sum(dtype="float64")
        return {layer: tf.constant(sums[layer] / counts[layer]) for layer in layers}

    def _patches(self, axes):
        total, count, (height, width) = 0.0, 0.0, self.image.shape[1:3]
        for (top, bottom), (left, right) in (tile.core for tile in self.tiles):
            bottom, right = min(bottom, height - SIDE + 1), min(right, width - SIDE + 1)
            maps = patch_maps(self.image[:, top : bottom + SIDE - 1, left : right + SIDE - 1], *axes)
            weight = np.ones((*maps.shape[:3], 1), "float32") if self.weights is None else \
                self.weights["patches"][:, top:bottom, left:right]
            total = total + summed(products, maps, weight).numpy().astype("float64")
            count += weight.sum(dtype="float64")
        return tf.constant(total / count)

"""The losses of a large picture and their exact gradient, tile by tile.

All losses of `transfer_objective` are functions of sums over positions. So a first pass over the tiles adds up the sums
(Gram matrices, squared distances); from those of the whole picture come its losses, and how they change with each sum;
and a second pass carries that back to the pixels of each tile. (The idea is Galerne et al. 2024, "Scaling Painting
Style Transfer".) What is summed stands in sums.py, the loop around it in minimizer.py.
"""

from nst_helpers.losses import laplacian
from nst_helpers.losses import style_loss as squared_distance
from nst_helpers.patches import SIDE, patch_axes
from nst_helpers.style_losses.by_sums import SUM_LOSSES
from nst_helpers.tiles.grid import margin_and_step, strides, tile_grid
from nst_helpers.tiles.here import Here
from nst_helpers.tiles.sums import TileSums
from nst_helpers.tiles.targets import StyleTargets, position_weights

import numpy as np
import tensorflow as tf


def check_can_be_tiled(style_loss):
    """Refuse a style loss that is no function of sums over positions."""
    if style_loss not in SUM_LOSSES:
        raise ValueError(f'style_loss="{style_loss}" sorts or compares all positions at once, so a picture cannot be '
                         f"cut into tiles for it: take a smaller size, or one of: {', '.join(SUM_LOSSES)}.")


class TiledObjective:
    """What `transfer_objective` makes, for `minimize`, in the memory of one tile.

    extract, content_image, styles, weights, keep, style_loss: as there. side: of a tile's core, in pixels.
    workers: from TileSums to where the tiles are worked on; None: `Here`, one after another.
    """

    def __init__(self, extract, content_image, styles, weights, *, keep=None, style_loss="gram", side=1024,
                 workers=None):
        check_can_be_tiled(style_loss)
        self.weights, self.styles, self.loss = weights, styles, SUM_LOSSES[style_loss]
        _, height, width, _ = content_image.shape
        (steps, _), (margin, step) = strides(extract), margin_and_step(extract)
        self.tiles = tile_grid(height, width, side, margin, step)
        axes = [patch_axes(style.image) for style in styles] if weights.patch_weight else []
        targets = [StyleTargets(extract, style.image, style.source, weights.style_layers, style_loss, side,
                                axes[number] if axes else None) for number, style in enumerate(styles)]
        self.targets = [target.of_layers for target in targets]
        self.patch_targets = [target.of_patches for target in targets]
        # Without regions all styles look at the same sums.
        everywhere = all(style.region is None for style in styles)
        regions = [position_weights(style.region, style_loss) for style in styles[: 1 if everywhere else None]]
        self.region_of = [0 if everywhere else number for number in range(len(styles))]
        self.sizes = self._sizes(regions, steps, height, width)
        self.shared = TileSums(extract, weights, style_loss, axes)
        self.workers = (workers or Here)(self.shared)
        photo = content_image if keep is not None or weights.structure_weight else None
        self.workers.prepare(self.tiles, content_image, [self._given(tile, photo, keep, regions, steps)
                                                         for tile in self.tiles])
        self.squares = self.workers.squares()
        if weights.structure_weight:
            self.squares["structure"] = _squares_of_edges(content_image)

    def _sizes(self, regions, steps, height, width):
        """How many positions there are to average over, by the names of the sums."""
        sides = {**{layer: (height // step, width // step) for layer, step in steps.items()},
                 "patches": (height - SIDE + 1, width - SIDE + 1)}
        found = {"down": 3 * (height - 1) * width, "right": 3 * height * (width - 1),
                 "out of range": 3 * height * width}
        for number, region in enumerate(regions):
            for layer, (rows, columns) in sides.items():
                found[number, layer] = rows * columns if region is None else \
                    float(region[layer].sum(dtype="float64")) if layer in region else 0
        return found

    def _given(self, tile, photo, keep, regions, steps):
        """What belongs to a tile besides its pixels and the content's maps, as TileSums takes it."""
        layers = {**{layer: steps[layer] for layer in self.weights.style_layers}, "patches": 1}
        one = np.ones((1, 1, 1, 1), "float32")
        given = {"regions": [{layer: one if region is None else np.ascontiguousarray(tile.cut_core(region[layer], step))
                              for layer, step in layers.items() if region is None or layer in region}
                             for region in regions]}
        if photo is not None:
            given["photo"] = np.ascontiguousarray(tile.cut(photo))
        if keep is not None:
            given["keep"] = np.ascontiguousarray(tile.cut(np.broadcast_to(keep, (*photo.shape[:3], 1))), "float32")
        return given

    def losses_and_gradient(self, image):
        """image: array (1, H, W, 3). Returns the weighted losses by name, and the gradient of their sum, float32."""
        image = np.asarray(image, "float32")
        sums = {name: tf.constant(total) for name, total in self.workers.sums(image).items()}
        with tf.GradientTape() as tape:
            tape.watch(sums)
            parts = self._losses(sums)
            total = tf.add_n(list(parts.values()))
        slopes = {name: tf.cast(slope, "float32") for name, slope in tape.gradient(
            total, sums, unconnected_gradients=tf.UnconnectedGradients.ZERO).items()}
        return {name: float(part) for name, part in parts.items()}, self.workers.gradient(image, slopes)

    def _losses(self, sums):
        """The weighted losses of the whole picture from the sums of all its tiles, float64."""
        weights, zero = self.weights, tf.constant(0.0, "float64")
        content = sum((weight * sums[f"content {layer}"] / self.squares[layer]
                       for layer, weight in weights.content_layers.items()), zero)
        style, patches = zero, zero
        for number, (each, region) in enumerate(zip(self.styles, self.region_of)):
            for layer, weight in weights.style_layers.items():
                averages = sums[f"style {region} {layer}"] / self.sizes[region, layer]
                style += each.share * weight * self.loss.loss(averages, self.targets[number][layer])
            if weights.patch_weight:
                averages = sums[f"patches {number}"] / self.sizes[region, "patches"]
                patches += each.share * squared_distance(averages, self.patch_targets[number])
        variation = sums["down"] / self.sizes["down"] + sums["right"] / self.sizes["right"]
        losses = {"content": weights.content_weight * content, "style": style,
                  "total variation": weights.total_variation_weight * variation,
                  "out of range": weights.out_of_range_weight * sums["out of range"] / self.sizes["out of range"]}
        if weights.patch_weight:
            losses["patches"] = weights.patch_weight * patches
        if weights.structure_weight:
            losses["structure"] = weights.structure_weight * sums["structure"] / self.squares["structure"]
        return losses


def _squares_of_edges(image):
    """The sum of the photo's squared Laplacian, which the structure loss is relative to."""
    return float(tf.reduce_sum(laplacian(tf.constant(image)) ** 2))

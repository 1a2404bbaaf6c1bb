"""Which style image goes where, at every size of a run.

What may be given: arguments.py.
"""

from dataclasses import dataclass

from nst_helpers._run.arguments import all_guides, check_sizes, content_masks, style_guides
from nst_helpers._run.tiling import Tiling
from nst_helpers.images import SMALLEST_SIZE, resize_image
from nst_helpers.objective import Style
from nst_helpers.optimize.multiscale import with_margin

import keras
import numpy as np


@dataclass
class Regions:
    """The style images of a run and their regions, as `stylize` was given them.

    tiling: which sizes are painted in tiles. styles: arrays (1, H, W, 3), or None for a region that is kept.
    sides: how long they would be beside the finished picture. shares: their weights, without those that are None.
    margin: pixels that are painted on each side besides. style_loss: one of STYLE_LOSSES.
    """

    extract: keras.Model
    tiling: Tiling
    styles: list
    sides: list
    shares: list
    masks: object
    style_masks: object
    guide_mode: str
    margin: int
    style_loss: str = "gram"

    def stage(self, content_image, size, weights, seed=0):
        """For `size` (height, width): the objective, the content image, and a mask of what is kept of it.

        The objective is that of a picture with a margin; what is returned beside it has none.
        """
        scale, styles = size[0] / content_image.shape[1], self.styles
        if scale < 1:
            content_image = resize_image(content_image, size)
            styles = [style if style is None else _at_most(style, round(scale * side))
                      for style, side in zip(styles, self.sides)]
        check_sizes(self.extract, [content_image, *styles])
        masks = content_masks(self.masks, styles, content_image)
        keep = sum((mask for mask, style in zip(masks, styles) if style is None), np.float32(0))
        pictures = [style for style in styles if style is not None]
        regions = [mask if mask is None else self._guides(with_margin(mask, self.margin), weights)
                   for mask, style in zip(masks, styles) if style is not None]
        sources = style_guides(self.style_masks, styles, pictures, self.extract, weights.style_layers, self.guide_mode)
        objective = self.tiling.objective(
            with_margin(content_image, self.margin),
            [Style(*each) for each in zip(pictures, self.shares, regions, sources, strict=True)], weights,
            keep=with_margin(keep, self.margin) if np.any(keep) else None, style_loss=self.style_loss, seed=seed,
        )
        return objective, content_image, keep

    def _guides(self, mask, weights):
        return all_guides(mask, self.extract, weights.style_layers, self.guide_mode)


def _at_most(image, side):
    return image if side >= max(image.shape) else resize_image(image, max(SMALLEST_SIZE, side))

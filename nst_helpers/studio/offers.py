"""What the page offers: the masks that belong to a photo, and the sizes that fit into memory now."""

from functools import cache

from nst_helpers._run.estimate import amount
from nst_helpers._run.tiling import plan_tiling
from nst_helpers.defaults import CONTENT_LAYERS, STYLE_LAYERS, is_large
from nst_helpers.masks.cover import bundled_masks
from nst_helpers.networks import feature_extractor, load_network
from nst_helpers.optimize.multiscale import MARGIN
from nst_helpers.studio import settings as knobs

import numpy as np


def masks_of(photo):
    """Names of the bundled masks of a photo."""
    return [name for name in bundled_masks() if name.startswith(f"{photo}_")]


@cache
def extractor():
    """Of the course's network, with the layers that `stylize` asks for."""
    return feature_extractor(load_network("pocket"), [*CONTENT_LAYERS, *STYLE_LAYERS])


def offered_sizes(ratio, styles, largest):
    """[{"size", "text"}] of the sizes that fit into memory now, with what each takes. ratio: height to width."""
    offered = []
    for size in (each for each in knobs.SIZES if each <= largest):
        height, width = (round(size * min(1, side)) for side in (ratio, 1 / ratio))
        picture = np.broadcast_to(np.float32(0), (1, height, width, 3))
        large = is_large(height, width)
        try:
            tiling = plan_tiling(extractor(), picture, [picture] * styles, "L-BFGS", regions=styles,
                                 margin=MARGIN if large else 0, patches=large)
        except ValueError:
            break
        offered.append({"size": size, "text": f"{width} × {height} px, {amount(tiling.memory)}"})
    return offered

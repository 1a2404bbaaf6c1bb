"""Whether a picture is painted whole or in tiles, and how large they are: what memory leaves room for.

What happens on a tile stands in the room tiles; the estimate for a whole picture, in estimate.py.
"""

from dataclasses import dataclass
from functools import partial
import math
import numbers

from nst_helpers._run.estimate import (
    PATCHES,
    check_memory,
    check_run_memory,
    fixed_memory,
    free_memory,
    held_before,
    maps_memory,
)
from nst_helpers.objective import transfer_objective
from nst_helpers.optimize.lbfgs import pairs_for
from nst_helpers.style_losses.by_sums import SUM_LOSSES
from nst_helpers.tiles.grid import margin_and_step
from nst_helpers.tiles.objective import TiledObjective, check_can_be_tiled
from nst_helpers.tiles.on_workers import OnWorkers
from nst_helpers.workers import check_client

import keras

# Bytes that a run takes at most where it can do with less, even if more are free: tiles cost time, but the memory of a
# shared machine is nobody's alone.
MOST = 4e9
SIDES = (1024, 768, 512, 384, 256)
SMALLEST = 128  # below that tiles would be nearly all margin
# Arrays of the picture's size, float32, three colours: those of a run; and two for each pair that L-BFGS remembers.
RUN_ARRAYS = {"L-BFGS": 11, "L-BFGS-B": 60, "Adam": 16, "gradient descent": 12}
STYLE_ARRAYS = 2


@dataclass
class Tiling:
    """side: of a tile's core in pixels, or None: the picture is painted whole. memory: bytes, all in all. client: of
    Dask, or None."""

    extract: keras.Model
    side: int | None
    memory: float
    client: object = None

    def is_whole(self, height, width):
        """Whether a picture of this size is painted whole: no larger than a tile with its margin."""
        return self.side is None or height * width <= outer_side(self.extract, self.side) ** 2

    def objective(self, content_image, styles, weights, *, keep, style_loss, seed):
        """As transfer_objective makes it, of the whole picture or of its tiles."""
        if self.is_whole(*content_image.shape[1:3]):
            return transfer_objective(self.extract, content_image, styles, weights, keep=keep, style_loss=style_loss,
                                      seed=seed)
        workers = None if self.client is None else partial(OnWorkers, client=self.client)
        return TiledObjective(self.extract, content_image, styles, weights, keep=keep, style_loss=style_loss,
                              side=self.side, workers=workers)


def outer_side(extract, side):
    """Pixels along a tile with its margin."""
    margin, _ = margin_and_step(extract)
    return side + 2 * margin


def check_tile_size(tile_size):
    """Refuse what is no side of a tile."""
    whole = isinstance(tile_size, numbers.Integral) and not isinstance(tile_size, bool)
    if tile_size is not None and not (whole and tile_size >= SMALLEST):
        raise ValueError(f"tile_size is {tile_size!r}; give a whole number of pixels, {SMALLEST} or more, or None to "
                         "let memory decide.")


def plan_tiling(extract, content_image, styles, method, *, tile_size=None, client=None, regions=0, margin=0,
                patches=False, style_loss="gram"):
    """The Tiling of a run of pictures (arrays), or a ValueError in one sentence where nothing fits.

    tile_size: the side of a tile, or None for as large as memory allows. client: of Dask, or None; there are to be
    tiles for all of its workers. The rest: as in check_run_memory.
    """
    check_tile_size(tile_size)
    check_client(client)
    height, width = content_image.shape[1:3]
    sides = _sides(height, width, client) if tile_size is None else [tile_size]
    asked_for = tile_size is not None or client is not None
    small = height * width <= outer_side(extract, sides[0] if asked_for else SIDES[-1]) ** 2  # tiles are no help
    if small or not asked_for:
        try:
            memory = check_run_memory(extract, content_image, styles, method, regions=regions, margin=margin,
                                      patches=patches, style_loss=style_loss)
            if small or memory <= MOST or style_loss not in SUM_LOSSES:
                return Tiling(extract, None, memory)
        except ValueError:
            if small or style_loss not in SUM_LOSSES:
                raise
    check_can_be_tiled(style_loss)
    held, free = held_before(), free_memory()
    for side in sides:
        needed = partial(tiled_memory, extract, side=side, styles=styles, method=method, regions=regions,
                         patches=patches, style_loss=style_loss)
        if held + needed(height, width) <= min(held + free, MOST) or side == sides[-1]:
            return Tiling(extract, side, held + check_memory(needed, height, width, margin=margin), client)


def _sides(height, width, client):
    """Sides that tiles may have, the largest first: with a client, such that each worker has one at least."""
    count = 1 if client is None else len(client.scheduler_info()["workers"])
    return [side for side in SIDES if math.ceil(height / side) * math.ceil(width / side) >= count] or SIDES[-1:]


def tiled_memory(extract, height, width, *, side, styles, method="L-BFGS", regions=0, patches=False, style_loss="gram"):
    """Bytes that a run in tiles takes on top of what is in use before it."""
    pairs = 2 * pairs_for(3 * height * width) if method == "L-BFGS" else 0
    style_pixels = sum(style.shape[1] * style.shape[2] for style in styles)
    return (fixed_memory(extract) + (PATCHES if patches else 0)
            + maps_memory(extract, style_loss) * outer_side(extract, side) ** 2
            + 12 * (RUN_ARRAYS[method] + pairs) * height * width + 8 * regions * height * width
            + 12 * STYLE_ARRAYS * style_pixels)

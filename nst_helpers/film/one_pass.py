"""A painter of films that paints each frame in one pass, whatever the others are: quick, and with the flicker of that.
"""

import time

from nst_helpers.fast.one_pass import stylize_fast
from nst_helpers.optimize.result import Result


class OnePass:
    """As Painter, for chains of one frame. options: those of `stylize_fast`."""

    def __init__(self, style_images, options):
        self.style_images, self.options = style_images, options

    def first(self, frame):
        """The Result of a frame (1, H, W, 3), without losses."""
        begin = time.perf_counter()
        image = stylize_fast(frame, self.style_images, **self.options)
        return Result(image, {}, 0, 0, time.perf_counter() - begin, "painted in one pass")

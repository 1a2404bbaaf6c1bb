"""Where in a picture something holds: loading and checking masks, making and painting them."""

from nst_helpers.masks.cover import (
    bundled_masks,
    check_cover,
    check_mask,
    fit_mask,
    load_mask,
    resize_mask,
    rest_mask,
    share_masks,
)
from nst_helpers.masks.making import by_brightness, by_color, ellipse, largest_part, rectangle, soften
from nst_helpers.masks.painting import overlay, paint_mask

__all__ = [
    "bundled_masks", "by_brightness", "by_color", "check_cover", "check_mask", "ellipse", "fit_mask",
    "largest_part", "load_mask", "overlay", "paint_mask", "rectangle", "resize_mask", "rest_mask", "share_masks",
    "soften",
]

"""What `stylize` is given, brought into the one form that its loop works with, or refused in one sentence.

No losses, no optimiser.
"""

import math
import os

from nst_helpers._io.image_files import find_file, side, sides_of
from nst_helpers.images import SMALLEST_SIZE, check_image, load_image, resize_image
from nst_helpers.masks.cover import check_cover, fit_mask
from nst_helpers.masks.guides import guides

import numpy as np

# Pixels on the longer side, up to which a painting's file is enlarged for a large picture.
ENLARGED = 1024


def picture(source, size, usual_size, name="image", size_name="size"):
    """A picture with the longer side `size`; where that is None, files get `usual_size` and arrays keep theirs.

    name, size_name: what a message calls the picture and its size.
    """
    size = None if size is None else side(size, size_name, SMALLEST_SIZE)
    if isinstance(source, (str, os.PathLike)):
        return load_image(source, usual_size if size is None else size)
    image = check_image(source, name)
    return image if size is None else resize_image(image, size)


def style_pictures(sources, size, content_image):
    """A list of style images, brought to `size` as by `picture`; one alone need not be a list, and None stays None.

    Where `size` is None, a file has the side that `style_sides` says, but is not enlarged beyond ENLARGED: a stroke
    that is only blown up teaches a poster nothing about its own fine strokes.
    """
    sources = sources if isinstance(sources, (list, tuple)) else [sources]
    names = [style_name(number, len(sources)) for number in range(1, len(sources) + 1)]
    return [None if source is None else picture(source, size, _usual_side(source, content_image, capped=True), name,
                                                "style_size") for source, name in zip(sources, names)]


def style_sides(sources, styles, size, content_image):
    """How long each of `styles`, which `style_pictures` made of `sources`, would be beside the content image.

    As long as it; but beside a long and narrow one it has twice its pixels at most. Where `size` says, or an array, as
    long as it is.
    """
    sources = sources if isinstance(sources, (list, tuple)) else [sources]
    usual = [None if size is not None or source is None else _usual_side(source, content_image) for source in sources]
    return [side or (0 if style is None else max(style.shape)) for side, style in zip(usual, styles)]


def _usual_side(source, content_image, capped=False):
    _, height, width, _ = content_image.shape
    if not isinstance(source, (str, os.PathLike)):
        return None
    sides = sides_of(find_file(source))
    most = math.sqrt(2 * height * width * max(sides) / min(sides))
    usual = max(SMALLEST_SIZE, min(height if height > width else width, int(most)))
    return min(usual, max(ENLARGED, *sides)) if capped else usual


def style_name(number, count):
    """What a message calls a style image: by its place in the list that was given."""
    return "The style image" if count == 1 else f"Style image {number}"


def check_seed(seed):
    """Refuse what no random numbers can begin with."""
    if not isinstance(seed, (int, np.integer)) or isinstance(seed, bool) or seed < 0:
        raise ValueError(f"seed is {seed!r}; give a whole number of 0 or more.")


def start_picture(start, content_image, seed):
    """The picture the optimiser starts from, in the shape of the content image."""
    if isinstance(start, str) and start == "content":
        return content_image
    if isinstance(start, str) and start == "noise":
        return np.random.default_rng(seed).random(content_image.shape, "float32")
    if isinstance(start, str):
        try:
            find_file(start)
        except ValueError as error:  # neither a bundled name nor that of a file
            raise ValueError(f'start is {start!r}; give "content", "fast", "noise" or a picture. {error}') from None
    return resize_image(picture(start, None, None, "The start picture"), content_image.shape[1:3])


def check_sizes(extract, images):
    """Refuse pictures so small that pooling leaves nothing of them: the content image, then the styles (or None)."""
    smallest = max(2, 2 ** sum("pool" in layer.name for layer in extract.layers))
    names = ["The content image", *(style_name(number, len(images) - 1) for number in range(1, len(images)))]
    for name, image in zip(names, images):
        if image is not None and min(image.shape[1:3]) < smallest:
            raise ValueError(f"{name} is too small with {image.shape[1]}x{image.shape[2]} pixels: the layers asked for "
                             f"need at least {smallest} on each side; take a larger size.")


def content_masks(masks, style_images, content_image):
    """A mask (1, H, W, 1) at the content image's size for each style image, or None for the whole picture."""
    masks = [None if mask is None else fit_mask(mask, content_image, f"Mask {number}")
             for number, mask in enumerate(_one_each(masks, "masks", style_images), start=1)]
    if not any(mask is None for mask in masks):
        check_cover(masks)
    for mask, style in zip(masks, style_images):
        if style is None and mask is None:
            raise ValueError("A style image of None leaves a region as the photo is, so it needs a mask of its own.")
    return masks


def style_guides(masks, style_images, pictures, extract, layers, mode):
    """Guides into the style images: {layer: guide} for each, or None where the whole painting counts.

    style_images: as given; pictures: the same as arrays, without those that are None.
    """
    arrays = iter(pictures)
    return [None if mask is None else
            all_guides(fit_mask(mask, image, f"Style mask {number}"), extract, layers, mode)
            for number, (mask, style) in enumerate(zip(_one_each(masks, "style_masks", style_images), style_images), 1)
            if style is not None and (image := next(arrays)) is not None]


def all_guides(mask, extract, layers, mode):
    """`guides` for the network's layers, and one for the patches of layer 0, which lose a pixel on each side."""
    return {**guides(mask, extract, layers, mode), "patches": mask[:, 1:-1, 1:-1]}


def _one_each(masks, name, style_images):
    """A list of masks as long as that of the style images; a single mask for a single style need not be a list."""
    if masks is None:
        return [None] * len(style_images)
    masks = list(masks) if isinstance(masks, (list, tuple)) else [masks]
    if len(masks) != len(style_images):
        raise ValueError(f"There are {len(style_images)} style images and {len(masks)} {name}; give one for each, in "
                         "the same order (None: the whole picture; a style image of None needs a mask).")
    return masks

"""What `stylize` is given, brought into the one form that its loop works with, or refused in one sentence.

What may go here: checks of arguments, before anything long begins. No losses, no optimiser.
"""

from pathlib import Path

from nst_helpers.guides import guides
from nst_helpers.images import check_image, load_image, resize_image
from nst_helpers.masks import check_cover, fit_mask

import numpy as np


def picture(source, size, usual_size):
    """A picture with the longer side `size`; where that is None, files get `usual_size` and arrays keep theirs."""
    if isinstance(source, (str, Path)):
        return load_image(source, usual_size if size is None else size)
    return check_image(source) if size is None else resize_image(source, size)


def start_picture(start, content_image, seed):
    """The picture the optimiser starts from, in the shape of the content image."""
    if isinstance(start, str) and start == "content":
        return content_image
    if isinstance(start, str) and start == "noise":
        return np.random.default_rng(seed).random(content_image.shape, "float32")
    start_image = load_image(start) if isinstance(start, (str, Path)) else start
    return resize_image(start_image, content_image.shape[1:3])


def check_weight(weight, name):
    """Refuse a weight that is negative, not finite or no number."""
    if not 0 <= weight < np.inf:
        raise ValueError(f"{name} is {weight}; give a number of 0 or more.")


def check_sizes(extract, images):
    """Refuse pictures so small that pooling leaves nothing of them."""
    smallest = max(2, 2 ** sum("pool" in layer.name for layer in extract.layers))
    for _, height, width, _ in (image.shape for image in images):
        if min(height, width) < smallest:
            raise ValueError(f"A picture of {height}x{width} pixels is too small: the layers asked for need at least "
                             f"{smallest} on each side; take a larger size.")


def shares(weights, name):
    """Names (all alike), or a dictionary from name to weight, as a dictionary of weights that add up to 1."""
    if isinstance(weights, str):
        weights = [weights]
    weights = weights if isinstance(weights, dict) else dict.fromkeys(weights, 1.0)
    total = sum(weights.values())
    if not weights or min(weights.values()) < 0 or not 0 < total < np.inf:
        weights = list(weights.values())
        raise ValueError(f"{name} has the weights {weights}; give at least one, each 0 or more, not all of them 0.")
    return {key: weight / total for key, weight in weights.items()}


def style_shares(weights, style_images):
    """A list of weights that add up to 1: one for each style image that is not None."""
    count = len(style_images)
    if all(style is None for style in style_images):
        raise ValueError("There is no style image; give at least one that is not None.")
    weights = [1.0] * count if weights is None else np.ravel(weights).tolist()
    if len(weights) != count:
        raise ValueError(f"There are {count} style images and {len(weights)} style weights; give one weight for each.")
    weights = [weight for weight, style in zip(weights, style_images) if style is not None]
    return list(shares(dict(enumerate(weights)), "style_images").values())


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
    masks = [mask for mask, style in zip(_one_each(masks, "style_masks", style_images), style_images)
             if style is not None]
    return [None if mask is None else
            all_guides(fit_mask(mask, image, f"Style mask {number}"), extract, layers, mode)
            for number, (mask, image) in enumerate(zip(masks, pictures), start=1)]


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
                         "the same order (None: the whole picture).")
    return masks

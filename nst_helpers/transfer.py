"""`stylize`: the loop of lesson 04 as one call.

What may go here: putting images, networks, losses and an optimiser together. Each of them lives in its own file;
what the arguments may be, in arguments.py.
"""

from nst_helpers.arguments import (
    check_sizes,
    check_weight,
    content_masks,
    picture,
    shares,
    start_picture,
    style_guides,
    style_shares,
)
from nst_helpers.guides import guides
from nst_helpers.losses import (
    content_loss,
    gram_matrix,
    guided_gram_matrix,
    out_of_range,
    style_loss,
    total_variation,
)
from nst_helpers.networks import feature_extractor, load_network
from nst_helpers.optimize import check_run, minimize
from nst_helpers.progress import Progress

import keras
import numpy as np
import tensorflow as tf

SIZE = 256
CONTENT_LAYERS = ("block4_conv2",)
STYLE_LAYERS = ("block1_conv1", "block2_conv1", "block3_conv1", "block4_conv1", "block5_conv1")
# Enough to keep the pixels in [0, 1], so that clipping the finished picture changes almost nothing.
OUT_OF_RANGE_WEIGHT = 1.0


def stylize(
    content_image,
    style_images,
    *,
    network="pocket",
    size=None,
    style_size=None,
    content_weight=0.02,
    style_weights=None,
    masks=None,
    style_masks=None,
    guide_mode="resize",
    total_variation_weight=0.1,
    content_layers=CONTENT_LAYERS,
    style_layers=STYLE_LAYERS,
    start="content",
    seed=0,
    method="L-BFGS",
    steps=150,
    progress=True,
):
    """Paint the content image in the manner of the style images (Gatys et al. 2016).

    content_image, style_images: bundled names, paths, or arrays (1, H, W, 3), RGB in [0, 1]; one style or a list.
    network: "pocket", "vgg19", "vgg16", or what load_network gave.
    size: longer side of the generated image in pixels. None: 256 for a name or a path; an array keeps its own.
    style_size: longer side of the style images. None: the generated image's; an array keeps its own.
    content_weight, total_variation_weight: against the style loss, whose weight is 1.
    style_weights: one number for each style image (None: all alike); only their ratios matter.
    masks: where in the content image each style goes: one mask for each style image (array, bundled name or path;
        None: everywhere). Together they have to cover the picture. A style image of None leaves its region as it is.
    style_masks: which part of each style image counts, likewise (None: all of it). guide_mode: as in `guides`.
    content_layers, style_layers: names, or a dictionary from name to weight; only the ratios of weights matter.
    start: "content", "noise" (uniform, drawn with `seed`), or a picture as above.
    method, steps: as in `minimize`. progress: show a bar and the growing picture.
    Returns a Result: `image` (1, H, W, 3) in [0, 1]; `losses` with "total", "content", "style", "total variation" and
        "out of range", each with its weight in it, so that they add up; counts, seconds, and why it stopped.
    Raises ValueError or FileNotFoundError, in one sentence, before anything long begins.
    """
    check_weight(content_weight, "content_weight")
    check_weight(total_variation_weight, "total_variation_weight")
    check_run(method, steps)
    network = network if isinstance(network, keras.Model) else load_network(network)
    content_image = picture(content_image, size, SIZE)
    style_images = style_images if isinstance(style_images, (list, tuple)) else [style_images]
    masks = content_masks(masks, style_images, content_image)
    keep = sum((mask for mask, style in zip(masks, style_images) if style is None), np.float32(0))
    start_image = keep * content_image + (1 - keep) * start_picture(start, content_image, seed)
    styles = [picture(style, style_size, max(content_image.shape)) for style in style_images if style is not None]
    style_weights = style_shares(style_weights, style_images)
    content_layers, style_layers = shares(content_layers, "content_layers"), shares(style_layers, "style_layers")
    extract = feature_extractor(network, {**content_layers, **style_layers})
    check_sizes(extract, [content_image, *styles])
    regions = [mask if mask is None else guides(mask, extract, style_layers, guide_mode)
               for mask, style in zip(masks, style_images) if style is not None]
    sources = style_guides(style_masks, style_images, styles, extract, style_layers, guide_mode)
    objective = transfer_objective(
        extract, content_image, styles, content_layers, style_layers, style_weights, content_weight,
        total_variation_weight, regions=regions, sources=sources, keep=keep if np.any(keep) else None,
    )
    show = Progress(steps) if progress else None
    result = minimize(objective, start_image, method, steps, progress=show)
    if show:
        show.close(repr(result))
    result.image = np.clip(keep * content_image + (1 - keep) * result.image, 0, 1)
    return result


def transfer_objective(
    extract, content_image, styles, content_layers, style_layers, style_shares, content_weight,
    total_variation_weight, out_of_range_weight=OUT_OF_RANGE_WEIGHT, *, regions=None, sources=None, keep=None,
):
    """The function that `stylize` minimises: picture to its weighted losses.

    extract: picture to a dictionary of feature maps by layer, as feature_extractor makes it. content_layers,
    style_layers: dictionaries from layer name to weight. style_shares: one weight for each of `styles`.
    regions: for each style the guides {layer: (1, H, W, 1)} of where it goes in the picture, or None: everywhere.
    sources: likewise, which part of the style image counts. keep: None, or where the content image stays: (1, H, W, 1).
    """
    regions, sources = regions or [None] * len(styles), sources or [None] * len(styles)

    def gram_matrices(features, guide):
        if guide is None:
            return {layer: gram_matrix(features[layer]) for layer in style_layers}
        return {layer: guided_gram_matrix(features[layer], guide[layer]) for layer in style_layers}

    # Targets are computed here, once.
    features = extract(content_image)
    content_targets = {layer: features[layer] for layer in content_layers}
    style_targets = [gram_matrices(extract(style), source) for style, source in zip(styles, sources)]

    def objective(image):
        if keep is not None:
            image = keep * content_image + (1 - keep) * image
        features = extract(image)
        whole = gram_matrices(features, None) if any(region is None for region in regions) else None
        grams = [whole if region is None else gram_matrices(features, region) for region in regions]
        content = [w * content_loss(features[layer], content_targets[layer]) for layer, w in content_layers.items()]
        style = [
            share * w * style_loss(own[layer], targets[layer])
            for share, own, targets in zip(style_shares, grams, style_targets, strict=True)
            for layer, w in style_layers.items()
        ]
        return {
            "content": content_weight * tf.add_n(content),
            "style": tf.add_n(style),
            "total variation": total_variation_weight * total_variation(image),
            "out of range": out_of_range_weight * out_of_range(image),
        }

    return objective

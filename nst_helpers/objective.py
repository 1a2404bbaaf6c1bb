"""The one function that a style transfer minimises: all losses of a picture, weighted, as lesson 04 puts them together.

What may go here: how the losses become one. Each of them stands in losses.py.
"""

from nst_helpers.losses import (
    content_loss,
    gram_matrix,
    guided_gram_matrix,
    laplacian_loss,
    out_of_range,
    style_loss,
    total_variation,
)
from nst_helpers.patches import patch_axes, patch_maps

import tensorflow as tf

# Enough to keep the pixels in [0, 1], so that clipping the finished picture changes almost nothing.
OUT_OF_RANGE_WEIGHT = 1.0


def transfer_objective(
    extract, content_image, styles, content_layers, style_layers, style_shares, content_weight,
    total_variation_weight, out_of_range_weight=OUT_OF_RANGE_WEIGHT, *, regions=None, sources=None, keep=None,
    patch_weight=0.0, structure_weight=0.0,
):
    """The function that `stylize` minimises: picture to its weighted losses.

    extract: picture to a dictionary of feature maps by layer, as feature_extractor makes it. content_layers,
    style_layers: dictionaries from layer name to weight. style_shares: one weight for each of `styles`.
    regions: for each style the guides {layer: (1, H, W, 1)} of where it goes in the picture, or None: everywhere.
    sources: likewise, which part of the style image counts. keep: None, or where the content image stays: (1, H, W, 1).
    patch_weight: of the style loss of layer 0, see patches.py. Where a style has guides, they hold "patches", too.
    structure_weight: of the Laplacian loss against the content image.
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

    axes = [patch_axes(style) for style in styles] if patch_weight else []

    def patch_gram(image, basis, guide):
        maps = patch_maps(image, *basis)
        return gram_matrix(maps) if guide is None else guided_gram_matrix(maps, guide["patches"])

    patch_targets = [patch_gram(style, basis, source) for style, basis, source in zip(styles, axes, sources)]

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
        losses = {
            "content": content_weight * tf.add_n(content),
            "style": tf.add_n(style),
            "total variation": total_variation_weight * total_variation(image),
            "out of range": out_of_range_weight * out_of_range(image),
        }
        if patch_weight:
            losses["patches"] = patch_weight * tf.add_n([
                share * style_loss(patch_gram(image, basis, region), target)
                for share, basis, region, target in zip(style_shares, axes, regions, patch_targets, strict=True)
            ])
        if structure_weight:
            losses["structure"] = structure_weight * laplacian_loss(image, content_image)
        return losses

    return objective

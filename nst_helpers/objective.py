"""The one function that a style transfer minimises: all losses of a picture, weighted, as lesson 04 puts them together.

Each of them stands in losses.py, their weights in loss_weights.py. The objective that trains Johnson's network is
fast/johnson.py's.
"""

from dataclasses import dataclass

from nst_helpers.loss_weights import Weights
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

import numpy as np


@dataclass
class Style:
    """A style image in an objective.

    image: (1, H, W, 3). share: its weight among all styles. region: guides {layer: (1, H, W, 1)} of where it goes in
    the picture, or None: everywhere. source: likewise, which part of the style image counts. Where there are patches,
    guides hold "patches", too.
    """

    image: np.ndarray
    share: float = 1.0
    region: dict | None = None
    source: dict | None = None


def transfer_objective(extract, content_image, styles, weights=None, *old, keep=None):
    """The function that `stylize` minimises: picture to a dictionary of its weighted losses.

    extract: picture to a dictionary of feature maps by layer, as feature_extractor makes it.
    content_image: (1, H, W, 3). styles: a list of Style. weights: Weights.
    keep: None, or where the content image stays: (1, H, W, 1) in [0, 1].
    """
    if old or not isinstance(weights, Weights):
        raise TypeError("transfer_objective now takes objects: transfer_objective(extract, content_image, "
                        "[Style(style_image)], Weights(content_layers, style_layers, content_weight=0.02)).")
    # Targets are computed here, once.
    features = extract(content_image)
    content_targets = {layer: features[layer] for layer in weights.content_layers}
    style_targets = [_gram_matrices(extract(style.image), weights.style_layers, style.source) for style in styles]
    axes = [patch_axes(style.image) if weights.patch_weight else None for style in styles]
    patch_targets = [axes and _patch_gram(style.image, axes, style.source) for style, axes in zip(styles, axes)]

    def objective(image):
        if keep is not None:
            image = keep * content_image + (1 - keep) * image
        features = extract(image)
        everywhere = any(style.region is None for style in styles)
        whole = _gram_matrices(features, weights.style_layers) if everywhere else None
        content, style_losses, patches = 0.0, 0.0, 0.0
        for layer, weight in weights.content_layers.items():
            content += weight * content_loss(features[layer], content_targets[layer])
        for style, targets, basis, patch_target in zip(styles, style_targets, axes, patch_targets, strict=True):
            own = whole if style.region is None else _gram_matrices(features, weights.style_layers, style.region)
            for layer, weight in weights.style_layers.items():
                style_losses += style.share * weight * style_loss(own[layer], targets[layer])
            if basis:
                patches += style.share * style_loss(_patch_gram(image, basis, style.region), patch_target)
        losses = {
            "content": weights.content_weight * content,
            "style": style_losses,
            "total variation": weights.total_variation_weight * total_variation(image),
            "out of range": weights.out_of_range_weight * out_of_range(image),
        }
        if weights.patch_weight:
            losses["patches"] = weights.patch_weight * patches
        if weights.structure_weight:
            losses["structure"] = weights.structure_weight * laplacian_loss(image, content_image)
        return losses

    return objective


def _gram_matrices(features, layers, guide=None):
    """{layer: Gram matrix} of the whole picture, or of the part that `guide` shows."""
    if guide is None:
        return {layer: gram_matrix(features[layer]) for layer in layers}
    return {layer: guided_gram_matrix(features[layer], guide[layer]) for layer in layers}


def _patch_gram(image, basis, guide):
    """The Gram matrix of a picture's patches in the axes `basis`."""
    maps = patch_maps(image, *basis)
    return gram_matrix(maps) if guide is None else guided_gram_matrix(maps, guide["patches"])

"""The one function that a style transfer minimises: all losses of a picture, weighted, as lesson 04 puts them together.

Each of them stands in losses.py, their weights in loss_weights.py. The objective that trains Johnson's network is
fast/johnson.py's.
"""

from dataclasses import dataclass
from functools import partial

from nst_helpers import losses as formulas
from nst_helpers.loss_weights import Weights
from nst_helpers.losses import (
    content_loss,
    gram_matrix,
    guided_gram_matrix,
    laplacian_loss,
    out_of_range,
    total_variation,
)
from nst_helpers.patches import patch_axes, patch_maps
from nst_helpers.style_losses import CLOUD_LOSSES, cloud, positions

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


def transfer_objective(extract, content_image, styles, weights=None, *old, keep=None, style_loss="gram", seed=0):
    """The function that `stylize` minimises: picture to a dictionary of its weighted losses.

    extract: picture to a dictionary of feature maps by layer, as feature_extractor makes it.
    content_image: (1, H, W, 3). styles: a list of Style. weights: Weights.
    keep: None, or where the content image stays: (1, H, W, 1) in [0, 1].
    style_loss: "gram" or another of STYLE_LOSSES; seed: of what it draws at random, once.
    """
    if old or not isinstance(weights, Weights):
        raise TypeError("transfer_objective now takes objects: transfer_objective(extract, content_image, "
                        "[Style(style_image)], Weights(content_layers, style_layers, content_weight=0.02)).")
    # Targets are computed here, once.
    features = extract(content_image)
    content_targets = {layer: features[layer] for layer in weights.content_layers}
    losses_of_styles = [_losses_of_layers(extract(style.image), features, style, weights.style_layers, style_loss, seed)
                        for style in styles]
    axes = [patch_axes(style.image) if weights.patch_weight else None for style in styles]
    patch_targets = [axes and _patch_gram(style.image, axes, style.source) for style, axes in zip(styles, axes)]

    def objective(image):
        if keep is not None:
            image = keep * content_image + (1 - keep) * image
        features = extract(image)
        content, style_losses, patches = 0.0, 0.0, 0.0
        for layer, weight in weights.content_layers.items():
            content += weight * content_loss(features[layer], content_targets[layer])
        for style, losses_of_layers, basis, patch_target in zip(styles, losses_of_styles, axes, patch_targets,
                                                                strict=True):
            for layer, weight in weights.style_layers.items():
                style_losses += style.share * weight * losses_of_layers[layer](features[layer])
            if basis:
                patches += style.share * formulas.style_loss(_patch_gram(image, basis, style.region), patch_target)
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


def _losses_of_layers(style_features, features, style, layers, style_loss, seed):
    """{layer: function from its features, (1, H, W, C), to the loss of this style there}.

    features: of the content image; only their shapes count.
    """
    found = {}
    for layer in layers:
        source, region = (guides and guides[layer] for guides in (style.source, style.region))
        make = _gram_loss if style_loss == "gram" else partial(_cloud_loss, CLOUD_LOSSES[style_loss], seed)
        found[layer] = make(style_features[layer], source, features[layer].shape, region)
    return found


def _gram_loss(style_features, source, _shape, region):
    """The squared distance of Gram matrices; source, region: guides or None, here and in what follows."""
    target = _gram_matrix(style_features, source)
    return lambda features: formulas.style_loss(_gram_matrix(features, region), target)


def _cloud_loss(loss, seed, style_features, source, shape, region):
    """Another loss, for features of `shape`."""
    count = shape[1] * shape[2] if region is None else len(positions(region))
    compare = loss(cloud(style_features, source), count, seed)
    return lambda features: compare(cloud(features, region))


def _gram_matrix(features, guide):
    return gram_matrix(features) if guide is None else guided_gram_matrix(features, guide)


def _patch_gram(image, basis, guide):
    """The Gram matrix of a picture's patches in the axes `basis`."""
    return _gram_matrix(patch_maps(image, *basis), guide and guide["patches"])

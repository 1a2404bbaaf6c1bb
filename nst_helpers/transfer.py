"""`stylize`: the loop of lesson 04 as one call.

What may go here: putting images, networks, losses and an optimiser together. Each of them lives in its own file.
"""

from pathlib import Path

from nst_helpers.images import check_image, load_image, resize_image
from nst_helpers.losses import content_loss, gram_matrix, out_of_range, style_loss, total_variation
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
    content_layers, style_layers: names, or a dictionary from name to weight; only the ratios of weights matter.
    start: "content", "noise" (uniform, drawn with `seed`), or a picture as above.
    method, steps: as in `minimize`. progress: show a bar and the growing picture.
    Returns a Result: `image` (1, H, W, 3) in [0, 1]; `losses` with "total", "content", "style", "total variation" and
        "out of range", each with its weight in it, so that they add up; counts, seconds, and why it stopped.
    Raises ValueError or FileNotFoundError, in one sentence, before anything long begins.
    """
    for name, weight in (("content_weight", content_weight), ("total_variation_weight", total_variation_weight)):
        if not 0 <= weight < np.inf:
            raise ValueError(f"{name} is {weight}; give a number of 0 or more.")
    check_run(method, steps)
    network = network if isinstance(network, keras.Model) else load_network(network)
    content_image = _picture(content_image, size, SIZE)
    start_image = _start_image(start, content_image, seed)
    style_images = style_images if isinstance(style_images, (list, tuple)) else [style_images]
    styles = [_picture(style, style_size, max(content_image.shape)) for style in style_images]
    style_shares = _style_shares(style_weights, len(styles))
    content_layers, style_layers = _shares(content_layers, "content_layers"), _shares(style_layers, "style_layers")
    extract = feature_extractor(network, {**content_layers, **style_layers})
    _check_sizes(extract, [content_image, *styles])
    objective = transfer_objective(
        extract, content_image, styles, content_layers, style_layers, style_shares, content_weight,
        total_variation_weight,
    )
    show = Progress(steps) if progress else None
    result = minimize(objective, start_image, method, steps, progress=show)
    if show:
        show.close(repr(result))
    result.image = np.clip(result.image, 0, 1)
    return result


def transfer_objective(
    extract, content_image, styles, content_layers, style_layers, style_shares, content_weight,
    total_variation_weight, out_of_range_weight=OUT_OF_RANGE_WEIGHT,
):
    """The function that `stylize` minimises: picture to its weighted losses.

    extract: picture to a dictionary of feature maps by layer, as feature_extractor makes it. content_layers,
    style_layers: dictionaries from layer name to weight. style_shares: one weight for each of `styles`.
    """
    # Targets are computed here, once.
    features, style_targets = extract(content_image), []
    content_targets = {layer: features[layer] for layer in content_layers}
    for style in styles:
        features = extract(style)
        style_targets.append({layer: gram_matrix(features[layer]) for layer in style_layers})

    def objective(image):
        features = extract(image)
        grams = {layer: gram_matrix(features[layer]) for layer in style_layers}
        content = [w * content_loss(features[layer], content_targets[layer]) for layer, w in content_layers.items()]
        style = [
            share * w * style_loss(grams[layer], targets[layer])
            for share, targets in zip(style_shares, style_targets, strict=True)
            for layer, w in style_layers.items()
        ]
        return {
            "content": content_weight * tf.add_n(content),
            "style": tf.add_n(style),
            "total variation": total_variation_weight * total_variation(image),
            "out of range": out_of_range_weight * out_of_range(image),
        }

    return objective


def _check_sizes(extract, images):
    """Refuse pictures so small that pooling leaves nothing of them."""
    smallest = max(2, 2 ** sum("pool" in layer.name for layer in extract.layers))
    for _, height, width, _ in (image.shape for image in images):
        if min(height, width) < smallest:
            raise ValueError(f"A picture of {height}x{width} pixels is too small: the layers asked for need at least "
                             f"{smallest} on each side; take a larger size.")


def _picture(source, size, usual_size):
    """A picture with the longer side `size`; where that is None, files get `usual_size` and arrays keep theirs."""
    if isinstance(source, (str, Path)):
        return load_image(source, usual_size if size is None else size)
    return check_image(source) if size is None else resize_image(source, size)


def _start_image(start, content_image, seed):
    """The picture the optimiser starts from, in the shape of the content image."""
    if isinstance(start, str) and start == "content":
        return content_image
    if isinstance(start, str) and start == "noise":
        return np.random.default_rng(seed).random(content_image.shape, "float32")
    start_image = load_image(start) if isinstance(start, (str, Path)) else start
    return resize_image(start_image, content_image.shape[1:3])


def _shares(weights, name):
    """Names (all alike), or a dictionary from name to weight, as a dictionary of weights that add up to 1."""
    if isinstance(weights, str):
        weights = [weights]
    weights = weights if isinstance(weights, dict) else dict.fromkeys(weights, 1.0)
    total = sum(weights.values())
    if not weights or min(weights.values()) < 0 or not 0 < total < np.inf:
        weights = list(weights.values())
        raise ValueError(f"{name} has the weights {weights}; give at least one, each 0 or more, not all of them 0.")
    return {key: weight / total for key, weight in weights.items()}


def _style_shares(weights, count):
    """A list of `count` weights that add up to 1."""
    weights = [1.0] * count if weights is None else np.ravel(weights).tolist()
    if len(weights) != count:
        raise ValueError(f"There are {count} style images and {len(weights)} style weights; give one weight for each.")
    return list(_shares(dict(enumerate(weights)), "style_images").values())

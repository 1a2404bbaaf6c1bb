"""`stylize_fast`: any style in one pass, without a loop (Huang and Belongie 2017).

The network stands in adain.py.
"""

import functools
import numbers

from nst_helpers._run.arguments import check_sizes, content_masks, picture, style_pictures
from nst_helpers._run.estimate import check_memory, count_kept_memory
from nst_helpers.color import keep_colors as colors_kept
from nst_helpers.fast.adain import ADAIN_LAYERS, ENCODER_LAYERS, decoder_inputs, load_adain, moments
from nst_helpers.loss_weights import style_shares
from nst_helpers.masks.cover import share_masks
from nst_helpers.masks.guides import guides

import numpy as np
import tensorflow as tf

# The longer side of a picture from a file: a first sight, within a tenth of a second.
SIZE = 256
# At least so many pixels are added on each side, by mirroring, and cut off at the end: no border in the picture.
MARGIN = 24
# Bytes for compiling, and for each pixel: fitted to peaks measured at 512, 1024 and 2048 px, on Linux with two cores.
STYLE_MEMORY, CONTENT_MEMORY = (30e6, 165), (110e6, 180)


def stylize_fast(content_image, style_images, *, size=None, style_size=None, strength=1.0, style_weights=None,
                 masks=None, keep_colors=False, networks=None):
    """Paint the content image in the manner of the style images, in one pass: encoder, AdaIN, decoder.

    content_image, style_images, size, style_size: as in `stylize`; a name or a path without a size gets 256 pixels.
    strength: from 0 (the photo, as well as the decoder can draw it) to 1 (the style in full).
    style_weights: one number for each style image (None: all alike); only their ratios matter. Not with masks.
    masks: where each style goes, as in `stylize`; a style image of None leaves its region as the photo is.
    keep_colors: True keeps the photo's colours and takes only light and dark from the painting.
    networks: a pair from `load_adain`; None for the one that ships with the course.
    Returns the picture, (1, H, W, 3), RGB in [0, 1]. Raises ValueError or OSError in one sentence.
    """
    if not (isinstance(strength, numbers.Real) and 0 <= strength <= 1):
        raise ValueError(f"strength is {strength}; give a number from 0 (the photo) to 1 (the style in full).")
    if masks is not None and style_weights is not None:
        raise ValueError("Give either masks (each style in its own region) or style_weights (all styles everywhere, "
                         "blended), not both.")
    networks = shipped_networks() if networks is None else networks
    if not isinstance(networks, (tuple, list)) or len(networks) != 2:
        raise ValueError("networks has to be the pair of encoder and decoder that load_adain gives.")
    content_image = picture(content_image, size, SIZE, "The content image")
    styles = style_pictures(style_images, style_size, content_image)
    shares = style_shares(style_weights, styles)
    check_sizes(networks[0], [content_image, *styles])
    masks = content_masks(masks, styles, content_image)
    for style in styles:
        if style is not None:
            check_memory(style_memory_needed, *style.shape[1:3], "style_size")
    check_memory(memory_needed, *content_image.shape[1:3])
    with count_kept_memory():
        image = _in_one_pass(networks, content_image, styles, shares, masks, strength)
    return colors_kept(image, content_image) if keep_colors else image


def memory_needed(height, width):
    """Bytes that a content image of this size takes on its way, on top of what is in use before; masks add little."""
    return CONTENT_MEMORY[0] + CONTENT_MEMORY[1] * height * width


def style_memory_needed(height, width):
    """Likewise for a style image, which goes through the encoder only."""
    return STYLE_MEMORY[0] + STYLE_MEMORY[1] * height * width


@functools.cache
def shipped_networks():
    """Encoder and decoder of the course, loaded once."""
    return load_adain()


def _in_one_pass(networks, content_image, styles, shares, masks, strength):
    """`stylize_fast`, when all that it is given has been checked and is arrays; a style may be None."""
    statistics = [_look(networks[0])(style)[1] for style in styles if style is not None]
    if all(mask is None for mask in masks):
        blended = tf.nest.map_structure(lambda *each: _blend(shares, each), *statistics)
        return _paint(networks, content_image, blended, strength)
    masks = share_masks([np.ones_like(content_image[..., :1]) if mask is None else mask for mask in masks])
    regions = [mask for mask, style in zip(masks, styles) if style is not None]
    # Each style paints the whole picture, as its own region's moments ask for; the masks put them together.
    image = (1 - sum(regions)) * content_image
    for mask, each in zip(regions, statistics, strict=True):
        image = image + mask * _paint(networks, content_image, each, strength, mask)
    return np.clip(image, 0, 1)


def _blend(shares, values):
    return sum(share * value for share, value in zip(shares, values, strict=True))


def _statistics(features, guide=None):
    """{layer: (mean, deviation)} of feature maps."""
    return {layer: moments(maps, guide and guide[layer]) for layer, maps in features.items()}


def _paint(networks, content_image, style, strength, region=None):
    """One pass. style: {layer: (mean, deviation)}. region: None, or the mask whose moments the content is given by."""
    _, height, width, _ = content_image.shape
    # The decoder doubles sizes three times, so that both sides have to be multiples of 8.
    borders = [(0, 0), *((MARGIN, MARGIN + -side % 8) for side in (height, width)), (0, 0)]
    guide = []
    if region is not None:
        guide = [guides(np.pad(region, borders, "reflect"), networks[0], list(ENCODER_LAYERS))]
    seen = _look(networks[0], region is not None)(np.pad(content_image, borders, "reflect"), *guide)
    image = _draw(networks[1], region is not None)(*seen, style, strength, *guide)
    return image.numpy()[:, MARGIN : MARGIN + height, MARGIN : MARGIN + width]


# Compiled once for all sizes. Step by step, a picture would take half as long again.

PICTURE = tf.TensorSpec((1, None, None, 3))
STATISTICS = {layer: (tf.TensorSpec((1, 1, 1, channels)),) * 2 for layer, channels in ENCODER_LAYERS.items()}
FEATURES = {layer: tf.TensorSpec((1, None, None, ENCODER_LAYERS[layer])) for layer in ADAIN_LAYERS}
GUIDE = dict.fromkeys(ENCODER_LAYERS, tf.TensorSpec((1, None, None, 1)))


def _compiled(network, function, signature, with_guide):
    """`function`, compiled; kept on the network that it runs, so that both go when nobody needs the network."""
    kept, key = vars(network).setdefault("_fast", {}), (function.__name__, with_guide)
    if key not in kept:
        kept[key] = tf.function(function, input_signature=signature + [GUIDE] * with_guide)
    return kept[key]


def _look(encoder, with_guide=False):
    """The function from a picture and perhaps a guide to the maps that AdaIN restyles, and the statistics of all."""
    def look(image, guide=None):
        features = encoder(image)
        return {layer: features[layer] for layer in ADAIN_LAYERS}, _statistics(features, guide)

    return _compiled(encoder, look, [PICTURE], with_guide)


def _draw(decoder, with_guide):
    """The function from what `_look` gives, a style's statistics, a strength and perhaps a guide to the picture."""
    def draw(features, own, style, strength, guide=None):
        # AdaIN is linear in the style's moments: mixed with the content's own, they give a mixture of the maps.
        mixed = tf.nest.map_structure(lambda *each: _blend((strength, 1 - strength), each), style, own)
        return decoder(decoder_inputs(features, mixed, guide))

    return _compiled(decoder, draw, [FEATURES, STATISTICS, STATISTICS, tf.TensorSpec(())], with_guide)

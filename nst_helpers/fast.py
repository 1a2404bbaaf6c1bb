"""`stylize_fast`: any style in one pass, without a loop (Huang and Belongie 2017).

What may go here: bringing pictures and masks to the AdaIN network and back. The network stands in adain.py.
"""

import functools

from nst_helpers.adain import ENCODER_LAYERS, decoder_inputs, load_adain, moments
from nst_helpers.arguments import check_sizes, content_masks, picture, style_shares
from nst_helpers.color import keep_colors as colors_kept
from nst_helpers.guides import guides
from nst_helpers.masks import share_masks

import numpy as np
import tensorflow as tf

# The longer side of a picture from a file: a first sight, within a tenth of a second.
SIZE = 256
# At least so many pixels are added on each side, by mirroring, and cut off at the end: no border in the picture.
MARGIN = 24


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
    if not 0 <= strength <= 1:
        raise ValueError(f"strength is {strength}; give a number from 0 (the photo) to 1 (the style in full).")
    if masks is not None and style_weights is not None:
        raise ValueError("Give either masks (each style in its own region) or style_weights (all styles everywhere, "
                         "blended), not both.")
    networks = tuple(networks or shipped_networks())
    encoder, _ = networks
    content_image = picture(content_image, size, SIZE)
    styles = style_images if isinstance(style_images, (list, tuple)) else [style_images]
    styles = [style if style is None else picture(style, style_size, max(content_image.shape)) for style in styles]
    shares = style_shares(style_weights, styles)
    check_sizes(encoder, [content_image, *(style for style in styles if style is not None)])
    masks = content_masks(masks, styles, content_image)
    statistics = [_look(encoder)(style) for style in styles if style is not None]
    if all(mask is None for mask in masks):
        blended = tf.nest.map_structure(lambda *each: _blend(shares, each), *statistics)
        image = _paint(networks, content_image, blended, strength)
    else:
        masks = share_masks([np.ones_like(content_image[..., :1]) if mask is None else mask for mask in masks])
        regions = [mask for mask, style in zip(masks, styles) if style is not None]
        # Each style paints the whole picture, as its own region's moments ask for; the masks put them together.
        image = (1 - sum(regions)) * content_image
        for mask, each in zip(regions, statistics, strict=True):
            image = image + mask * _paint(networks, content_image, each, strength, mask)
        image = np.clip(image, 0, 1)
    return colors_kept(image, content_image) if keep_colors else image


@functools.cache
def shipped_networks():
    """Encoder and decoder of the course, loaded once."""
    return load_adain()


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
    regions = []
    if region is not None:
        regions = [guides(np.pad(region, borders, "reflect"), networks[0], list(ENCODER_LAYERS))]
    image = _pass(networks, region is not None)(np.pad(content_image, borders, "reflect"), style, strength, *regions)
    return image.numpy()[:, MARGIN : MARGIN + height, MARGIN : MARGIN + width]


# Compiled once for all sizes. Step by step, a picture would take half as long again.

PICTURE = tf.TensorSpec((1, None, None, 3))
STATISTICS = {layer: (tf.TensorSpec((1, 1, 1, channels)),) * 2 for layer, channels in ENCODER_LAYERS.items()}
GUIDE = dict.fromkeys(ENCODER_LAYERS, tf.TensorSpec((1, None, None, 1)))


@functools.cache
def _look(encoder):
    """The function from a picture to its statistics."""
    return tf.function(lambda image: _statistics(encoder(image)), input_signature=[PICTURE])


@functools.cache
def _pass(networks, with_region):
    """The function from a content image, a style's statistics, a strength and perhaps a guide to the picture."""
    encoder, decoder = networks

    def one_pass(image, style, strength, guide=None):
        features = encoder(image)
        # AdaIN is linear in the style's moments: mixed with the content's own, they give a mixture of the maps.
        mixed = tf.nest.map_structure(lambda *each: _blend((strength, 1 - strength), each), style,
                                      _statistics(features, guide))
        return decoder(decoder_inputs(features, mixed, guide))

    signature = [PICTURE, STATISTICS, tf.TensorSpec(()), GUIDE]
    return tf.function(one_pass, input_signature=signature if with_region else signature[:3])

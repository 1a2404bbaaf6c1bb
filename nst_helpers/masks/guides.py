"""Guides: what becomes of a mask on its way through a network (Gatys et al. 2017, "spatial control").

A mask says which pixels belong to a region; a guide says so for the positions of one layer. The Gram matrix that a
guide is for stands in losses.py.
"""

import tensorflow as tf

MODES = ("resize", "any", "only")


def guides(mask, extract, layers, mode="resize"):
    """A guide for each of `layers`: {name: (1, H, W, 1) in [0, 1]}, as high and wide as that layer's maps.

    mask: (1, height, width, 1) in [0, 1]. extract: from feature_extractor, with at least these layers.
    mode: "resize": the mean of the mask over the pixels that pooling puts together; "any": 1 for every position that
        sees the region at all; "only": 1 for those that see nothing else. Position and receptive field are the
        network's own, so "any" and "only" grow and shrink with every convolution.
    Raises ValueError for a wrong mode, and where no position of a layer lies in the region.
    """
    if mode not in MODES:
        raise ValueError(f"There are no guides {mode!r}. Choose one of: {', '.join(MODES)}.")
    # Nothing but the region is seen exactly where nothing of the rest is seen.
    guide, found = tf.constant(1 - mask if mode == "only" else mask), {}
    for layer in extract.layers:
        guide = _through(layer, guide, mode)
        if layer.name in layers:
            found[layer.name] = (1 - guide if mode == "only" else guide).numpy()
    for name, values in found.items():
        if values.max() < 1e-3:
            raise ValueError(f'A region is so small that in the guide mode "{mode}" no position of {name} lies in it: '
                             'take the mode "resize" or "any", a larger mask or picture, or leave that layer out.')
    return {name: found[name] for name in layers}


def _through(layer, guide, mode):
    """`guide` behind one more layer of the network."""
    if "pool" in layer.name:
        pool = tf.nn.avg_pool2d if mode == "resize" else tf.nn.max_pool2d
        return pool(guide, layer.pool_size, layer.strides, "VALID")
    kernel = getattr(layer, "kernel_size", None)
    if mode == "resize" or kernel is None:
        return guide
    return tf.nn.max_pool2d(guide, kernel, 1, "SAME")

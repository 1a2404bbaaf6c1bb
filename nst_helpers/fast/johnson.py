"""The image transformation network: one network for one style (Johnson et al. 2016), which paints in one pass.

And the objective that it is trained with; the training itself is tools/train_johnson.py.
"""

import functools

from nst_helpers._io.weights import NETWORKS_FOLDER, read_npz
from nst_helpers.losses import content_loss, gram_matrices, style_loss, total_variation
from nst_helpers.networks import MirrorPadding, set_weights

import keras
import tensorflow as tf

WIDTHS = (16, 32, 64)  # maps at the picture's size, at half of it, at a quarter
BLOCKS = 4
# So many pixels, or up to three more, are added on each side and cut off at the end, with whatever happens at a border.
MARGIN = 8


class Margin(keras.layers.Layer):
    """The picture with a mirrored margin that makes both sides multiples of 4: the network halves them twice.

    Where a side has fewer pixels than its margin, it is mirrored to and fro; tf.pad would refuse.
    """

    def call(self, image):
        for axis in (1, 2):
            side = tf.shape(image)[axis]
            there_and_back = tf.maximum(1, 2 * (side - 1))
            places = tf.range(-MARGIN, side + MARGIN + -side % 4) % there_and_back
            image = tf.gather(image, tf.minimum(places, there_and_back - places), axis=axis)
        return image


class MarginCut(keras.layers.Layer):
    """What was painted, (B, H', W', 3), without the margin: of the size of `image`."""

    def call(self, painted, image):
        height, width = tf.unstack(tf.shape(image)[1:3])
        cut = painted[:, MARGIN : MARGIN + height, MARGIN : MARGIN + width]
        return tf.ensure_shape(cut, image.shape)  # sizes that are known before the network runs stay known


# Each map of each picture to mean 0 and deviation 1, then a learnt scale and shift (Ulyanov et al. 2016): as many
# groups as maps. 1e-5 is what shipped weights were trained with; Keras' own 1e-3 would be another network.
instance_normalization = functools.partial(keras.layers.GroupNormalization, groups=-1, epsilon=1e-5)


def build_transformation_network(widths=WIDTHS, blocks=BLOCKS, normalization=instance_normalization, seed=0):
    """Down to a quarter of the size, `blocks` residual blocks, and up again (Johnson et al. 2016, made smaller).

    A picture (B, H, W, 3), RGB in [0, 1], to another one of any size. normalization: the layer behind each
    convolution but the last, or None. Borders are mirrored. Maps are enlarged by repeating each value, and
    a convolution follows: a transposed convolution would leave a checkerboard (Odena et al. 2016).
    """
    number = 0

    def convolution(maps, channels, side=3, strides=1, activation="relu"):
        nonlocal number
        number += 1
        maps = MirrorPadding(side // 2)(maps)
        maps = keras.layers.Conv2D(channels, side, strides, name=f"conv{number}",
                                   kernel_initializer=keras.initializers.HeNormal(1000 * seed + number))(maps)
        if normalization is not None and activation != "sigmoid":
            maps = normalization(name=f"norm{number}")(maps)
        return keras.layers.Activation(activation)(maps)

    full, half, quarter = widths
    image = keras.Input((None, None, 3), name="image")
    maps = keras.layers.Rescaling(4.0, offset=-2.0, name="preprocessing")(Margin()(image))
    maps = convolution(maps, full, 5)
    maps = convolution(convolution(maps, half, strides=2), quarter, strides=2)
    for _ in range(blocks):
        change = convolution(convolution(maps, quarter), quarter, activation="linear")
        maps = keras.layers.Add()([maps, change])
    maps = convolution(keras.layers.UpSampling2D(2)(maps), half)
    maps = convolution(keras.layers.UpSampling2D(2)(maps), full)
    painted = convolution(maps, 3, 5, activation="sigmoid")
    return keras.Model(image, MarginCut()(painted, image), name="transformation_network")


def johnson_objective(painted, photos, extract, style_grams, content_layer):
    """What a transformation network is trained to make small (Johnson et al. 2016, section 3.2), in its three parts.

    painted, photos: (B, H, W, 3), what the network made, and of what. extract: from feature_extractor, with all layers
    that are named here. style_grams: {layer: (C, C)}, gram_matrix of the one painting. content_layer: a layer's name.
    Returns {"content", "style", "variation"}, scalars, means over the batch, that of the style over its layers, too; to
    be weighted and added. The losses are relative, as `stylize` has them; the paper's are squared distances.
    """
    features, target = extract(painted), extract(photos)[content_layer]
    style = [style_loss(gram_matrices(features[layer]), gram) for layer, gram in style_grams.items()]
    return {
        "content": content_loss(features[content_layer], target),
        "style": tf.reduce_mean(style),
        "variation": total_variation(painted),
    }


def transformation_styles():
    """The paintings that a trained network ships for."""
    return sorted(file.stem.removeprefix("johnson_") for file in NETWORKS_FOLDER.glob("johnson_*.npz"))


def read_transformation_weights(file):
    """Weights from an .npz file by today's names; files from before November 2026 say "scale" and "shift"."""
    return {name.replace(".scale", ".gamma").replace(".shift", ".beta"): array
            for name, array in read_npz(file).items()}


def load_transformation_network(style, weights=None):
    """The trained network for the painting `style` (one of `transformation_styles`), or from an .npz file `weights`.

    Returns a keras.Model, as build_transformation_network gives it.
    Raises ValueError for a painting without a network, or weights that do not fit.
    """
    if weights is None and style not in transformation_styles():
        raise ValueError(f"No network was trained for {style!r}. There is one for: "
                         f"{', '.join(transformation_styles())}; any style works with stylize_fast.")
    network = build_transformation_network()
    arrays = read_transformation_weights(weights or NETWORKS_FOLDER / f"johnson_{style}.npz")
    set_weights(network, arrays, weights or f"johnson_{style}")
    network.trainable = False
    return network

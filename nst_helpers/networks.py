"""The networks that look at pictures: pocket, VGG-19 and VGG-16, and the feature maps of their layers.

Every network takes a picture in the course's one format, float32 (1, height, width, 3), RGB in [0, 1], and holds its
own preprocessing as its first layer. Where weights come from stands in weights.py.
"""

from nst_helpers._io.weights import NETWORKS_FOLDER, POCKET_FILE, fetch_vgg, read_npz, read_vgg_file

import keras
import numpy as np
import tensorflow as tf

__all__ = ["ARCHITECTURES", "NETWORKS_FOLDER", "feature_extractor", "load_network"]

# For each block: how many convolutions, and how many maps each has (Simonyan and Zisserman 2014, table 1).
ARCHITECTURES = {
    "pocket": [(2, 16), (2, 32), (2, 64), (3, 128), (1, 128)],
    "vgg16": [(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)],
    "vgg19": [(2, 64), (2, 128), (4, 256), (4, 512), (4, 512)],
}
# The mean colour of ImageNet, in the order blue, green, red, that VGG's authors subtracted.
VGG_MEAN_BGR = np.array([103.939, 116.779, 123.68], "float32")


def load_network(name="pocket", pooling=None, weights=None, seed=0):
    """A network by name: "pocket" (ships with the course), "vgg19" or "vgg16" (fetched once by Keras).

    pooling: "average" or "max"; None takes what the network was trained with (pocket: average, VGG: max).
    weights: None for the trained ones, "random" for an untrained network of the same form (drawn with `seed`),
        or the path of a weights file (pocket: .npz; VGG: the .h5 file that Keras offers).
    Returns a keras.Model with frozen weights, (1, height, width, 3), RGB in [0, 1] to the deepest layer's maps.
        Its layers carry VGG's names: block1_conv1, block1_conv2, block1_pool, block2_conv1 and so on.
    Raises ValueError for a wrong name or a weights file that does not fit, FileNotFoundError where weights can be
        neither found nor fetched.
    """
    if name not in ARCHITECTURES:
        raise ValueError(f"There is no network {name!r}. Choose one of: {', '.join(ARCHITECTURES)}.")
    if pooling not in (None, "average", "max"):
        raise ValueError(f'pooling is {pooling!r}; use "average", "max", or None for what it was trained with.')
    pooling = pooling or ("average" if name == "pocket" else "max")
    network = build_network(name, pooling, seed if weights == "random" else None)
    if weights != "random":
        if name == "pocket":
            arrays = read_npz(weights or POCKET_FILE)
        else:
            arrays = read_vgg_file(weights) if weights else fetch_vgg(name)
        set_weights(network, arrays, weights or name)
    network.trainable = False
    return network


def build_network(name, pooling, seed=0):
    """The architecture `name`: blocks of 3x3 convolutions with ReLU, 2x2 pooling between them.

    Its weights are random (He et al. 2015), or zero if `seed` is None: millions of random numbers take seconds.
    """
    pool = {"average": keras.layers.AveragePooling2D, "max": keras.layers.MaxPooling2D}[pooling]
    image = keras.Input((None, None, 3), name="image")
    maps = _preprocessing(name)(image)
    for block, (count, channels) in enumerate(ARCHITECTURES[name], start=1):
        if block > 1:
            maps = pool(2, name=f"block{block - 1}_pool")(maps)
        for i in range(1, count + 1):
            # A seed of its own for each layer: layers of equal shape must not start out equal.
            initializer = "zeros" if seed is None else keras.initializers.HeNormal(1000 * seed + 10 * block + i)
            mirrored = name == "pocket" and block == i == 1
            convolution = keras.layers.Conv2D(
                channels, 3, padding="valid" if mirrored else "same", activation="relu",
                kernel_initializer=initializer, name=f"block{block}_conv{i}",
            )
            maps = convolution(MirrorPadding(name="mirror")(maps) if mirrored else maps)
    return keras.Model(image, maps, name=name)


def _preprocessing(name):
    """The layer that leads from RGB in [0, 1] to what the network was trained on."""
    if name == "pocket":
        return keras.layers.Rescaling(4.0, offset=-2.0, name="preprocessing")
    # A fixed 1x1 convolution does it all: 0-1 to 0-255, RGB to BGR, minus the mean colour.
    swap = 255.0 * np.eye(3, dtype="float32")[:, ::-1]
    return keras.layers.Conv2D(
        3, 1, trainable=False, name="preprocessing",
        kernel_initializer=keras.initializers.Constant(swap[None, None]),
        bias_initializer=keras.initializers.Constant(-VGG_MEAN_BGR),
    )


@keras.saving.register_keras_serializable("nst_helpers")
class MirrorPadding(keras.layers.Layer):
    """More pixels on each side, mirrored. Padding by zeros looks like a frame, and gets painted as a pale rim."""

    def __init__(self, border=1, **options):
        super().__init__(**options)
        self.border = border

    def get_config(self):
        return {**super().get_config(), "border": self.border}

    def call(self, maps):
        border = [self.border, self.border]
        return tf.pad(maps, [[0, 0], border, border, [0, 0]], "REFLECT")


def convolutions(network):
    """The network's convolutions, in order, without its preprocessing."""
    return [layer for layer in network.layers if layer.name.startswith("block") and layer.weights]


def named_variables(network):
    """The network's weights by name, "<layer>.kernel", "<layer>.bias" and so on, without its preprocessing."""
    return {f"{layer.name}.{variable.name}": variable
            for layer in network.layers if layer.name != "preprocessing" for variable in layer.weights}


def set_weights(network, arrays, source):
    """Put `arrays`, by the names of `named_variables`, into the network; they have to fit one to one."""
    variables = named_variables(network)
    for name in {**variables, **arrays}:
        needed = f"shape {tuple(variables[name].shape)}" if name in variables else "nothing"
        found = f"shape {np.shape(arrays[name])}" if name in arrays else "nothing"
        if needed != found:
            raise ValueError(
                f"The weights {str(source)!r} do not fit {network.name}: for {name} it needs {needed} and found "
                f"{found}. Are they another network's?"
            )
        if np.asarray(arrays[name]).dtype.kind != "f" or not np.isfinite(arrays[name]).all():
            raise ValueError(f"The weights {str(source)!r} hold values that are not finite numbers, for {name}; the "
                             "file may be damaged: get a fresh copy.")
    for name, variable in variables.items():
        variable.assign(arrays[name])


def feature_extractor(network, layers):
    """`network`, cut at the deepest of `layers`, as a model that gives the feature maps of each.

    network: from load_network. layers: names, for example ["block1_conv1", "block4_conv2"].
    Returns a keras.Model: picture (1, height, width, 3) to a dictionary {layer name: (1, H, W, C)}.
    Raises ValueError for a wrong name and lists the right ones.
    """
    layers = [layers] if isinstance(layers, str) else list(layers)
    names = [layer.name for layer in network.layers if layer.name.startswith("block")]
    for layer in layers:
        if layer not in names:
            raise ValueError(f"{network.name} has no layer {layer!r}. Its layers are: {', '.join(names)}.")
    if not layers:
        raise ValueError(f"Name at least one layer. The layers of {network.name} are: {', '.join(names)}.")
    return keras.Model(network.input, {layer: network.get_layer(layer).output for layer in layers})

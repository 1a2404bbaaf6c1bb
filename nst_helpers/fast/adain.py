"""Adaptive instance normalisation, and the network that paints any style with it (Huang and Belongie 2017).

Painting whole pictures with them stands in one_pass.py.
"""

from nst_helpers._io.weights import NETWORKS_FOLDER, read_npz
from nst_helpers.networks import MirrorPadding, load_network, set_weights

import keras
import tensorflow as tf

# The encoder's layers, and how many maps each has. The moments of all of them describe a style; the maps of the
# deeper two are given it. Finer maps would carry the photo's own texture past the decoder.
ENCODER_LAYERS = {"block2_conv1": 32, "block3_conv1": 64, "block4_conv1": 128}
ADAIN_LAYERS = ("block3_conv1", "block4_conv1")
ADAIN_FILE = NETWORKS_FOLDER / "adain.npz"
HELD_BACK = ("moulin_de_la_galette", "inokashira_snow")  # of the paintings in training: never shown to the decoder
EPSILON = 1e-3  # a variance; a map that hardly varies would be blown up without it


def moments(features, guide=None):
    """Mean and standard deviation of each feature map: a pair of (B, 1, 1, C).

    features: (B, H, W, C). guide: None, or (1, H, W, 1) with values from 0 to 1: how much each position counts.
    """
    if guide is None:
        mean, variance = tf.nn.moments(features, [1, 2], keepdims=True)
    else:
        mean, variance = tf.nn.weighted_moments(features, [1, 2], guide, keepdims=True)
    return mean, tf.sqrt(variance + EPSILON)


def adain(features, style_mean, style_deviation, guide=None):
    """Feature maps with the style's mean and deviation in each map (Huang and Belongie 2017, equation 8).

    features: (B, H, W, C), the content's. style_mean, style_deviation: (B, 1, 1, C), from `moments`.
    guide: as in `moments`: where the content's own moments are taken.
    """
    mean, deviation = moments(features, guide)
    return style_deviation * (features - mean) / deviation + style_mean


def decoder_inputs(features, statistics, guide=None):
    """What the decoder takes: the restyled maps of ADAIN_LAYERS, and all moments of the style in one row, "style".

    features: {layer: (B, H, W, C)} of the content. statistics: {layer: (mean, deviation)} of the style.
    guide: None, or {layer: (1, H, W, 1)}, as in `moments`.
    """
    inputs = {layer: adain(features[layer], *statistics[layer], guide and guide[layer]) for layer in ADAIN_LAYERS}
    rows = [moment[:, 0, 0] for layer in ENCODER_LAYERS for moment in statistics[layer]]
    return inputs | {"style": tf.concat(rows, axis=1)}


class StyleNormalization(keras.layers.Layer):
    """Instance normalisation whose scale and shift are read from the style (Dumoulin et al. 2017, Ghiasi et al. 2017).

    Takes maps (B, H, W, C) and a code of the style (B, N). At the start of training the scale is 1, the shift 0.
    """

    def build(self, maps_shape, code_shape):
        self.kernel = self.add_weight(shape=(code_shape[-1], 2 * maps_shape[-1]), initializer="zeros", name="kernel")
        self.bias = self.add_weight(shape=(2 * maps_shape[-1],), initializer="zeros", name="bias")

    def call(self, maps, code):
        scale, shift = tf.split((tf.matmul(code, self.kernel) + self.bias)[:, None, None], 2, axis=-1)
        mean, variance = tf.nn.moments(maps, [1, 2], keepdims=True)
        return tf.nn.batch_normalization(maps, mean, variance, shift, 1 + scale, 1e-5)


def build_decoder(seed=0):
    """The decoder: a light mirror of pocket's first four blocks, from `decoder_inputs` back to a picture.

    Gives (B, 8 h, 8 w, 3), RGB in [0, 1], where h and w are the sides of the deepest maps. The style comes in twice: in
    the maps, by AdaIN, and as scale and shift behind each convolution. Maps are enlarged by repeating each value, and a
    convolution follows: a transposed convolution would leave a checkerboard (Odena et al. 2016).
    """
    inputs = {layer: keras.Input((None, None, ENCODER_LAYERS[layer]), name=layer) for layer in ADAIN_LAYERS}
    inputs["style"] = keras.Input((2 * sum(ENCODER_LAYERS.values()),), name="style")
    code = keras.layers.Dense(48, activation="relu", name="code")(inputs["style"])
    number = 0

    def convolution(maps, channels, activation="relu"):
        nonlocal number
        number += 1
        layer = keras.layers.Conv2D(channels, 3, name=f"conv{number}",
                                    kernel_initializer=keras.initializers.HeNormal(1000 * seed + number))
        maps = layer(MirrorPadding()(maps))
        if activation != "sigmoid":
            maps = StyleNormalization(name=f"norm{number}")(maps, code)
        return keras.layers.Activation(activation)(maps)

    maps = convolution(inputs["block4_conv1"], 128)
    maps = keras.layers.UpSampling2D(2)(convolution(maps, 64))
    maps = convolution(keras.layers.Concatenate()([maps, inputs["block3_conv1"]]), 64)
    maps = keras.layers.Add()([maps, convolution(convolution(maps, 64), 64, "linear")])
    maps = keras.layers.UpSampling2D(2)(convolution(maps, 32))
    maps = keras.layers.UpSampling2D(2)(convolution(convolution(maps, 32), 16))
    return keras.Model(inputs, convolution(convolution(maps, 16), 3, "sigmoid"), name="adain_decoder")


def load_adain(weights=None):
    """Encoder and decoder for any style: a pair of keras.Models.

    weights: None for the decoder that ships with the course, "random" for an untrained one, or an .npz file.
    The encoder takes a picture (B, H, W, 3), RGB in [0, 1], and gives {layer: maps} for ENCODER_LAYERS.
    Raises FileNotFoundError or ValueError for a weights file that is not there or does not fit.
    """
    network = load_network("pocket")
    outputs = {layer: network.get_layer(layer).output for layer in ENCODER_LAYERS}
    encoder, decoder = keras.Model(network.input, outputs, name="adain_encoder"), build_decoder()
    if weights != "random":
        set_weights(decoder, read_npz(weights or ADAIN_FILE), weights or "adain")
        decoder.trainable = False
    return encoder, decoder

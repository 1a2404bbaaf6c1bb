"""Layers that Keras has not got, for the denoiser and for the autoencoder of latents."""

import keras
import numpy as np
import tensorflow as tf


class TimeEmbedding(keras.layers.Layer):
    """The number of a step as sines and cosines, from fast to slow (Vaswani et al. 2017, section 3.5)."""

    def __init__(self, pairs=32, **options):
        super().__init__(**options)
        self.speeds = np.exp(-np.log(10_000) * np.arange(pairs) / pairs).astype("float32")

    def call(self, time):
        angles = time[:, None] * self.speeds
        return tf.concat([tf.sin(angles), tf.cos(angles)], axis=1)


class NoiseInPicture(keras.layers.Layer):
    """The noise, from the noisy picture and v: sqrt(alpha_bar) v + sqrt(1 - alpha_bar) noisy (Salimans and Ho 2022).

    At a late step the noisy picture is nearly all noise and is handed through; v says what in it is not. The layers
    that give v never have to copy noise, and a mistake of theirs is never blown up where hardly any picture is left.
    """

    def __init__(self, alpha_bar, **options):
        super().__init__(**options)
        self.share_of_v, self.share_of_noisy = np.sqrt([alpha_bar, 1 - alpha_bar]).astype("float32")

    def call(self, inputs):
        v, noisy, time = inputs
        step = tf.cast(time, tf.int32)
        shares = (tf.gather(share, step)[:, None, None, None] for share in (self.share_of_v, self.share_of_noisy))
        return tf.add_n([share * part for share, part in zip(shares, (v, noisy))])


class SameForm(keras.layers.Layer):
    """The first of two inputs, in the shape of the second: a list of positions as rows and columns again."""

    def call(self, inputs):
        values, model = inputs
        return tf.reshape(values, tf.shape(model))

    def compute_output_shape(self, shapes):
        return shapes[1]


class DepthToSpace(keras.layers.Layer):
    """Four maps become one of twice the size, each giving one pixel of every 2x2 square (Shi et al. 2016)."""

    def call(self, maps):
        return tf.nn.depth_to_space(maps, 2)

    def compute_output_shape(self, shape):
        batch, height, width, channels = shape
        return batch, height and 2 * height, width and 2 * width, channels // 4

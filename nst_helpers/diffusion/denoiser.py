"""The denoiser: a small U-Net that says what in a picture is noise (Ho et al. 2020, appendix B, made much smaller)."""

from nst_helpers._io.weights import NETWORKS_FOLDER, read_npz
from nst_helpers.diffusion.conditions import INDEX_FILE, draw_conditions, noise_predictor
from nst_helpers.diffusion.schedules import cosine_schedule
from nst_helpers.networks import set_weights

import keras
import numpy as np
import tensorflow as tf

__all__ = ["INDEX_FILE", "build_denoiser", "draw_conditions", "load_denoiser", "noise_predictor"]

DENOISER_FILE = NETWORKS_FOLDER / "denoiser.npz"
WEAK_FILE = NETWORKS_FOLDER / "denoiser_weak.npz"
WIDTHS = (64, 96, 128)  # maps at a half, a quarter and an eighth of the picture's size
GROUPS = 8  # of maps that are normalised together


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


def build_denoiser(widths=WIDTHS, patch=2, seed=0, alpha_bar=None, conditional=False):
    """The U-Net: [(B, H, W, 3) centred pictures with noise, (B,) steps] to the noise, (B, H, W, 3).

    widths: maps at each size, multiples of 8; each size is half of the one before. patch: the first convolution makes
    the picture so many times smaller, and the last one larger again: most work is saved where most pixels are. Sides
    are multiples of patch * 2 ** (len(widths) - 1). alpha_bar: the schedule, None for `cosine_schedule()`.
    conditional: it can be asked for a kind of picture by a third input, the condition, (B, H, W, 3): a vague centred
    picture of what is wanted, or zeros for anything.
    An untrained one answers with what it was given, times sqrt(1 - alpha_bar).
    """
    numbers = iter(range(1000 * seed, 1000 * seed + 1000))  # a seed of its own for each layer

    def convolution(maps, channels, name, side=3, zero=False):
        initializer = "zeros" if zero else keras.initializers.HeNormal(next(numbers))
        return keras.layers.Conv2D(channels, side, padding="same", kernel_initializer=initializer, name=name)(maps)

    def normalised(maps, name):
        return keras.layers.Activation("swish")(keras.layers.GroupNormalization(GROUPS, name=name)(maps))

    def dense(values, channels, name, activation=None):
        initializer = keras.initializers.GlorotUniform(next(numbers))
        return keras.layers.Dense(channels, activation, kernel_initializer=initializer, name=name)(values)

    def block(maps, channels, name):
        """Two convolutions; between them the step is told to each map. Starts out as: change nothing."""
        told = keras.layers.Reshape((1, 1, channels))(dense(embedded, channels, f"{name}_time"))
        change = convolution(normalised(maps, f"{name}_norm1"), channels, f"{name}_conv1")
        change = normalised(keras.layers.Add()([change, told]), f"{name}_norm2")
        change = convolution(change, channels, f"{name}_conv2", zero=True)
        if maps.shape[-1] != channels:
            maps = convolution(maps, channels, f"{name}_shortcut", side=1)
        return keras.layers.Add()([maps, change])

    # Of Keras' parts, not MultiHeadAttention(attention_axes=(1, 2)), which gives the same to 2e-6: its four kernels all
    # bear the name "kernel", and named_variables, by which weights are stored, would keep one of them.
    def attention(maps):
        """Every position looks at every other one (Vaswani et al. 2017, equation 1), with a single head."""
        channels, calm = maps.shape[-1], keras.layers.GroupNormalization(GROUPS, name="attention_norm")(maps)
        query, key, value = (keras.layers.Reshape((-1, channels))(convolution(calm, channels, f"attention_{part}", 1))
                             for part in ("query", "key", "value"))
        seen = keras.layers.Attention()([query * channels**-0.5, value, key])
        seen = dense(seen, channels, "attention_out")
        return keras.layers.Add()([maps, SameForm()([seen, maps])])

    noisy, time = keras.Input((None, None, 3), name="noisy"), keras.Input((), name="time")
    condition = keras.Input((None, None, 3), name="condition")
    inputs = [noisy, time, condition] if conditional else [noisy, time]
    embedded = dense(TimeEmbedding(name="embedding")(time), 128, "time1", "swish")
    embedded = dense(embedded, 128, "time2", "swish")
    seen = keras.layers.Concatenate()([noisy, condition]) if conditional else noisy
    patches = {"strides": patch, "padding": "same"}
    maps = keras.layers.Conv2D(widths[0], 2 * patch, name="stem", **patches,
                               kernel_initializer=keras.initializers.GlorotUniform(next(numbers)))(seen)
    skips = []
    for level, width in enumerate(widths[:-1], start=1):
        maps = block(maps, width, f"down{level}")
        skips.append(maps)
        maps = keras.layers.AveragePooling2D(2)(maps)
    maps = block(attention(block(maps, widths[-1], "deep1")), widths[-1], "deep2")
    for level, width in reversed(list(enumerate(widths[:-1], start=1))):
        maps = keras.layers.Concatenate()([keras.layers.UpSampling2D(2)(maps), skips.pop()])
        maps = block(maps, width, f"up{level}")
    maps = normalised(maps, "head_norm")
    v = keras.layers.Conv2DTranspose(3, 2 * patch, kernel_initializer="zeros", name="head", **patches)(maps)
    alpha_bar = cosine_schedule() if alpha_bar is None else alpha_bar
    noise = NoiseInPicture(alpha_bar, name="noise")([v, noisy, time])
    return keras.Model(inputs, noise, name="denoiser")


class SameForm(keras.layers.Layer):
    """The first of two inputs, in the shape of the second: a list of positions as rows and columns again."""

    def call(self, inputs):
        values, model = inputs
        return tf.reshape(values, tf.shape(model))

    def compute_output_shape(self, shapes):
        return shapes[1]


def load_denoiser(weights=None):
    """The conditional denoiser that ships with the course, trained on faces from Japanese scrolls, 32x32 px.

    weights: None for those, "weak" for one that was trained briefly and without conditions, for samplers to go away
    from, "random" for an untrained one, or an .npz file.
    Raises FileNotFoundError or ValueError for a weights file that is not there or does not fit.
    """
    denoiser = build_denoiser(conditional=True)
    if weights != "random":
        file = {None: DENOISER_FILE, "weak": WEAK_FILE}.get(weights, weights)
        set_weights(denoiser, read_npz(file), weights or "denoiser")
        denoiser.trainable = False
    return denoiser

"""The denoiser: a small U-Net that says what in a picture is noise (Ho et al. 2020, appendix B, made much smaller)."""

from nst_helpers._io.weights import NETWORKS_FOLDER, read_npz
from nst_helpers.diffusion.conditions import INDEX_FILE, draw_conditions, noise_predictor
from nst_helpers.diffusion.latents import CHANNELS
from nst_helpers.diffusion.layers import NoiseInPicture, SameForm, TimeEmbedding
from nst_helpers.diffusion.schedules import cosine_schedule
from nst_helpers.networks import set_weights

import keras

__all__ = ["INDEX_FILE", "NoiseInPicture", "TimeEmbedding", "build_denoiser", "draw_conditions", "load_denoiser",
           "noise_predictor"]

DENOISER_FILE = NETWORKS_FOLDER / "denoiser.npz"
WEAK_FILE = NETWORKS_FOLDER / "denoiser_weak.npz"
LATENT_FILE = NETWORKS_FOLDER / "latent_denoiser.npz"
LATENT_WEAK_FILE = NETWORKS_FOLDER / "latent_denoiser_weak.npz"
WIDTHS = (64, 96, 128)  # maps at each size; each size is half of the one before
LATENT_WEAK_WIDTHS = (32, 64, 96)
GROUPS = 8  # of maps that are normalised together


def build_denoiser(widths=WIDTHS, patch=2, seed=0, alpha_bar=None, conditional=False, channels=3):
    """The U-Net: [(B, H, W, 3) centred pictures with noise, (B,) steps] to the noise, (B, H, W, 3).

    widths: maps at each size, multiples of 8; each size is half of the one before. patch: the first convolution makes
    the picture so many times smaller, and the last one larger again: most work is saved where most pixels are. Sides
    are multiples of patch * 2 ** (len(widths) - 1). alpha_bar: the schedule, None for `cosine_schedule()`.
    conditional: it can be asked for a kind of picture by a third input, the condition, (B, H, W, 3): a vague centred
    picture of what is wanted, or zeros for anything.
    channels: of what it draws; 3 for pictures, 4 for latents (latents.py), which patch=1 fits.
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

    noisy, time = keras.Input((None, None, channels), name="noisy"), keras.Input((), name="time")
    condition = keras.Input((None, None, 3), name="condition")
    inputs = [noisy, time, condition] if conditional else [noisy, time]
    embedded = dense(TimeEmbedding(name="embedding")(time), 128, "time1", "swish")
    embedded = dense(embedded, 128, "time2", "swish")
    seen = keras.layers.Concatenate()([noisy, condition]) if conditional else noisy
    patches, side = {"strides": patch, "padding": "same"}, max(2 * patch, 3)
    maps = keras.layers.Conv2D(widths[0], side, name="stem", **patches,
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
    v = keras.layers.Conv2DTranspose(channels, side, kernel_initializer="zeros", name="head", **patches)(maps)
    alpha_bar = cosine_schedule() if alpha_bar is None else alpha_bar
    noise = NoiseInPicture(alpha_bar, name="noise")([v, noisy, time])
    return keras.Model(inputs, noise, name="denoiser")


SHIPPED = {
    None: (DENOISER_FILE, {}),
    "weak": (WEAK_FILE, {}),
    "latent": (LATENT_FILE, {"patch": 1, "channels": CHANNELS}),
    "latent weak": (LATENT_WEAK_FILE, {"patch": 1, "channels": CHANNELS, "widths": LATENT_WEAK_WIDTHS}),
}


def load_denoiser(weights=None):
    """A conditional denoiser, trained on faces from Japanese scrolls.

    weights: None for the one of pictures, 32x32 px; "weak" for one that was trained briefly and without conditions, for
    samplers to go away from; "latent" and "latent weak" for two such of latents, 16x16, which `load_decoder` of
    latents.py makes pictures of 64 px of; "random" for an untrained one of pictures, or an .npz file made for it.
    Raises FileNotFoundError or ValueError for a weights file that is not there or does not fit.
    """
    file, form = SHIPPED.get(weights, (weights, {}))
    denoiser = build_denoiser(conditional=True, **form)
    if weights != "random":
        set_weights(denoiser, read_npz(file), weights or "denoiser")
        denoiser.trainable = False
    return denoiser

"""A small autoencoder of faces for latent diffusion: pictures of 64 px as far fewer numbers, and back.

Latent diffusion (Rombach et al. 2022) draws among such numbers, the latents. Here they are maps (B, 16, 16, 4): 1,024
numbers for the 12,288 of a picture. Unlike the autoencoder of lesson 12 this one has no skips, so all that the decoder
knows is in the latents. Pictures are centred (schedules.py). Its weights are made by tools/train_latent_denoiser.py
(data/networks/latent_denoiser.md).
"""

from nst_helpers._io.weights import NETWORKS_FOLDER, read_npz
from nst_helpers.diffusion.layers import DepthToSpace
from nst_helpers.networks import set_weights

import keras
import numpy as np

ENCODER_FILE = NETWORKS_FOLDER / "face_encoder.npz"
DECODER_FILE = NETWORKS_FOLDER / "face_decoder.npz"
SHRINKS = 4  # times: sides of a picture and of its latents
CHANNELS = 4  # of the latents
BOUND = 4.0  # hardly one value in a thousand of the faces' latents lies beyond


class _Layers:
    """Convolutions and residual blocks, each layer with a seed of its own."""

    def __init__(self, seed):
        self.numbers = iter(range(1000 * seed, 1000 * seed + 1000))

    def convolution(self, maps, channels, name, side=3, zero=False, strides=1):
        initializer = "zeros" if zero else keras.initializers.HeNormal(next(self.numbers))
        return keras.layers.Conv2D(channels, side, strides, "same", kernel_initializer=initializer, name=name)(maps)

    def block(self, maps, name):
        """Two convolutions; starts out as: change nothing."""
        change = keras.layers.Activation("swish")(self.convolution(maps, maps.shape[-1], f"{name}_conv1"))
        change = self.convolution(change, maps.shape[-1], f"{name}_conv2", zero=True)
        return keras.layers.Activation("swish")(keras.layers.Add()([maps, change]))


def build_encoder(widths=(32, 64), seed=1):
    """Centred pictures (B, H, W, 3) to latents (B, H / 4, W / 4, 4); H and W are multiples of 4.

    widths: maps at a half and at a quarter of the size. Batch normalisation gives each of the latents' channels mean 0
    and deviation 1 over the faces of training, so that latents and noise are of one size.
    """
    layers, picture = _Layers(seed), keras.Input((None, None, 3), name="picture")
    maps = picture
    for level, width in enumerate(widths, start=1):
        maps = layers.block(layers.convolution(maps, width, f"encoder_down{level}", 4, strides=2), f"encoder{level}")
    maps = layers.convolution(maps, CHANNELS, "encoder_out")
    latents = keras.layers.BatchNormalization(scale=False, center=False, epsilon=1e-6, name="latents")(maps)
    return keras.Model(picture, latents, name="encoder")


def build_decoder(widths=(80, 40, 16), seed=2):
    """Latents (B, H, W, 4) to centred pictures (B, 4 H, 4 W, 3). widths: maps at each size, from small to large."""
    layers, latents = _Layers(seed), keras.Input((None, None, CHANNELS), name="latents")
    maps = layers.block(layers.convolution(latents, widths[0], "decoder_stem"), "decoder0")
    for level, width in enumerate(widths[1:], start=1):
        maps = DepthToSpace()(layers.convolution(maps, 4 * width, f"decoder_up{level}"))
        maps = layers.block(maps, f"decoder{level}")
    return keras.Model(latents, layers.convolution(maps, 3, "decoder_out"), name="decoder")


def load_encoder(weights=None):
    """The encoder of faces, 64x64 px. weights: None for those in data/networks, "random" for none, or an .npz file.

    Raises FileNotFoundError or ValueError for a weights file that is not there or does not fit.
    """
    return _loaded(build_encoder(), weights, ENCODER_FILE)


def load_decoder(weights=None):
    """The decoder that belongs to `load_encoder`. weights, errors: as there."""
    return _loaded(build_decoder(), weights, DECODER_FILE)


def _loaded(network, weights, shipped):
    if weights != "random":
        set_weights(network, read_npz(weights or shipped), weights or network.name)
        network.trainable = False
    return network


def encode(encoder, faces):
    """Centred latents (N, S / 4, S / 4, 4), float32, of many faces, uint8 (N, S, S, 3)."""
    parts = np.array_split(faces, -(-len(faces) // 100))
    return np.concatenate([encoder(part.astype("float32") / 127.5 - 1, training=False).numpy() for part in parts])


def latent_clipped(latents, alpha_bar):
    """Predicted latents, held to what latents of faces are: the samplers' `refine`, as `clipped` is for pictures."""
    return np.clip(latents, -BOUND, BOUND)

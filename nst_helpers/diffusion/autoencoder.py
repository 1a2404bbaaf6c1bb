"""A convolutional autoencoder with skip connections, and the perceptual loss that it is trained with.

Pictures go in and come out as everywhere in the course: (B, H, W, 3), RGB in [0, 1].
"""

from nst_helpers._io.weights import NETWORKS_FOLDER, read_npz
from nst_helpers.losses import relative_distance
from nst_helpers.networks import feature_extractor, set_weights

import keras
import numpy as np
import tensorflow as tf

AUTOENCODER_FILE = NETWORKS_FOLDER / "autoencoder.npz"
WIDTHS = (64, 128, 256)
PERCEPTUAL_LAYERS = ["block1_conv2", "block2_conv2", "block3_conv2"]
# Mean and deviation of ImageNet's pictures, which many networks are fed relative to.
MEAN = np.array([0.485, 0.456, 0.406], "float32")
DEVIATION = np.array([0.229, 0.224, 0.225], "float32")


def normalise(images):
    """Pictures in [0, 1] relative to ImageNet's mean colour, in units of its deviation: about -2 to 2.6."""
    return (images - MEAN) / DEVIATION


def denormalise(values):
    """What `normalise` did, undone, so that it can be shown."""
    return values * DEVIATION + MEAN


def build_autoencoder(widths=WIDTHS, seed=0):
    """Encoder and decoder: (B, H, W, 3) in [0, 1] to the same; H and W are multiples of 2 ** len(widths).

    Encoder: for each width a 3x3 convolution, ReLU, batch normalisation, 2x2 max pooling. Decoder: transposed
    convolutions back up, and what the encoder had at that size is added. The pictures are normalised inside. Batch
    normalisation remembers about ten batches, not Keras' hundred: a run of a minute has not many more.
    """
    numbers = iter(range(1000 * seed, 1000 * seed + 1000))  # a seed of its own for each layer

    def layer(kind, channels, name, activation="relu", **options):
        return kind(channels, 3, padding="same", activation=activation, name=name,
                    kernel_initializer=keras.initializers.HeNormal(next(numbers)), **options)

    image = keras.Input((None, None, 3), name="image")
    scale, offset = (1 / DEVIATION).tolist(), (-MEAN / DEVIATION).tolist()
    maps, skips = keras.layers.Rescaling(scale, offset, name="preprocessing")(image), []
    for number, width in enumerate(widths, start=1):
        maps = layer(keras.layers.Conv2D, width, f"encoder{number}")(maps)
        maps = keras.layers.BatchNormalization(momentum=0.9, name=f"encoder{number}_norm")(maps)
        maps = keras.layers.MaxPooling2D(2)(maps)
        skips.append(maps)
    for number, width in reversed(list(enumerate(widths[:-1], start=1))):
        maps = layer(keras.layers.Conv2DTranspose, width, f"decoder{number + 1}", strides=2)(maps)
        maps = keras.layers.BatchNormalization(momentum=0.9, name=f"decoder{number + 1}_norm")(maps)
        maps = keras.layers.Add()([maps, skips[number - 1]])
    maps = layer(keras.layers.Conv2DTranspose, 3, "decoder1", "sigmoid", strides=2)(maps)
    return keras.Model(image, maps, name="autoencoder")


def load_autoencoder(weights=None, widths=WIDTHS):
    """The autoencoder, trained on the bundled paintings.

    weights: None for those trained with the perceptual loss, "random" for an untrained one, or an .npz file made for
        these `widths`, such as `NETWORKS_FOLDER / "autoencoder_pixels.npz"`, trained without that loss.
    Raises FileNotFoundError or ValueError for a weights file that is not there or does not fit.
    """
    autoencoder = build_autoencoder(widths)
    if weights != "random":
        set_weights(autoencoder, read_npz(weights or AUTOENCODER_FILE), weights or "autoencoder")
        autoencoder.trainable = False
    return autoencoder


def perceptual_loss(features, targets):
    """How far two pictures are apart for a network: the mean of the layers' relative distances (Johnson et al. 2016).

    features, targets: dictionaries {layer: (B, H, W, C)}; a batch counts as one. 0 is a perfect match, 1 what a
    silent network would have.
    """
    return tf.add_n([relative_distance(features[layer], targets[layer]) for layer in targets]) / len(targets)


def perceptual_extractor(network):
    """The layers of `network` that the perceptual loss compares, as a model: pictures to {layer: maps}."""
    return feature_extractor(network, PERCEPTUAL_LAYERS)


def mean_squared_error(images, targets):
    """Mean squared difference of the pixels, over the whole batch."""
    return tf.reduce_mean((images - targets) ** 2)

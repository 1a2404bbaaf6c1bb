"""Right and wrong answers to the exercises of lesson 12. tests/test_checks.py says how they are used.

Long because every mistake that the checks name is made here once.
"""

from functools import cache
import io

from nst_helpers.diffusion import load_autoencoder
from nst_helpers.images import load_image

import keras
import numpy as np
from PIL import Image
import tensorflow as tf


def sizes(files, read=lambda image: image.convert("RGB"), names=lambda name: True):
    found = {}
    for name, content in files.items():
        try:
            with Image.open(io.BytesIO(content.tobytes())) as image:
                read(image)
                found |= {name: image.size[::-1]} if names(name) else {}
        except (OSError, SyntaxError, ValueError):
            pass
    return found


def by_arrays(files):
    """Pillow decodes all pixels when NumPy asks for them."""
    found = {}
    for name, content in files.items():
        try:
            found[name] = np.array(Image.open(io.BytesIO(bytes(content)))).shape[:2]
        except Exception:
            continue
    return found


def careless(files):
    return {name: Image.open(io.BytesIO(content.tobytes())).size[::-1] for name, content in files.items()}


def errors(images, targets):
    return np.mean((images.astype("float64") - targets) ** 2, axis=(1, 2, 3))


def of_tensorflow(images, targets):
    return tf.reduce_mean(tf.image.psnr(images, targets, max_val=1.0))


def by_keras(maps, mean, variance, training):
    layer = keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-3)
    layer.build(maps.shape)
    layer.moving_mean.assign(mean)
    layer.moving_variance.assign(variance)
    return layer(maps, training=training), layer.moving_mean, layer.moving_variance


def norm(maps, mean, variance, training, *, axes=(0, 1, 2), keep=0.9, ddof=0, power=0.5, swap=None, root=False):
    """Batch normalisation with one slip or another. swap: the mode in which that of the other one is used."""
    seen = maps.mean(axes, keepdims=True), maps.var(axes, keepdims=True)
    used = seen if training != (swap == training) else (mean, variance)
    answer = (maps - used[0]) / (used[1] + 1e-3) ** power
    if not training:
        return answer, mean, variance
    noted = maps.std((0, 1, 2)) if root else maps.var((0, 1, 2), ddof=ddof)
    return answer, keep * mean + (1 - keep) * maps.mean((0, 1, 2)), keep * variance + (1 - keep) * noted


def late(maps, mean, variance, training):
    answer, *_ = norm(maps, mean, variance, training)
    return answer, *norm(maps, mean, variance, True)[1:]


def outside(maps, mean, variance, training):
    used = (maps.mean((0, 1, 2)), maps.var((0, 1, 2))) if training else (mean, variance)
    return (maps - used[0]) / (np.sqrt(used[1]) + 1e-3), *norm(maps, mean, variance, training)[1:]


@cache
def maps_of(name):
    """What the encoder hands over at each of its three sizes."""
    layer, found = load_autoencoder().get_layer, []
    maps = layer("preprocessing")(picture(name))
    for level in (1, 2, 3):
        maps = layer(f"encoder{level}_norm")(layer(f"encoder{level}")(maps))
        maps = tf.nn.max_pool2d(maps, 2, 2, "VALID")
        found.append(maps.numpy())
    return found


@cache
def picture(name):
    return load_image(name, 256)[:, :128, :192]


def decoded(levels):
    layer, maps = load_autoencoder().get_layer, levels[2]
    for level in (2, 1):
        maps = layer(f"decoder{level + 1}_norm")(layer(f"decoder{level + 1}")(maps)) + levels[level - 1]
    return np.clip(layer("decoder1")(maps), 0, 1)


def walk(mix, shares=(0, 0.25, 0.5, 0.75, 1)):
    return [decoded([mix(one, other, share) for one, other in zip(maps_of(ONE), maps_of(OTHER))]) for share in shares]


def weighted(one, other, share):
    """A mean in which what is far from its map's mean counts for more."""
    weights = [part * (maps - maps.mean((1, 2), keepdims=True)) ** 2 + 1e-9
               for part, maps in ((1 - share, one), (share, other))]
    return (weights[0] * one + weights[1] * other) / sum(weights)


def mean(one, other, share):
    return (1 - share) * one + share * other


def at_random(one, other, share):
    """Each number from one picture or the other, by lot."""
    return np.where(np.random.default_rng(0).random(one.shape) < share, other, one)


def with_middle(image):
    """The sound walk with another picture half way."""
    strip = list(RIGHT_WALK())
    strip[2] = image
    return strip


@cache
def RIGHT_WALK():  # noqa: N802
    return walk(weighted)


ONE, OTHER = "great_wave", "starry_night"
ENDS = picture(ONE), picture(OTHER)
WORDS = "In each map the picture counts that is louder there, so no edge turns pale."

RIGHT = {
    "unsure_edge": [(" A  Light GREY",)],
    "whole_pictures": [(by_arrays,), (sizes,)],
    "psnr": [(of_tensorflow,), (lambda x, y: -20 * np.log10(errors(x, y) ** 0.5).mean(),)],
    "batch_norm": [(by_keras,), (norm,)],
    "interpolation": [lambda: (RIGHT_WALK(), *ENDS, WORDS)],
}
WRONG = {
    "unsure_edge": [
        (("the likelier edge",), "three times in four"),
        (("an edge half way",), "half of the strip is wrong"),
        (("a middle grey",), "equally likely"),
        (("nothing",), "choose one of"),
    ],
    "whole_pictures": [
        ((careless,), "one damaged file stops"),
        ((lambda files: list(sizes(files)),), "give back a dictionary"),
        ((lambda files: sizes(files, names=lambda name: name.endswith((".jpg", ".png"))),), "An ending proves"),
        ((lambda files: sizes(files, lambda image: image.verify()),), "a torn file counts"),
        ((lambda files: dict.fromkeys(files, (0, 0)) | sizes(files),), "in your dictionary, too"),
        ((lambda files: {name: size[::-1] for name, size in sizes(files).items()},), "begins with the width"),
        ((lambda files: sizes(files) | {"more": (3, 4)},), "belong to no whole file"),
    ],
    "psnr": [
        ((lambda x, y: -10 * np.log10(errors(x, y).mean()),), "Each picture has its own ratio"),
        ((lambda x, y: np.mean(10 * np.log10(errors(x, y))),), "the sign is turned"),
        ((lambda x, y: np.mean(-10 * np.log(errors(x, y))),), "the natural logarithm"),
        ((lambda x, y: np.mean(-20 * np.log10(errors(x, y))),), "20 belongs to the root"),
        ((lambda x, y: np.mean(-np.log10(errors(x, y))),), "these are bels"),
        ((lambda x, y: np.mean(10 * np.log10(255**2 / errors(x, y))),), "value of bytes"),
        ((lambda x, y: np.mean(-10 * np.log10(errors(x, y) * x[0].size)),), "add the squares up"),
        ((lambda x, y: np.mean(-10 * np.log10(np.abs(x - y).mean((1, 2, 3)))),), "without their sign"),
        ((lambda x, y: np.sum(-10 * np.log10(errors(x, y))),), "ratios of the pictures are added up"),
        ((lambda x, y: -10 * np.log10(errors(x, y)),), "one number for each"),
    ],
    "batch_norm": [
        ((lambda *given: norm(*given)[0],), "give back three things"),
        ((lambda *given: norm(*given, swap=True),), "The memory is for use"),
        ((lambda *given: norm(*given, swap=False),), "There may be no batch"),
        ((lambda *given: norm(*given, axes=(1, 2)),), "instance normalisation"),
        ((lambda *given: norm(*given, axes=(0, 1, 2, 3)),), "Each map has its own"),
        ((lambda *given: norm(*given, power=1),), "you divide by the variance"),
        ((outside,), "inside the root"),
        ((lambda maps, *rest: (norm(maps, *rest)[0], *rest[:2]),), "the memory is still the old one"),
        ((lambda *given: norm(*given, keep=0.1),), "the other way round"),
        ((lambda *given: norm(*given, keep=0),), "only the last batch"),
        ((late,), "hand back the memory as it was"),
        ((lambda *given: norm(*given, root=True),), "you remember the deviation"),
        ((lambda *given: norm(*given, ddof=1),), "as PyTorch's"),
    ],
    "interpolation": [
        (lambda: (walk(mean), *ENDS, WORDS), "it is a double exposure"),
        (lambda: (RIGHT_WALK()[::-1], *ENDS, WORDS), "the first picture of the walk is not"),
        (lambda: (with_middle(ENDS[0]), *ENDS, WORDS), "little of the second picture"),
        (lambda: (with_middle(ENDS[1]), *ENDS, WORDS), "little of the first picture"),
        (lambda: (walk(at_random), *ENDS, WORDS), "grain, or a chequerboard"),
        (lambda: (RIGHT_WALK()[:3], *ENDS, WORDS), "the walk has 5 pictures"),
        (lambda: (RIGHT_WALK(), ENDS[0], ENDS[0], WORDS), "are the same picture"),
        (lambda: (RIGHT_WALK(), ENDS[0], ENDS[1][:, :100], WORDS), "differ in size"),
        (lambda: (RIGHT_WALK(), *ENDS, ""), "defend it"),
    ],
}

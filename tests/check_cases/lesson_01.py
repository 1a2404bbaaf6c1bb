"""Right and wrong answers to the exercises of lesson 01. tests/test_checks.py says how they are used."""

import numpy as np
import scipy.ndimage
import tensorflow as tf

WORDS = "Brightness moves every pixel and no edge; edges are what the filters compare."


def pieces(maps):
    """The four neighbours of each square as (4, 1, H // 2, W // 2, C)."""
    height, width = maps.shape[1] // 2 * 2, maps.shape[2] // 2 * 2
    return np.array([maps[:, i:height:2, j:width:2] for i in (0, 1) for j in (0, 1)])


def mixed(maps):
    _, height, width, channels = maps.shape
    even = maps[:, : height // 2 * 2, : width // 2 * 2]
    return even.reshape(1, height // 2, width // 2, 4, channels).mean(axis=3)


def rows_only(maps):
    height, width = maps.shape[1] // 2 * 2, maps.shape[2] // 2 * 2
    return (maps[:, 0:height:2, :width] + maps[:, 1:height:2, :width]) / 2


def columns_only(maps):
    return rows_only(maps.swapaxes(1, 2)).swapaxes(1, 2)


def place_by_loops(features, index, distance):
    found = max((features[0, y, x, index], y, x) for y in range(features.shape[1]) for x in range(features.shape[2]))
    return [found[1] * distance, found[2] * distance]


def place(features, index):
    one = features[0, :, :, index]
    return np.array(np.unravel_index(one.argmax(), one.shape))


def cosines(points, index):
    unit = points / np.linalg.norm(points, axis=1, keepdims=True)
    return unit @ unit[index]


def nearest_by_loops(points, index):
    best = None
    for k, point in enumerate(points.tolist()):
        cosine = sum(a * b for a, b in zip(point, points[index])) / sum(a * a for a in point) ** 0.5
        if k != index and (best is None or cosine > best[0]):
            best = (cosine, k)
    return best[1]


def straight(points, index):
    return np.argsort(np.linalg.norm(points - points[index], axis=1))[1]


def longest(points, index):
    products = points @ points[index]
    products[index] = -np.inf
    return products.argmax()


def brighter(image):
    return np.clip(image + 0.15, 0, 1)


def stripes(image):
    striped = image.copy()
    striped[:, ::8] = 0
    return striped


def blurred(image):
    return scipy.ndimage.gaussian_filter(image, (0, 1.5, 1.5, 0))


RIGHT = {
    "moved_photo": [("2 Positions",)],
    "average_pool": [(lambda maps: pieces(maps).mean(axis=0),), (lambda maps: tf.reduce_mean(pieces(maps), axis=0),)],
    "loudest_place": [(place_by_loops,), (lambda f, index, d: tf.constant(place(f, index) * d),)],
    "nearest": [(nearest_by_loops,)],
    "two_changes": [(brighter, stripes, WORDS)],
}
WRONG = {
    "moved_photo": [
        (("not at all",), "somewhere else"),
        (("1 position",), "right for block 3"),
        (("4 positions",), "right for block 1."),
        (("2",), "choose one of"),
    ],
    "average_pool": [
        ((lambda maps: pieces(maps).max(axis=0),), "max pooling"),
        ((lambda maps: pieces(maps).sum(axis=0),), "sum of the four"),
        ((lambda maps: pieces(maps)[0],), "throw three away"),
        ((mixed,), "the reshape mixes"),
        ((rows_only,), "only the rows"),
        ((columns_only,), "only the columns"),
        ((lambda maps: tf.nn.avg_pool2d(maps, 2, 2, "SAME"),), "no partner, leave it out"),
        ((lambda maps: maps.reshape(1, len(maps[0]) // 2, 2, maps.shape[2] // 2, 2, -1).mean((2, 4)),),
         "even height and width all is well"),
        ((lambda maps: tf.nn.avg_pool2d(maps, 2, 2, "VALID"),), "avg_pool2d has done the work"),
        ((lambda maps: maps.reshape(1, len(maps[0]), -1, 99),), "raises ValueError in line"),
        ((lambda maps: pieces(maps).mean(axis=0)[0],), "has the shape"),
    ],
    "loudest_place": [
        ((lambda f, index, d: place(f, index)[::-1] * d,), "exchanged"),
        ((lambda f, index, d: place(f, index),), "a position in the map"),
        ((lambda f, index, d: np.array(np.unravel_index(f.argmax(), f.shape)[1:3]) * d,), "of all maps"),
        ((lambda f, index, d: place(-f, index) * d,), "most silent"),
        ((lambda f, index, d: place(f, index) * d + d // 2,), "the middle of the square"),
        ((lambda f, index, d: f[0, :, :, index].argmax(),), "np.unravel_index makes"),
        ((lambda f, index, d: f[:, :, index].max(),), "has the shape"),
    ],
    "nearest": [
        ((lambda points, index: cosines(points, index).argmax(),), "the point itself"),
        ((lambda points, index: cosines(points, index).argmin(),), "the farthest one"),
        ((straight,), "Euclidean distance"),
        ((longest,), "long points win"),
        ((lambda points, index: np.delete(points, index, axis=0)[0],), "has the shape"),
    ],
    "two_changes": [
        ((lambda image: 0.6 * image, stripes, WORDS), "for quiet, block5_conv1"),
        ((brighter, brighter, WORDS), "for loud, block5_conv1"),
        ((brighter, lambda image: image + 0.001 * (0.5 - image), WORDS), "loud changes next to nothing"),
        ((lambda image: image[:, ::2], stripes, WORDS), "quiet changes the shape"),
        ((lambda image: image + 0.5, stripes, WORDS), "cuts off what is outside"),
        ((brighter, blurred, "It is so."), "defend it"),
    ],
}

"""The formulas of the course: each one function, each a few lines in the field's notation.

Pictures are (1, H, W, 3), RGB in [0, 1]; feature maps are (1, H, W, C) or (H, W, C). Every loss is a scalar tensor; of
a batch, where one is taken, the mean over its pictures. Shapes that do not fit are refused with a ValueError, because
TensorFlow would stretch one to the other without a word; a side that is None, not known as yet, is let through. How
they are minimised stands in minimizer.py.
"""

from nst_helpers.shapes import check_alike, check_large_enough, check_rank, sides

import numpy as np
import tensorflow as tf


def gram_matrix(features):
    """Which feature maps are active together, anywhere in the picture (Gatys et al. 2016, eq. 3).

    features: (1, H, W, C) activations of one layer. Returns (C, C), averaged over the H·W positions.
    """
    check_rank(features, "features", [3, 4], "(1, H, W, C)")
    if len(features.shape) == 4 and features.shape[0] not in (1, None):
        raise ValueError(f"features has the shape {tuple(features.shape)}, but gram_matrix takes one picture, "
                         "(1, H, W, C): gram_matrices gives one Gram matrix for each of a batch.")
    return _mean_product(tf.reshape(features, [-1, features.shape[-1]]))


def gram_matrices(features):
    """The Gram matrix of each picture of a batch: features (B, H, W, C) to (B, C, C)."""
    check_rank(features, "features", [4], "(B, H, W, C)")
    batch, height, width, maps = sides(features)
    return _mean_product(tf.reshape(features, [batch, height * width, maps]))


def _mean_product(maps):
    """(..., positions, C) to (..., C, C): the products of every two maps, averaged over the positions."""
    return tf.matmul(maps, maps, transpose_a=True) / tf.cast(tf.shape(maps)[-2], maps.dtype)


def guided_gram_matrix(features, guide):
    """The Gram matrix of one region of the picture (Gatys et al. 2017, spatial control).

    features: (1, H, W, C). guide: (1, H, W, 1), where the region is; not all 0. Returns (C, C). The guide is divided by
    the root of its mean square, so that a region's size does not matter; a guide of ones gives gram_matrix.
    """
    check_alike(np.shape(guide), (*np.shape(features)[:-1], 1), "guide", "features[..., :1]")
    return gram_matrix(features * guide / tf.sqrt(tf.reduce_mean(guide**2)))


def relative_distance(values, target, axes=None, least=0.0):
    """Squared distance of two arrays, relative to the target's square; both are summed over `axes` (None: all).

    least: added to the target's square, for targets that may be 0.
    """
    return tf.reduce_sum((values - target) ** 2, axes) / (tf.reduce_sum(target**2, axes) + least)


def content_loss(features, target):
    """Mean squared distance of two layers of features, relative to the target's mean square.

    features, target: (1, H, W, C), or a batch (B, H, W, C). 0 is a perfect match; features that are all zero give 1.
    """
    check_alike(np.shape(features), np.shape(target), "features", "target")
    of_each_picture = [1, 2, 3] if len(np.shape(features)) == 4 else None
    return tf.reduce_mean(relative_distance(features, target, of_each_picture))


def style_loss(gram, target_gram):
    """Squared distance of two Gram matrices, relative to the target's squared norm.

    gram: (C, C) from gram_matrix, or (B, C, C) from gram_matrices. target_gram: the same shape, or (C, C) for all of a
    batch. 0 is a perfect match; a Gram matrix of zeros gives 1.
    """
    check_rank(gram, "gram", [2, 3], "(C, C)")
    check_rank(target_gram, "target_gram", [2, 3], "(C, C)")
    target_shape = np.shape(target_gram)
    check_alike(np.shape(gram)[-len(target_shape):], target_shape, "gram", "target_gram")
    return tf.reduce_mean(relative_distance(gram, target_gram, [-2, -1]))


def total_variation(image):
    """Mean squared difference between neighbouring pixels, downwards and to the right.

    image: (1, H, W, 3), at least 2 pixels high and wide. 0 is a flat picture. (Squared form of Mahendran and
    Vedaldi 2015; a mean instead of a sum, so that noise costs the same at every size.)
    """
    down, right = neighbour_differences(image)
    return tf.reduce_mean(down**2) + tf.reduce_mean(right**2)


def neighbour_differences(image):
    """Each pixel less the one above it, and less the one left of it: (1, H - 1, W, 3) and (1, H, W - 1, 3)."""
    check_rank(image, "image", [4], "(1, H, W, 3)")
    check_large_enough(image, "image", 2)
    _, height, width, _ = sides(image)
    # tf.slice instead of image[:, 1:] and image[:, :-1]: the same cuts, with a gradient that is eight times as fast.
    return (tf.slice(image, [0, 1, 0, 0], [-1] * 4) - tf.slice(image, [0] * 4, [-1, height - 1, -1, -1]),
            tf.slice(image, [0, 0, 1, 0], [-1] * 4) - tf.slice(image, [0] * 4, [-1, -1, width - 1, -1]))


def out_of_range(image):
    """Mean squared excess of the pixel values over [0, 1]: what would be lost when the picture is saved.

    image: (1, H, W, 3). 0 as long as every value can be shown.
    """
    return tf.reduce_mean(tf.nn.relu(image - 1) ** 2 + tf.nn.relu(-image) ** 2)


def laplacian_loss(image, content_image, pool=4):
    """How far the edges of a picture are from the photo's: squared distance of the Laplacians of both, made smaller by
    averaging `pool` x `pool` pixels, relative to the photo's own (Li et al. 2017, "Laplacian-Steered Neural Style
    Transfer", equation 4; there a sum).

    image, content_image: (1, H, W, 3), 3 * `pool` pixels or more on each side. 0 where all edges are kept; a flat
    picture gives 1. Faces and letters live by their edges, which deep features lose.
    """
    check_rank(image, "image", [4], "(1, H, W, 3)")
    check_alike(np.shape(image), np.shape(content_image), "image", "content_image")
    return relative_distance(laplacian(image, pool), laplacian(tf.convert_to_tensor(content_image, image.dtype), pool))


def laplacian(image, pool=4):
    """Four times each value less its four neighbours, after averaging `pool` x `pool` pixels; without the border.

    image: (1, H, W, 3). Returns (1, H // pool - 2, W // pool - 2, 3).
    """
    check_large_enough(image, "image", 3 * pool)
    cross = tf.constant([[0, -1, 0], [-1, 4, -1], [0, -1, 0]], image.dtype)[:, :, None, None]
    averaged = tf.nn.avg_pool2d(image, pool, pool, "VALID")
    return tf.nn.depthwise_conv2d(averaged, tf.repeat(cross, 3, axis=2), [1, 1, 1, 1], "VALID")


def gatys_content_loss(features, target):
    """Half the squared distance of two layers of features (Gatys et al. 2016, eq. 1).

    features, target: (1, H, W, C). The sum grows with the layer and with the picture.
    """
    check_alike(np.shape(features), np.shape(target), "features", "target")
    return 0.5 * tf.reduce_sum((features - target) ** 2)


def gatys_style_loss(features, target):
    """What one layer adds to the style loss (Gatys et al. 2016, eq. 4): the sum of (G - A)² over 4 N² M².

    features, target: (1, H, W, C) of the generated and of the style image. N is the number of maps, M = H·W the
    number of positions. The paper's G and A are sums over positions; gram_matrix divides by M already, each by its
    own, so that a style image may have another size.
    """
    gram, target_gram = gram_matrix(features), gram_matrix(target)
    check_alike(gram.shape, target_gram.shape, "The Gram matrix of features", "that of target")
    return tf.reduce_sum((gram - target_gram) ** 2) / (4 * gram.shape[-1] ** 2)

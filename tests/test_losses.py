"""The formulas of nst_helpers.losses against plain NumPy in float64, hand-computed cases and finite differences."""

import re

from nst_helpers import losses

import numpy as np
import pytest
import tensorflow as tf

SHAPES = [(1, 5, 7, 3), (1, 1, 9, 4), (1, 13, 3, 6), (1, 4, 4, 1)]


def draw(shape, seed=0):
    """Positive and negative numbers of very different size from map to map."""
    generator = np.random.default_rng(seed)
    return generator.normal(size=shape) * 10.0 ** generator.uniform(-1, 1, size=shape[-1])


def numpy_gram(features):
    return np.einsum("bhwi,bhwj->ij", features, features) / (features.shape[1] * features.shape[2])


def same(tensor, expected, rtol=1e-12):
    np.testing.assert_allclose(tensor.numpy(), expected, rtol=rtol, atol=rtol * np.abs(expected).max())


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype, rtol", [("float64", 1e-12), ("float32", 1e-5)])
def test_all_losses_equal_numpy(shape, dtype, rtol):
    f, p = draw(shape, 1), draw(shape, 2)
    features, target = tf.constant(f, dtype), tf.constant(p, dtype)
    gram, target_gram = losses.gram_matrix(features), losses.gram_matrix(target)
    assert gram.dtype == dtype and gram.shape == (shape[3], shape[3])
    same(gram, numpy_gram(f), rtol)
    same(losses.content_loss(features, target), np.mean((f - p) ** 2) / np.mean(p**2), rtol)
    g, a = numpy_gram(f), numpy_gram(p)
    same(losses.style_loss(gram, target_gram), np.sum((g - a) ** 2) / np.sum(a**2), rtol)
    same(losses.gatys_content_loss(features, target), np.sum((f - p) ** 2) / 2, rtol)
    same(losses.gatys_style_loss(features, target), np.sum((g - a) ** 2) / (4 * shape[3] ** 2), rtol)


@pytest.mark.parametrize("height, width", [(2, 2), (5, 3), (2, 9)])
def test_losses_of_pictures_equal_numpy(height, width):
    image = np.random.default_rng(3).uniform(-0.5, 1.5, (1, height, width, 3))
    expected = np.mean(np.diff(image, axis=1) ** 2) + np.mean(np.diff(image, axis=2) ** 2)
    same(losses.total_variation(tf.constant(image)), expected)
    same(losses.out_of_range(tf.constant(image)), np.mean((image - np.clip(image, 0, 1)) ** 2))


@pytest.mark.parametrize("pool", [1, 2, 4])
def test_laplacian_loss_equals_numpy(pool):
    generator = np.random.default_rng(4)
    x, c = generator.random((1, 17, 25, 3)), generator.random((1, 17, 25, 3))

    def laplacian(picture):
        rows, columns = 17 // pool, 25 // pool
        small = picture[0, : rows * pool, : columns * pool].reshape(rows, pool, columns, pool, 3).mean(axis=(1, 3))
        inner = small[1:-1, 1:-1]
        return 4 * inner - small[:-2, 1:-1] - small[2:, 1:-1] - small[1:-1, :-2] - small[1:-1, 2:]

    expected = np.sum((laplacian(x) - laplacian(c)) ** 2) / np.sum(laplacian(c) ** 2)
    same(losses.laplacian_loss(tf.constant(x), c, pool), expected)
    same(losses.laplacian_loss(tf.constant(c), c, pool), 0.0)
    same(losses.laplacian_loss(tf.zeros_like(c), c, pool), 1.0)


def test_laplacian_loss_does_not_see_light_or_slopes(check_gradient):
    """What has no edges is free: a style may change it as it likes."""
    content = np.random.default_rng(5).random((1, 12, 12, 3))
    slope = np.linspace(0, 1, 12)[None, :, None, None] + np.array([0.3, -0.2, 0.1])
    assert losses.laplacian_loss(tf.constant(content + slope), content, 1) < 1e-24
    check_gradient(lambda image: losses.laplacian_loss(image, content, 2), content + 0.1 * content**2, directions=5)


def test_gatys_equations_literally():
    """Equations 1, 3, 4 and 5 of Gatys et al. (2016), letter by letter: N maps, M positions, F and P of shape N x M."""
    layers = [((1, 2, 3, 2), 0.3), ((1, 1, 2, 3), 0.7)]  # shapes of two layers, and their weights w_l
    style, our_style = 0.0, 0.0
    for shape, w in layers:
        x, p = draw(shape, 4), draw(shape, 5)
        N, M = shape[3], shape[1] * shape[2]
        F, P = (array.reshape(M, N).T for array in (x, p))
        content = 0.0
        for i in range(N):
            for j in range(M):
                content += 0.5 * (F[i, j] - P[i, j]) ** 2  # eq. 1
        same(losses.gatys_content_loss(tf.constant(x), tf.constant(p)), content)

        G, A = np.zeros((N, N)), np.zeros((N, N))
        for i in range(N):
            for j in range(N):
                for k in range(M):
                    G[i, j] += F[i, k] * F[j, k]  # eq. 3
                    A[i, j] += P[i, k] * P[j, k]
        same(losses.gram_matrix(tf.constant(x)) * M, G)

        E = 0.0
        for i in range(N):
            for j in range(N):
                E += (G[i, j] - A[i, j]) ** 2 / (4 * N**2 * M**2)  # eq. 4
        ours = losses.gatys_style_loss(tf.constant(x), tf.constant(p))
        same(ours, E)
        style, our_style = style + w * E, our_style + w * ours  # eq. 5
    same(our_style, style)


def test_relative_losses_are_0_for_a_match_and_1_for_zeros():
    target = tf.constant(draw((1, 6, 5, 4)))
    gram = losses.gram_matrix(target)
    assert losses.content_loss(target, target) == 0 and losses.style_loss(gram, gram) == 0
    assert losses.content_loss(tf.zeros_like(target), target) == 1
    assert losses.style_loss(tf.zeros_like(gram), gram) == 1


def test_relative_losses_do_not_depend_on_the_scale_of_a_layer():
    f, p = draw((1, 5, 4, 3), 6), draw((1, 5, 4, 3), 7)
    for scale in (1e-3, 50.0):
        features, target = tf.constant(scale * f), tf.constant(scale * p)
        same(losses.content_loss(features, target), losses.content_loss(f, p).numpy())
        grams = losses.gram_matrix(features), losses.gram_matrix(target)
        same(losses.style_loss(*grams), losses.style_loss(losses.gram_matrix(f), losses.gram_matrix(p)).numpy())


def test_relative_losses_do_not_depend_on_the_size_of_the_picture():
    f, p = draw((1, 5, 4, 3), 8), draw((1, 5, 4, 3), 9)
    big_f, big_p = (np.tile(maps, (1, 2, 3, 1)) for maps in (f, p))
    same(losses.content_loss(big_f, big_p), losses.content_loss(f, p).numpy())
    same(losses.gram_matrix(tf.constant(big_f)), numpy_gram(f))
    # The content loss of Gatys is a sum: here it grows sixfold.
    same(losses.gatys_content_loss(big_f, big_p), 6 * losses.gatys_content_loss(f, p).numpy())


def test_gram_matrix_forgets_where_things_are():
    maps = draw((1, 6, 5, 4))
    shuffled = np.random.default_rng(0).permutation(maps.reshape(30, 4)).reshape(1, 6, 5, 4)
    assert not np.array_equal(shuffled, maps)
    same(losses.gram_matrix(tf.constant(shuffled)), numpy_gram(maps))


def test_style_of_another_size_can_be_matched():
    wide, high = draw((1, 4, 9, 5), 1), draw((1, 7, 2, 5), 2)
    expected = np.sum((numpy_gram(wide) - numpy_gram(high)) ** 2) / (4 * 5**2)
    same(losses.gatys_style_loss(tf.constant(wide), tf.constant(high)), expected)


def test_total_variation_by_hand():
    image = np.zeros((1, 2, 2, 3), "float32")
    image[0, :, :, 0] = [[0, 1], [3, 7]]
    # Down: 3² and 6²; right: 1² and 4². Each direction is a mean over 2 places and 3 channels.
    assert losses.total_variation(tf.constant(image)) == (9 + 36) / 6 + (1 + 16) / 6
    assert losses.total_variation(tf.fill([1, 4, 5, 3], 0.3)) == 0


def test_out_of_range_by_hand():
    image = np.zeros((1, 1, 2, 3), "float32")
    image[0, 0] = [[-0.5, 0, 0.5], [1, 2, 0.25]]
    assert losses.out_of_range(tf.constant(image)) == (0.25 + 1) / 6
    assert losses.out_of_range(tf.constant(np.clip(image, 0, 1))) == 0


@pytest.mark.parametrize("shape", SHAPES[:3])
def test_gradients_of_feature_losses(shape, check_gradient):
    target, start = tf.constant(draw(shape, 1)), draw(shape, 2)
    target_gram = losses.gram_matrix(target)
    check_gradient(lambda maps: losses.content_loss(maps, target), start)
    check_gradient(lambda maps: losses.style_loss(losses.gram_matrix(maps), target_gram), start)
    check_gradient(lambda maps: losses.gatys_content_loss(maps, target), start)
    check_gradient(lambda maps: losses.gatys_style_loss(maps, target), start)


def test_gradients_of_picture_losses(check_gradient):
    image = np.random.default_rng(3).uniform(-0.5, 1.5, (1, 4, 5, 3))
    check_gradient(losses.total_variation, image)
    check_gradient(losses.out_of_range, image)


def test_gradient_of_gatys_content_loss_as_printed():
    """Equation 2 of the paper, for features in front of the ReLU's threshold: F - P."""
    features, target = tf.constant(draw((1, 3, 4, 2), 1)), tf.constant(draw((1, 3, 4, 2), 2))
    with tf.GradientTape() as tape:
        tape.watch(features)
        loss = losses.gatys_content_loss(features, target)
    same(tape.gradient(loss, features), (features - target).numpy())


# Batches, and shapes that do not fit


def test_a_batch_has_the_gram_matrices_and_the_mean_losses_of_its_pictures():
    f, p = draw((3, 5, 4, 6), 1), draw((3, 5, 4, 6), 2)
    same(losses.gram_matrices(tf.constant(f)), [numpy_gram(maps[None]) for maps in f])
    g, a = (np.stack([numpy_gram(maps[None]) for maps in maps]) for maps in (f, p))
    same(losses.content_loss(f, p), np.mean([np.sum((x - y) ** 2) / np.sum(y**2) for x, y in zip(f, p)]))
    same(losses.style_loss(g, a), np.mean([np.sum((x - y) ** 2) / np.sum(y**2) for x, y in zip(g, a)]))
    same(losses.style_loss(g, a[0]), np.mean([np.sum((x - a[0]) ** 2) / np.sum(a[0] ** 2) for x in g]))


def test_one_picture_may_come_without_the_first_axis():
    f, p = draw((1, 5, 4, 6), 1), draw((1, 5, 4, 6), 2)
    same(losses.gram_matrix(f[0]), numpy_gram(f))
    same(losses.content_loss(f[0], p[0]), np.sum((f - p) ** 2) / np.sum(p**2))


def test_relative_distance_of_each_picture_with_a_floor():
    values, target = np.array([[3.0, 4.0], [1.0, 0.0]]), np.array([[0.0, 4.0], [0.0, 0.0]])
    same(losses.relative_distance(values, target, [1], least=2.0), [9 / (16 + 2), 1 / (0 + 2)])


ONE, BATCH = np.ones((1, 4, 4, 3)), np.ones((2, 4, 4, 3))


@pytest.mark.parametrize("loss, arrays, words", [
    (losses.content_loss, (ONE, ONE[:, :1, :1]), "features has the shape (1, 4, 4, 3) and target (1, 1, 1, 3)"),
    (losses.content_loss, (ONE, BATCH), "and target (2, 4, 4, 3), but they have to be alike"),
    (losses.content_loss, (ONE, ONE[0]), "and target (4, 4, 3)"),
    (losses.gram_matrix, (BATCH,), "gram_matrices gives one Gram matrix for each of a batch"),
    (losses.gram_matrix, (ONE[0, 0],), "features has the shape (4, 3), but it has to be (1, H, W, C)"),
    (losses.gram_matrices, (ONE[0],), "features has the shape (4, 4, 3), but it has to be (B, H, W, C)"),
    (losses.style_loss, (np.eye(3), np.eye(1)), "gram has the shape (3, 3) and target_gram (1, 1)"),
    (losses.style_loss, (np.eye(3), np.ones(3)), "target_gram has the shape (3,), but it has to be (C, C)"),
    (losses.style_loss, (np.eye(3), np.ones((2, 3, 3))), "target_gram (2, 3, 3)"),
    (losses.style_loss, (np.ones((2, 3, 3)), np.ones((1, 3, 3))), "target_gram (1, 3, 3)"),
    (losses.style_loss, (ONE, ONE), "gram has the shape (1, 4, 4, 3), but it has to be (C, C)"),
    (losses.guided_gram_matrix, (ONE, ONE[:, :1, :, :1]), "guide has the shape (1, 1, 4, 1)"),
    (losses.guided_gram_matrix, (ONE, ONE), "guide has the shape (1, 4, 4, 3) and features[..., :1] (1, 4, 4, 1)"),
    (losses.guided_gram_matrix, (BATCH, BATCH[..., :1]), "gram_matrix takes one picture"),
    (losses.gatys_content_loss, (ONE, ONE[:, :1]), "and target (1, 1, 4, 3), but they have to be alike"),
    (losses.gatys_style_loss, (ONE, ONE[..., :1]), "Gram matrix of features has the shape (3, 3) and that of target"),
    (losses.gatys_style_loss, (BATCH, ONE), "gram_matrix takes one picture"),
    (losses.total_variation, (ONE[0],), "image has the shape (4, 4, 3), but it has to be (1, H, W, 3)"),
    (losses.total_variation, (ONE[:, :, :1],), "image has the shape (1, 4, 1, 3), but it needs 2 pixels or more"),
    (losses.laplacian_loss, (np.ones((1, 12, 12, 3)), np.ones((1, 1, 12, 3))), "and content_image (1, 1, 12, 3)"),
    (losses.laplacian_loss, (np.ones((1, 12, 11, 3)),) * 2, "it needs 12 pixels or more on each side"),
])
def test_shapes_that_do_not_fit_are_told_in_one_sentence(loss, arrays, words):
    arrays = [tf.constant(array) for array in arrays]
    for function in (loss, tf.function(loss, autograph=False)):
        with pytest.raises(ValueError, match=re.escape(words)) as error:
            function(*arrays)
        assert "\n" not in str(error.value)


def test_sides_that_are_not_known_yet_are_let_through():
    any_size = tf.TensorSpec([None, None, None, 3], "float64")
    f, p = draw((1, 5, 7, 3), 1), draw((1, 5, 7, 3), 2)
    for loss in (losses.content_loss, losses.gatys_content_loss, losses.gatys_style_loss, losses.laplacian_loss):
        images = [np.tile(image, (1, 3, 2, 1)) for image in (f, p)]
        compiled = tf.function(loss, input_signature=[any_size] * 2)
        same(compiled(*images), loss(*map(tf.constant, images)).numpy())
    for loss in (losses.total_variation, losses.gram_matrix, losses.gram_matrices):
        same(tf.function(loss, input_signature=[any_size])(f), loss(tf.constant(f)).numpy())

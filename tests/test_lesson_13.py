"""Lesson 13: what its cells define is right, against the module and NumPy.

What may go here: the functions of notebooks/13_diffusion.ipynb.
"""

from nst_helpers.diffusion import denoiser, schedules  # before TensorFlow, to keep it quiet
from nst_helpers.losses import gram_matrix

import keras
import numpy as np
import pytest
import tensorflow as tf
from test_lessons_match_module import functions_of, lesson

NOTEBOOK = lesson("13_diffusion")
RNG = np.random.default_rng(0)
CLEAN, NOISE = RNG.normal(size=(2, 3, 4, 4, 3)).astype("float32")


@pytest.fixture(scope="module")
def inline():
    """The formulas of the lesson, without running its cells."""
    names = ["cosine_schedule", "linear_schedule", "add_noise", "ddim_step", "ddpm_step", "clipped", "shown",
             "gram_matrices"]
    return functions_of(NOTEBOOK, *names, np=np, tf=tf, rng=None)


@pytest.mark.parametrize("steps", [100, 1000])
@pytest.mark.parametrize("name", ["cosine_schedule", "linear_schedule"])
def test_the_schedules_are_the_modules(inline, name, steps):
    np.testing.assert_allclose(getattr(inline, name)(steps), getattr(schedules, name)(steps), rtol=1e-12)


def test_the_steps_are_the_modules(inline):
    noisy = schedules.add_noise(CLEAN, NOISE, 0.3)
    np.testing.assert_allclose(inline.add_noise(CLEAN, NOISE, 0.3), noisy, rtol=1e-6)
    np.testing.assert_allclose(inline.ddim_step(noisy, CLEAN, 0.3, 0.5), schedules.ddim_step(noisy, CLEAN, 0.3, 0.5))
    own, expected = (step(noisy, CLEAN, 0.3, 0.5, np.random.default_rng(1))
                     for step in (inline.ddpm_step, schedules.ddpm_step))
    np.testing.assert_allclose(own, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("begin, count", [(1000, 25), (300, 7)])
def test_the_sampler_of_the_lesson_is_that_of_the_module(inline, begin, count):
    def predict(noisy, step):
        return tf.constant(noisy * np.float32(0.3 + step / 2000))

    alpha_bar = schedules.cosine_schedule()
    names = {"np": np, "alpha_bar": alpha_bar, "ddim_step": inline.ddim_step, "clipped": inline.clipped,
             "predict_noise": predict}
    faces, guesses = functions_of(NOTEBOOK, "sample", **names).sample(NOISE, count, begin)
    watched = []
    expected = schedules.ddim(predict, NOISE, alpha_bar, count, begin, watch=lambda *seen: watched.append(seen[2]))
    np.testing.assert_allclose(faces, expected, atol=1e-5)
    np.testing.assert_allclose(guesses, watched, atol=1e-5)
    np.testing.assert_allclose(inline.shown(faces), schedules.shown(expected), atol=1e-5)


def test_guidance_is_the_modules():
    strong, weak = (denoiser.build_denoiser(widths=(8,), conditional=True, seed=seed) for seed in (0, 1))
    for k, network in enumerate((strong, weak)):
        for variable in network.trainable_variables:
            variable.assign_add(tf.fill(variable.shape, 0.01 * (k + 1)))
    condition = np.tanh(NOISE)
    names = {"np": np, "answer": lambda *inputs: strong(inputs), "weak_answer": lambda *inputs: weak(inputs)}
    own = functions_of(NOTEBOOK, "predict_noise", "asking_for", **names)
    for asked, step in ((condition, 800), (condition[:1], 300)):
        expected = denoiser.noise_predictor(strong, asked, 0.7, weak)(CLEAN, step)
        np.testing.assert_allclose(own.asking_for(asked)(CLEAN, step), expected, atol=1e-5)
    expected = denoiser.noise_predictor(strong, condition, 2.0)(CLEAN, 800)
    np.testing.assert_allclose(own.asking_for(condition, 2, names["answer"])(CLEAN, 800), expected, atol=1e-5)
    np.testing.assert_allclose(own.predict_noise(CLEAN, 5), denoiser.noise_predictor(strong)(CLEAN, 5), atol=1e-5)


def test_each_picture_of_a_batch_has_its_own_gram_matrix_and_style_loss(inline):
    """Up to a factor for each layer, which the relative loss does not see, they are the course's Gram matrices."""
    def extract(images):
        return {"fine": images, "coarse": images[:, ::2, ::2] ** 2}

    painting = extract(RNG.random((1, 64, 64, 3), "float32"))
    target = {layer: inline.gram_matrices(maps)[0] for layer, maps in painting.items()}
    names = {"tf": tf, "gram_matrices": inline.gram_matrices, "style_extract": extract}
    style_losses = functions_of(NOTEBOOK, "style_losses", **names).style_losses
    found = style_losses(tf.constant(CLEAN), target)
    images = extract(tf.image.resize((CLEAN + 1) / 2, [64, 64]))
    for picture in range(3):
        ratios = []
        for layer, maps in images.items():
            gram = gram_matrix(maps[picture : picture + 1])
            scale = np.ravel(inline.gram_matrices(maps)[picture])[0] / np.ravel(gram)[0]
            np.testing.assert_allclose(inline.gram_matrices(maps)[picture], scale * np.squeeze(gram), rtol=1e-4)
            ratios.append(np.sum((scale * np.squeeze(gram) - target[layer]) ** 2) / np.sum(target[layer] ** 2))
        np.testing.assert_allclose(found[picture], np.mean(ratios), rtol=1e-4)


def test_the_u_net_hands_the_noisy_picture_through_at_first_and_takes_any_size():
    """Its last layer begins with zeros, so that v is 0; the answer is sqrt(1 - alpha_bar) times the picture."""
    alpha_bar = schedules.cosine_schedule()
    parts = {"NoiseInPicture": denoiser.NoiseInPicture, "TimeEmbedding": denoiser.TimeEmbedding, "alpha_bar": alpha_bar}
    made = functions_of(NOTEBOOK, "convolution", "block", "u_net", keras=keras, **parts)
    network = made.u_net(widths=(8, 16, 24))
    for size in (8, 16):
        noisy = RNG.normal(size=(2, size, size, 3)).astype("float32")
        found = network([noisy, np.float32([100, 700])])
        expected = np.sqrt(1 - alpha_bar[[100, 700]]).reshape(-1, 1, 1, 1) * noisy
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_what_the_u_net_answers_depends_on_the_step_and_on_the_connection():
    alpha_bar = np.full(1001, 0.5)
    parts = {"NoiseInPicture": denoiser.NoiseInPicture, "TimeEmbedding": denoiser.TimeEmbedding, "alpha_bar": alpha_bar}
    network = functions_of(NOTEBOOK, "convolution", "block", "u_net", keras=keras, **parts).u_net(widths=(8, 16))
    for variable in network.trainable_variables:
        variable.assign_add(RNG.normal(scale=0.1, size=variable.shape))
    noisy = RNG.normal(size=(1, 8, 8, 3)).astype("float32")
    early, late = (network([noisy, np.float32([step])]).numpy() for step in (1, 900))
    assert np.abs(early - late).max() > 1e-3
    joined = [layer for layer in network.layers if isinstance(layer, keras.layers.Concatenate)]
    assert [layer.output.shape[-1] for layer in joined] == [8 + 16]

"""Lesson 09: what its cells define is right, against the module and NumPy, and what its exercises say.

What may go here: the functions and the self-checks of notebooks/09_diffusion.ipynb.
"""

from nst_helpers.diffusion import autoencoder, denoiser, schedules  # before TensorFlow, to keep it quiet
from nst_helpers.losses import gram_matrix
from nst_helpers.networks import feature_extractor, load_network

import index_faces
import numpy as np
import pytest
import tensorflow as tf
from test_lessons_match_module import cells_of, functions_of, lesson

NOTEBOOK = lesson("09_diffusion")
RNG = np.random.default_rng(0)
CLEAN, NOISE = RNG.normal(size=(2, 3, 4, 4, 3)).astype("float32")


@pytest.fixture(scope="module")
def inline():
    """The formulas of the lesson, without running its cells."""
    names = ["cosine_schedule", "linear_schedule", "add_noise", "ddim_step", "ddpm_step", "clipped", "shown",
             "mean_squared_error", "perceptual_loss", "gram_matrices"]
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


def test_the_losses_are_the_modules(inline):
    features, targets = ({layer: tf.constant(RNG.normal(size=(2, 4, 5, size))) for layer, size in (("a", 2), ("b", 3))}
                         for _ in range(2))
    own, expected = (module.perceptual_loss(features, targets) for module in (inline, autoencoder))
    np.testing.assert_allclose(own, expected, rtol=1e-6)
    expected = autoencoder.mean_squared_error(CLEAN, NOISE)
    np.testing.assert_allclose(inline.mean_squared_error(CLEAN, NOISE), expected, rtol=1e-6)


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


def check_cell(opening):
    sources = [cell.source for _, cell in cells_of(NOTEBOOK, "code") if cell.source.startswith(opening)]
    assert len(sources) == 1
    return sources[0]


@pytest.mark.parametrize("answer, reply", [
    (..., "Not attempted"), (495, "This is right"), (496.0, "This is right"),
    (259, "Not yet: that is where the linear"), (500.0, "Not yet: alpha_bar is"), (100, "Not yet: alpha_bar is 0.9"),
])
def test_what_the_first_exercise_says(answer, reply, capsys):
    names = {"half": answer, "alpha_bar": schedules.cosine_schedule(), "linear_schedule": schedules.linear_schedule}
    exec(check_cell("if half is ...:"), names)
    assert capsys.readouterr().out.startswith(reply)


def from_the_beginning(noisy, noise, alpha_bar, later):
    return later**0.5 * noisy + (1 - later) ** 0.5 * noise


def right(noisy, noise, alpha_bar, later):
    share = later / alpha_bar
    return share**0.5 * noisy + (1 - share) ** 0.5 * noise


def too_much_noise(noisy, noise, alpha_bar, later):
    return (later / alpha_bar) ** 0.5 * noisy + (1 - later) ** 0.5 * noise


@pytest.mark.parametrize("answer, reply", [
    (..., "Not attempted"), (right, "This is right"), (from_the_beginning, "Not yet: the mean"),
    (too_much_noise, "Not yet: the variance"),
])
def test_what_the_second_exercise_says(inline, answer, reply, capsys):
    exec(check_cell("if more_noise is ...:"), {"more_noise": answer, "np": np, "add_noise": inline.add_noise})
    assert capsys.readouterr().out.startswith(reply)


FACES = np.full((16, 32, 32, 3), 0.2, "float32")


@pytest.mark.parametrize("answer, reply", [
    (..., "Not attempted"), ((FACES[:4] - 0.5, []), "Not yet: sample gives back two"),
    (FACES[:4], "Not yet: they are no"), (FACES[:4] - 0.5, "They are darker"), (FACES - 0.5, "Not yet: four faces"),
])
def test_what_the_third_exercise_says(inline, answer, reply, capsys):
    drawn = []
    names = {"dark_faces": answer, "np": np, "faces": FACES, "shown": inline.shown, "show_rows": drawn.append}
    exec(check_cell("if dark_faces is ...:"), names)
    assert capsys.readouterr().out.startswith(reply)
    assert len(drawn) == reply.startswith("They")


def test_a_face_is_described_as_in_the_index():
    images = RNG.random((2, 32, 32, 3), "float32")
    index = {"mean": RNG.normal(size=256), "axes": RNG.normal(size=(256, 5))}
    extract = feature_extractor(load_network("pocket"), index_faces.DESCRIPTION_LAYER)
    own = functions_of(NOTEBOOK, "describe", np=np, tf=tf, describe_maps=extract, index=index).describe(images)
    np.testing.assert_allclose(own, (index_faces.describe(images) - index["mean"]) @ index["axes"], rtol=1e-4)

"""The U-Net that predicts noise: its form, what it is told about the step, its weights as a file."""

from nst_helpers._io.image_files import DATA_FOLDER
from nst_helpers._io.weights import save_npz
from nst_helpers.diffusion.denoiser import (
    NoiseInPicture,
    TimeEmbedding,
    build_denoiser,
    draw_conditions,
    load_denoiser,
    noise_predictor,
)
from nst_helpers.diffusion.schedules import add_noise, centred, cosine_schedule
from nst_helpers.images import load_image
from nst_helpers.networks import named_variables, set_weights

import numpy as np
import pytest
import tensorflow as tf


def filled(denoiser):
    """Its last layers filled with numbers, since zeros would hide everything before them."""
    rng = np.random.default_rng(0)
    for variable in named_variables(denoiser).values():
        if not np.any(variable):
            variable.assign(rng.normal(0, 0.1, variable.shape))
    return denoiser


@pytest.fixture(scope="module")
def tiny():
    return filled(build_denoiser(widths=(8, 16), patch=2))


@pytest.fixture(scope="module")
def asked():
    """A tiny one that takes a condition."""
    return filled(build_denoiser(widths=(8, 16), conditional=True))


@pytest.fixture(scope="module")
def noisy():
    return np.random.default_rng(1).normal(size=(2, 16, 24, 3)).astype("float32")


def test_the_shipped_form_is_small_and_starts_with_handing_its_input_through():
    denoiser = load_denoiser("random")
    assert 1_000_000 < denoiser.count_params() < 1_500_000
    variables = named_variables(denoiser)
    assert len(variables) == len(denoiser.weights)  # a name that occurs twice would hide a weight
    noisy = np.random.default_rng(0).normal(size=(2, 32, 32, 3)).astype("float32")
    shares = np.sqrt(1 - cosine_schedule()[[3, 900]]).reshape(2, 1, 1, 1)
    asked = [noisy, np.array([3.0, 900.0], "float32"), np.ones_like(noisy)]
    np.testing.assert_allclose(denoiser(asked), shares * noisy, rtol=1e-5)


def test_noise_comes_back_from_its_v():
    """v is sqrt(alpha_bar) noise - sqrt(1 - alpha_bar) clean (Salimans and Ho 2022)."""
    clean, noise = np.random.default_rng(0).normal(size=(2, 3, 4, 4, 3)).astype("float32")
    alpha_bar, step = np.array([1.0, 0.7, 0.3, 1e-5]), np.array([1, 2, 3])
    share = alpha_bar[step].reshape(-1, 1, 1, 1).astype("float32")
    v = np.sqrt(share) * noise - np.sqrt(1 - share) * clean
    found = NoiseInPicture(alpha_bar)([v, add_noise(clean, noise, alpha_bar[step]), step.astype("float32")])
    np.testing.assert_allclose(found, noise, atol=1e-5)


def test_names_do_not_depend_on_what_was_built_before():
    first, second = (build_denoiser(widths=(8, 16)) for _ in range(2))
    assert list(named_variables(first)) == list(named_variables(second))
    for one, other in zip(first.weights, second.weights):
        np.testing.assert_array_equal(one, other)
    other = build_denoiser(widths=(8, 16), seed=1)
    assert not np.allclose(first.get_layer("stem").kernel, other.get_layer("stem").kernel)


@pytest.mark.parametrize("patch", [1, 2, 4])
def test_the_noise_has_the_form_of_the_picture(patch):
    denoiser = build_denoiser(widths=(8, 16), patch=patch)
    assert denoiser([np.zeros((3, 16, 24, 3), "float32"), np.zeros(3, "float32")]).shape == (3, 16, 24, 3)


def test_every_part_takes_part(tiny, noisy):
    """Each weight has a gradient, and with another step or another picture the answer is another."""
    time = np.array([5.0, 700.0], "float32")
    with tf.GradientTape() as tape:
        noise = tiny([noisy, time])
        loss = tf.reduce_sum(noise * np.random.default_rng(2).normal(size=noise.shape))
    names = [name for name, variable in named_variables(tiny).items()]
    for name, gradient in zip(names, tape.gradient(loss, tiny.trainable_variables), strict=True):
        # A bias on each key moves all scores of a query alike, and softmax does not notice.
        assert np.abs(gradient).max() > 1e-7 or name == "attention_key.bias", name
    later = tiny([noisy, time + 100]).numpy()
    assert np.abs(later - noise).max() > 1e-3


def test_the_embedding_is_the_formula_of_the_paper():
    found = TimeEmbedding(pairs=3)(np.array([0.0, 7.0], "float32")).numpy()
    angles = [7 / 10_000 ** (k / 3) for k in range(3)]
    np.testing.assert_allclose(found, [[0, 0, 0, 1, 1, 1], [*np.sin(angles), *np.cos(angles)]], atol=1e-5)


def test_a_predictor_gives_every_picture_the_same_step(tiny, noisy):
    expected = tiny([noisy, np.array([40.0, 40.0], "float32")])
    np.testing.assert_allclose(noise_predictor(tiny)(noisy, 40), expected, rtol=1e-4, atol=1e-5)


def test_a_condition_of_zeros_adds_nothing_and_any_other_does(asked, noisy):
    time = np.array([5.0, 700.0], "float32")
    plain = build_denoiser(widths=(8, 16))
    arrays = {name: np.asarray(variable) for name, variable in named_variables(asked).items()}
    arrays["stem.kernel"] = arrays["stem.kernel"][:, :, :3]  # what looks at the noisy picture
    set_weights(plain, arrays, "plain")
    anything = asked([noisy, time, np.zeros_like(noisy)])
    np.testing.assert_allclose(anything, plain([noisy, time]), atol=1e-5)
    assert np.abs(asked([noisy, time, np.full_like(noisy, 0.5)]) - anything).max() > 1e-3


def test_guidance_goes_beyond_the_condition_away_from_anything(asked, noisy):
    """Ho and Salimans 2022, equation 6: (1 + w) times the answer under the condition, minus w times that without."""
    time = np.full(2, 40, "float32")
    condition = np.random.default_rng(5).uniform(-1, 1, noisy.shape).astype("float32")
    told = asked([noisy, time, condition]).numpy().astype("float64")
    untold = asked([noisy, time, 0 * condition]).numpy().astype("float64")
    for guidance in (0, 0.5, 2):
        found = noise_predictor(asked, condition, guidance)(noisy, 40)
        np.testing.assert_allclose(found, (1 + guidance) * told - guidance * untold, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(noise_predictor(asked, guidance=2)(noisy, 40), untold, rtol=1e-4, atol=1e-5)
    one_for_all = asked([noisy, time, condition[[0, 0]]])
    np.testing.assert_allclose(noise_predictor(asked, condition[:1])(noisy, 40), one_for_all, rtol=1e-4, atol=1e-5)


def test_guidance_goes_away_from_a_weaker_denoiser_that_is_asked_for_nothing(asked, tiny, noisy):
    time, condition = np.full(2, 40, "float32"), np.random.default_rng(5).uniform(-1, 1, noisy.shape).astype("float32")
    told = asked([noisy, time, condition]).numpy().astype("float64")
    other = build_denoiser(widths=(8, 16), conditional=True, seed=3)
    for variable in other.trainable_variables:
        variable.assign_add(tf.fill(variable.shape, 0.01))
    for weak, inputs in ((tiny, [noisy, time]), (other, [noisy, time, 0 * condition])):
        expected = 2.5 * told - 1.5 * weak(inputs).numpy().astype("float64")
        found = noise_predictor(asked, condition, 1.5, away_from=weak)(noisy, 40)
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    untold = asked([noisy, time, 0 * condition]).numpy().astype("float64")
    found = noise_predictor(asked, guidance=1.5, away_from=tiny)(noisy, 40)
    np.testing.assert_allclose(found, 2.5 * untold - 1.5 * tiny([noisy, time]), rtol=1e-4, atol=1e-5)


def test_a_condition_that_has_no_place_is_told(asked, tiny, noisy):
    with pytest.raises(ValueError, match="conditional=True"):
        noise_predictor(tiny, noisy)
    for condition in (np.zeros((3, 16, 24, 3)), np.zeros((16, 24, 3)), np.zeros((1, 16, 16, 3))):
        with pytest.raises(ValueError, match="does not fit the pictures"):
            noise_predictor(asked, condition)(noisy, 40)


def test_conditions_come_as_often_as_their_kinds_do():
    with np.load(DATA_FOLDER / "faces" / "index.npz") as index:
        known, shares = centred(index["mean_kinds"] / 255), np.bincount(index["kinds"].ravel()) / index["kinds"].size
    drawn = draw_conditions(3000)
    assert drawn.shape == (3000, 32, 32, 3) and drawn.dtype == "float32"
    kinds = [np.flatnonzero((known == condition).all((1, 2, 3)))[0] for condition in drawn]
    found = np.bincount(kinds, minlength=len(known)) / 3000
    np.testing.assert_allclose(found, shares, atol=0.012)
    assert np.corrcoef(found, shares)[0, 1] > 0.7
    assert not np.array_equal(drawn, draw_conditions(3000, seed=1))
    limit = np.sort(known.std((1, 2, 3)))[-len(known) // 4]
    assert draw_conditions(200, clearest=0.25).std((1, 2, 3)).min() >= limit > drawn.std((1, 2, 3)).min()


@pytest.mark.parametrize("share", [0, -1, 1.5])
def test_a_share_of_the_kinds_that_there_is_not_is_told(share):
    with pytest.raises(ValueError, match="above 0, up to 1"):
        draw_conditions(1, clearest=share)


def test_weights_come_back_from_a_file_as_they_were(tmp_path):
    denoiser = load_denoiser("random")
    rng = np.random.default_rng(3)
    arrays = {name: rng.normal(size=variable.shape).astype("float32")
              for name, variable in named_variables(denoiser).items()}
    save_npz(arrays, tmp_path / "denoiser.npz")
    assert (tmp_path / "denoiser.npz").stat().st_size < 6_000_000
    for name, variable in named_variables(load_denoiser(tmp_path / "denoiser.npz")).items():
        np.testing.assert_array_equal(variable, arrays[name], err_msg=name)


def test_a_file_of_another_form_is_refused(tiny):
    arrays = {name: np.asarray(variable) for name, variable in named_variables(tiny).items()}
    arrays.pop("attention_key.kernel")
    with pytest.raises(ValueError, match="attention_key.kernel"):
        set_weights(tiny, arrays, "mine.npz")


def errors_on_faces(step, *weights):
    """Mean squared error of the noise that the denoisers with these weights find over the bundled faces."""
    faces = np.concatenate([load_image(file) for file in sorted((DATA_FOLDER / "faces").glob("*.png"))])
    noise = np.random.default_rng(0).standard_normal(faces.shape, "float32")
    noisy = add_noise(centred(faces), noise, cosine_schedule()[step])
    return [np.mean((noise_predictor(load_denoiser(name))(noisy, step) - noise) ** 2) for name in weights]


def test_the_weak_one_is_weaker_and_has_learnt_something():
    shipped, weak, untrained = errors_on_faces(500, None, "weak", "random")
    assert 1.02 * shipped < weak < untrained


@pytest.mark.parametrize("step", [100, 400, 800])
def test_the_shipped_weights_know_noise_from_faces(step):
    """On the bundled faces: far better than a network that has learnt nothing."""
    shipped, untrained = errors_on_faces(step, None, "random")
    assert shipped < 0.5 * untrained

"""Latent diffusion: the autoencoder's shapes and the order of its pixels, and what the weights that ship know."""

from nst_helpers._io.image_files import DATA_FOLDER
from nst_helpers._io.weights import NETWORKS_FOLDER
from nst_helpers.diffusion import latents
from nst_helpers.diffusion.conditions import draw_conditions, mean_kinds
from nst_helpers.diffusion.denoiser import INDEX_FILE, load_denoiser, noise_predictor
from nst_helpers.diffusion.latents import (
    build_decoder,
    build_encoder,
    encode,
    latent_clipped,
    load_decoder,
    load_encoder,
)
from nst_helpers.diffusion.layers import DepthToSpace
from nst_helpers.diffusion.schedules import add_noise, centred, cosine_schedule
from nst_helpers.images import load_image, resize_image

import numpy as np
import pytest


def test_sides_become_a_quarter_and_whole_again():
    pictures = np.random.default_rng(0).uniform(-1, 1, (2, 24, 32, 3)).astype("float32")
    values = build_encoder()(pictures)
    assert values.shape == (2, 6, 8, 4)
    assert build_decoder()(values).shape == pictures.shape


def test_four_maps_become_the_pixels_of_a_square():
    maps = np.arange(2 * 3 * 2 * 8, dtype="float32").reshape(2, 3, 2, 8)
    larger = DepthToSpace()(maps).numpy()
    assert larger.shape == DepthToSpace().compute_output_shape(maps.shape) == (2, 6, 4, 2)
    for row, column in ((0, 0), (0, 1), (1, 0), (1, 1)):
        first = 2 * (2 * row + column)
        np.testing.assert_array_equal(larger[:, row::2, column::2], maps[..., first : first + 2])


def test_in_training_each_channel_has_mean_0_and_deviation_1():
    pictures = np.random.default_rng(0).uniform(-1, 1, (8, 32, 32, 3)).astype("float32")
    values = build_encoder()(pictures, training=True).numpy()
    np.testing.assert_allclose(values.mean((0, 1, 2)), 0, atol=1e-4)
    np.testing.assert_allclose(values.std((0, 1, 2)), 1, atol=1e-3)


def test_many_are_encoded_in_parts():
    faces = np.random.default_rng(0).integers(0, 256, (205, 8, 8, 3)).astype("uint8")
    encoder = load_encoder("random")
    found = encode(encoder, faces)
    assert found.shape == (205, 2, 2, 4) and found.dtype == "float32"
    np.testing.assert_allclose(found[[0, 150, 204]], encoder(faces[[0, 150, 204]] / 127.5 - 1), atol=1e-5)


def test_latents_are_held_to_those_of_faces():
    np.testing.assert_array_equal(latent_clipped(np.array([-9.0, 0.5, 9.0]), 0.5), [-latents.BOUND, 0.5, latents.BOUND])


@pytest.mark.parametrize("load", [load_encoder, load_decoder])
def test_weights_that_do_not_fit_are_told(tmp_path, load):
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "none.npz")
    np.savez(tmp_path / "other.npz", some=np.zeros(3, "float32"))
    with pytest.raises(ValueError, match="do not fit"):
        load(tmp_path / "other.npz")


def test_conditions_come_at_the_size_of_latents():
    with np.load(INDEX_FILE) as index:
        kinds = index["mean_kinds"] / 127.5 - 1
    assert mean_kinds().shape == kinds.shape
    np.testing.assert_allclose(mean_kinds(16)[5, 3, 4], kinds[5, 6:8, 8:10].mean((0, 1)), atol=1e-5)
    small, large = draw_conditions(3, 1, 0.5, 16), draw_conditions(3, 1, 0.5)
    np.testing.assert_allclose(small, large.reshape(3, 16, 2, 16, 2, 3).mean((2, 4)), atol=1e-5)
    with pytest.raises(ValueError, match="cannot be made"):
        mean_kinds(5)


@pytest.fixture(scope="module")
def faces():
    """The bundled ones, (8, 64, 64, 3), centred; they were halved, so they are soft."""
    files = sorted((DATA_FOLDER / "faces").glob("*.png"))
    return centred(np.concatenate([resize_image(load_image(file), 64) for file in files]))


def test_the_four_files_of_weights_are_small():
    files = [*NETWORKS_FOLDER.glob("face_*.npz"), *NETWORKS_FOLDER.glob("latent_*.npz")]
    assert len(files) == 4 and sum(file.stat().st_size for file in files) < 6_000_000


def test_a_face_comes_back_from_its_latents(faces):
    values = load_encoder()(faces).numpy()
    assert np.mean(np.abs(values) > latents.BOUND) < 0.01
    back = load_decoder()(values).numpy()
    error = np.mean((back - faces) ** 2, (1, 2, 3))
    assert np.all(error < 0.1 * np.var(faces, (1, 2, 3)))


@pytest.mark.parametrize("step", [200, 500, 800])
def test_both_denoisers_of_latents_know_noise_and_the_weak_one_is_weaker(faces, step):
    """Beside the answer of a network that has learnt nothing, whose v is 0 (NoiseInPicture)."""
    values, share = load_encoder()(faces).numpy(), cosine_schedule()[step]
    noise = np.random.default_rng(0).standard_normal(values.shape, "float32")
    noisy = add_noise(values, noise, share)
    networks = [load_denoiser(name) for name in ("latent", "latent weak")]
    strong, weak = (np.mean((noise_predictor(network)(noisy, step) - noise) ** 2) for network in networks)
    untrained = np.mean(((1 - share) ** 0.5 * noisy - noise) ** 2)
    assert strong < weak < 0.8 * untrained

"""The tools that train latent diffusion, on a handful of tiny pictures: the loss, and runs that are cut in two."""

from nst_helpers.diffusion.denoiser import INDEX_FILE, SHIPPED, WIDTHS
from nst_helpers.networks import load_network

import numpy as np
import pytest
from stored import assert_same
import train_denoiser
import train_face_autoencoder
from train_face_autoencoder import Trainer, main
import train_latent_denoiser
from training_runs import square_pictures


def run(faces, folder, *options):
    main([str(faces), "--size", "16", "--batch", "2", "--steps", "5", "--save-every", "2", "--report-every", "3",
          "--folder", str(folder), "--out", str(folder), *options])


def test_a_run_that_crashed_ends_as_if_nothing_had_happened(tmp_path, faces, monkeypatch):
    run(faces, tmp_path / "whole")

    def crash(trainer, *settings, original=Trainer.__call__):
        if int(trainer.optimizer.iterations) == 4:
            raise RuntimeError("power cut")
        return original(trainer, *settings)

    with monkeypatch.context() as patch, pytest.raises(RuntimeError, match="power cut"):
        patch.setattr(Trainer, "__call__", crash)
        run(faces, tmp_path / "cut")
    assert not (tmp_path / "cut" / "face_encoder.npz").exists()
    run(faces, tmp_path / "cut", "--resume")
    assert_same(tmp_path / "whole", tmp_path / "cut", "face_encoder.npz", "face_decoder.npz", "state.npz")


def test_the_three_parts_of_the_loss():
    """Against NumPy; the features are pocket's own."""
    trainer, rng = Trainer(), np.random.default_rng(0)
    pictures = rng.uniform(-1, 1, (2, 16, 16, 3)).astype("float32")
    noise = 0.1 * rng.standard_normal((2, 4, 4, 4)).astype("float32")
    latents = trainer.encoder(pictures, training=True).numpy()
    back = trainer.decoder(latents + noise).numpy()
    smaller = trainer.decoder(latents.reshape(2, 2, 2, 2, 2, 4).mean((2, 4))).numpy()
    features = train_face_autoencoder.perceptual_extractor(load_network("pocket"))
    seen, wanted = features((back + 1) / 2), features((pictures + 1) / 2)
    distances = [np.sum((seen[name].numpy().astype("float64") - target) ** 2) / np.sum(target.numpy() ** 2.0)
                 for name, target in wanted.items()]
    pixels, perceptual, halved = trainer.step(pictures, noise).numpy()
    np.testing.assert_allclose(pixels, np.abs(back - pictures).mean(), rtol=1e-4)
    np.testing.assert_allclose(perceptual, np.mean(distances), rtol=1e-3)
    half_size = pictures.reshape(2, 8, 2, 8, 2, 3).mean((2, 4))
    np.testing.assert_allclose(halved, np.abs(smaller - half_size).mean(), rtol=1e-4)


def test_a_few_pictures_are_learnt(faces):
    trainer, rng, pictures = Trainer(), np.random.default_rng(0), square_pictures(faces, 16)
    first = trainer(pictures, 4, 2e-3, rng)
    for _ in range(60):
        last = trainer(pictures, 4, 2e-3, rng)
    assert last[0] < 0.8 * first[0]


def test_a_sheet_has_the_faces_above_and_what_comes_back_below(faces):
    trainer = Trainer()
    pictures = square_pictures(faces, 16)[np.arange(16) % 5]
    rows = trainer.there_and_back(pictures)
    assert rows.shape == (32, 16, 16, 3)
    back = trainer.decoder(trainer.encoder(pictures / 127.5 - 1)).numpy()
    np.testing.assert_allclose(rows[[0, 7, 16]], pictures[[0, 7, 8]] / 255, atol=1e-6)
    np.testing.assert_allclose(rows[[8, 15, 24]], np.clip((back[[0, 7, 8]] + 1) / 2, 0, 1), atol=1e-4)


def test_a_size_that_cannot_be_halved_is_told(capsys):
    with pytest.raises(SystemExit):
        train_face_autoencoder.parse(["faces", "--size", "20"])
    assert "multiple of 8" in capsys.readouterr().err


def test_one_command_trains_one_after_the_other_and_goes_on(tmp_path, monkeypatch):
    """What the tools are told is what they can read, and makes networks as they are loaded."""
    told = []

    def recorded(tool):
        def ran(arguments):
            args = tool.parse(arguments)
            args.folder.mkdir(parents=True, exist_ok=True)
            (args.folder / "state.npz").touch()
            told.append(args)
        return ran

    for tool in (train_face_autoencoder, train_denoiser):
        monkeypatch.setattr(train_latent_denoiser.__dict__[tool.__name__], "main", recorded(tool))
    options = ["faces", "--steps", "3", "4", "5", "--folder", str(tmp_path), "--out", str(tmp_path / "out"), "--resume"]
    train_latent_denoiser.main(options)
    assert not any(args.resume for args in told)
    assert [args.steps for args in told] == [3, 4, 5]
    autoencoder, weak, denoiser = told
    assert autoencoder.out == weak.autoencoder == denoiser.autoencoder == tmp_path / "out"
    assert weak.kinds is None and denoiser.kinds == INDEX_FILE
    for args, name in ((weak, "latent weak"), (denoiser, "latent")):
        file, form = SHIPPED[name]
        assert args.out.name == file.name and args.patch == form["patch"]
        assert tuple(args.widths) == form.get("widths", WIDTHS)
    train_latent_denoiser.main(options)
    assert all(args.resume for args in told[3:]) and len(told) == 6

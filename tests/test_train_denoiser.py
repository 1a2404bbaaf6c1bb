"""The tool that trains the denoiser, on a tiny one: its batches, its average, and runs that are cut in two."""

from pathlib import Path

from nst_helpers._io.weights import save_npz
from nst_helpers.diffusion.latents import DECODER_FILE, ENCODER_FILE, load_decoder, load_encoder
from nst_helpers.images import save_image
from nst_helpers.networks import named_variables

import numpy as np
from PIL import Image
import pytest
from stored import arrays, assert_same
import train_denoiser
from train_denoiser import Trainer, both_ways, main, noised
from training_runs import load_state, save_sheet, save_state, square_pictures, whole_pictures

TINY = ["--size", "8", "--widths", "8", "--batch", "3", "--steps", "6", "--report-every", "4"]


def run(faces, folder, *options):
    main([str(faces), *TINY, "--save-every", "2", "--folder", str(folder), "--out", str(folder / "out.npz"), *options])


def test_a_run_that_crashed_ends_as_if_nothing_had_happened(tmp_path, faces, monkeypatch):
    run(faces, tmp_path / "whole", "--sheet-every", "6")
    with Image.open(tmp_path / "whole" / "000006.png") as sheet:
        assert sheet.size == (8 * 8 * 2, 8 * 8 * 2)  # 64 samples in rows of 8, twice as large

    def crash(trainer, batch, rate, step, original=Trainer.__call__):
        if step == 5:
            raise RuntimeError("power cut")
        return original(trainer, batch, rate, step)

    with monkeypatch.context() as patch, pytest.raises(RuntimeError, match="power cut"):
        patch.setattr(Trainer, "__call__", crash)
        run(faces, tmp_path / "cut", "--sheet-every", "0")
    assert not (tmp_path / "cut" / "out.npz").exists()
    run(faces, tmp_path / "cut", "--sheet-every", "0", "--resume")
    assert_same(tmp_path / "whole", tmp_path / "cut", "out.npz", "state.npz")
    other = arrays(tmp_path / "whole" / "state.npz")
    assert any(np.any(other[f"network.{key}"] != value) for key, value in arrays(tmp_path / "cut" / "out.npz").items())


def test_a_step_moves_the_weights_and_the_average_follows():
    alpha_bar, rng = np.linspace(1, 0, 11) ** 2, np.random.default_rng(0)
    trainer = Trainer((8,), 2, alpha_bar, decay=0.75, seed=0)
    batch = noised(both_ways(rng.integers(0, 256, (4, 8, 8, 3)).astype("uint8")), 4, alpha_bar, rng)
    before = trainer.network.get_layer("head").kernel.numpy()
    first = trainer(batch, 1e-2, step=1000)
    after = trainer.network.get_layer("head").kernel.numpy()
    noisy, steps, _, noise, weight = (part.astype("float64") for part in batch)
    handed_through = np.sqrt(1 - alpha_bar[steps.astype(int)]).reshape(-1, 1, 1, 1) * noisy
    np.testing.assert_allclose(first, np.mean(weight * (handed_through - noise) ** 2), rtol=1e-5)
    assert np.any(after != before)
    np.testing.assert_allclose(trainer.average.get_layer("head").kernel, 0.75 * before + 0.25 * after, atol=1e-7)
    for step in range(20):
        last = trainer(batch, 1e-2, step)
    assert last < 0.9 * first


def test_a_batch_is_faces_mirrored_or_not_under_the_noise_it_names():
    rng, alpha_bar = np.random.default_rng(0), np.linspace(1, 0.01, 51)
    faces = rng.integers(0, 256, (3, 6, 6, 3)).astype("uint8")
    noisy, steps, condition, noise, weight = noised(both_ways(faces), 200, alpha_bar, rng)
    assert condition.shape == noisy.shape and condition.dtype == "float32" and not condition.any()
    assert noisy.dtype == noise.dtype == steps.dtype == weight.dtype == "float32"
    assert steps.min() == 1 and steps.max() == 50
    share = alpha_bar[steps.astype(int)].reshape(-1, 1, 1, 1)
    np.testing.assert_allclose(weight, 1 / share, rtol=1e-6)
    clean = (noisy - np.sqrt(1 - share) * noise) / np.sqrt(share)
    known = np.concatenate([faces, faces[:, :, ::-1]]) / 127.5 - 1
    distances = np.abs(clean[:, None] - known).max((2, 3, 4))
    assert distances.min(1).max() < 1e-4
    assert set(distances.argmin(1)) == set(range(6))


def test_the_condition_is_the_kind_of_the_face_or_of_its_mirror_image_or_zeros():
    rng, alpha_bar = np.random.default_rng(0), np.array([1.0, 0.5])
    faces = rng.integers(0, 256, (3, 4, 4, 3)).astype("uint8")
    pictures = rng.random((6, 4, 4, 3), "float32")
    kinds = np.array([[0, 1], [2, 3], [4, 5]])
    noisy, steps, condition, noise, _ = noised(both_ways(faces), 2000, alpha_bar, rng, (kinds, pictures))
    clean = (noisy - np.sqrt(0.5) * noise) / np.sqrt(0.5)
    known = np.concatenate([faces, faces[:, :, ::-1]]) / 127.5 - 1
    which = np.abs(clean[:, None] - known).max((2, 3, 4)).argmin(1)
    told = condition.any((1, 2, 3))
    np.testing.assert_array_equal(condition[told], pictures[np.array([0, 2, 4, 1, 3, 5])][which][told])
    assert abs(np.mean(~told) - train_denoiser.UNTOLD) < 0.03


def test_in_the_middle_strengths_are_drawn_more_often():
    """The step is 1000 / (1 + exp(z)), z normal: its median is 500, and 68 % lie between the sigmoids of -1 and 1."""
    rng, alpha_bar = np.random.default_rng(0), np.linspace(1, 0.01, 1001)
    steps = noised(np.zeros((2, 1, 1, 1, 3), "float32"), 20_000, alpha_bar, rng, middle=True)[1]
    assert steps.min() >= 1 and steps.max() <= 1000
    np.testing.assert_allclose(np.percentile(steps, [15.87, 50, 84.13]), [268.9, 500, 731.1], rtol=0.03)


def test_a_run_is_told_the_kinds_by_the_index(tmp_path, faces):
    names = np.array(sorted(file.stem for file in faces.glob("*")))
    pictures = np.full((1, 8, 8, 3), 255, "uint8")
    np.savez(tmp_path / "index.npz", names=names, kinds=np.zeros((5, 2), "uint8"), mean_kinds=pictures)
    run(faces, tmp_path / "told", "--kinds", str(tmp_path / "index.npz"), "--sheet-every", "6")
    run(faces, tmp_path / "plain", "--sheet-every", "6")
    kernels = [arrays(tmp_path / name / "state.npz")["network.stem.kernel"] for name in ("told", "plain")]
    start = Trainer((8,), 2, np.ones(9), 0.9, seed=0).network.get_layer("stem").kernel.numpy()
    assert np.any(kernels[0][:, :, 3:] != start[:, :, 3:])
    np.testing.assert_array_equal(kernels[1][:, :, 3:], start[:, :, 3:])  # nothing was seen there, nothing learnt


def test_an_index_that_does_not_fit_is_told(tmp_path, faces):
    names = np.array(sorted(file.stem for file in faces.glob("*")))
    pictures = np.zeros((1, 8, 8, 3), "uint8")
    np.savez(tmp_path / "less.npz", names=names[1:], kinds=np.zeros((4, 2), "uint8"), mean_kinds=pictures)
    odd = pictures.repeat(2, 1)[:, :12]
    np.savez(tmp_path / "odd.npz", names=names, kinds=np.zeros((5, 2), "uint8"), mean_kinds=odd)
    np.savez(tmp_path / "old.npz", names=names)
    (tmp_path / "torn.npz").write_bytes((tmp_path / "less.npz").read_bytes()[:300])
    for name, words in (("less", r"does not know 0\.png;"), ("odd", "12 px, not of 8"), ("old", "no index of faces"),
                        ("torn", "no index of faces"), ("missing", "is not there")):
        with pytest.raises(SystemExit, match=words):
            run(faces, tmp_path / "run", "--kinds", str(tmp_path / f"{name}.npz"))


def test_kinds_of_twice_the_size_are_halved(tmp_path):
    pictures = np.random.default_rng(0).integers(0, 256, (3, 8, 8, 3)).astype("uint8")
    np.savez(tmp_path / "index.npz", names=["a", "b"], kinds=np.array([[0, 1], [2, 0]]), mean_kinds=pictures)
    own, halved = train_denoiser.kinds_of(tmp_path / "index.npz", [Path("b.png"), Path("a.png")], 4)
    np.testing.assert_array_equal(own, [[2, 0], [0, 1]])
    np.testing.assert_allclose(halved[1, 2, 3], pictures[1, 4:6, 6:8].mean((0, 1)) / 127.5 - 1, rtol=1e-5)


def test_latents_are_drawn_where_an_autoencoder_is_given(tmp_path, faces):
    encoder, decoder = load_encoder("random"), load_decoder("random")
    for network, file in ((encoder, ENCODER_FILE), (decoder, DECODER_FILE)):
        save_npz(named_variables(network), tmp_path / file.name)
    pictures = square_pictures(faces, 16)
    drawn = both_ways(pictures, encoder)
    assert drawn.shape == (2, 5, 4, 4, 4)
    np.testing.assert_allclose(drawn[1, 3], encoder(pictures[3:4, :, ::-1] / 127.5 - 1)[0], atol=1e-5)
    run(faces, tmp_path / "run", "--size", "32", "--patch", "1", "--autoencoder", str(tmp_path), "--sheet-every", "6")
    with Image.open(tmp_path / "run" / "000006.png") as sheet:
        assert sheet.size == (8 * 32 * 2, 8 * 32 * 2)  # pictures, as the decoder makes them
    assert arrays(tmp_path / "run" / "out.npz")["head.bias"].shape == (4,)
    with pytest.raises(SystemExit, match="train_face_autoencoder"):
        run(faces, tmp_path / "run", "--patch", "1", "--autoencoder", str(tmp_path / "nowhere"))


def test_every_bad_file_is_named_and_no_good_one(faces):
    (faces / "empty.jpg").write_bytes(b"")
    whole = (faces / "0.png").read_bytes()
    (faces / "cut_off.png").write_bytes(whole[: len(whole) // 2])
    (faces / "notes.txt").write_text("not a picture, and not said to be one")
    with pytest.raises(SystemExit) as told:
        whole_pictures(faces)
    message = str(told.value)
    assert message.startswith("2 of 7 picture files") and "empty.jpg" in message and "cut_off.png" in message
    assert "0.png" not in message.replace(str(faces / "cut_off.png"), "") and "notes" not in message


def test_whole_pictures_arrive_in_order_and_at_their_size(faces):
    pictures = whole_pictures(faces, 8)
    assert len(pictures) == 5 and all(picture.shape == (8, 8, 3) for picture in pictures)
    with Image.open(faces / "3.png") as file:
        np.testing.assert_array_equal(whole_pictures(faces)[3], np.asarray(file))


def test_a_folder_without_pictures_is_told(tmp_path):
    with pytest.raises(SystemExit, match="no pictures in"):
        whole_pictures(tmp_path)


def test_a_checkpoint_brings_back_weights_numbers_and_chance(tmp_path):
    trainer, rng = Trainer((8,), 2, np.ones(9), 0.9, seed=0), np.random.default_rng(7)
    trainer.variables["optimizer.0"].assign(2**24 + 1)  # Keras counts steps here; float32 could not hold this
    save_state(tmp_path / "state.npz", trainer.variables, rng, step=12, losses=[0.5])
    expected = rng.random(4)
    other, other_rng = Trainer((8,), 2, np.ones(9), 0.9, seed=1), np.random.default_rng(8)
    assert load_state(tmp_path / "state.npz", other.variables, other_rng) == {"step": 12, "losses": [0.5]}
    np.testing.assert_array_equal(other_rng.random(4), expected)
    for name, variable in other.variables.items():
        np.testing.assert_array_equal(variable, trainer.variables[name], err_msg=name)
    assert int(other.optimizer.iterations) == 2**24 + 1
    with pytest.raises(SystemExit, match="of this network"):
        load_state(tmp_path / "state.npz", Trainer((16,), 2, np.ones(9), 0.9, seed=0).variables, rng)
    (tmp_path / "torn.npz").write_bytes((tmp_path / "state.npz").read_bytes()[:500])
    for name in ("torn.npz", "missing.npz"):
        with pytest.raises(SystemExit, match="without --resume"):
            load_state(tmp_path / name, trainer.variables, rng)


def test_a_sheet_has_each_picture_in_its_place(tmp_path):
    images = np.linspace(0, 1, 5, dtype="float32")[:, None, None, None] * np.ones((5, 2, 3, 3), "float32")
    save_sheet(images, tmp_path / "sheet.png", columns=2, scale=2)
    with Image.open(tmp_path / "sheet.png") as sheet:
        sheet = np.asarray(sheet)
    assert sheet.shape == (3 * 4, 2 * 6, 3)
    assert (sheet[:4, :6] == 0).all() and (sheet[8:, :6] == 255).all() and (sheet[4:8, 6:] == 191).all()
    assert (sheet[8:, 6:] == 255).all()  # the empty place is white


def test_pictures_that_are_no_squares_are_told(faces):
    assert square_pictures(faces, 8).shape == (5, 8, 8, 3)
    save_image(np.zeros((1, 16, 20, 3), "float32"), faces / "wide.png")
    with pytest.raises(SystemExit, match="not square"):
        square_pictures(faces, 8)


@pytest.mark.parametrize("options, sentence", [
    ([], "--steps --minutes"),
    (["--steps", "1", "--size", "20"], "multiple of 8"),
    (["--steps", "1", "--widths", "12", "16"], "of 8"),
    (["--steps", "1", "--size", "40", "--patch", "1", "--autoencoder", "there"], "multiple of 16"),
])
def test_impossible_settings_are_told(faces, options, sentence, capsys):
    with pytest.raises(SystemExit):
        train_denoiser.parse([str(faces), *options])
    assert sentence in capsys.readouterr().err

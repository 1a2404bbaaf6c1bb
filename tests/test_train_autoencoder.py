"""The autoencoder and the tool that trains it, on a tiny one: losses, learning rate, and runs that are cut in two."""

from nst_helpers._io.weights import NETWORKS_FOLDER, read_npz, save_npz
from nst_helpers.diffusion import autoencoder
from nst_helpers.fast.adain import HELD_BACK
from nst_helpers.images import load_image, resize_image, save_image
from nst_helpers.networks import load_network, named_variables

import numpy as np
from PIL import Image
import pytest
from stored import assert_same
import tensorflow as tf
import train_autoencoder
from train_autoencoder import Trainer, main
from training_runs import whole_pictures

TINY = ["--crops", "2", "--crop", "16", "--batch", "2", "--widths", "4", "6", "--epochs", "4", "--save-every", "2"]


@pytest.fixture
def images(tmp_path):
    """A folder of three pictures, each larger than a crop."""
    rng = np.random.default_rng(0)
    for number in range(3):
        save_image(rng.random((1, 20 + number, 24, 3), "float32"), tmp_path / "images" / f"{number}.png")
    return tmp_path / "images"


def run(images, folder, *options):
    main(["--images", str(images), *TINY, "--folder", str(folder), "--out", str(folder / "out.npz"), *options])


def test_a_run_that_crashed_ends_as_if_nothing_had_happened_and_can_generate(tmp_path, images, monkeypatch):
    run(images, tmp_path / "whole", "--snapshot-every", "5")
    assert [file.name for file in sorted((tmp_path / "whole").glob("*.png"))] == ["000005.png", "000010.png"]
    with Image.open(tmp_path / "whole" / "000005.png") as picture:
        assert picture.size == (3 * 16 * 2, 2 * 16 * 2)  # three crops above what was made of them, twice as large

    rates = []

    def crash(trainer, crops, original=Trainer.step):
        rates.append(float(trainer.optimizer.learning_rate))
        if len(rates) == 8:  # in the third epoch
            raise RuntimeError("power cut")
        return original.__get__(trainer, Trainer)(crops)

    with monkeypatch.context() as patch, pytest.raises(RuntimeError, match="power cut"):
        patch.setattr(Trainer, "step", crash)
        run(images, tmp_path / "cut", "--snapshot-every", "0")
    run(images, tmp_path / "cut", "--snapshot-every", "0", "--resume")
    assert_same(tmp_path / "whole", tmp_path / "cut", "out.npz", "state.npz")

    run(images, tmp_path / "cut", "--generate", str(images / "2.png"))
    image = resize_image(load_image(images / "2.png"), [20, 24])  # 22 is no multiple of 4
    expected = autoencoder.load_autoencoder(tmp_path / "whole" / "out.npz", (4, 6))(image)
    np.testing.assert_allclose(load_image(tmp_path / "cut" / "2_generated.png"), expected, atol=0.003)


def test_the_learning_rate_drops_tenfold(tmp_path, images, monkeypatch):
    rates = []

    def step(trainer, crops):
        rates.append(float(trainer.optimizer.learning_rate))
        assert crops.shape == (2, 16, 16, 3) and crops.dtype == "float32"
        return tf.constant([0.1, 0.2])

    monkeypatch.setattr(Trainer, "step", step)
    monkeypatch.setattr(train_autoencoder, "EPOCHS_A_DROP", 2)
    run(images, tmp_path / "run", "--rate", "0.5")
    np.testing.assert_allclose(rates, [0.5] * 6 + [0.05] * 6, rtol=1e-6)  # two epochs of three steps, and again


def test_bad_pictures_are_named_before_anything_is_trained(tmp_path, images):
    (images / "torn.jpg").write_bytes(b"\xff\xd8\xff\xe0 and no more")
    with pytest.raises(SystemExit, match="1 of 4 picture files(.|\n)*torn.jpg"):
        run(images, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_what_is_held_back_is_not_used(tmp_path, images, capsys):
    run(images, tmp_path / "run", "--hold-back", "0", "2", "--epochs", "1", "--snapshot-every", "0")
    assert capsys.readouterr().out.startswith("1 pictures in 1 folders")


@pytest.fixture
def classes(images):
    """The three pictures in a folder with a subfolder for each of two classes, one of them with another below it."""
    for name, new in (("1.png", "hokusai/1.png"), ("2.png", "renoir/late/2.png")):
        (images / new).parent.mkdir(parents=True)
        (images / name).rename(images / new)
    return images


def test_pictures_of_subfolders_are_taken_too_and_can_be_held_back_and_scaled(tmp_path, classes, capsys):
    (classes / "hokusai" / "notes.txt").write_text("no picture")
    (classes / "album.jpg").mkdir()
    pictures = whole_pictures(classes, below=True)
    assert [picture.shape for picture in pictures] == [(20, 24, 3), (21, 24, 3), (22, 24, 3)]
    expected = np.rint(load_image(classes / "hokusai" / "1.png")[0] * 255)
    np.testing.assert_array_equal(pictures[1], expected)
    pictures = whole_pictures(classes, 12, without=["0"], below=True)
    assert [max(picture.shape) for picture in pictures] == [12, 12]
    assert len(whole_pictures(classes)) == 1, "without them, where nobody asks"
    run(classes, tmp_path / "run", "--size", "20", "--epochs", "1", "--snapshot-every", "0")
    assert capsys.readouterr().out.startswith("3 pictures in 3 folders")


def test_bad_pictures_of_all_subfolders_are_in_one_list(tmp_path, classes):
    whole = (classes / "hokusai" / "1.png").read_bytes()
    (classes / "hokusai" / "torn.png").write_bytes(whole[: len(whole) // 2])
    (classes / "renoir" / "notes.jpg").write_text("Buy more blue.")
    with pytest.raises(SystemExit, match="2 of 5 picture files(.|\n)*torn.png(.|\n)*notes.jpg"):
        run(classes, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_folder_without_pictures_is_told(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(SystemExit, match="no pictures in .*empty"):
        run(tmp_path / "empty", tmp_path / "run")


def test_impossible_settings_are_told(tmp_path, images, capsys):
    with pytest.raises(SystemExit):
        run(images, tmp_path / "run", "--crop", "18")
    assert "multiple of 4" in capsys.readouterr().err


def test_too_few_crops_for_a_batch_are_told(tmp_path, images):
    with pytest.raises(SystemExit, match="do not fill a batch of 7"):
        run(images, tmp_path / "run", "--batch", "7")


def test_the_perceptual_loss_is_the_mean_of_relative_distances():
    rng = np.random.default_rng(0)
    features, targets = ({layer: rng.normal(size=(2, 3, 4, size)) for layer, size in (("a", 2), ("b", 5))}
                         for _ in range(2))
    ratios = [np.sum((features[layer] - targets[layer]) ** 2) / np.sum(targets[layer] ** 2) for layer in "ab"]
    np.testing.assert_allclose(autoencoder.perceptual_loss(features, targets), np.mean(ratios), rtol=1e-12)
    assert autoencoder.perceptual_loss(targets, targets) == 0
    found = autoencoder.mean_squared_error(tf.constant(features["a"]), tf.constant(targets["a"]))
    np.testing.assert_allclose(found, np.mean((features["a"] - targets["a"]) ** 2), rtol=1e-12)


def test_the_network_normalises_its_input_and_keeps_its_form():
    network = autoencoder.build_autoencoder((4, 6, 8))
    image = np.random.default_rng(0).random((1, 16, 24, 3), "float32")
    found = network(image)
    assert found.shape == image.shape and np.min(found) > 0 and np.max(found) < 1
    normalised = network.get_layer("preprocessing")(image)
    np.testing.assert_allclose(normalised, (image - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225], atol=1e-5)
    np.testing.assert_allclose(autoencoder.denormalise(autoencoder.normalise(image)), image, atol=1e-6)
    kinds = [type(layer).__name__ for layer in network.layers]
    assert kinds.count("Add") == 2 and kinds.count("MaxPooling2D") == kinds.count("Conv2DTranspose") == 3


def test_weights_come_back_from_a_file_as_they_were(tmp_path):
    network = autoencoder.build_autoencoder((4, 6), seed=1)
    variables = named_variables(network)
    assert len(variables) == len(network.weights)
    save_npz(variables, tmp_path / "autoencoder.npz")
    loaded = named_variables(autoencoder.load_autoencoder(tmp_path / "autoencoder.npz", (4, 6)))
    stored = read_npz(tmp_path / "autoencoder.npz")
    assert loaded.keys() == stored.keys()
    for name in stored:
        np.testing.assert_array_equal(loaded[name], stored[name], err_msg=name)


def test_the_shipped_networks_copy_what_they_have_not_seen_and_differ_as_their_losses_ask():
    extract = autoencoder.perceptual_extractor(load_network("pocket"))
    image = load_image(HELD_BACK[0], 256)[:, :128, :192]
    pixels, perceptual = [], []
    for weights in (None, NETWORKS_FOLDER / "autoencoder_pixels.npz"):
        found = autoencoder.load_autoencoder(weights)(image)
        pixels.append(np.mean((found - image) ** 2))
        perceptual.append(autoencoder.perceptual_loss(extract(found), extract(image)))
    assert max(pixels) < 0.1 * np.var(image) and perceptual[0] < 0.8 * perceptual[1]
